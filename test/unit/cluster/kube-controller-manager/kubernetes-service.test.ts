import { beforeEach, describe, expect, it } from 'vitest'
import { RawApi } from '../../../support/raw-api.ts'

const SERVICE = '/api/v1/namespaces/default/services/kubernetes'
const ENDPOINTS = '/api/v1/namespaces/default/endpoints/kubernetes'
const SLICE = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes'
const START = Date.parse('2026-01-01T00:00:00Z')

describe("the API server's own Service", () => {
  let api: RawApi
  const after = (seconds: number): void => api.cluster.advance(START + seconds * 1000)
  const found = () => [SERVICE, ENDPOINTS, SLICE].map((url) => api.send('GET', url).status)

  beforeEach(() => {
    api = new RawApi()
    after(3)
  })

  it('is made again within ten seconds, with its address and all that leads to it', () => {
    expect(api.send('DELETE', SERVICE).status).toBe(200)
    after(9)
    expect(found()).toEqual([404, 404, 200])
    after(10)
    expect(found()).toEqual([200, 200, 200])
    expect(api.send('GET', SERVICE).body).toMatchObject({
      metadata: { creationTimestamp: '2026-01-01T00:00:10Z' },
      spec: { clusterIP: '10.96.0.1' },
    })
  })

  it('gets back its endpoints when they were changed or deleted', () => {
    const text = { contentType: 'application/merge-patch+json' }
    api.send('PATCH', ENDPOINTS, { subsets: [{ addresses: [{ ip: '192.0.2.1' }] }] }, text)
    api.send('DELETE', SLICE)
    after(10)
    expect(api.send('GET', ENDPOINTS).body).toMatchObject({
      subsets: [{ addresses: [{ ip: '192.168.49.2' }], ports: [{ name: 'https', port: 8443 }] }],
    })
    expect(found()).toEqual([200, 200, 200])
  })

  it('does not quarrel without end with the controller of endpoints', () => {
    const text = { contentType: 'application/merge-patch+json' }
    api.send('PATCH', SERVICE, { spec: { selector: { app: 'none' } } }, text)
    after(60)
    expect(api.cluster.faults).toEqual([])
    api.send('PATCH', SERVICE, { spec: { selector: null } }, text)
    after(80)
    expect(api.send('GET', ENDPOINTS).body).toMatchObject({
      subsets: [{ addresses: [{ ip: '192.168.49.2' }] }],
    })
    expect(api.cluster.nextDeadline()).toBeUndefined()
  })

  it('waits for its address if somebody else has it', () => {
    api.send('DELETE', SERVICE)
    const spec = { clusterIP: '10.96.0.1', ports: [{ port: 80 }] }
    const thief = { metadata: { name: 'thief' }, spec }
    expect(api.send('POST', '/api/v1/namespaces/default/services', thief).status).toBe(201)
    after(30)
    expect(found()).toEqual([404, 404, 200])
    api.send('DELETE', '/api/v1/namespaces/default/services/thief')
    after(40)
    expect(found()).toEqual([200, 200, 200])
  })

  it('needs no look when somebody else puts right what was wrong', () => {
    const { subsets } = api.send('GET', ENDPOINTS).body
    const text = { contentType: 'application/merge-patch+json' }
    api.send('PATCH', ENDPOINTS, { subsets: [{ addresses: [{ ip: '192.0.2.1' }] }] }, text)
    expect(api.cluster.nextDeadline()).toBe(START + 10_000)
    api.send('PATCH', ENDPOINTS, { subsets: subsets! }, text)
    expect(api.cluster.nextDeadline()).toBeUndefined()
  })

  it('takes no looks while all is right', () => {
    expect(api.cluster.nextDeadline()).toBeUndefined()
  })
})
