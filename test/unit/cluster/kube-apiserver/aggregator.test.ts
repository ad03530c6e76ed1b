import { beforeEach, describe, expect, it } from 'vitest'
import { Framework } from '../../../support/conformance.ts'

const SERVICES = 'apiservices.apiregistration.k8s.io'
const METRICS = '/apis/metrics.k8s.io/v1beta1'
const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

let f: Framework

const condition = (name: string): string => {
  const [found] = f.get(SERVICES, name).status?.conditions ?? []
  return `${found?.status ?? ''} ${found?.reason ?? ''}: ${found?.message ?? ''}`
}

const register = (service: object): void => {
  f.create(SERVICES, {
    metadata: { name: 'v1.example.com' },
    spec: {
      group: 'example.com',
      version: 'v1',
      service: { namespace: 'default', name: 'api', ...service },
      groupPriorityMinimum: 10,
      versionPriority: 10,
    },
  })
}

interface Found {
  readonly metadata: { readonly name: string }
  readonly versions: readonly { readonly version: string; readonly freshness: string }[]
}

const discovered = (group: string): Found | undefined => {
  const { items } = f.api.send('GET', '/apis', '', { accept: AGGREGATED }).body as unknown as {
    readonly items: readonly Found[]
  }
  return items.find(({ metadata }) => metadata.name === group)
}

interface Metrics {
  readonly metadata: { readonly name: string }
  readonly timestamp: string
  readonly window: string
}

const listed = (path: string): readonly string[] =>
  (f.ask('GET', METRICS + path) as { readonly items: readonly Metrics[] }).items.map(
    ({ metadata }) => metadata.name,
  )

describe('an API of another server', () => {
  beforeEach(() => {
    f = new Framework({ template: 'bare' })
  })

  it('is not there while nobody registers it', () => {
    expect(f.api.send('GET', `${METRICS}/nodes`)).toMatchObject({
      status: 404,
      text: '404 page not found\n',
    })
    expect(discovered('metrics.k8s.io')).toBeUndefined()
    expect(f.api.send('GET', '/apis/metrics.k8s.io').status).toBe(404)
  })

  it('is unavailable without its Service', () => {
    register({})
    expect(condition('v1.example.com')).toBe(
      'False ServiceNotFound: service/api in "default" is not present',
    )
    expect(f.api.send('GET', '/apis/example.com/v1/widgets')).toMatchObject({
      status: 503,
      text: 'service unavailable\n',
    })
    expect(f.api.send('GET', '/apis/example.com/v1').status).toBe(503)
    expect(f.ask('GET', '/apis/example.com')).toMatchObject({
      kind: 'APIGroup',
      preferredVersion: { groupVersion: 'example.com/v1' },
    })
    expect(discovered('example.com')?.versions).toEqual([{ version: 'v1', freshness: 'Stale' }])
  })

  it('is gone with its registration', () => {
    register({})
    f.delete(SERVICES, 'v1.example.com')
    expect(discovered('example.com')).toBeUndefined()
    expect(f.api.send('GET', '/apis/example.com/v1').status).toBe(404)
  })

  it('needs the port, endpoints, and a server behind them', () => {
    register({ port: 8443 })
    const ports = [{ name: 'https', port: 443 }]
    f.create('services', {
      metadata: { name: 'api' },
      spec: { ports, selector: { app: 'api' } },
    })
    expect(condition('v1.example.com')).toBe(
      'False ServicePortError: service/api in "default" is not listening on port 8443',
    )
    f.patch(SERVICES, 'v1.example.com', { spec: { service: { port: 443 } } }, { type: 'merge' })
    expect(condition('v1.example.com')).toBe(
      'False MissingEndpoints: endpointslices for service/api in "default" have no addresses with port name "https"',
    )
    f.create('pods', {
      metadata: { name: 'api', labels: { app: 'api' } },
      spec: { containers: [{ name: 'c', image: 'nginx' }] },
    })
    const { clusterIP } = f.get('services', 'api').spec
    const url = `https://${clusterIP}:443/apis/example.com/v1`
    expect(condition('v1.example.com')).toBe(
      `False FailedDiscoveryCheck: failing or missing response from ${url}: bad status from ${url}: 404`,
    )
  })
})

