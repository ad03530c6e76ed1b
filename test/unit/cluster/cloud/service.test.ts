import { beforeEach, describe, expect, it } from 'vitest'
import type { ComponentDefinition } from '#client/component.ts'
import { pickAddress } from '#cloud/service/address-pool.ts'
import { serviceController } from '#cloud/service/controller.ts'
import type { Settings } from '#settings.ts'
import { FakeCluster } from '../../../support/fake-cluster.ts'
import { aService } from '../../../support/network-objects.ts'

const withSettings = (settings: Partial<Settings>): ComponentDefinition => ({
  ...serviceController,
  create: (context) =>
    serviceController.create({ ...context, settings: { ...context.settings, ...settings } }),
})
const delays = {
  imagePull: 0,
  containerStart: 0,
  containerStop: 0,
  loadBalancer: 1500,
  proxySync: 0,
  jobRun: 0,
}

let cluster: FakeCluster
const service = (name: string) => cluster.client.get('services', 'default', name)!
const addressOf = (name: string) => service(name).status.loadBalancer.ingress?.[0]?.ip
const setType = (name: string, type: 'ClusterIP' | 'LoadBalancer') => {
  cluster.client.update('services', { ...service(name), spec: { ...service(name).spec, type } })
  cluster.settle()
}

beforeEach(() => {
  cluster = new FakeCluster(withSettings({ delays }))
})

describe('the cloud service controller', () => {
  it('gives a load balancer an address after a while, thrown away or not', () => {
    cluster.client.create('services', aService('a', { type: 'LoadBalancer' }))
    cluster.settle()
    expect(service('a').metadata.finalizers).toEqual([
      'service.kubernetes.io/load-balancer-cleanup',
    ])
    cluster.advance(1000)
    cluster.rebuild()
    cluster.settle()
    cluster.advance(499)
    expect(addressOf('a')).toBeUndefined()
    cluster.advance(1)
    expect(service('a').status.loadBalancer).toEqual({
      ingress: [{ ip: '203.0.113.1', ipMode: 'VIP' }],
    })
    expect(cluster.events).toEqual([
      'Normal EnsuringLoadBalancer Service/a: Ensuring load balancer',
      'Normal EnsuredLoadBalancer Service/a: Ensured load balancer',
    ])
    expect(cluster.writesWhenSettled()).toBe(0)
  })

  it('sends traffic to node ports where there are some', () => {
    const ports = [{ port: 80, protocol: 'TCP' as const, nodePort: 30_080 }]
    cluster.client.create('services', aService('a', { type: 'LoadBalancer', ports }))
    cluster.settle()
    cluster.advance(1500)
    expect(service('a').status.loadBalancer).toEqual({
      ingress: [{ ip: '203.0.113.1', ipMode: 'Proxy' }],
    })
  })

  it('gives each another address, and one that is asked for', () => {
    cluster.client.create('services', aService('a', { type: 'LoadBalancer' }))
    cluster.client.create(
      'services',
      aService('b', { type: 'LoadBalancer', loadBalancerIP: '198.51.100.7' }),
    )
    cluster.client.create('services', aService('c', { type: 'LoadBalancer' }))
    cluster.settle()
    cluster.advance(1500)
    expect(['a', 'b', 'c'].map(addressOf)).toEqual(['203.0.113.1', '198.51.100.7', '203.0.113.2'])
  })

  it('follows a change of type', () => {
    cluster.client.create('services', aService('a'))
    cluster.settle()
    setType('a', 'LoadBalancer')
    cluster.advance(1500)
    expect(addressOf('a')).toBe('203.0.113.1')
    setType('a', 'ClusterIP')
    expect(service('a').metadata.finalizers).toBeUndefined()
    expect(service('a').status.loadBalancer).toEqual({})
    expect(cluster.events).toEqual([
      'Normal Type Service/a: ClusterIP -> LoadBalancer',
      'Normal EnsuringLoadBalancer Service/a: Ensuring load balancer',
      'Normal EnsuredLoadBalancer Service/a: Ensured load balancer',
      'Normal Type Service/a: LoadBalancer -> ClusterIP',
      'Normal DeletingLoadBalancer Service/a: Deleting load balancer',
      'Normal DeletedLoadBalancer Service/a: Deleted load balancer',
    ])
  })

  it('lets a deleted Service go', () => {
    cluster.client.create('services', aService('a', { type: 'LoadBalancer' }))
    cluster.settle()
    cluster.client.delete('services', 'default', 'a')
    cluster.settle()
    expect(cluster.client.get('services', 'default', 'a')).toBeUndefined()
    expect(cluster.nextDeadline()).toBeUndefined()
  })

  it('leaves Services of a class, and all where there is no cloud, alone', () => {
    cluster.client.create(
      'services',
      aService('a', { type: 'LoadBalancer', loadBalancerClass: 'example.com/x' }),
    )
    cluster.settle()
    expect(cluster.writesWhenSettled()).toBe(0)
    expect(cluster.nextDeadline()).toBeUndefined()
    cluster = new FakeCluster(withSettings({ loadBalancer: 'none' }))
    cluster.client.create('services', aService('b', { type: 'LoadBalancer' }))
    cluster.settle()
    expect(service('b').metadata.finalizers).toBeUndefined()
  })
})

describe('pickAddress', () => {
  const all = (network: string) => Array.from({ length: 254 }, (_, i) => `${network}.${i + 1}`)
  it.each([
    ['the first', [], '', '203.0.113.1'],
    ['the first free', ['203.0.113.1', '203.0.113.3'], '', '203.0.113.2'],
    ['one of the second network', all('203.0.113'), '', '198.51.100.1'],
    ['none', [...all('203.0.113'), ...all('198.51.100')], '', undefined],
    ['the one asked for', [], '203.0.113.9', '203.0.113.9'],
    ['another if that is taken', ['203.0.113.9'], '203.0.113.9', '203.0.113.1'],
    ['another if that is not ours', [], '8.8.8.8', '203.0.113.1'],
  ] as const)('picks %s', (_, taken, wanted, expected) => {
    expect(pickAddress(new Set(taken), wanted)).toBe(expected)
  })
})
