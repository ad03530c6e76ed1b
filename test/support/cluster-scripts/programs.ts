import type { Manifest, Script } from '../scripted-cluster.ts'
import {
  container,
  look,
  machine,
  MINUTE,
  pod,
  podsOf,
  SECOND,
  service,
  shell,
  workload,
} from './builders.ts'

const chat = (name: string, env: Readonly<Record<string, string>>): Manifest =>
  pod(name, '', {
    containers: [
      container(`bootdotdev/synergychat-${name}`, {
        env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
      }),
    ],
  })

const said = (name: string, text: string): Manifest => ({
  apiVersion: 'kubarium.dev/v1',
  kind: 'Trace',
  metadata: { name, namespace: 'default' },
  spec: {
    from: { pod: 'loop' },
    to: 'http://api/messages',
    method: 'POST',
    body: JSON.stringify({ AuthorUsername: 'ann', Text: text }),
  },
})

/** Programs that ask the network when they start and while they run, that call each other, keep what they are told, and end. */
export const programs: Script = (cluster) => {
  const waiting = shell('until nslookup web.default.svc.cluster.local; do sleep 2; done')
  cluster.create(
    pod('app', 'nginx', { initContainers: [{ ...waiting, name: 'wait' }], nodeName: 'node-2' }),
  )
  cluster.create(
    pod('loop', '', { containers: [shell('while true; do wget -qO- http://web/; sleep 7; done')] }),
  )
  cluster.create(
    pod('once', '', { containers: [container('curlimages/curl', { args: ['http://web/'] })] }),
  )
  cluster.create(chat('api', { API_PORT: '8080', CRAWLER_BASE_URL: 'http://crawler' }))
  cluster.create(chat('crawler', { CRAWLER_PORT: '8080', CRAWLER_KEYWORDS: 'love' }))
  cluster.create(service('api', 'api'))
  cluster.advance(MINUTE)
  cluster.create(workload('Deployment', 'web', 'nginx', { replicas: 3 }))
  cluster.create(service('web', 'web', { ports: [{ port: 80, targetPort: 80 }] }))
  cluster.advance(MINUTE)
  look(cluster)
  cluster.create(said('hello', 'hello'))
  cluster.create(said('stats', '/stats keywords=love'))
  cluster.create(service('crawler', 'crawler'))
  cluster.advance(SECOND)
  cluster.create(said('again', '/stats keywords=love'))
  cluster.create(said('profane', 'oh heck'))
  cluster.list('/apis/kubarium.dev/v1/traces')
  cluster.advance(5 * MINUTE)
  cluster.merge(machine('node-2'), { spec: { power: 'Off' } })
  cluster.advance(MINUTE)
  cluster.merge(machine('node-2'), { spec: { power: 'On' } })
  cluster.advance(5 * MINUTE)
  look(cluster)
  for (const { metadata } of podsOf(cluster)) cluster.delete(pod(metadata.name!, ''))
  cluster.advance(MINUTE)
}
