// A client that nobody here wrote: the official one for JavaScript, against the running product.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createConnection, createServer } from 'node:net'
import { PassThrough } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import {
  AppsV1Api,
  CoreV1Api,
  Exec,
  KubeConfig,
  KubernetesObjectApi,
  Log,
  makeInformer,
  PatchStrategy,
  PortForward,
  Watch,
} from '@kubernetes/client-node'
import { startProduct } from '../support/product.mjs'
import { createSession, kubeconfigOf } from '../support/session.mjs'

const NAMESPACE = 'default'
const FIELD_MANAGER = 'client-node'

const pod = (name, container = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: name } },
  spec: { containers: [{ name: 'c', image: 'nginx:1.29', ...container }] },
})

/** Resolves as soon as `happens` returns something true, which it is asked with every value that `tell` gets. */
const signal = (happens) => {
  let tell
  const done = new Promise((resolve) => {
    tell = (value) => {
      if (happens(value)) resolve(value)
    }
  })
  return { tell, done }
}

describe('@kubernetes/client-node', () => {
  let product
  let config
  let core

  before(async () => {
    product = await startProduct()
    const session = await createSession(product.url, { delays: 'instant' })
    config = new KubeConfig()
    config.loadFromString(await kubeconfigOf(product.url, session))
    core = config.makeApiClient(CoreV1Api)
  })
  after(() => product.stop())

  const isReady = ({ status }) =>
    status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true

  test('an informer sees what is there, what comes and what goes', async () => {
    await core.createNamespacedPod({ namespace: NAMESPACE, body: pod('first') })
    const informer = makeInformer(config, `/api/v1/namespaces/${NAMESPACE}/pods`, () =>
      core.listNamespacedPod({ namespace: NAMESPACE }),
    )
    const ready = signal((object) => object.metadata.name === 'second' && isReady(object))
    const gone = signal((object) => object.metadata.name === 'second')
    const first = signal((object) => object.metadata.name === 'first')
    informer.on('add', (object) => {
      first.tell(object)
      ready.tell(object)
    })
    informer.on('update', ready.tell)
    informer.on('delete', gone.tell)
    await informer.start()
    await first.done
    await core.createNamespacedPod({ namespace: NAMESPACE, body: pod('second') })
    await ready.done
    await core.deleteNamespacedPod({ namespace: NAMESPACE, name: 'second', gracePeriodSeconds: 0 })
    await gone.done
    await informer.stop()
  })

  test('a watch goes on from a revision', async () => {
    const { metadata } = await core.listNamespacedConfigMap({ namespace: NAMESPACE })
    await core.createNamespacedConfigMap({
      namespace: NAMESPACE,
      body: { metadata: { name: 'seen' }, data: { a: 'b' } },
    })
    const added = signal(({ type, object }) => type === 'ADDED' && object.metadata.name === 'seen')
    const controller = await new Watch(config).watch(
      `/api/v1/namespaces/${NAMESPACE}/configmaps`,
      { resourceVersion: metadata.resourceVersion },
      (type, object) => added.tell({ type, object }),
      () => undefined,
    )
    const { object } = await added.done
    assert.deepEqual(object.data, { a: 'b' })
    controller.abort()
  })

  test('server-side apply makes, changes and refuses to take what another owns', async () => {
    const objects = KubernetesObjectApi.makeApiClient(config)
    const deployment = (replicas) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'applied', namespace: NAMESPACE },
      spec: {
        replicas,
        selector: { matchLabels: { app: 'applied' } },
        template: {
          metadata: { labels: { app: 'applied' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
      },
    })
    const apply = (object, manager, force) =>
      objects.patch(object, undefined, undefined, manager, force, PatchStrategy.ServerSideApply)
    await apply(deployment(1), FIELD_MANAGER)
    await apply(deployment(2), FIELD_MANAGER)
    const apps = config.makeApiClient(AppsV1Api)
    const { spec } = await apps.readNamespacedDeployment({ namespace: NAMESPACE, name: 'applied' })
    assert.equal(spec.replicas, 2)
    await assert.rejects(apply(deployment(3), 'another'), ({ code, body }) => {
      assert.equal(code, 409)
      assert.match(body, /conflict with .{0,2}"client-node.{0,2}".*spec\.replicas/)
      return true
    })
    await apply(deployment(3), 'another', true)
  })

  test('a log is followed', async () => {
    const talks = { image: 'busybox', command: ['sh', '-c', 'echo one; sleep 1; echo two'] }
    const body = pod('talks', talks)
    body.spec.restartPolicy = 'Never'
    await core.createNamespacedPod({ namespace: NAMESPACE, body })
    const stream = new PassThrough()
    let text = ''
    stream.on('data', (chunk) => (text += chunk))
    await new Log(config).log(NAMESPACE, 'talks', 'c', stream, { follow: true })
    await once(stream, 'end')
    assert.equal(text, 'one\ntwo\n')
  })

  test('a command runs in a container, with input and with what it says', async () => {
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
    let [text, errors] = ['', '']
    stdout.on('data', (chunk) => (text += chunk))
    stderr.on('data', (chunk) => (errors += chunk))
    const { tell, done } = signal(() => true)
    const command = ['sh', '-c', 'read line; echo "got $line"; echo no >&2; exit 3']
    const args = [NAMESPACE, 'first', 'c', command, stdout, stderr, stdin, false, tell]
    await new Exec(config).exec(...args)
    stdin.write('some words\n')
    const status = await done
    assert.equal(text, 'got some words\n')
    assert.equal(errors, 'no\n')
    assert.equal(status.reason, 'NonZeroExitCode')
    assert.deepEqual(status.details.causes, [{ reason: 'ExitCode', message: '3' }])
  })

  test('a port is forwarded', async () => {
    const forward = new PortForward(config)
    const server = createServer((socket) => {
      void forward.portForward(NAMESPACE, 'first', [80], socket, null, socket)
    })
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    const socket = createConnection(server.address().port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nHost: first\r\nConnection: close\r\n\r\n')
    let text = ''
    await new Promise((resolve) => {
      socket.on('data', (chunk) => {
        text += chunk
        if (text.includes('Welcome to nginx!')) resolve()
      })
      socket.on('close', resolve)
    })
    socket.destroy()
    server.close()
    assert.match(text, /^HTTP\/1\.1 200 OK\r\n/)
  })

  test('what is not there is refused in the words of a real server', async () => {
    await assert.rejects(core.readNamespacedPod({ namespace: NAMESPACE, name: 'nope' }), {
      code: 404,
    })
  })
})
