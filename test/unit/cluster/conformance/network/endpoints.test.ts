import { beforeEach, describe, expect, it } from 'vitest'
import type { EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { apiOperations } from '../../../../support/conformance-operations.ts'
import { Framework } from '../../../../support/conformance.ts'
import { NGINX } from '../../../../support/conformance-objects.ts'

const f = new Framework()
const SLICES = 'endpointslices.discovery.k8s.io'
const slicesOf = (service: string): readonly EndpointSlice[] =>
  f.items(SLICES, `kubernetes.io/service-name=${service}`)

const emptySelector = (): void => {
  const name = 'example-empty-selector'
  f.create('services', {
    metadata: { name },
    spec: {
      selector: {
        'does-not-match-anything': 'endpoints-and-endpoint-slices-should-still-be-created',
      },
      ports: [{ name: 'example', port: 80, protocol: 'TCP' }],
    },
  })
  f.until('its Endpoints', () => f.find('endpoints', name), 30)
  const [slice] = f.until(
    'its slice',
    () => (slicesOf(name).length > 0 ? slicesOf(name) : undefined),
    30,
  )
  expect(slice?.metadata.labels).toMatchObject({
    'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
  })
  expect(slice?.endpoints ?? []).toEqual([])
  f.delete('services', name)
  f.until('the end of its Endpoints', () => f.find('endpoints', name) === undefined, 30)
  f.until('the end of its slice', () => slicesOf(name).length === 0, 90)
}

const matchingPods = (): void => {
  const container = (ports: readonly (readonly [string, number])[]) => ({
    name: 'container1',
    image: NGINX,
    ports: ports.map(([name, containerPort]) => ({ name, containerPort })),
  })
  const newPod = (name: string, ports: readonly (readonly [string, number])[]) =>
    f.create('pods', {
      metadata: { name, labels: { [name]: 'on', shared12: 'on' } },
      spec: { containers: [container(ports)] },
    })
  newPod('pod1', [['example-name', 3000]])
  newPod('pod2', [
    ['example-name', 3001],
    ['other-port', 3002],
  ])
  const newService = (name: string, selector: object, port: object) =>
    f.create('services', {
      metadata: { name },
      spec: {
        selector,
        publishNotReadyAddresses: true,
        ports: [{ port: 80, protocol: 'TCP', ...port }],
      },
    })
  newService('example-int-port', { pod1: 'on' }, { name: 'example', targetPort: 3000 })
  newService('example-named-port', { shared12: 'on' }, { name: 'http', targetPort: 'example-name' })
  newService('example-no-match', { pod3: 'on' }, { name: 'example-no-match', targetPort: 8080 })
  const withIp = (name: string): Pod =>
    f.until(`an address of ${name}`, () => {
      const pod = f.get('pods', name)
      return pod.status?.podIPs === undefined ? undefined : pod
    })
  const [pod1, pod2] = [withIp('pod1'), withIp('pod2')]
  const expectAll = (
    service: string,
    wanted: readonly (readonly [Pod, number])[],
    slices: number,
  ) => {
    const found = f.until(`${slices} slices of ${service}`, () => {
      const all = slicesOf(service)
      const count = all.flatMap(({ endpoints = [] }) => endpoints ?? []).length
      return all.length === slices && count === wanted.length ? all : undefined
    })
    const addresses = found
      .flatMap(({ endpoints, ports }) =>
        (endpoints ?? []).map(({ addresses: own, targetRef }) => [
          own[0],
          ports?.[0]?.port,
          targetRef?.uid,
        ]),
      )
      .toSorted()
    const meant = wanted
      .map(([pod, port]) => [pod.status?.podIP, port, pod.metadata.uid])
      .toSorted()
    expect(addresses).toEqual(meant)
    const subsets = f.get('endpoints', service).subsets ?? []
    const inEndpoints = subsets.flatMap((subset) =>
      (subset.addresses ?? []).map(({ ip, targetRef }) => [
        ip,
        subset.ports?.[0]?.port,
        targetRef?.uid,
      ]),
    )
    expect(inEndpoints.toSorted()).toEqual(meant)
  }
  expectAll('example-int-port', [[pod1, 3000]], 1)
  const both = [
    [pod1, 3000],
    [pod2, 3001],
  ] as const
  expectAll('example-named-port', both, 2)
  expectAll('example-no-match', [], 1)
  for (const { metadata } of slicesOf('example-named-port')) f.delete(SLICES, metadata.name)
  expectAll('example-named-port', both, 2)
}

describe('[sig-network] EndpointSlice', () => {
  beforeEach(() => f.begin('endpointslice'))

  it('should create and delete EndpointSlices for a Service with a selector that matches no pods [Conformance]', () => {
    emptySelector()
  })

  it('should create Endpoints and EndpointSlices for Pods matching a Service [Conformance]', () => {
    matchingPods()
  })

  it('should support creating EndpointSlice API operations [Conformance]', () => {
    const body = {
      metadata: { generateName: 'e2e-example-ing' },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['1.2.3.4', '5.6.7.8'] }, { addresses: ['2.2.3.4', '6.6.7.8'] }],
    }
    apiOperations(f, {
      name: SLICES,
      group: 'discovery.k8s.io',
      plural: 'endpointslices',
      namespaced: true,
      body,
    })
  })
})

