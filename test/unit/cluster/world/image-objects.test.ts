import { describe, expect, it } from 'vitest'
import { ContainerDisks } from '#kubelet/container-disk.ts'
import { ClusterMemory } from '#cluster-memory.ts'
import { readTraceRequest } from '#network/read-request.ts'
import type { Trace } from '#network/trace.ts'
import type { Manifest, ScriptedCluster } from '../../../support/scripted-cluster.ts'
import { aPod, create, liveCluster, manifest, podNamed } from './live-cluster.ts'

const image = (name: string, spec: object): Manifest => ({
  apiVersion: 'kubarium.dev/v1',
  kind: 'Image',
  metadata: { name },
  spec: { image: `example.com/shop/${name}`, ...spec },
})

const on8080 = (...replies: readonly object[]) => ({ listens: [{ port: 8080, replies }] })

const service = (name: string) =>
  manifest('Service', name, {
    spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] },
  })

const program = (name: string, container: object = {}): Manifest =>
  aPod(name, { image: `example.com/shop/${name}:2`, ...container })

const send = (cluster: ScriptedCluster, to: string, leavesNoTrace = false): Trace => {
  const request = readTraceRequest({ from: { pod: 'default/client' }, to })
  if ('problem' in request) throw new Error(request.problem)
  return cluster.cluster.trace(request, leavesNoTrace)
}

const withClient = (): ScriptedCluster => {
  const cluster = liveCluster()
  create(cluster, aPod('client', { image: 'busybox', command: ['sleep', '1d'] }))
  return cluster
}

const keysOf = (cluster: ScriptedCluster): readonly string[] =>
  cluster.cluster
    .state()
    .memory.map(([key]) => key)
    .filter((key) => key.startsWith('kubelet/image-object/'))

const stateOf = (cluster: ScriptedCluster, name: string) =>
  podNamed(cluster, name).status.containerStatuses![0]!

describe('an image that an Image object describes', () => {
  it('answers as it says', () => {
    const cluster = withClient()
    const body = '{hostname} {podIP} {path} {env.COLOR}{env.__proto__}{env.NONE}{what}'
    create(
      cluster,
      image('cart', on8080({ path: '/cart/*', status: 201, headers: { 'X-A': 'b' }, body })),
      service('cart'),
      program('cart', { env: [{ name: 'COLOR', value: 'red' }] }),
    )
    const { podIP } = podNamed(cluster, 'cart').status
    expect(send(cluster, 'http://cart/cart/7?x=1').reply).toMatchObject({
      status: 201,
      headers: { 'X-A': 'b', 'Content-Type': 'text/plain; charset=utf-8' },
      body: `cart ${podIP} /cart/7 red{what}`,
    })
    expect(send(cluster, 'http://cart/').reply).toMatchObject({ status: 404 })
  })

  it('is known by its registry, which nobody else can reach', () => {
    const cluster = withClient()
    create(cluster, program('cart'))
    expect(stateOf(cluster, 'cart').state.waiting!.message).toMatch(/no such host/)
    create(cluster, image('cart', on8080({ path: '/' })))
    cluster.advance(300_000)
    expect(stateOf(cluster, 'cart').ready).toBe(true)
  })

  it('cannot be pulled for the reason that it gives', () => {
    const cluster = withClient()
    create(cluster, image('cart', { pull: { failure: 'denied: no licence' } }), program('cart'))
    expect(stateOf(cluster, 'cart').state.waiting).toMatchObject({
      reason: expect.stringMatching(/ErrImagePull|ImagePullBackOff/),
      message: expect.stringContaining('denied: no licence'),
    })
  })

  it('exits without the variables that it needs', () => {
    const cluster = withClient()
    const env = [{ name: '__proto__', exitCode: 3 }]
    create(cluster, image('cart', { env }), program('cart'))
    expect(stateOf(cluster, 'cart').lastState.terminated).toMatchObject({ exitCode: 3 })
    create(
      cluster,
      image('user', { env }),
      program('user', { env: [{ name: '__proto__', value: 'x' }] }),
    )
    expect(stateOf(cluster, 'user')).toMatchObject({ ready: true, restartCount: 0 })
  })

  it('listens on the port of a variable, after its delay, and for its own Pod only if it says so', () => {
    const cluster = withClient()
    const replies = [{ path: '/', body: 'ok' }]
    const listens = [
      { portFrom: 'PORT', replies },
      { port: 9000, host: '127.0.0.1', replies },
    ]
    cluster.create(image('cart', { listens, startDelay: '20s' }))
    cluster.create(program('cart', { env: [{ name: 'PORT', value: ':7000' }] }))
    cluster.advance(5000)
    const at = (port: number) =>
      send(cluster, `http://${podNamed(cluster, 'cart').status.podIP}:${port}/`)
    expect(at(7000).outcome).toBe('refused')
    cluster.advance(30_000)
    expect(at(7000).reply).toMatchObject({ body: 'ok' })
    expect(at(9000).outcome).toBe('refused')
  })

  it('is silent, closes connections and ends as it says', () => {
    const cluster = withClient()
    create(
      cluster,
      image('cart', {
        ...on8080({ path: '/silent', failure: 'silent' }, { path: '/reset', failure: 'reset' }),
        exits: { after: '40s', code: 7 },
      }),
      service('cart'),
      program('cart'),
    )
    expect(send(cluster, 'http://cart/silent').outcome).toBe('timeout')
    const reset = send(cluster, 'http://cart/reset')
    expect(reset.outcome).toBe('refused')
    expect(reset.says).toContain('Connection reset by peer')
    cluster.advance(60_000)
    expect(stateOf(cluster, 'cart').lastState.terminated).toMatchObject({ exitCode: 7 })
  })

  it('uses the memory that it says', () => {
    const cluster = withClient()
    const resources = { limits: { memory: '64Mi' } }
    create(cluster, image('cart', { memory: '65Mi' }), program('cart', { resources }))
    expect(stateOf(cluster, 'cart').lastState.terminated).toMatchObject({ reason: 'OOMKilled' })
  })

  it('is not ready while its probe has no answer in time', () => {
    const cluster = withClient()
    const readinessProbe = { httpGet: { path: '/slow', port: 8080 }, periodSeconds: 1 }
    create(
      cluster,
      image('cart', on8080({ path: '/slow', delay: '2s' })),
      program('cart', { readinessProbe }),
    )
    expect(stateOf(cluster, 'cart').ready).toBe(false)
    create(cluster, {
      ...program('user', {
        image: 'example.com/shop/cart',
        readinessProbe: { ...readinessProbe, timeoutSeconds: 3 },
      }),
    })
    expect(stateOf(cluster, 'user').ready).toBe(true)
  })
})

