// Specs of [sig-network] in the official conformance suite from end to end: over HTTP, and with the real kubectl's exec. All of them are in
// test/unit/cluster/conformance/network. kubernetes: test/e2e/network/proxy.go, test/e2e/network/service.go
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { kubectlPath } from '../support/kubectl.mjs'
import { startProduct } from '../support/product.mjs'
import { createSession, kubeconfigOf } from '../support/session.mjs'

const AGNHOST = 'registry.k8s.io/e2e-test-images/agnhost:2.63.0'
const ATTEMPTS = 20
const run = promisify(execFile)

const folder = mkdtempSync(path.join(tmpdir(), 'kubarium-sig-network-'))
const kubeconfig = path.join(folder, 'kubeconfig')
let product
let server
let node

before(async () => {
  product = await startProduct()
  const session = await createSession(product.url, { delays: 'instant' })
  writeFileSync(kubeconfig, await kubeconfigOf(product.url, session))
  server = `${product.url}/k8s/${session.id}.${session.key}`
  const { items } = await ask('GET', '/api/v1/nodes')
  node = items.at(-1).status.addresses.find(({ type }) => type === 'InternalIP').address
})
after(async () => {
  await product.stop()
  rmSync(folder, { recursive: true, force: true })
})

const send = (method, url, body) =>
  fetch(`${server}${url}`, {
    method,
    redirect: 'manual',
    headers: { 'user-agent': 'e2e.test/v1.36.2', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })

const ask = async (method, url, body) => {
  const answer = await send(method, url, body)
  const text = await answer.text()
  assert.ok(answer.ok, `${method} ${url}: ${answer.status} ${text}`)
  return JSON.parse(text)
}

const kubectl = async (...args) => {
  const { stdout } = await run(kubectlPath(), args, {
    env: { ...process.env, KUBECONFIG: kubeconfig, HOME: folder },
  })
  return stdout
}

const create = (namespace, object) => {
  const kinds = { Pod: 'pods', Service: 'services', Deployment: 'deployments' }
  const group = object.apiVersion === 'v1' ? '/api/v1' : `/apis/${object.apiVersion}`
  return ask('POST', `${group}/namespaces/${namespace}/${kinds[object.kind]}`, object)
}

const newNamespace = async (name) => {
  const metadata = { name, labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } }
  await ask('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata })
  return name
}

const deployment = (name, replicas, container) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas,
    selector: { matchLabels: { name } },
    template: {
      metadata: { labels: { name } },
      spec: { containers: [{ name: 'agnhost', image: AGNHOST, ...container }] },
    },
  },
})

const service = (name, spec) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { name }, ...spec },
})

const PORTER = {
  SERVE_PORT_80: '<a href="/rewriteme">test</a>',
  SERVE_PORT_1080: '<a href="/rewriteme">test</a>',
  SERVE_PORT_160: 'foo',
  SERVE_PORT_162: 'bar',
  SERVE_TLS_PORT_443: '<a href="/tlsrewriteme">test</a>',
  SERVE_TLS_PORT_460: 'tls baz',
  SERVE_TLS_PORT_462: 'tls qux',
}
const PORTS = { dest1: 160, dest2: 162, tlsdest1: 460, tlsdest2: 462 }