describe('[sig-network] EndpointsController', () => {
  beforeEach(() => f.begin('endpoints'))

  it('should create and delete Endpoints for a Service with a selector that matches no pods [Conformance]', () => {
    emptySelector()
  })

  it('should create Endpoints for Pods matching a Service [Conformance]', () => {
    matchingPods()
  })
})

describe('[sig-network] EndpointSliceMirroring', () => {
  it('should mirror a custom Endpoints resource through create update and delete [Conformance]', () => {
    f.begin('endpointslicemirroring')
    const name = 'example-custom-endpoints'
    f.create('services', {
      metadata: { name },
      spec: { ports: [{ name: 'example', port: 80, protocol: 'TCP' }] },
    })
    const subset = (ip: string, port: number) => ({
      ports: [{ name: 'example', port, protocol: 'TCP' }],
      addresses: [{ ip }],
    })
    f.create('endpoints', { metadata: { name }, subsets: [subset('10.1.2.3', 80)] })
    const mirrored = (ip: string, port: number) =>
      f.until(
        `${ip}:${port} in one slice`,
        () => {
          const [slice, ...more] = slicesOf(name)
          return (
            more.length === 0 &&
            slice?.endpoints?.length === 1 &&
            slice.endpoints[0]?.addresses[0] === ip &&
            slice.ports?.[0]?.port === port
          )
        },
        12,
      )
    mirrored('10.1.2.3', 80)
    expect(slicesOf(name)[0]?.metadata.labels).toMatchObject({
      'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
    })
    f.change('endpoints', name, () => ({ subsets: [subset('10.2.3.4', 9090)] }))
    mirrored('10.2.3.4', 9090)
    f.delete('endpoints', name)
    f.until('the end of the mirror', () => slicesOf(name).length === 0, 12)
  })
})

describe('[sig-network] Endpoints', () => {
  it('should test the lifecycle of an Endpoint [Conformance]', () => {
    f.begin('endpoints')
    const name = 'testservice'
    const labels = { 'test-endpoint-static': 'true' }
    const selector = 'labelSelector=test-endpoint-static%3Dtrue'
    const { resourceVersion } = f.list('endpoints', { query: selector }).metadata
    const subset = (addresses: readonly string[], ports: object) => ({
      addresses: addresses.map((ip) => ({ ip })),
      ports: [ports],
    })
    const http = { name: 'http', protocol: 'TCP', port: 80 }
    const whole = { metadata: { name, labels }, subsets: [subset(['10.0.0.24'], http)] }
    f.create('endpoints', whole)
    const seen = (type: string, isMeant: (labels: Readonly<Record<string, string>>) => boolean) =>
      f.watchUntil(
        type,
        'endpoints',
        `${selector}&resourceVersion=${resourceVersion}`,
        (event) => event.type === type && isMeant(event.object.metadata.labels ?? {}),
      )
    seen('ADDED', () => true)
    const all = f.items('endpoints', 'test-endpoint-static=true', { namespace: '' })
    expect(all.map(({ metadata }) => metadata.name)).toEqual([name])
    f.change('endpoints', name, ({ metadata }) => ({
      metadata: { ...metadata, labels: { ...metadata.labels, 'test-service': 'updated' } },
    }))
    seen('MODIFIED', (own) => own['test-service'] === 'updated')
    expect(f.get('endpoints', name).metadata.labels).toMatchObject({ 'test-service': 'updated' })
    const patch = {
      metadata: { labels: { 'test-service': 'patched' } },
      subsets: [subset(['10.0.0.25'], { name: 'http-test', port: 8080, protocol: 'TCP' })],
    }
    f.patch('endpoints', name, patch)
    seen('MODIFIED', (own) => own['test-service'] === 'patched')
    const patched = f.get('endpoints', name)
    expect(patched.metadata.labels).toMatchObject({ 'test-service': 'patched' })
    expect(patched.subsets).toEqual(patch.subsets)
    f.deleteCollection('endpoints', 'test-endpoint-static=true')
    seen('DELETED', () => true)
    expect(f.items('endpoints', 'test-endpoint-static=true')).toEqual([])
  })
})
