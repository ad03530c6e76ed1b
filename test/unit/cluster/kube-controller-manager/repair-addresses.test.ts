import { beforeEach, describe, expect, it } from 'vitest'
import { RawApi } from '../../../support/raw-api.ts'

const SERVICES = '/api/v1/namespaces/default/services'
const ADDRESSES = '/apis/networking.k8s.io/v1/ipaddresses'
const CIDRS = '/apis/networking.k8s.io/v1/servicecidrs'
const START = Date.parse('2026-01-01T00:00:00Z')
const MERGE = { contentType: 'application/merge-patch+json' }
const LABELS = {
  'ipaddress.kubernetes.io/ip-family': 'IPv4',
  'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
}

interface Found {
  readonly status: number
  readonly body: { readonly spec: { readonly parentRef: { readonly name: string } } }
}

describe('addresses of Services', () => {
  let api: RawApi
  const after = (seconds: number): void => api.cluster.advance(START + seconds * 1000)
  const create = (url: string, object: object): void =>
    expect(api.send('POST', url, object).status).toBe(201)
  const service = (name: string, clusterIP: string): void =>
    create(SERVICES, { metadata: { name }, spec: { clusterIP, ports: [{ port: 80 }] } })
  const address = (name: string, parentRef: object, labels: object = LABELS): void =>
    create(ADDRESSES, { metadata: { name, labels }, spec: { parentRef } })
  const parentOf = (ip: string): unknown => {
    const { status, body } = api.send('GET', `${ADDRESSES}/${ip}`) as unknown as Found
    return status === 404 ? 'gone' : body.spec.parentRef.name
  }
  const events = (): readonly string[] => {
    const { body } = api.send('GET', '/api/v1/namespaces/default/events')
    const items = body['items'] as unknown as readonly Record<string, string>[]
    return items
      .filter(({ reportingComponent }) => reportingComponent === 'ipallocator-repair-controller')
      .map(({ type, reason, action, message }) => `${type} ${reason} ${action} ${message}`)
  }

  beforeEach(() => {
    api = new RawApi()
    after(5)
  })

  it('come back when all Services are looked at, three minutes after the last time', () => {
    service('web', '10.96.0.50')
    expect(api.send('DELETE', `${ADDRESSES}/10.96.0.50`).status).toBe(200)
    after(179)
    api.restart()
    expect(parentOf('10.96.0.50')).toBe('gone')
    after(180)
    expect(parentOf('10.96.0.50')).toBe('web')
    expect(events()).toEqual([
      'Warning ClusterIPNotAllocated ClusterIPAllocation Cluster IP [IPv4]: 10.96.0.50 is not allocated; repairing',
    ])
    expect(api.cluster.nextDeadline()).toBeUndefined()
  })

  it('come back at once if somebody changes the Service', () => {
    service('web', '10.96.0.50')
    api.send('DELETE', `${ADDRESSES}/10.96.0.50`)
    api.send('PATCH', `${SERVICES}/web`, { metadata: { labels: { a: 'b' } } }, MERGE)
    expect(parentOf('10.96.0.50')).toBe('web')
    expect(api.cluster.nextDeadline()).toBeUndefined()
  })

  it('leave nothing behind with their Service', () => {
    service('web', '10.96.0.50')
    api.send('DELETE', `${ADDRESSES}/10.96.0.50`)
    api.send('DELETE', `${SERVICES}/web`)
    after(400)
    expect(parentOf('10.96.0.50')).toBe('gone')
    expect(events()).toEqual([])
    expect(api.cluster.nextDeadline()).toBeUndefined()
  })

  it('get back their labels', () => {
    service('web', '10.96.0.50')
    const labels = { 'ipaddress.kubernetes.io/managed-by': null }
    api.send('PATCH', `${ADDRESSES}/10.96.0.50`, { metadata: { labels } }, MERGE)
    after(180)
    const { body } = api.send('GET', `${ADDRESSES}/10.96.0.50`)
    expect(body['metadata']).toMatchObject({ labels: LABELS })
  })

  it('are removed a minute later if their Service never comes', () => {
    address('10.96.0.60', { resource: 'services', namespace: 'default', name: 'none' })
    after(65)
    expect(parentOf('10.96.0.60')).toBe('none')
    api.restart()
    after(66)
    expect(parentOf('10.96.0.60')).toBe('gone')
    expect(events()).toEqual([
      'Warning IPAddressNotAllocated IPAddressAllocation IPAddress: 10.96.0.60 for Service default/none appears to have leaked: cleaning up',
    ])
  })

  it('are removed if their Service has another one, or if they are of something else', () => {
    service('web', '10.96.0.50')
    address('10.96.0.60', { resource: 'services', namespace: 'default', name: 'web' })
    address('10.96.0.61', { resource: 'pods', namespace: 'default', name: 'web' })
    expect([parentOf('10.96.0.60'), parentOf('10.96.0.61')]).toEqual(['gone', 'gone'])
    expect(events()).toEqual([
      'Warning IPAddressWrongReference IPAddressAllocation IPAddress: 10.96.0.60 for Service default/web has a wrong reference; cleaning up',
      'Warning IPAddressNotAllocated IPAddressAllocation IPAddress 10.96.0.61 appears to have been modified, not referencing a Service &ParentReference{Group:,Resource:pods,Namespace:default,Name:web,}: cleaning up',
    ])
  })

  it('are nobody else’s concern if somebody else manages them', () => {
    address('10.96.0.60', { resource: 'services', namespace: 'default', name: 'none' }, {})
    after(400)
    expect(parentOf('10.96.0.60')).toBe('none')
  })

  it('are taken back from what took them', () => {
    service('web', '10.96.0.50')
    api.send('DELETE', `${ADDRESSES}/10.96.0.50`)
    address('10.96.0.50', { resource: 'services', namespace: 'default', name: 'none' }, {})
    after(180)
    expect(parentOf('10.96.0.50')).toBe('web')
    expect(events()).toEqual([
      'Warning ClusterIPNotAllocated ClusterIPAllocation the ClusterIP [IPv4]: 10.96.0.50 for Service default/web has a wrong reference; repairing',
    ])
  })

  it('belong to one Service', () => {
    service('web', '10.96.0.50')
    api.send('DELETE', `${ADDRESSES}/10.96.0.50`)
    service('late', '10.96.0.50')
    after(180)
    expect(parentOf('10.96.0.50')).toBe('late')
    expect(events()).toEqual([
      'Warning ClusterIPAlreadyAllocated ClusterIPAllocation Cluster IP [IPv4]:10.96.0.50 was assigned to multiple services; please recreate service',
    ])
    expect(api.cluster.nextDeadline()).toBe(START + 360_000)
    api.restart()
    expect(api.cluster.nextDeadline()).toBe(START + 360_000)
    api.send('DELETE', `${SERVICES}/web`)
    after(361)
    expect(api.cluster.nextDeadline()).toBeUndefined()
    expect(parentOf('10.96.0.50')).toBe('late')
  })
})

describe('the range of cluster IPs', () => {
  it('is made again within ten seconds, once another one lets it go', () => {
    const api = new RawApi()
    const after = (seconds: number): void => api.cluster.advance(START + seconds * 1000)
    after(3)
    const other = { metadata: { name: 'all' }, spec: { cidrs: ['10.0.0.0/8'] } }
    expect(api.send('POST', CIDRS, other).status).toBe(201)
    expect(api.send('DELETE', `${CIDRS}/kubernetes`).status).toBe(200)
    after(13)
    expect(api.send('GET', `${CIDRS}/kubernetes`).status).toBe(404)
    api.restart()
    after(20)
    expect(api.send('GET', `${CIDRS}/kubernetes`).body).toMatchObject({
      metadata: { creationTimestamp: '2026-01-01T00:00:20Z' },
      spec: { cidrs: ['10.96.0.0/12'] },
      status: {
        conditions: [
          { type: 'Ready', status: 'True', message: 'Kubernetes default Service CIDR is ready' },
        ],
      },
    })
    expect(api.cluster.nextDeadline()).toBeUndefined()
  })
})