describe('the metrics API', () => {
  beforeEach(() => {
    f = new Framework()
    f.sleep(60)
  })

  it('is served while its server is ready', () => {
    expect(condition('v1beta1.metrics.k8s.io')).toBe('True Passed: all checks passed')
    expect(discovered('metrics.k8s.io')).toMatchObject({
      versions: [
        {
          version: 'v1beta1',
          freshness: 'Current',
          resources: [{ resource: 'nodes' }, { resource: 'pods' }],
        },
      ],
    })
    expect(listed('/nodes')).toEqual(['node-1', 'node-2', 'node-3'])
    f.delete('deployments.apps', 'metrics-server', {}, { namespace: 'kube-system' })
    expect(condition('v1beta1.metrics.k8s.io')).toMatch(/^False MissingEndpoints: /)
    expect(f.api.send('GET', `${METRICS}/nodes`).status).toBe(503)
  })

  it('shows Pods by namespace, label, field and name', () => {
    f.create('pods', {
      metadata: { name: 'a', labels: { app: 'a' } },
      spec: {
        containers: [
          { name: 'x', image: 'nginx' },
          { name: 'y', image: 'redis' },
        ],
      },
    })
    f.create('pods', {
      metadata: { name: 'b' },
      spec: { containers: [{ name: 'x', image: 'nginx' }] },
    })
    expect(listed('/namespaces/default/pods')).toEqual([])
    f.sleep(30)
    expect(listed('/namespaces/default/pods')).toEqual(['a', 'b'])
    expect(listed('/pods').length).toBeGreaterThan(2)
    expect(listed('/namespaces/default/pods?labelSelector=app%3Da')).toEqual(['a'])
    expect(listed('/pods?fieldSelector=metadata.name%3Db')).toEqual(['b'])
    expect(f.ask('GET', `${METRICS}/namespaces/default/pods/a`)).toMatchObject({
      kind: 'PodMetrics',
      apiVersion: 'metrics.k8s.io/v1beta1',
      metadata: { name: 'a', namespace: 'default', labels: { app: 'a' } },
      timestamp: '2026-01-01T00:01:30Z',
      window: '15s',
      containers: [
        {
          name: 'x',
          usage: {
            cpu: expect.stringMatching(/^\d+n$/),
            memory: expect.stringMatching(/^\d+[KM]i$/),
          },
        },
        { name: 'y' },
      ],
    })
  })

  it.each([
    ['/namespaces/default/pods/nope', 'podmetrics.metrics.k8s.io "default/nope" not found'],
    ['/nodes/nope', 'nodemetrics.metrics.k8s.io "nope" not found'],
    ['/widgets', 'the server could not find the requested resource'],
    ['/pods/x', 'the server could not find the requested resource'],
  ])('refuses %s', (path, message) => {
    expect(f.refused(() => f.ask('GET', METRICS + path))).toMatchObject({ code: 404, message })
  })

  it('cannot be written or watched', () => {
    expect(f.refused(() => f.ask('DELETE', `${METRICS}/nodes/node-1`))).toMatchObject({ code: 405 })
    expect(f.refused(() => f.ask('GET', `${METRICS}/nodes?watch=true`))).toMatchObject({
      code: 405,
    })
  })

  it('may be read by who may view', () => {
    const rules = f.get('clusterroles.rbac.authorization.k8s.io', 'view') as unknown as {
      readonly rules: readonly { readonly apiGroups?: readonly string[] }[]
    }
    expect(rules.rules.some(({ apiGroups }) => apiGroups?.includes('metrics.k8s.io'))).toBe(true)
  })

  it('is shown as a table', () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
    const { body } = f.api.send('GET', `${METRICS}/nodes`, '', { accept })
    expect(body).toMatchObject({
      columnDefinitions: [
        { name: 'Name' },
        { name: 'cpu' },
        { name: 'memory' },
        { name: 'Window' },
      ],
      rows: [{ cells: ['node-1', expect.any(String), expect.any(String), '15s'] }, {}, {}],
    })
  })
})
