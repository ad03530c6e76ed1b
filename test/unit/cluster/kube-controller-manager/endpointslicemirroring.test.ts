import { beforeEach, describe, expect, it } from 'vitest'
import type { Endpoints } from '#api/core/v1/endpoints/types.ts'
import { endpointSliceMirroringController } from '#kube-controller-manager/endpointslicemirroring/controller.ts'
import { FakeCluster } from '../../../support/fake-cluster.ts'
import { aService, SLICES, sliceText } from '../../../support/network-objects.ts'

const byHand = (
  subsets: Endpoints['subsets'],
  metadata: Endpoints['metadata'] = {},
): Endpoints => ({
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: { name: 'web', namespace: 'default', ...metadata },
  ...(subsets === undefined ? {} : { subsets }),
})
const selectorless = () => {
  const { selector: _, ...spec } = aService('web').spec
  return { ...aService('web'), spec }
}
const PORTS = [{ name: 'http', port: 8080, protocol: 'TCP' }] as const

let cluster: FakeCluster
const slices = () => cluster.client.list(SLICES)
const texts = () => slices().map(sliceText).sort()
const endpoints = () => cluster.client.get('endpoints', 'default', 'web')!

beforeEach(() => {
  cluster = new FakeCluster(endpointSliceMirroringController)
})

describe('the EndpointSlice mirroring controller', () => {
  it('shows Endpoints of a Service without selector as a slice', () => {
    const annotations = { c: 'd', 'kubectl.kubernetes.io/last-applied-configuration': '{}' }
    const addresses = [
      { ip: '192.0.2.20' },
      { ip: '192.0.2.21', hostname: 'two', nodeName: 'node-1' },
    ]
    const subset = { addresses, notReadyAddresses: [{ ip: '192.0.2.22' }], ports: PORTS }
    cluster.client.create('endpoints', byHand([subset], { labels: { a: 'b' }, annotations }))
    cluster.settle()
    expect(slices()).toEqual([])
    cluster.client.create('services', selectorless())
    cluster.settle()
    expect(slices()).toMatchObject([
      {
        metadata: {
          generateName: 'web-',
          labels: {
            a: 'b',
            'kubernetes.io/service-name': 'web',
            'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
          },
          ownerReferences: [{ apiVersion: 'v1', kind: 'Endpoints', name: 'web', controller: true }],
        },
        addressType: 'IPv4',
        ports: PORTS,
        endpoints: [
          { addresses: ['192.0.2.20'], conditions: { ready: true } },
          {
            addresses: ['192.0.2.21'],
            conditions: { ready: true },
            hostname: 'two',
            nodeName: 'node-1',
          },
          { addresses: ['192.0.2.22'], conditions: { ready: false } },
        ],
      },
    ])
    expect(slices()[0]!.metadata.annotations).toEqual({ c: 'd' })
    expect(cluster.writesWhenSettled()).toBe(0)
  })

  it('keeps families and ports apart, and reuses the slice whose ports changed', () => {
    cluster.client.create('services', selectorless())
    cluster.client.create(
      'endpoints',
      byHand([{ addresses: [{ ip: '192.0.2.20' }, { ip: '2001:db8::1' }], ports: PORTS }]),
    )
    cluster.settle()
    expect(texts()).toEqual([
      'IPv4 http:8080/TCP [192.0.2.20 ready]',
      'IPv6 http:8080/TCP [2001:db8::1 ready]',
    ])
    const names = slices().map(({ metadata }) => metadata.name)
    const changed = [
      { addresses: [{ ip: '192.0.2.20' }, { ip: '2001:db8::1' }], ports: [{ port: 9090 }] },
    ]
    cluster.client.update('endpoints', { ...endpoints(), subsets: changed })
    cluster.settle()
    expect(texts()).toEqual([
      'IPv4 :9090/TCP [192.0.2.20 ready]',
      'IPv6 :9090/TCP [2001:db8::1 ready]',
    ])
    expect(slices().map(({ metadata }) => metadata.name)).toEqual(names)
  })

  it.each<readonly [string, () => void]>([
    ['the Endpoints are deleted', () => cluster.client.delete('endpoints', 'default', 'web')],
    ['the Service is deleted', () => cluster.client.delete('services', 'default', 'web')],
    ['the Service gets a selector', () => void cluster.client.update('services', aService('web'))],
    [
      'the Endpoints are marked to be skipped',
      () =>
        void cluster.client.update('endpoints', {
          ...endpoints(),
          metadata: {
            ...endpoints().metadata,
            labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' },
          },
        }),
    ],
  ])('takes its slices away when %s', (_, act) => {
    cluster.client.create('services', selectorless())
    cluster.client.create(
      'endpoints',
      byHand([{ addresses: [{ ip: '192.0.2.20' }], ports: PORTS }]),
    )
    cluster.settle()
    expect(slices()).toHaveLength(1)
    act()
    cluster.settle()
    expect(slices()).toEqual([])
  })

  it('restores a slice that somebody deleted', () => {
    cluster.client.create('services', selectorless())
    cluster.client.create(
      'endpoints',
      byHand([{ addresses: [{ ip: '192.0.2.20' }], ports: PORTS }]),
    )
    cluster.settle()
    cluster.client.delete(SLICES, 'default', slices()[0]!.metadata.name!)
    cluster.settle()
    expect(texts()).toEqual(['IPv4 http:8080/TCP [192.0.2.20 ready]'])
  })

  it('mirrors a thousand addresses and says that there are more', () => {
    cluster.client.create('services', selectorless())
    const addresses = Array.from({ length: 1003 }, (_, i) => ({ ip: `192.0.${i >> 8}.${i & 255}` }))
    cluster.client.create('endpoints', byHand([{ addresses, ports: PORTS }]))
    cluster.settle()
    expect(slices()[0]!.endpoints).toHaveLength(1000)
    expect(cluster.events).toEqual([
      'Warning TooManyAddressesToMirror Endpoints/web: A max of 1000 addresses can be mirrored to EndpointSlices per Endpoints subset. 3 addresses were skipped',
    ])
  })
})
