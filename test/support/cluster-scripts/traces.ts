import type { Manifest, Script, ScriptedCluster } from '../scripted-cluster.ts'
import { container, machine, MINUTE, pod, SECOND, service, shell, workload } from './builders.ts'

const trace = (name: string, from: object, to: string): Manifest => ({
  apiVersion: 'kubarium.dev/v1',
  kind: 'Trace',
  metadata: { name, namespace: 'default' },
  spec: { from, to },
})

const TRACES = [
  trace('pod', { pod: 'client' }, 'http://web/'),
  trace('sticky', { node: 'node-2' }, 'http://10.96.0.77/'),
  trace('outside', { workstation: true }, 'tcp://192.168.49.2:8443'),
  trace('dns', { pod: 'client' }, 'udp://10.96.0.10:53'),
]

/** Each is sent again: only a spec that differs is. */
const again = (cluster: ScriptedCluster, round: number): void => {
  for (const each of TRACES)
    cluster.merge(each, { spec: { headers: { 'X-Round': String(round) } } })
  cluster.list('/apis/kubarium.dev/v1/traces')
}

/** Requests while endpoints, nodes and what kernels remember change. More of them than a node's kernel keeps. */
export const traces: Script = (cluster) => {
  const ports = [{ port: 80, targetPort: 80 }]
  cluster.create(workload('Deployment', 'web', 'nginx', { replicas: 4 }))
  cluster.create(pod('client', '', { nodeName: 'node-2', containers: [shell('sleep 100000')] }))
  cluster.create(service('web', 'web', { ports }))
  cluster.create(
    service('sticky', 'web', { ports, clusterIP: '10.96.0.77', sessionAffinity: 'ClientIP' }),
  )
  cluster.advance(20 * SECOND)
  for (const each of TRACES) cluster.create(each)
  for (let round = 0; round < 25; round++) {
    again(cluster, round)
    cluster.advance(round % 10 === 0 ? MINUTE : 100)
  }
  cluster.merge(machine('node-2'), { spec: { power: 'Off' } })
  again(cluster, 100)
  cluster.merge(machine('node-2'), { spec: { power: 'On' } })
  cluster.advance(MINUTE)
  again(cluster, 101)
  cluster.create(pod('other', '', { containers: [container('busybox')] }))
  cluster.advance(10 * MINUTE)
  again(cluster, 102)
}
