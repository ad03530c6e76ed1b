import type { Manifest, Script, ScriptedCluster } from '../scripted-cluster.ts'
import {
  firstPod,
  look,
  machine,
  MINUTE,
  pod,
  SECOND,
  service,
  shell,
  workload,
} from './builders.ts'

const image = (name: string, spec: object): Manifest => ({
  apiVersion: 'kubarium.dev/v1',
  kind: 'Image',
  metadata: { name },
  spec: { image: `example.com/shop/${name}`, ...spec },
})

const saying = (body: string, more: object = {}) => ({
  listens: [{ port: 8080, replies: [{ path: '/*', body, ...more }] }],
})

const ask = (cluster: ScriptedCluster, name: string): void => {
  cluster.create({
    apiVersion: 'kubarium.dev/v1',
    kind: 'Trace',
    metadata: { name, namespace: 'default' },
    spec: { from: { pod: 'client' }, to: 'http://cart/' },
  })
}

/** Described images that change and go while containers run, end, and lose their power. */
export const images: Script = (cluster) => {
  const cart = image('cart', saying('first {hostname}', { calls: 'http://users/' }))
  const users = image('users', {
    ...saying('user', { delay: '300ms' }),
    exits: { after: '3m', code: 1 },
    log: [{ text: 'still here', every: '30s' }],
  })
  cluster.create(workload('Deployment', 'cart', 'example.com/shop/cart:2', { replicas: 3 }))
  cluster.create(workload('Deployment', 'users', 'example.com/shop/users', { replicas: 1 }))
  cluster.create(pod('client', '', { containers: [shell('sleep 100000')] }))
  for (const app of ['cart', 'users']) cluster.create(service(app, app))
  cluster.advance(30 * SECOND)
  cluster.create(cart)
  cluster.create(users)
  cluster.advance(MINUTE)
  ask(cluster, 'one')
  cluster.merge(cart, { spec: saying('second {podIP}') })
  cluster.request('DELETE', `/api/v1/namespaces/default/pods/${firstPod(cluster)}`)
  cluster.advance(MINUTE)
  for (const name of ['two', 'three']) ask(cluster, name)
  look(cluster)
  cluster.merge(machine('node-2'), { spec: { power: 'Off' } })
  cluster.advance(MINUTE)
  cluster.merge(machine('node-2'), { spec: { power: 'On' } })
  cluster.merge(users, { spec: { pull: { delay: '20s', failure: 'denied' } } })
  cluster.advance(6 * MINUTE)
  ask(cluster, 'four')
  cluster.delete(cart)
  cluster.delete(users)
  cluster.advance(6 * MINUTE)
  ask(cluster, 'five')
  look(cluster)
}
