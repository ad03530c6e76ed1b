import { beforeEach, describe, expect, it } from 'vitest'
import { Framework } from '../../../../support/conformance.ts'
import { AGNHOST } from '../../../../support/conformance-objects.ts'
import { schedulableNodes } from '../../../../support/conformance-pods.ts'
import { runDeployment } from '../../../../support/conformance-services.ts'

const ATTEMPTS = 20
const VERBS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']

const f = new Framework()
beforeEach(() => f.begin('proxy'))

describe('[sig-network] Proxy version v1', () => {
  it('should proxy through a service and a pod [Conformance]', () => {
    const labels = { 'proxy-service-target': 'true' }
    const { metadata } = f.create('services', {
      metadata: { generateName: 'proxy-service-' },
      spec: {
        selector: labels,
        ports: [
          { name: 'portname1', port: 80, targetPort: 'dest1' },
          { name: 'portname2', port: 81, targetPort: 162 },
          { name: 'tlsportname1', port: 443, targetPort: 'tlsdest1' },
          { name: 'tlsportname2', port: 444, targetPort: 462 },
        ],
      },
    })
    const service = metadata.name!
    const env = {
      SERVE_PORT_80: '<a href="/rewriteme">test</a>',
      SERVE_PORT_1080: '<a href="/rewriteme">test</a>',
      SERVE_PORT_160: 'foo',
      SERVE_PORT_162: 'bar',
      SERVE_TLS_PORT_443: '<a href="/tlsrewriteme">test</a>',
      SERVE_TLS_PORT_460: 'tls baz',
      SERVE_TLS_PORT_462: 'tls qux',
    }
    const ports = { dest1: 160, dest2: 162, tlsdest1: 460, tlsdest2: 462 }
    const [pod] = runDeployment(f, {
      name: service,
      labels,
      replicas: 1,
      container: {
        command: ['/agnhost', 'porter'],
        env: Object.entries(env).map(([name, value]) => ({ name, value })),
        ports: [
          { containerPort: 80 },
          ...Object.entries(ports).map(([name, containerPort]) => ({ name, containerPort })),
        ],
        readinessProbe: {
          httpGet: { port: 80 },
          initialDelaySeconds: 1,
          timeoutSeconds: 5,
          periodSeconds: 10,
        },
      },
    })
    f.until('an endpoint', () => f.get('endpoints', service).subsets?.[0]?.addresses?.length)
    const urlOf = (kind: string, scheme: string, name: string, port: string): string => {
      const prefix = scheme === '' ? '' : `${scheme}:`
      const suffix = port === '' && scheme === '' ? '' : `:${port}`
      return `/api/v1/namespaces/${f.namespace}/${kind}/${prefix}${name}${suffix}/proxy`
    }
    const toService = (scheme: string, port: string) => urlOf('services', scheme, service, port)
    const toPod = (scheme: string, port: string) => urlOf('pods', scheme, pod!.metadata.name!, port)
    const link = (url: string, path: string): readonly [string, string] => [
      `${url}/`,
      `<a href="${url}${path}">test</a>`,
    ]
    const expected = new Map([
      [`${toService('', 'portname1')}/`, 'foo'],
      [`${toService('http', 'portname1')}/`, 'foo'],
      [`${toService('', 'portname2')}/`, 'bar'],
      [`${toService('http', 'portname2')}/`, 'bar'],
      [`${toService('https', 'tlsportname1')}/`, 'tls baz'],
      [`${toService('https', 'tlsportname2')}/`, 'tls qux'],
      link(toPod('', ''), '/rewriteme'),
      link(toPod('', '1080'), '/rewriteme'),
      link(toPod('http', '1080'), '/rewriteme'),
      [`${toPod('', '160')}/`, 'foo'],
      [`${toPod('http', '160')}/`, 'foo'],
      [`${toPod('', '162')}/`, 'bar'],
      [`${toPod('http', '162')}/`, 'bar'],
      link(toPod('https', '443'), '/tlsrewriteme'),
      [`${toPod('https', '460')}/`, 'tls baz'],
      [`${toPod('https', '462')}/`, 'tls qux'],
    ])
    expect(expected.size).toBe(16)
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1)
      for (const [url, body] of expected) {
        const answer = f.api.send('GET', url)
        expect([url, answer.status, answer.text]).toEqual([url, 200, body])
      }
  })

  /** A Pod that tells how it was asked, and a Service in front of it. */
  const started = (service: string, labels: Readonly<Record<string, string>>): void => {
    f.create('pods', {
      metadata: { name: 'agnhost', labels },
      spec: {
        containers: [
          {
            image: AGNHOST,
            name: 'agnhost',
            command: ['/agnhost', 'porter', '--json-response'],
            env: [{ name: 'SERVE_PORT_80', value: 'foo' }],
          },
        ],
        restartPolicy: 'Never',
      },
    })
    f.until('the Pod', () => f.get('pods', 'agnhost').status?.phase === 'Running', 60)
    f.create('services', {
      metadata: { name: service, labels },
      spec: { ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }], selector: labels },
    })
  }

  const expectVerb = (url: string, verb: string): void =>
    void f.until(
      `${verb} ${url}`,
      () => {
        const answer = f.api.send(verb, url)
        if (answer.status !== 200) return false
        if (verb === 'HEAD') return true
        const { Method, Body } = answer.body
        return Method === verb && Body === 'foo'
      },
      60,
    )

  it('A set of valid responses are returned for both pod and service ProxyWithPath [Conformance]', () => {
    started('test-service', { test: 'response' })
    for (const one of ['pods/agnhost', 'services/test-service'])
      for (const verb of VERBS)
        expectVerb(`/api/v1/namespaces/${f.namespace}/${one}/proxy/some/path/with/${verb}`, verb)
  })

  it('A set of valid responses are returned for both pod and service Proxy [Conformance]', () => {
    started('e2e-proxy-test-service', { 'e2e-test': 'proxy-endpoints' })
    for (const one of ['pods/agnhost', 'services/e2e-proxy-test-service'])
      for (const verb of VERBS) {
        const url = `/api/v1/namespaces/${f.namespace}/${one}/proxy?method=${verb}`
        if (verb === 'GET' || verb === 'HEAD') expect(f.api.send(verb, url).status).toBe(301)
        else expectVerb(url, verb)
      }
  })

  it.each([
    ['with explicit kubelet port using proxy subresource', ':10250/proxy/logs/'],
    ['using proxy subresource', '/proxy/logs/'],
  ])('should proxy logs on node %s', (_, rest) => {
    const [node] = schedulableNodes(f)
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1)
      expect(f.api.send('GET', `/api/v1/nodes/${node!.metadata.name}${rest}`).status).toBe(200)
  })
})
