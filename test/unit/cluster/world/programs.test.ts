import { describe, expect, it } from 'vitest'
import { ContainerDisks } from '#kubelet/container-disk.ts'
import { ClusterMemory } from '#cluster-memory.ts'
import { readTraceRequest } from '#network/read-request.ts'
import type { Trace } from '#network/trace.ts'
import { AGNHOST } from '../../../support/running-program.ts'
import type { ScriptedCluster } from '../../../support/scripted-cluster.ts'
import { aPod, create, liveCluster, manifest, podNamed } from './live-cluster.ts'

const service = (name: string, targetPort = 8080) =>
  manifest('Service', name, {
    spec: { selector: { app: name }, ports: [{ port: 80, targetPort }] },
  })

const chat = (name: string, env: Readonly<Record<string, string>> = {}) =>
  aPod(name, {
    image: `bootdotdev/synergychat-${name}:latest`,
    env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
  })

const synergychat = (crawler = 'http://crawler'): ScriptedCluster => {
  const cluster = liveCluster()
  create(
    cluster,
    chat('web', { WEB_PORT: '8080' }),
    chat('api', { API_PORT: '8080', CRAWLER_BASE_URL: crawler }),
    chat('crawler', { CRAWLER_PORT: '8080', CRAWLER_KEYWORDS: 'love,hate' }),
    ...['web', 'api', 'crawler'].map((name) => service(name)),
  )
  return cluster
}

interface Sent {
  readonly from?: string
  readonly method?: string
  readonly body?: string
  readonly leavesNoTrace?: boolean
}

const send = (cluster: ScriptedCluster, to: string, sent: Sent = {}): Trace => {
  const { from = 'default/web', leavesNoTrace = false, ...rest } = sent
  const request = readTraceRequest({ from: { pod: from }, to, ...rest })
  if ('problem' in request) throw new Error(request.problem)
  return cluster.cluster.trace(request, leavesNoTrace)
}

const say = (cluster: ScriptedCluster, text: string, sent: Sent = {}): Trace =>
  send(cluster, 'http://api/messages', {
    method: 'POST',
    body: JSON.stringify({ AuthorUsername: 'ann', Text: text }),
    ...sent,
  })

const linesOf = (cluster: ScriptedCluster, name: string): readonly string[] => {
  const disks = new ContainerDisks(new ClusterMemory(cluster.cluster.state().memory))
  const { uid = '' } = podNamed(cluster, name).metadata
  return disks.linesOf(`default/${name}`, uid, 'main').map(({ text }) => text)
}

describe('a program', () => {
  it('keeps what it was told', () => {
    const cluster = synergychat()
    expect(say(cluster, 'hello').reply).toMatchObject({ status: 201 })
    expect(send(cluster, 'http://api/messages').reply!.body).toContain('"Text": "hello"')
  })

  it('keeps nothing of what was only tried', () => {
    const cluster = synergychat()
    const before = cluster.cluster.state()
    expect(say(cluster, 'hello', { leavesNoTrace: true }).reply).toMatchObject({ status: 201 })
    expect(cluster.cluster.state()).toEqual(before)
  })

  it('calls another program through its Service', () => {
    const cluster = synergychat()
    expect(say(cluster, '/stats keywords=love').reply).toMatchObject({ status: 201 })
    expect(send(cluster, 'http://api/messages').reply!.body).toMatch(
      /Beep boop! I have found \d+ matches .* http:\/\/crawler\/stats\?keywords=love/,
    )
  })

  it.each([
    [
      'a name that does not exist',
      'http://crawl',
      /dial tcp: lookup crawl on 10\.96\.0\.10:53: no such host/,
    ],
    [
      'a port without a Service',
      'http://crawler:81',
      /dial tcp 10\.\d+\.\d+\.\d+:81: (i\/o timeout|connect: connection refused)/,
    ],
  ])('says in its reply and its log what Go says of %s', (_what, base, expected) => {
    const cluster = synergychat(base)
    const { reply } = say(cluster, '/stats keywords=love')
    expect(reply!.status).toBe(400)
    expect(reply!.body).toMatch(expected)
    expect(linesOf(cluster, 'api').join('\n')).toMatch(expected)
  })

  it('forgets with its Pod', () => {
    const cluster = synergychat('http://crawl')
    say(cluster, '/stats')
    const keys = () => cluster.cluster.state().memory.map(([key]) => key)
    expect(keys()).toContain('kubelet/data/default/api')
    cluster.delete(podNamed(cluster, 'api') as never)
    cluster.advance(60_000)
    expect(keys().filter((key) => key.startsWith('kubelet/data/'))).toEqual([])
  })

  it('that ends itself is started again and has forgotten', () => {
    const cluster = synergychat()
    say(cluster, 'hello')
    expect(say(cluster, 'oh heck').reply).toMatchObject({ status: 502 })
    cluster.advance(60_000)
    const [status] = podNamed(cluster, 'api').status.containerStatuses!
    expect(status).toMatchObject({
      restartCount: 1,
      lastState: { terminated: { exitCode: 1, reason: 'Error' } },
    })
    expect(send(cluster, 'http://api/messages').reply!.body).not.toContain('hello')
    expect(linesOf(cluster, 'api')).toContainEqual(expect.stringMatching(/Profanity detected!!!$/))
  })

  it('keeps files in a volume over its restarts', () => {
    const cluster = synergychat()
    const volumeMounts = [{ name: 'db', mountPath: '/db' }]
    const env = [
      { name: 'API_PORT', value: '8080' },
      { name: 'API_DB_FILEPATH', value: '/db/messages.json' },
    ]
    const image = 'bootdotdev/synergychat-api:latest'
    const volumes = [{ name: 'db', emptyDir: {} }]
    create(cluster, aPod('kept', { image, env, volumeMounts }, { volumes }), service('kept'))
    const to = 'http://kept/messages'
    const body = (Text: string) => JSON.stringify({ AuthorUsername: 'ann', Text })
    send(cluster, to, { method: 'POST', body: body('hello') })
    send(cluster, to, { method: 'POST', body: body('heck') })
    cluster.advance(60_000)
    expect(podNamed(cluster, 'kept').status.containerStatuses![0]!.restartCount).toBe(1)
    expect(send(cluster, to).reply!.body).toContain('hello')
  })

  it('serves what a ConfigMap holds', () => {
    const cluster = synergychat()
    const volumeMounts = [{ name: 'page', mountPath: '/usr/share/nginx/html' }]
    const volumes = [{ name: 'page', configMap: { name: 'page' } }]
    create(
      cluster,
      manifest('ConfigMap', 'page', { data: { 'index.html': '<p>mine</p>' } }),
      aPod('site', { image: 'nginx', volumeMounts }, { volumes }),
      service('site', 80),
    )
    expect(send(cluster, 'http://site/').reply).toMatchObject({ status: 200, body: '<p>mine</p>' })
  })

  it('in a circle of calls ends with a timeout', () => {
    const cluster = synergychat()
    const args = ['netexec', '--http-port=8080']
    create(cluster, aPod('hop', { image: AGNHOST, args }), service('hop'))
    let path = 'hostname'
    for (let depth = 0; depth < 12; depth++)
      path = `dial?host=hop&port=8080&protocol=http&tries=1&request=${encodeURIComponent(path)}`
    const { outcome, reply } = send(cluster, `http://hop/${path}`)
    expect(outcome).toBe('delivered')
    expect(reply!.body).toMatch(/i\/o timeout/)
  })
})