describe('[sig-network] Proxy version v1', () => {
  test('should proxy through a service and a pod [Conformance]', async () => {
    const namespace = await newNamespace('proxy-1')
    await create(
      namespace,
      service('porter', {
        ports: [
          { name: 'portname1', port: 80, targetPort: 'dest1' },
          { name: 'portname2', port: 81, targetPort: 162 },
          { name: 'tlsportname1', port: 443, targetPort: 'tlsdest1' },
          { name: 'tlsportname2', port: 444, targetPort: 462 },
        ],
      }),
    )
    const named = Object.entries(PORTS).map(([name, containerPort]) => ({ name, containerPort }))
    await create(
      namespace,
      deployment('porter', 1, {
        command: ['/agnhost', 'porter'],
        env: Object.entries(PORTER).map(([name, value]) => ({ name, value })),
        ports: [{ containerPort: 80 }, ...named],
        readinessProbe: { httpGet: { port: 80 }, initialDelaySeconds: 1 },
      }),
    )
    await kubectl('-n', namespace, 'rollout', 'status', 'deployment/porter', '--timeout=30s')
    const { items } = await ask('GET', `/api/v1/namespaces/${namespace}/pods`)
    const pod = items[0].metadata.name
    const toService = (scheme, port) => url('services', `${scheme}porter${port}`)
    const toPod = (scheme, port) => url('pods', `${scheme}${pod}${port}`)
    const url = (kind, name) => `/api/v1/namespaces/${namespace}/${kind}/${name}/proxy`
    const link = (at, to) => [`${at}/`, `<a href="${at}${to}">test</a>`]
    const expected = [
      [`${toService('', ':portname1')}/`, 'foo'],
      [`${toService('http:', ':portname1')}/`, 'foo'],
      [`${toService('', ':portname2')}/`, 'bar'],
      [`${toService('http:', ':portname2')}/`, 'bar'],
      [`${toService('https:', ':tlsportname1')}/`, 'tls baz'],
      [`${toService('https:', ':tlsportname2')}/`, 'tls qux'],
      link(toPod('', ''), '/rewriteme'),
      link(toPod('', ':1080'), '/rewriteme'),
      link(toPod('http:', ':1080'), '/rewriteme'),
      [`${toPod('', ':160')}/`, 'foo'],
      [`${toPod('http:', ':160')}/`, 'foo'],
      [`${toPod('', ':162')}/`, 'bar'],
      [`${toPod('http:', ':162')}/`, 'bar'],
      link(toPod('https:', ':443'), '/tlsrewriteme'),
      [`${toPod('https:', ':460')}/`, 'tls baz'],
      [`${toPod('https:', ':462')}/`, 'tls qux'],
    ]
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const answers = await Promise.all(
        expected.map(async ([at]) => {
          const answer = await send('GET', at)
          return [at, answer.status, await answer.text()]
        }),
      )
      assert.deepEqual(
        answers,
        expected.map(([at, body]) => [at, 200, body]),
      )
    }
  })

  test('A set of valid responses are returned for both pod and service, with a path and without [Conformance]', async () => {
    const namespace = await newNamespace('proxy-2')
    await create(namespace, service('agnhost', { ports: [{ port: 80, targetPort: 80 }] }))
    await create(namespace, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'agnhost', labels: { name: 'agnhost' } },
      spec: {
        restartPolicy: 'Never',
        containers: [
          {
            name: 'agnhost',
            image: AGNHOST,
            command: ['/agnhost', 'porter', '--json-response'],
            env: [{ name: 'SERVE_PORT_80', value: 'foo' }],
          },
        ],
      },
    })
    await kubectl('-n', namespace, 'wait', 'pod/agnhost', '--for=condition=Ready', '--timeout=30s')
    for (const kind of ['pods', 'services'])
      for (const verb of ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']) {
        const proxy = `/api/v1/namespaces/${namespace}/${kind}/agnhost/proxy`
        const withPath = await send(verb, `${proxy}/some/path/with/${verb}`)
        assert.equal(withPath.status, 200, `${verb} ${proxy}`)
        const said = await withPath.text()
        assert.equal(said, verb === 'HEAD' ? '' : JSON.stringify({ Method: verb, Body: 'foo' }))
        const without = await send(verb, `${proxy}?method=${verb}`)
        const isRead = verb === 'GET' || verb === 'HEAD'
        assert.equal(without.status, isRead ? 301 : 200, `${verb} ${proxy}`)
        const again = await without.text()
        if (!isRead) assert.deepEqual(JSON.parse(again), { Method: verb, Body: 'foo' })
      }
  })
})

describe('[sig-network] Services', () => {
  test('should be able to create a functioning NodePort service [Conformance]', async () => {
    const namespace = await newNamespace('services-1')
    const port = { name: 'http', port: 80, protocol: 'TCP', targetPort: 9376 }
    const { spec } = await create(
      namespace,
      service('nodeport-test', { type: 'NodePort', ports: [port] }),
    )
    const command = ['/agnhost', 'serve-hostname', '--http=false', '--tcp', '--udp']
    await create(namespace, deployment('nodeport-test', 2, { command }))
    await create(namespace, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'execpod' },
      spec: { containers: [{ name: 'agnhost-container', image: AGNHOST, args: ['pause'] }] },
    })
    const inNamespace = (...args) => kubectl('-n', namespace, ...args)
    await inNamespace('rollout', 'status', 'deployment/nodeport-test', '--timeout=30s')
    await inNamespace('wait', 'pod/execpod', '--for=condition=Ready', '--timeout=30s')
    const places = [
      ['nodeport-test', 80],
      [spec.clusterIP, 80],
      [node, spec.ports[0].nodePort],
    ]
    // kubernetes: test/e2e/framework/pod/output/output.go RunHostCmd
    const says = ([host, at]) =>
      inNamespace(
        'exec',
        'execpod',
        '--',
        '/bin/sh',
        '-x',
        '-c',
        `echo hostName | nc -v -t -w 2 ${host} ${at}`,
      )
    for (const said of await Promise.all(places.map(says))) assert.match(said, /^nodeport-test-/)
  })
})
