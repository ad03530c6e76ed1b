import { beforeEach, describe, expect, it } from 'vitest'
import { endpointsController } from '#kube-controller-manager/endpoints/controller.ts'
import { orderPorts } from '#kube-controller-manager/endpoints/port-order.ts'
import { Backends } from '#kube-controller-manager/endpoints/subsets.ts'
import { FakeCluster } from '../../../support/fake-cluster.ts'
import {
  aBackend,
  aNode,
  aService,
  endpointsText,
  withReady,
} from '../../../support/network-objects.ts'

const TRIGGER = 'endpoints.kubernetes.io/last-change-trigger-time'

let cluster: FakeCluster
const endpoints = () => cluster.client.get('endpoints', 'default', 'web')
const text = () => endpointsText(endpoints()!)
const pod = (name: string) => cluster.client.get('pods', 'default', name)!
const service = () => cluster.client.get('services', 'default', 'web')!

beforeEach(() => {
  cluster = new FakeCluster(endpointsController)
  cluster.client.create('nodes', aNode('node-1'))
})

describe('the Endpoints controller', () => {
  it('makes empty Endpoints with the labels of the Service', () => {
    cluster.client.create('services', aService('web', {}, { labels: { team: 'blue' } }))
    cluster.settle()
    expect(endpoints()!.metadata).toMatchObject({
      name: 'web',
      labels: { team: 'blue', 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' },
      annotations: { [TRIGGER]: service().metadata.creationTimestamp },
    })
    expect(endpoints()).not.toHaveProperty('subsets')
    expect(cluster.writesWhenSettled()).toBe(0)
  })

  it('lists ready and unready Pods by address and uid', () => {
    cluster.client.create('services', aService('web'))
    cluster.client.create('pods', aBackend('b', '10.244.0.9'))
    cluster.client.create('pods', aBackend('a', '10.244.0.10'))
    cluster.client.create('pods', aBackend('c', '10.244.0.2', { ready: false }))
    cluster.settle()
    expect(text()).toBe('10.244.0.10,10.244.0.9 !10.244.0.2 :8080/TCP')
    expect(endpoints()!.subsets![0]!.addresses![0]).toEqual({
      ip: '10.244.0.10',
      nodeName: 'node-1',
      targetRef: { kind: 'Pod', namespace: 'default', name: 'a', uid: pod('a').metadata.uid },
    })
    cluster.client.update('pods', withReady(pod('c'), true, '2026-01-01T00:00:09Z'))
    cluster.settle()
    expect(text()).toBe('10.244.0.10,10.244.0.2,10.244.0.9  :8080/TCP')
    expect(endpoints()!.metadata.annotations).toEqual({ [TRIGGER]: '2026-01-01T00:00:09Z' })
    cluster.client.delete('pods', 'default', 'a')
    cluster.settle()
    expect(text()).toBe('10.244.0.2,10.244.0.9  :8080/TCP')
    expect(endpoints()!.metadata.annotations).toBeUndefined()
    expect(cluster.writesWhenSettled()).toBe(0)
  })

  it('clears the trigger time when only labels of the Service changed', () => {
    cluster.client.create('services', aService('web'))
    cluster.client.create('pods', aBackend('a', '10.244.0.10'))
    cluster.settle()
    const { metadata } = service()
    cluster.client.update('services', {
      ...service(),
      metadata: { ...metadata, labels: { team: 'red' } },
    })
    cluster.settle()
    expect(endpoints()!.metadata.labels).toHaveProperty('team', 'red')
    expect(endpoints()!.metadata.annotations).toBeUndefined()
  })

  it('marks headless Services and does without ports', () => {
    cluster.client.create('services', aService('web', { clusterIP: 'None', ports: [] }))
    cluster.client.create(
      'pods',
      aBackend('a', '10.244.0.10', { spec: { hostname: 'one', subdomain: 'web' } }),
    )
    cluster.settle()
    expect(endpoints()!.metadata.labels).toHaveProperty(['service.kubernetes.io/headless'], '')
    expect(endpoints()!.subsets).toMatchObject([
      { addresses: [{ hostname: 'one', ip: '10.244.0.10' }] },
    ])
    expect(endpoints()!.subsets![0]).not.toHaveProperty('ports')
  })

  it('is restored when deleted, and goes with its Service', () => {
    cluster.client.create('services', aService('web'))
    cluster.settle()
    cluster.client.delete('endpoints', 'default', 'web')
    cluster.settle()
    expect(endpoints()).toBeDefined()
    cluster.client.delete('services', 'default', 'web')
    cluster.settle()
    expect(endpoints()).toBeUndefined()
  })

  it('leaves Endpoints written by hand alone', () => {
    const byHand = {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'web', namespace: 'default' },
    } as const
    cluster.client.create('endpoints', byHand)
    cluster.settle()
    const { selector: _, ...spec } = aService('web').spec
    cluster.client.create('services', { ...aService('web'), spec })
    cluster.settle()
    expect(cluster.writesWhenSettled()).toBe(0)
    expect(endpoints()!.metadata.labels).toBeUndefined()
  })

  it('lists a thousand addresses of more, ready ones first', () => {
    cluster.client.create('services', aService('web'))
    for (let i = 0; i < 1100; i++)
      cluster.client.create(
        'pods',
        aBackend(`p${i}`, `10.${100 + (i >> 6)}.0.${100 + (i & 63)}`, { ready: i >= 20 }),
      )
    cluster.settle()
    const [subset] = endpoints()!.subsets!
    expect(subset!.addresses).toHaveLength(1000)
    expect(subset).not.toHaveProperty('notReadyAddresses')
    expect(endpoints()!.metadata.annotations).toHaveProperty(
      ['endpoints.kubernetes.io/over-capacity'],
      'truncated',
    )
    expect(cluster.writesWhenSettled()).toBe(0)
    const writes = cluster.client.writes
    cluster.client.update('pods', withReady(pod('p1099'), false, '2026-01-01T00:00:09Z'))
    cluster.settle()
    expect(cluster.client.writes - writes).toBe(1)
    for (let i = 0; i < 150; i++)
      cluster.client.delete('pods', 'default', `p${i}`, { gracePeriodSeconds: 0 })
    cluster.settle()
    expect(endpoints()!.metadata.annotations).toBeUndefined()
  })
})

