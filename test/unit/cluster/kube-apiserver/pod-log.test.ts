import { describe, expect, it } from 'vitest'
import type { WatchAnswer } from '#kube-apiserver/endpoints/http.ts'
import { RawApi } from '../../../support/raw-api.ts'

const PODS = '/api/v1/namespaces/default/pods'
const ADMINISTRATOR = { username: 'kubernetes-admin', groups: ['system:masters'] }

const cluster = () => new RawApi({ template: 'default', delays: 'instant' })

/** A Pod whose only container runs a script. */
const scripted = (api: RawApi, name: string, script: string, more: object = {}): void => {
  const container = { name: 'c', image: 'busybox:1.37', command: ['sh', '-c', script], ...more }
  api.send(
    'POST',
    PODS,
    { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [container] } },
    { contentType: 'application/json' },
  )
}

const pass = ({ cluster: engine }: RawApi, seconds: number): void =>
  engine.advance(engine.now + seconds * 1000)

const logOf = (api: RawApi, name: string, query = ''): string =>
  api.send('GET', `${PODS}/${name}/log${query}`).text

const THREE = 'echo one; sleep 2; echo two >&2; sleep 2; echo three; sleep 1000'

describe('the log of a container', () => {
  it('has what was written so far', () => {
    const api = cluster()
    scripted(api, 'web', THREE)
    pass(api, 1)
    expect(logOf(api, 'web')).toBe('one\n')
    pass(api, 2)
    expect(logOf(api, 'web')).toBe('one\ntwo\n')
    pass(api, 10)
    expect(logOf(api, 'web')).toBe('one\ntwo\nthree\n')
  })

  it.each([
    ['?tailLines=2', 'two\nthree\n'],
    ['?tailLines=0', ''],
    ['?tailLines=99', 'one\ntwo\nthree\n'],
    ['?limitBytes=6', 'one\ntw'],
    ['?sinceSeconds=4', 'two\nthree\n'],
    ['?sinceTime=2026-01-01T00:00:01Z', 'two\nthree\n'],
    ['?stream=Stderr', 'two\n'],
    ['?stream=Stdout', 'one\nthree\n'],
    ['?container=c&timestamps=true&tailLines=1', '2026-01-01T00:00:04.000000000Z three\n'],
  ])('is read as it is asked for: %s', (query, text) => {
    const api = cluster()
    scripted(api, 'web', THREE)
    pass(api, 5)
    expect(logOf(api, 'web', query)).toBe(text)
  })

  it('is that of the latest run, and of the one before if that is asked for', () => {
    const api = cluster()
    scripted(api, 'crash', 'echo run; exit 1')
    pass(api, 1)
    expect(logOf(api, 'crash')).toBe('run\n')
    expect(logOf(api, 'crash', '?previous=true')).toBe('run\n')
  })

  it('has the last words of a Pod that is over, though its status knows whole seconds', () => {
    const api = cluster()
    const script = 'nslookup kubernetes.default.svc.cluster.local | tail -3; echo end'
    const container = { name: 'c', image: 'busybox:1.37', command: ['sh', '-c', script] }
    const spec = { restartPolicy: 'Never', containers: [container] }
    pass(api, 20)
    api.cluster.advance(api.cluster.now + 300)
    api.send(
      'POST',
      PODS,
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'once' }, spec },
      { contentType: 'application/json' },
    )
    pass(api, 60)
    expect(logOf(api, 'once')).toMatch(/Address: 10\.96\.0\.1\n[^]*end\n$/)
  })

  it('keeps what a run was told by the network when the next one has begun', () => {
    const api = cluster()
    scripted(api, 'asks', 'nslookup kubernetes.default.svc.cluster.local; sleep 1; exit 1')
    pass(api, 60)
    const pod = api.send('GET', `${PODS}/asks`).body
    expect(JSON.stringify(pod)).toContain('"restartCount":')
    expect(logOf(api, 'asks', '?previous=true')).toContain('Address: 10.96.0.1')
  })
})

