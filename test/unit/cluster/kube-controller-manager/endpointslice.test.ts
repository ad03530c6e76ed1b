import { beforeEach, describe, expect, it } from 'vitest'
import type { EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import { endpointSliceController } from '#kube-controller-manager/endpointslice/controller.ts'
import { FakeCluster } from '../../../support/fake-cluster.ts'
import {
  aBackend,
  aNode,
  aService,
  SLICES,
  sliceText,
  withReady,
} from '../../../support/network-objects.ts'

const TRIGGER = 'endpoints.kubernetes.io/last-change-trigger-time'

let cluster: FakeCluster
const slices = () => cluster.client.list(SLICES)
const texts = () => slices().map(sliceText)
const pod = (name: string) => cluster.client.get('pods', 'default', name)!
const service = (name: string) => cluster.client.get('services', 'default', name)!

beforeEach(() => {
  cluster = new FakeCluster(endpointSliceController)
  cluster.client.create('nodes', aNode('node-1', { 'topology.kubernetes.io/zone': 'a' }))
  cluster.client.create('nodes', aNode('node-2', { 'topology.kubernetes.io/zone': 'b' }))
})

describe('the EndpointSlice controller', () => {
  it('makes a placeholder for a Service without endpoints', () => {
    cluster.client.create('services', aService('web', {}, { labels: { team: 'blue' } }))
    cluster.settle()
    const [slice] = slices()
    expect(texts()).toEqual(['IPv4  []'])
    expect(slice!.metadata).toMatchObject({
      generateName: 'web-',
      labels: {
        team: 'blue',
        'kubernetes.io/service-name': 'web',
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      },
      annotations: { [TRIGGER]: service('web').metadata.creationTimestamp },
      ownerReferences: [
        {
          apiVersion: 'v1',
          kind: 'Service',
          name: 'web',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    })
    expect(cluster.writesWhenSettled()).toBe(0)
  })

  it('turns the placeholder into the first slice with endpoints, and back', () => {
    cluster.client.create('services', aService('web'))
    cluster.settle()
    const [
      {
        metadata: { name },
      },
    ] = slices() as [EndpointSlice]
    cluster.client.create(
      'pods',
      aBackend('web-1', '10.244.0.5', { since: '2026-01-01T00:00:07Z' }),
    )
    cluster.settle()
    expect(slices().map((slice) => slice.metadata.name)).toEqual([name])
    expect(texts()).toEqual(['IPv4 :8080/TCP [10.244.0.5 ready+serving]'])
    expect(slices()[0]!.metadata.annotations).toEqual({ [TRIGGER]: '2026-01-01T00:00:07Z' })
    expect(slices()[0]!.endpoints![0]).toMatchObject({
      nodeName: 'node-1',
      zone: 'a',
      targetRef: {
        kind: 'Pod',
        namespace: 'default',
        name: 'web-1',
        uid: pod('web-1').metadata.uid,
      },
    })
    cluster.client.delete('pods', 'default', 'web-1', { gracePeriodSeconds: 0 })
    cluster.settle()
    expect(texts()).toEqual(['IPv4  []'])
    expect(slices()[0]!.metadata.name).toBe(name)
    expect(slices()[0]!.metadata.annotations).toBeUndefined()
    expect(cluster.writesWhenSettled()).toBe(0)
  })

  it('follows readiness and termination', () => {
    cluster.client.create('services', aService('web'))
    cluster.client.create('pods', aBackend('web-1', '10.244.0.5'))
    cluster.client.create('pods', aBackend('web-2', '10.244.0.6', { ready: false }))
    cluster.settle()
    expect(texts()).toEqual(['IPv4 :8080/TCP [10.244.0.5 ready+serving, 10.244.0.6]'])
    cluster.client.update('pods', withReady(pod('web-2'), true, '2026-01-01T00:00:09Z'))
    cluster.settle()
    expect(texts()).toEqual(['IPv4 :8080/TCP [10.244.0.5 ready+serving, 10.244.0.6 ready+serving]'])
    expect(slices()[0]!.metadata.annotations).toEqual({ [TRIGGER]: '2026-01-01T00:00:09Z' })
    cluster.client.delete('pods', 'default', 'web-1')
    cluster.settle()
    expect(texts()).toEqual([
      'IPv4 :8080/TCP [10.244.0.5 serving+terminating, 10.244.0.6 ready+serving]',
    ])
  })

  it('publishes Pods that are not ready if the Service asks for it', () => {
    cluster.client.create('services', aService('web', { publishNotReadyAddresses: true }))
    cluster.client.create('pods', aBackend('web-1', '10.244.0.5', { ready: false }))
    cluster.settle()
    expect(texts()).toEqual(['IPv4 :8080/TCP [10.244.0.5 ready]'])
  })

  it('leaves out Pods that have ended or have no node', () => {
    cluster.client.create('services', aService('web'))
    cluster.client.create('pods', aBackend('web-1', '10.244.0.5', { phase: 'Succeeded' }))
    cluster.client.create('pods', aBackend('web-2', '10.244.0.6', { node: 'node-9' }))
    cluster.settle()
    expect(texts()).toEqual(['IPv4  []'])
    cluster.client.create('nodes', aNode('node-9'))
    cluster.settle()
    expect(texts()).toEqual(['IPv4 :8080/TCP [10.244.0.6 ready+serving]'])
  })

  it('keeps Pods whose named port differs in slices of their own', () => {
    cluster.client.create(
      'services',
      aService('web', { ports: [{ name: 'http', port: 80, targetPort: 'http' }] }),
    )
    const ports = (containerPort: number) => ({
      spec: {
        containers: [{ name: 'c', resources: {}, ports: [{ name: 'http', containerPort }] }],
      },
    })
    cluster.client.create('pods', aBackend('web-1', '10.244.0.5', ports(8080)))
    cluster.client.create('pods', aBackend('web-2', '10.244.0.6', ports(9090)))
    cluster.client.create('pods', aBackend('web-3', '10.244.0.7'))
    cluster.settle()
    expect(texts().sort()).toEqual([
      'IPv4  [10.244.0.7 ready+serving]',
      'IPv4 http:8080/TCP [10.244.0.5 ready+serving]',
      'IPv4 http:9090/TCP [10.244.0.6 ready+serving]',
    ])
    expect(cluster.writesWhenSettled()).toBe(0)
  })

  it('moves endpoints when the target port changes, in the slice there is', () => {
    cluster.client.create('services', aService('web'))
    cluster.client.create('pods', aBackend('web-1', '10.244.0.5'))
    cluster.settle()
    const name = slices()[0]!.metadata.name
    cluster.client.update('services', {
      ...service('web'),
      spec: { ...service('web').spec, ports: [{ port: 80, protocol: 'TCP', targetPort: 9090 }] },
    })
    cluster.settle()
    expect(texts()).toEqual(['IPv4 :9090/TCP [10.244.0.5 ready+serving]'])
    expect(slices()[0]!.metadata.name).toBe(name)
  })

  it('copies labels of the Service but not reserved ones, and marks headless Services', () => {
    const labels = { team: 'red', 'kubernetes.io/service-name': 'other' }
    cluster.client.create('services', aService('web', { clusterIP: 'None' }, { labels }))
    cluster.settle()
    expect(slices()[0]!.metadata.labels).toEqual({
      team: 'red',
      'kubernetes.io/service-name': 'web',
      'service.kubernetes.io/headless': '',
      'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    })
    cluster.client.create('pods', aBackend('web-1', '10.244.0.5'))
    cluster.settle()
    cluster.client.update('services', {
      ...service('web'),
      metadata: { ...service('web').metadata, labels: { team: 'blue' } },
    })
    cluster.settle()
    expect(slices()[0]!.metadata.labels).toMatchObject({
      team: 'blue',
      'kubernetes.io/service-name': 'web',
    })
    expect(slices()[0]!.metadata.annotations).toBeUndefined()
  })

  it('names hosts whose subdomain is the Service', () => {
    cluster.client.create('services', aService('web', { clusterIP: 'None' }))
    cluster.client.create(
      'pods',
      aBackend('web-1', '10.244.0.5', { spec: { hostname: 'one', subdomain: 'web' } }),
    )
    cluster.client.create(
      'pods',
      aBackend('web-2', '10.244.0.6', { spec: { hostname: 'two', subdomain: 'else' } }),
    )
    cluster.settle()
    expect(slices()[0]!.endpoints!.map(({ hostname }) => hostname)).toEqual(['one', undefined])
  })

  it.each([
    ['PreferClose', [{ forZones: [{ name: 'a' }] }, { forZones: [{ name: 'b' }] }]],
    ['PreferSameZone', [{ forZones: [{ name: 'a' }] }, { forZones: [{ name: 'b' }] }]],
    [
      'PreferSameNode',
      [
        { forNodes: [{ name: 'node-1' }], forZones: [{ name: 'a' }] },
        { forNodes: [{ name: 'node-2' }], forZones: [{ name: 'b' }] },
      ],
    ],
    ['Elsewhere', [undefined, undefined]],
  ])('gives hints for trafficDistribution %s', (trafficDistribution, expected) => {
    cluster.client.create('services', aService('web', { trafficDistribution }))
    cluster.client.create('pods', aBackend('web-1', '10.244.0.5'))
    cluster.client.create('pods', aBackend('web-2', '10.244.1.5', { node: 'node-2' }))
    cluster.settle()
    expect(slices()[0]!.endpoints!.map(({ hints }) => hints)).toEqual(expected)
    const { trafficDistribution: _, ...spec } = service('web').spec
    cluster.client.update('services', { ...service('web'), spec })
    cluster.settle()
    expect(slices()[0]!.endpoints!.map(({ hints }) => hints)).toEqual([undefined, undefined])
    expect(cluster.writesWhenSettled()).toBe(0)
  })

  it('tells the new zone of a node that moved', () => {
    cluster.client.create('services', aService('web'))
    cluster.client.create('pods', aBackend('web-1', '10.244.0.5'))
    cluster.settle()
    const node = cluster.client.get('nodes', '', 'node-1')!
    cluster.client.update('nodes', {
      ...node,
      metadata: { ...node.metadata, labels: { 'topology.kubernetes.io/zone': 'c' } },
    })
    cluster.settle()
    expect(slices()[0]!.endpoints![0]!.zone).toBe('c')
  })

  it('makes slices for each family', () => {
    cluster.client.create('services', aService('web', { ipFamilies: ['IPv4', 'IPv6'] }))
    const both = aBackend('web-1', '10.244.0.5')
    cluster.client.create('pods', {
      ...both,
      status: { ...both.status, podIPs: [{ ip: '10.244.0.5' }, { ip: 'fd00::5' }] },
    })
    cluster.settle()
    expect(texts().sort()).toEqual([
      'IPv4 :8080/TCP [10.244.0.5 ready+serving]',
      'IPv6 :8080/TCP [fd00::5 ready+serving]',
    ])
    cluster.client.update('services', {
      ...service('web'),
      spec: { ...service('web').spec, ipFamilies: ['IPv4'] },
    })
    cluster.settle()
    expect(texts()).toEqual(['IPv4 :8080/TCP [10.244.0.5 ready+serving]'])
  })

  it('follows labels and the selector', () => {
    cluster.client.create('services', aService('web'))
    cluster.client.create('pods', aBackend('web-1', '10.244.0.5'))
    cluster.client.create('pods', aBackend('web-2', '10.244.0.6', { labels: { app: 'other' } }))
    cluster.settle()
    cluster.client.update('pods', {
      ...pod('web-2'),
      metadata: { ...pod('web-2').metadata, labels: { app: 'web' } },
    })
    cluster.settle()
    expect(texts()).toEqual(['IPv4 :8080/TCP [10.244.0.5 ready+serving, 10.244.0.6 ready+serving]'])
    cluster.client.update('pods', {
      ...pod('web-1'),
      metadata: { ...pod('web-1').metadata, labels: { app: 'gone' } },
    })
    cluster.settle()
    expect(texts()).toEqual(['IPv4 :8080/TCP [10.244.0.6 ready+serving]'])
    cluster.client.update('services', {
      ...service('web'),
      spec: { ...service('web').spec, selector: { app: 'gone' } },
    })
    cluster.settle()
    expect(texts()).toEqual(['IPv4 :8080/TCP [10.244.0.5 ready+serving]'])
  })

  it('restores what others change or delete of its own, and leaves theirs alone', () => {
    cluster.client.create('services', aService('web'))
    cluster.client.create('pods', aBackend('web-1', '10.244.0.5'))
    const theirs: EndpointSlice = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: 'theirs',
        namespace: 'default',
        labels: {
          'kubernetes.io/service-name': 'web',
          'endpointslice.kubernetes.io/managed-by': 'me',
        },
      },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['192.0.2.9'], conditions: {} }],
    }
    cluster.client.create(SLICES, theirs)
    cluster.settle()
    const mine = () => slices().filter(({ metadata }) => metadata.name !== 'theirs')
    cluster.client.update(SLICES, {
      ...mine()[0]!,
      endpoints: [{ addresses: ['192.0.2.1'], conditions: { ready: true } }],
    })
    cluster.settle()
    expect(mine().map(sliceText)).toEqual(['IPv4 :8080/TCP [10.244.0.5 ready+serving]'])
    cluster.client.delete(SLICES, 'default', mine()[0]!.metadata.name!)
    cluster.settle()
    expect(mine().map(sliceText)).toEqual(['IPv4 :8080/TCP [10.244.0.5 ready+serving]'])
    expect(cluster.client.get(SLICES, 'default', 'theirs')?.endpoints).toEqual(theirs.endpoints)
    expect(cluster.writesWhenSettled()).toBe(0)
  })

  it('leaves the slices of a Service that no longer selects Pods as they are', () => {
    cluster.client.create('services', aService('web'))
    cluster.client.create('pods', aBackend('web-1', '10.244.0.5'))
    cluster.settle()
    const { selector: _, ...spec } = service('web').spec
    cluster.client.update('services', { ...service('web'), spec })
    cluster.client.delete('pods', 'default', 'web-1', { gracePeriodSeconds: 0 })
    cluster.settle()
    expect(texts()).toEqual(['IPv4 :8080/TCP [10.244.0.5 ready+serving]'])
  })

  it('touches one slice of a Service with many when one Pod changes', () => {
    cluster.client.create('services', aService('web'))
    for (let i = 0; i < 330; i++)
      cluster.client.create(
        'pods',
        aBackend(`web-${String(i).padStart(3, '0')}`, `10.244.${i >> 8}.${i & 255}`),
      )
    cluster.settle()
    expect(slices().map(({ endpoints }) => endpoints!.length)).toEqual([100, 100, 100, 30])
    const before = cluster.client.writes
    cluster.client.update('pods', withReady(pod('web-150'), false, '2026-01-01T00:01:00Z'))
    cluster.settle()
    expect(cluster.client.writes - before).toBe(2)
    cluster.client.delete('pods', 'default', 'web-150', { gracePeriodSeconds: 0 })
    cluster.settle()
    expect(slices().map(({ endpoints }) => endpoints!.length)).toEqual([100, 99, 100, 30])
  })

  it('does the same whether or not it was thrown away between steps', () => {
    const run = (rebuilds: boolean) => {
      cluster = new FakeCluster(endpointSliceController)
      const steps: (() => void)[] = [
        () => void cluster.client.create('nodes', aNode('node-1')),
        () =>
          void cluster.client.create(
            'services',
            aService('web', { ports: [{ name: 'http', port: 80, targetPort: 'http' }] }),
          ),
        ...Array.from({ length: 40 }, (_, i) => () => {
          const spec = {
            containers: [
              {
                name: 'c',
                resources: {},
                ports: [{ name: 'http', containerPort: 8000 + (i % 3) }],
              },
            ],
          }
          cluster.client.create(
            'pods',
            aBackend(`web-${(i * 7) % 40}`, `10.244.0.${i}`, { ready: i % 4 > 0, spec }),
          )
        }),
        ...Array.from(
          { length: 20 },
          (_, i) => () =>
            void cluster.client.update(
              'pods',
              withReady(pod(`web-${i * 2}`), i % 2 === 0, `2026-01-01T00:00:${10 + i}Z`),
            ),
        ),
        ...Array.from(
          { length: 30 },
          (_, i) => () =>
            cluster.client.delete('pods', 'default', `web-${i}`, { gracePeriodSeconds: 0 }),
        ),
      ]
      for (const step of steps) {
        step()
        cluster.settle()
        if (rebuilds) cluster.rebuild()
        cluster.settle()
      }
      return slices()
    }
    expect(run(true)).toEqual(run(false))
  })
})
