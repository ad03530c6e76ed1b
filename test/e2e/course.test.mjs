// The course over HTTP: its four flows read as its diagrams do, and its three apps talk to each other.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startProduct } from '../support/product.mjs'
import { eventually, startSession } from '../support/session-client.mjs'

const CLIENT = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'client', namespace: 'default' },
  spec: { containers: [{ name: 'shell', image: 'busybox', command: ['sleep', '1d'] }] },
}
const POD = { apiVersion: 'v1', kind: 'Pod' }
const service = (name) => ({ apiVersion: 'v1', kind: 'Service', name })
const deployment = (name) => ({ apiVersion: 'apps/v1', kind: 'Deployment', name })

let product
before(async () => {
  product = await startProduct()
})
after(() => product.stop())

const isReady = ({ metadata, status }) =>
  metadata.deletionTimestamp === undefined &&
  status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True')

const settled = (session) =>
  eventually(
    () => session.list(POD),
    (pods) => pods.every(isReady),
  )

/** The course's apps and Services as they stand at its end, and a Pod to call them from. */
const courseSession = async () => {
  const session = await startSession(product.url, { template: 'synergychat' })
  await session.create(CLIENT)
  await settled(session)
  return session
}

/** The boxes of a walk's way there, and the lines that begin a step of DNS. */
const diagramOf = (walk) => {
  const [there] = walk.split('\nThe way back:')
  return there
    .split('\n')
    .filter((line) => line.startsWith('[ ') || /^ {6}\| {2}DNS lookup$|^ {6}\| {4}= /.test(line))
    .map((line) => line.replace(/^ {6}\| +(= )?/, ''))
}

const assertDiagram = (walk, expected) => {
  const diagram = diagramOf(walk)
  const text = `expected ${expected.join(' ')} in:\n${diagram.join('\n')}`
  assert.match(walk, /^GET \S+: DELIVERED\n/)
  assert.equal(diagram.length, expected.length, text)
  for (const [index, pattern] of expected.entries()) assert.match(diagram[index], pattern, text)
}

const fromClient = { pod: 'default/client' }
const WEB_POD = /^\[ Pod default\/synergychat-web-\S+ 10\.244\.\d\.\d+:8080, on node-\d \]$/
const API_POD = /^\[ Pod default\/synergychat-api-\S+ 10\.244\.\d\.\d+:8080, on node-\d \]$/

describe("the course's flows", { concurrency: 4 }, () => {
  test('ClusterIP: client Pod, DNS, cluster IP, one of the Pods', async () => {
    const session = await courseSession()
    const { spec } = await session.get(service('web-service'))
    const walk = await session.walk({ from: fromClient, to: 'http://web-service/' })
    assertDiagram(walk, [
      /^\[ Client Pod default\/client \]$/,
      /^DNS lookup$/,
      new RegExp(String.raw`^web-service\.default\.svc\.cluster\.local: A ${spec.clusterIP} `),
      new RegExp(String.raw`^\[ ClusterIP ${spec.clusterIP}:80 \]$`),
      WEB_POD,
    ])
    assert.match(walk, /DNAT: the destination \S+ is replaced by 10\.244\.\d\.\d+:8080/)
    const request = { from: fromClient, to: 'http://web-service/', count: 1000 }
    const { outcomes, endpoints } = await session.requests(request)
    assert.deepEqual(outcomes, { delivered: 1000 })
    assert.equal(endpoints.length, 2)
    for (const { share } of endpoints) assert.ok(share > 0.4 && share < 0.6, String(share))
  })

  test('NodePort: external client, any node, the cluster IP, one of the Pods', async () => {
    const session = await courseSession()
    for (const node of ['192.168.49.2', '192.168.49.3', '192.168.49.4'])
      assertDiagram(
        await session.walk({
          from: { workstation: true },
          to: `http://${node}:30080/messages`,
        }),
        [
          /^\[ External Client \(your computer\) \]$/,
          new RegExp(String.raw`^\[ NodeIP:NodePort ${node}:30080 \(node-\d\) \]$`),
          /^\[ ClusterIP's chain of Service default\/api-service \]$/,
          API_POD,
        ],
      )
  })

  test('LoadBalancer: internet client, the cloud, a node port, the cluster IP, one of the Pods', async () => {
    const session = await courseSession()
    await session.merge(service('web-service'), { spec: { type: 'LoadBalancer' } })
    const { spec, status } = await eventually(
      () => session.get(service('web-service')),
      (found) => found.status.loadBalancer.ingress !== undefined,
    )
    const [{ ip }] = status.loadBalancer.ingress
    const [{ nodePort }] = spec.ports
    assertDiagram(await session.walk({ from: { internet: true }, to: `http://${ip}/` }), [
      /^\[ Internet Client \]$/,
      new RegExp(String.raw`^\[ Cloud Load Balancer ${ip}:80 \(default/web-service\) \]$`),
      new RegExp(String.raw`^\[ NodeIP:NodePort 192\.168\.49\.\d:${nodePort} \(node-\d\) \]$`),
      /^\[ ClusterIP's chain of Service default\/web-service \]$/,
      WEB_POD,
    ])
  })

  test('ExternalName: client Pod, DNS, a CNAME, the external Service', async () => {
    const session = await courseSession()
    await session.create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'my-service', namespace: 'default' },
      spec: { type: 'ExternalName', externalName: 'api.external.com' },
    })
    const walk = await session.walk({ from: fromClient, to: 'http://my-service/' })
    assertDiagram(walk, [
      /^\[ Client Pod default\/client \]$/,
      /^DNS lookup$/,
      /^my-service\.default\.svc\.cluster\.local: CNAME → api\.external\.com /,
      /^\[ CNAME → api\.external\.com \]$/,
      /^\[ External Service 192\.0\.2\.21:80 \]$/,
    ])
    // no proxying of any kind
    assert.doesNotMatch(diagramOf(walk).join('\n'), /ClusterIP/)
  })
})

