import { beforeEach, describe, expect, it } from 'vitest'
import type { Service } from '#api/core/v1/service/types.ts'
import { Framework } from '../../../../support/conformance.ts'
import { simplePod, PAUSE } from '../../../../support/conformance-objects.ts'

const f = new Framework()
const SLICES = 'endpointslices.discovery.k8s.io'
const status = { subresource: 'status' }

describe('[sig-network] API Server', () => {
  beforeEach(() => f.begin('apiserver'))
  const inDefault = { namespace: 'default' }

  it('should provide secure master service [Conformance]', () => {
    expect(f.get('services', 'kubernetes', inDefault).spec.ports).toContainEqual(
      expect.objectContaining({ name: 'https', port: 443 }),
    )
  })

  it('should have Endpoints and EndpointSlices pointing to API Server [Conformance]', () => {
    const endpoints = f.get('endpoints', 'kubernetes', inDefault)
    expect(endpoints.subsets).toHaveLength(1)
    const [subset] = endpoints.subsets ?? []
    const slice = f.get(SLICES, 'kubernetes', inDefault)
    expect(slice.addressType).toBe('IPv4')
    expect(slice.endpoints?.flatMap(({ addresses }) => addresses)).toEqual(
      subset?.addresses?.map(({ ip }) => ip),
    )
    const portsOf = (ports: readonly { name?: string; port?: number; protocol?: string }[] = []) =>
      ports.map(({ name, port, protocol }) => [name, port, protocol])
    expect(portsOf(slice.ports)).toEqual(portsOf(subset?.ports))
    expect(f.get('services', 'kubernetes', inDefault).metadata.name).toBe('kubernetes')
  })
})