describe('a log that cannot be had', () => {
  it.each([
    ['?container=x', 'container x is not valid for pod web'],
    ['?previous=true', 'previous terminated container "c" in pod "web" not found'],
    ['?tailLines=x', 'strconv.ParseInt: parsing "x": invalid syntax'],
    [
      '?sinceTime=now',
      'parsing time "now" as "2006-01-02T15:04:05Z07:00": cannot parse "now" as "2006"',
    ],
  ])('is refused as a bad request: %s', (query, message) => {
    const api = cluster()
    scripted(api, 'web', THREE)
    const { status, body } = api.send('GET', `${PODS}/web/log${query}`)
    expect([status, body['reason'], body['message']]).toEqual([400, 'BadRequest', message])
  })

  it.each([
    ['?tailLines=-1', 'tailLines: Invalid value: -1: must be greater than or equal to 0'],
    ['?limitBytes=0', 'limitBytes: Invalid value: 0: must be greater than 0'],
    ['?sinceSeconds=0', 'sinceSeconds: Invalid value: 0: must be greater than 0'],
    ['?stream=x', 'stream: Unsupported value: "x": supported values: "All", "Stderr", "Stdout"'],
    [
      '?sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z',
      ': Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified',
    ],
  ])('is refused as invalid: %s', (query, message) => {
    const { status, body } = cluster().send('GET', `${PODS}/web/log${query}`)
    expect([status, body['message']]).toEqual([422, `PodLogOptions "web" is invalid: ${message}`])
  })

  it('says what a container waits for', () => {
    const api = cluster()
    scripted(api, 'typo', 'true', { image: 'ngnix' })
    pass(api, 60)
    expect(api.send('GET', `${PODS}/typo/log`).body['message']).toBe(
      'container "c" in pod "typo" is waiting to start: trying and failing to pull image',
    )
  })

  it('is nothing at all before the Pod has a node', () => {
    const api = cluster()
    scripted(api, 'big', 'true', { resources: { requests: { memory: '100Gi' } } })
    expect(api.send('GET', `${PODS}/big/log`)).toMatchObject({ status: 204, text: '' })
  })

  it('says that the node cannot be reached', () => {
    const api = cluster()
    scripted(api, 'web', THREE)
    const { body } = api.send('GET', `${PODS}/web`)
    const { nodeName } = body['spec'] as { nodeName: string }
    api.send(
      'PATCH',
      `/apis/kubarium.dev/v1/machines/${nodeName}`,
      { spec: { power: 'Off' } },
      { contentType: 'application/merge-patch+json' },
    )
    const message = api.send('GET', `${PODS}/web/log?follow=true`).body['message']
    expect(message).toMatch(
      /^Get "https:\/\/192\.168\.49\.\d+:10250\/containerLogs\/default\/web\/c\?follow=true": dial tcp 192\.168\.49\.\d+:10250: connect: no route to host$/,
    )
  })
})

describe('following a log', () => {
  const follow = (api: RawApi, query: string) => {
    const answer = api.cluster.handle({
      method: 'GET',
      path: `${PODS}/web/log`,
      query: [...new URLSearchParams(query)],
      accept: '*/*',
      contentType: '',
      userAgent: '',
      body: '',
      user: ADMINISTRATOR,
    }) as WatchAnswer
    const read: string[] = []
    answer.watch.start(
      (text) => read.push(text),
      () => read.push('<end>'),
    )
    return { read, close: answer.watch.close }
  }

  /** What the host does: it wakes whenever there is news. */
  const live = (api: RawApi, seconds: number): void => {
    const end = api.cluster.now + seconds * 1000
    for (let next = api.cluster.nextNews(); next !== undefined && next <= end;) {
      api.cluster.advance(next)
      api.cluster.flushWatches()
      next = api.cluster.nextNews()
    }
    api.cluster.advance(end)
  }

  it('tells each line when it is written', () => {
    const api = cluster()
    scripted(api, 'web', THREE)
    const { read } = follow(api, 'follow=true')
    expect(read).toEqual(['one\n'])
    live(api, 3)
    expect(read).toEqual(['one\n', 'two\n'])
    live(api, 3)
    expect(read).toEqual(['one\n', 'two\n', 'three\n'])
  })

  it('ends with the container', () => {
    const api = cluster()
    scripted(api, 'web', 'echo a; sleep 2; echo b; sleep 1; exit 0')
    const { read } = follow(api, 'follow=true&tailLines=1')
    live(api, 10)
    expect(read).toEqual(['a\n', 'b\n', '<end>'])
  })

  it('ends when as much was read as was asked for', () => {
    const api = cluster()
    scripted(api, 'web', THREE)
    const { read } = follow(api, 'follow=true&limitBytes=5')
    live(api, 3)
    expect(read).toEqual(['one\n', 't', '<end>'])
  })

  it('costs nothing any more once the client has gone', () => {
    const api = cluster()
    scripted(api, 'web', THREE)
    const { close } = follow(api, 'follow=true')
    expect(api.cluster.nextNews()).toBeDefined()
    close()
    const { cluster: engine } = api
    expect(engine.nextNews()).toBe(engine.nextDeadline())
  })
})