describe('which Image object counts', () => {
  it('is decided by precision, then by name', () => {
    const cluster = withClient()
    const said = (body: string) => on8080({ path: '/', body })
    const named = (name: string, tag: string) =>
      image(name, { image: `docker.io/library/nginx${tag}`, ...said(name) })
    create(cluster, named('b-all', ''), named('a-all', ''))
    create(cluster, named('some', ':1.*'), named('more', ':1.27*'), named('one', ':1.27.0'))
    const tags = { a: '', b: ':1.20', c: ':1.27.1', d: ':1.27.0', e: ':2' }
    for (const [name, tag] of Object.entries(tags))
      create(cluster, aPod(name, { image: `nginx${tag}` }))
    const bodies = Object.keys(tags).map(
      (name) => send(cluster, `http://${podNamed(cluster, name).status.podIP}:8080/`).reply?.body,
    )
    expect(bodies).toEqual(['a-all', 'some', 'more', 'one', 'a-all'])
  })
})

describe('a changed Image object', () => {
  const first = image('cart', on8080({ path: '/', body: 'first' }))
  const change = { spec: { listens: [{ port: 8080, replies: [{ path: '/', body: 'second' }] }] } }
  const body = (cluster: ScriptedCluster, name: string) =>
    send(cluster, `http://${podNamed(cluster, name).status.podIP}:8080/`).reply?.body

  it('counts for containers that start later, and for no other', () => {
    const cluster = withClient()
    create(cluster, first, program('cart'))
    cluster.merge(first, change)
    create(cluster, aPod('later', { image: 'example.com/shop/cart:2' }))
    expect([body(cluster, 'cart'), body(cluster, 'later')]).toEqual(['first', 'second'])
    cluster.delete(first)
    expect([body(cluster, 'cart'), body(cluster, 'later')]).toEqual(['first', 'second'])
    expect(keysOf(cluster)).toHaveLength(2)
  })

  it('that is gone is there for containers that ran it, and for no other', () => {
    const cluster = withClient()
    const ending = image('cart', {
      ...on8080({ path: '/', body: 'first' }),
      exits: { after: '5m' },
    })
    create(cluster, ending, program('cart', { imagePullPolicy: 'IfNotPresent' }))
    cluster.delete(ending)
    cluster.advance(300_000)
    const { nodeName } = podNamed(cluster, 'cart').spec
    create(cluster, aPod('later', { image: 'example.com/shop/cart:2' }, { nodeName }))
    expect(stateOf(cluster, 'cart')).toMatchObject({ ready: true, restartCount: 1 })
    expect(body(cluster, 'cart')).toBe('first')
    expect(stateOf(cluster, 'later').state.waiting!.message).toMatch(/no such host/)
  })

  it('is forgotten with the last container that was started from it', () => {
    const cluster = withClient()
    create(cluster, first, program('cart'))
    cluster.delete(program('cart'))
    cluster.advance(60_000)
    cluster.delete(first)
    cluster.advance(1000)
    expect(keysOf(cluster)).toEqual([])
  })
})