describe('[sig-network] Services', () => {
  beforeEach(() => f.begin('services'))

  it('should find a service from listing all namespaces [Conformance]', () => {
    const all = f.items('services', '', { namespace: '' })
    expect(all.map(({ metadata }) => [metadata.namespace, metadata.name])).toContainEqual([
      'default',
      'kubernetes',
    ])
  })

  it('should complete a service status lifecycle [Conformance]', () => {
    const name = 'test-service-abcde'
    const selector = 'labelSelector=test-service-static%3Dtrue'
    const { resourceVersion } = f.list('services', { namespace: '', query: selector }).metadata
    f.create('services', {
      metadata: { name, labels: { 'test-service-static': 'true' } },
      spec: {
        type: 'LoadBalancer',
        loadBalancerClass: 'example.com/internal-vip',
        ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 80 }],
      },
    })
    const seen = (what: string, isMeant: (service: Service) => boolean, type?: string) =>
      f.watchUntil(
        what,
        'services',
        `${selector}&resourceVersion=${resourceVersion}`,
        (event) =>
          event.object.metadata.name === name &&
          (type === undefined || event.type === type) &&
          isMeant(event.object),
      )
    seen('ADDED', () => true)
    expect(f.get('services', name, status).status?.loadBalancer).toEqual({})
    const loadBalancer = { ingress: [{ ip: '203.0.113.1' }] }
    const annotated = { metadata: { annotations: { patchedstatus: 'true' } } }
    const patched = f.patch(
      'services',
      name,
      { ...annotated, status: { loadBalancer } },
      { ...status, type: 'merge' },
    )
    expect(patched).toMatchObject({ ...annotated, status: { loadBalancer } })
    const isAnnotated = ({ metadata }: Service) =>
      metadata.annotations?.['patchedstatus'] === 'true'
    seen('the patch', isAnnotated)
    const condition = {
      type: 'StatusUpdate',
      status: 'True',
      reason: 'E2E',
      message: 'Set from e2e test',
      lastTransitionTime: null,
    }
    f.change(
      'services',
      name,
      (old) => ({ status: { ...old.status, conditions: [condition] } }),
      status,
    )
    seen(
      'the update',
      (service) =>
        isAnnotated(service) &&
        service.status?.conditions?.some(({ reason }) => reason === 'E2E') === true,
    )
    f.patch('services', name, { metadata: { labels: { 'test-service': 'patched' } } })
    seen('the label', ({ metadata }) => metadata.labels?.['test-service'] === 'patched')
    f.delete('services', name)
    seen('DELETED', () => true, 'DELETED')
  })

  it('should delete a collection of services [Conformance]', () => {
    const label = 'e2e-test-label=collection'
    const labels = { 'e2e-test-label': 'collection' }
    for (const [index, own] of [labels, labels, {}].entries())
      f.create('services', {
        metadata: { name: `e2e-svc-${index}`, labels: own },
        spec: { type: 'ClusterIP', ports: [{ port: 80 }], selector: {} },
      })
    expect(f.items('services')).toHaveLength(3)
    f.deleteCollection('services', label)
    expect(f.items('services').map(({ metadata }) => metadata.name)).toEqual(['e2e-svc-2'])
  })

  it('should check NodePort out-of-range', () => {
    const newService = (nodePort: number) => ({
      metadata: { name: 'nodeport-range-test' },
      spec: {
        type: 'NodePort',
        selector: { a: 'b' },
        ports: [{ port: 80, ...(nodePort > 0 ? { nodePort } : {}) }],
      },
    })
    const { spec } = f.create('services', newService(0))
    const port = spec?.ports?.[0]?.nodePort ?? 0
    expect(port).toBeGreaterThanOrEqual(30_000)
    expect(port).toBeLessThanOrEqual(32_767)
    const message = 'provided port is not in the valid range'
    expect(
      f.refused(() =>
        f.patch('services', 'nodeport-range-test', {
          spec: { ports: [{ port: 80, nodePort: 32_768 }] },
        }),
      ),
    ).toMatchObject({ code: 422, message: expect.stringContaining(message) as string })
    f.delete('services', 'nodeport-range-test')
    expect(f.refused(() => f.create('services', newService(29_999)))).toMatchObject({
      code: 422,
      message: expect.stringContaining(message) as string,
    })
  })

  it('should prevent NodePort collisions', () => {
    const newService = (name: string, nodePort?: number) => ({
      metadata: { name },
      spec: {
        type: 'NodePort',
        selector: { a: 'b' },
        ports: [{ port: 80, ...(nodePort === undefined ? {} : { nodePort }) }],
      },
    })
    const nodePort = f.create('services', newService('nodeport-collision-1')).spec?.ports?.[0]
      ?.nodePort
    const second = newService('nodeport-collision-2', nodePort)
    expect(f.refused(() => f.create('services', second))).toMatchObject({
      code: 422,
      message: expect.stringContaining('provided port is already allocated') as string,
    })
    f.delete('services', 'nodeport-collision-1')
    expect(f.create('services', second).spec?.ports?.[0]?.nodePort).toBe(nodePort)
  })
})

describe('[sig-network] Service endpoints latency', () => {
  it('should not be very high [Conformance]', () => {
    f.begin('svc-latency')
    f.create('pods', simplePod('svc-latency-rc', { name: 'svc-latency-rc' }, PAUSE))
    f.until('the Pod', () => f.get('pods', 'svc-latency-rc').status?.phase === 'Running')
    const { resourceVersion } = f.list(SLICES).metadata
    const watching = f.watch(SLICES, `resourceVersion=${resourceVersion}`)
    const names = Array.from({ length: 50 }, (_, index) => `latency-svc-${index}`)
    for (const name of names)
      f.create('services', {
        metadata: { name },
        spec: {
          selector: { name: 'svc-latency-rc' },
          type: 'ClusterIP',
          sessionAffinity: 'None',
          ports: [{ protocol: 'TCP', port: 80 }],
        },
      })
    const missing = new Set(names)
    watching.next(
      'a slice with an endpoint for each',
      ({ object }) => {
        if ((object.endpoints?.length ?? 0) > 0)
          missing.delete(object.metadata.labels?.['kubernetes.io/service-name'] ?? '')
        return missing.size === 0
      },
      20,
    )
    watching.close()
  })
})
