import { describe, expect, it } from 'vitest'
import type { Namespace } from '#api/core/v1/namespace/types.ts'
import type { IPAddress } from '#api/networking/v1/ip-address/types.ts'
import type { ServiceCIDR } from '#api/networking/v1/service-cidr/types.ts'
import { kubernetesService } from '#kube-controller-manager/bootstrap-service.ts'
import { rootCaCertPublisher } from '#kube-controller-manager/root-ca-cert-publisher/controller.ts'
import { serviceAccountController } from '#kube-controller-manager/serviceaccount/controller.ts'
import { serviceCidrController } from '#kube-controller-manager/servicecidrs/controller.ts'
import { FakeCluster } from '../../../support/fake-cluster.ts'

const CIDRS = 'servicecidrs.networking.k8s.io'
const aNamespace = (name: string): Namespace => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
  spec: {},
  status: { phase: 'Active' },
})
const aCidr = (name: string, ...cidrs: string[]): ServiceCIDR => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'ServiceCIDR',
  metadata: { name },
  spec: { cidrs },
  status: {},
})
const anAddress = (name: string): IPAddress => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IPAddress',
  metadata: { name, labels: { 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' } },
  spec: { parentRef: { resource: 'services', name: 'web', namespace: 'default' } },
})

describe('the controllers of what every namespace has', () => {
  it('make and restore the default account and the certificate', () => {
    const cluster = new FakeCluster(serviceAccountController, rootCaCertPublisher)
    cluster.client.create('namespaces', aNamespace('shop'))
    cluster.settle()
    expect(cluster.client.get('serviceaccounts', 'shop', 'default')).toBeDefined()
    const published = () => cluster.client.get('configmaps', 'shop', 'kube-root-ca.crt')!
    expect(published().data!['ca.crt']).toMatch(
      /^-----BEGIN CERTIFICATE-----\n[\s\S]+\n-----END CERTIFICATE-----\n$/,
    )
    expect(published().metadata.annotations).toHaveProperty(['kubernetes.io/description'])
    cluster.client.update('configmaps', { ...published(), data: {} })
    cluster.client.delete('serviceaccounts', 'shop', 'default')
    cluster.settle()
    expect(published().data).toHaveProperty(['ca.crt'])
    expect(cluster.client.get('serviceaccounts', 'shop', 'default')).toBeDefined()
    expect(cluster.writesWhenSettled()).toBe(0)
  })

  it('leave namespaces alone that are going away', () => {
    const cluster = new FakeCluster(serviceAccountController, rootCaCertPublisher)
    cluster.client.create('namespaces', { ...aNamespace('shop'), status: { phase: 'Terminating' } })
    cluster.settle()
    expect(cluster.client.list('serviceaccounts')).toEqual([])
  })
})

describe('the ServiceCIDR controller', () => {
  const ready = (cluster: FakeCluster, name: string) =>
    cluster.client.get(CIDRS, '', name)?.status.conditions?.[0]

  it('protects ranges and says that they are ready', () => {
    const cluster = new FakeCluster(serviceCidrController)
    cluster.client.create(CIDRS, aCidr('kubernetes', '10.96.0.0/12'))
    cluster.client.create(CIDRS, aCidr('extra', '10.200.0.0/24'))
    cluster.settle()
    expect(cluster.client.get(CIDRS, '', 'extra')!.metadata.finalizers).toEqual([
      'networking.k8s.io/service-cidr-finalizer',
    ])
    expect(ready(cluster, 'extra')).toMatchObject({
      type: 'Ready',
      status: 'True',
      reason: '',
      message: 'Kubernetes Service CIDR is ready',
    })
    expect(ready(cluster, 'kubernetes')).toMatchObject({
      message: 'Kubernetes default Service CIDR is ready',
    })
    expect(cluster.writesWhenSettled()).toBe(0)
  })

  it('keeps a range that is deleted until its addresses are gone', () => {
    const cluster = new FakeCluster(serviceCidrController)
    cluster.client.create(CIDRS, aCidr('extra', '10.200.0.0/24'))
    cluster.client.create('ipaddresses.networking.k8s.io', anAddress('10.200.0.7'))
    cluster.settle()
    cluster.client.delete(CIDRS, '', 'extra')
    cluster.settle()
    expect(ready(cluster, 'extra')).toMatchObject({
      status: 'False',
      reason: 'Terminating',
      message:
        'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
    })
    expect(cluster.writesWhenSettled()).toBe(0)
    cluster.client.delete('ipaddresses.networking.k8s.io', '', '10.200.0.7')
    cluster.settle()
    cluster.advance(10_000)
    expect(cluster.client.get(CIDRS, '', 'extra')).toBeUndefined()
  })

  it('lets a range go whose addresses another one holds', () => {
    const cluster = new FakeCluster(serviceCidrController)
    cluster.client.create(CIDRS, aCidr('extra', '10.200.0.0/24'))
    cluster.client.create(CIDRS, aCidr('wide', '10.200.0.0/16'))
    cluster.client.create('ipaddresses.networking.k8s.io', anAddress('10.200.0.7'))
    cluster.settle()
    cluster.client.delete(CIDRS, '', 'extra')
    cluster.settle()
    cluster.advance(10_000)
    expect(cluster.client.list(CIDRS).map(({ metadata }) => metadata.name)).toEqual(['wide'])
  })
})

describe('kubernetesService', () => {
  it('gives the range first, then the Service, then where it leads', () => {
    expect(
      kubernetesService().map(({ resource, object }) => `${resource} ${object.metadata.name}`),
    ).toEqual([
      'servicecidrs.networking.k8s.io kubernetes',
      'services kubernetes',
      'endpoints kubernetes',
      'endpointslices.discovery.k8s.io kubernetes',
    ])
  })
})