describe('programs that call each other', () => {
  const chain = (calls: Readonly<Record<string, string>>): ScriptedCluster => {
    const cluster = withClient()
    for (const [name, url] of Object.entries(calls))
      create(
        cluster,
        image(name, on8080({ path: '/', body: `I am ${name}`, calls: url, delay: '5ms' })),
        service(name),
        program(name, { env: [{ name: 'USERS', value: 'http://users' }] }),
      )
    return cluster
  }
  const linesOf = (cluster: ScriptedCluster, name: string): readonly string[] => {
    const disks = new ContainerDisks(new ClusterMemory(cluster.cluster.state().memory))
    const { uid = '' } = podNamed(cluster, name).metadata
    return disks.linesOf(`default/${name}`, uid, 'main').map(({ text }) => text)
  }

  it('answer when those do that they need', () => {
    const cluster = chain({ cart: '{env.USERS}/' })
    create(cluster, image('users', on8080({ path: '/' })), service('users'), program('users'))
    expect(send(cluster, 'http://cart/').reply).toMatchObject({ status: 200, body: 'I am cart' })
  })

  it.each([
    [
      'reset',
      /read tcp 10\.244\.\d\.\d+:\d+->10\.\d+\.\d+\.\d+:80: read: connection reset by peer/,
    ],
    ['silent', /EOF/],
  ])('answer 502 when another is %s', (failure, expected) => {
    const cluster = chain({ cart: 'http://users/' })
    const users = image('users', on8080({ path: '/', failure }))
    create(cluster, users, service('users'), program('users'))
    const { reply } = send(cluster, 'http://cart/')
    expect(reply).toMatchObject({ status: 502, body: expect.stringMatching(expected) })
  })

  it.each([
    ['no such name', 'http://nobody/', /dial tcp: lookup nobody on 10\.96\.0\.10:53: no such host/],
    [
      'a wrong path',
      'http://cart.default/other',
      /Get "http:\/\/cart\.default\/other": 404 Not Found/,
    ],
    ['no URL', '{env.NONE}', /unsupported protocol scheme ""/],
  ])('answer 502 and log why when there is %s', (_what, url, expected) => {
    const cluster = chain({ cart: url })
    const { reply } = send(cluster, 'http://cart/')
    expect(reply!.status).toBe(502)
    expect(reply!.body).toMatch(expected)
    expect(linesOf(cluster, 'cart').join('\n')).toMatch(expected)
  })

  it('end with an error where they call each other in a circle', () => {
    const cluster = chain({ a: 'http://b/', b: 'http://a/' })
    const { reply } = send(cluster, 'http://a/', true)
    expect(reply!.status).toBe(502)
    expect(reply!.body).toContain('502 Bad Gateway')
    expect(reply!.body?.length).toBeLessThan(1000)
  })

  it('end with an error where one calls itself', () => {
    const { reply } = send(chain({ a: 'http://a/' }), 'http://a/')
    expect(reply!.status).toBe(502)
  })
})

describe('what is answered', () => {
  it('is not longer than it may be, however long its variables are', () => {
    const cluster = withClient()
    const body = '{env.LONG}'.repeat(1600)
    create(
      cluster,
      image('cart', on8080({ path: '/', body })),
      service('cart'),
      program('cart', { env: [{ name: 'LONG', value: 'x'.repeat(100_000) }] }),
    )
    expect(send(cluster, 'http://cart/').reply!.body).toHaveLength(64 * 1024)
  })
})