const MESSAGES = 'http://api-service/messages'

const say = (session, Text) =>
  session.trace({
    from: fromClient,
    to: MESSAGES,
    method: 'POST',
    body: JSON.stringify({ AuthorUsername: 'ann', Text }),
  })

/** One api with these settings, so that it keeps all messages. */
const apiWith = async (session, env) => {
  await session.merge(deployment('synergychat-api'), {
    spec: {
      replicas: 1,
      template: {
        spec: {
          containers: [
            {
              name: 'synergychat-api',
              image: 'bootdotdev/synergychat-api:latest',
              env: Object.entries(env).map(([name, value]) => ({ name, value })),
            },
          ],
        },
      },
    },
  })
}

const apiPods = async (session) =>
  (await session.list(POD)).filter(({ metadata }) => metadata.labels?.app === 'synergychat-api')

const oneApi = async (session) =>
  eventually(
    () => apiPods(session),
    (pods) => pods.length === 1 && isReady(pods[0]) && pods[0].spec.containers[0].env !== undefined,
  )

describe("the course's apps", { concurrency: 3 }, () => {
  test('the page is served, messages are kept, and the crawler is asked for what it counted', async () => {
    const session = await courseSession()
    const page = await session.trace({ from: fromClient, to: 'http://web-service/' })
    assert.equal(page.reply.status, 200)
    assert.match(page.reply.body, /<title>SynergyChat<\/title>/)

    await apiWith(session, { API_PORT: '8080', CRAWLER_BASE_URL: 'http://crawler-service' })
    await oneApi(session)
    assert.equal((await say(session, 'hello')).reply.status, 201)
    const asked = await say(session, '/stats keywords=love')
    assert.equal(asked.reply.status, 201)
    const { reply } = await session.trace({ from: fromClient, to: MESSAGES })
    assert.match(reply.body, /"Text": "hello"/)
    assert.match(
      reply.body,
      /Beep boop! I have found \d+ matches .* http:\/\/crawler-service\/stats\?keywords=love/,
    )
  })

  test('a wrong name of the crawler is told in the answer', async () => {
    const session = await courseSession()
    await apiWith(session, { API_PORT: '8080', CRAWLER_BASE_URL: 'http://crawler-servise' })
    await oneApi(session)
    const { reply } = await say(session, '/stats keywords=love')
    assert.equal(reply.status, 400)
    assert.match(reply.body, /dial tcp: lookup crawler-servise on 10\.96\.0\.10:53: no such host/)
  })

  test('a missing setting ends the container again and again', async () => {
    const session = await courseSession()
    await apiWith(session, { CRAWLER_BASE_URL: 'http://crawler-service' })
    const states = await eventually(
      async () => (await apiPods(session)).flatMap(({ status }) => status.containerStatuses ?? []),
      (found) => found.some(({ restartCount }) => restartCount > 0),
    )
    const { lastState } = states.find(({ restartCount }) => restartCount > 0)
    assert.equal(lastState.terminated.exitCode, 1)
  })
})