describe('Backends.subsets', () => {
  const http = { name: 'http', port: 80, protocol: 'TCP' } as const
  const admin = (port: number) => ({ name: 'admin', port, protocol: 'TCP' }) as const
  const backends = (
    ...list: readonly [
      string,
      readonly { name: string; port: number; protocol: 'TCP' }[],
      boolean?,
    ][]
  ) => {
    const result = new Backends()
    for (const [ip, ports, ready = true] of list)
      result.set(ip, {
        key: JSON.stringify(ports),
        ports,
        ip,
        uid: '',
        nodeName: undefined,
        hostname: undefined,
        ready,
        address: { ip },
      })
    return endpointsText({
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: {},
      subsets: result.subsets().subsets,
    })
  }

  it('brings Pods with equal ports together', () => {
    expect(backends(['10.0.0.2', [http]], ['10.0.0.1', [http]])).toBe(
      '10.0.0.1,10.0.0.2  http:80/TCP',
    )
  })

  it('gives each port the addresses of all Pods that have it', () => {
    expect(
      backends(
        ['10.0.0.1', [http, admin(81)]],
        ['10.0.0.2', [http, admin(82)]],
        ['10.0.0.3', [http], false],
      ),
    ).toBe(
      '10.0.0.1  admin:81/TCP | 10.0.0.2  admin:82/TCP | 10.0.0.1,10.0.0.2 !10.0.0.3 http:80/TCP',
    )
  })
})

describe('orderPorts', () => {
  it('orders as a real cluster does: dns-tcp before dns', () => {
    const ports = [
      { name: 'dns', port: 5353, protocol: 'UDP' },
      { name: 'dns-tcp', port: 5353, protocol: 'TCP' },
    ] as const
    expect(orderPorts(ports).map(({ name }) => name)).toEqual(['dns-tcp', 'dns'])
    expect(orderPorts([...ports].reverse()).map(({ name }) => name)).toEqual(['dns-tcp', 'dns'])
  })
})
