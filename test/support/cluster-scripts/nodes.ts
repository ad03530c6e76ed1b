import type { Manifest, Script, ScriptedCluster } from '../scripted-cluster.ts'
import {
  HOUR,
  look,
  machine,
  MINUTE,
  pod,
  podsOf,
  SECOND,
  service,
  shell,
  template,
  workload,
} from './builders.ts'

const node = (name: string, spec: object = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'kubernetes.io/hostname': name } },
  spec,
})

/** A Pod that takes all its time to go (no handler of SIGTERM), on a node of its own choice. */
const stubborn = (name: string, nodeName: string): Manifest =>
  pod(name, '', { nodeName, containers: [shell('sleep 100000')] })

const deletePods = (cluster: ScriptedCluster): void => {
  for (const { metadata } of podsOf(cluster)) cluster.delete(pod(metadata.name!, ''))
}

/** Nodes are deleted while their Pods terminate or run, and come back: at once, in time, too late. */
export const deletedNodes: Script = (cluster) => {
  const held = stubborn('held', 'node-2')
  cluster.create({ ...held, metadata: { ...held.metadata, finalizers: ['example.com/hold'] } })
  for (const name of ['node-3', 'node-2', 'node-1']) cluster.create(stubborn(`on-${name}`, name))
  const containers = [shell('sleep 100000')]
  cluster.create(
    workload('Deployment', 'web', '', { replicas: 5, template: template('web', { containers }) }),
  )
  cluster.create(service('web', 'web'))
  cluster.advance(10 * SECOND)
  deletePods(cluster)
  cluster.advance(SECOND)
  cluster.delete(node('node-2'))
  look(cluster)
  cluster.advance(100)
  cluster.create(node('node-2'))
  cluster.advance(MINUTE)
  look(cluster)
  cluster.delete(node('node-3'))
  cluster.advance(20 * SECOND)
  cluster.create(node('node-3', { podCIDR: '10.244.7.0/24' }))
  cluster.advance(MINUTE)
  look(cluster)
  // a kubelet that boots registers its node again
  cluster.merge(machine('node-1'), { spec: { power: 'Off' } })
  deletePods(cluster)
  cluster.delete(node('node-1'))
  cluster.advance(10 * SECOND)
  cluster.merge(machine('node-1'), { spec: { power: 'On' } })
  cluster.advance(MINUTE)
  look(cluster)
  cluster.merge(machine('node-2'), { spec: { network: 'Cut' } })
  cluster.delete(node('node-2'))
  cluster.advance(3 * MINUTE)
  look(cluster)
  cluster.create(node('node-2'))
  cluster.merge(machine('node-2'), { spec: { network: 'Connected' } })
  cluster.merge(held, { metadata: { finalizers: null } })
  cluster.advance(HOUR)
  look(cluster)
}
