import { createHash } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '#apimachinery/object.ts'
import { RawApi } from '../../../support/raw-api.ts'

const CONFIG_MAPS = '/api/v1/namespaces/kube-system/configmaps'
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases'
const AUTHENTICATION = `${CONFIG_MAPS}/extension-apiserver-authentication`
const TRACKING = `${CONFIG_MAPS}/kube-apiserver-legacy-service-account-token-tracking`
const START = Date.parse('2026-01-01T00:00:00Z')
const MERGE = { contentType: 'application/merge-patch+json' }

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}'

// two texts, each behind its length: kubernetes apiserver pkg/server/config.go
const digest = createHash('sha256').update('\0\u0006node-1\0\u000ekube-apiserver').digest()
const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567'
const bits = [...digest.subarray(0, 16)].map((byte) => byte.toString(2).padStart(8, '0')).join('')
const hash = (bits.padEnd(130, '0').match(/.{5}/g) ?? []).map((five) => LETTERS[parseInt(five, 2)])
const SERVER = `apiserver-${hash.join('')}`

describe('kube-system', () => {
  let api: RawApi
  const after = (seconds: number): void => api.cluster.advance(START + seconds * 1000)
  const read = (url: string): JsonObject => api.send('GET', url).body
  const dataOf = (url: string) => read(url)['data'] as Readonly<Record<string, string>>
  const namesIn = (url: string): readonly string[] =>
    (read(url)['items'] as readonly { readonly metadata: { readonly name: string } }[]).map(
      ({ metadata }) => metadata.name,
    )

  beforeEach(() => {
    api = new RawApi()
    after(3)
  })

  it('has what the control plane writes there, and nothing else in a bare cluster', () => {
    expect(namesIn(CONFIG_MAPS)).toEqual([
      'extension-apiserver-authentication',
      'kube-apiserver-legacy-service-account-token-tracking',
      'kube-root-ca.crt',
    ])
    expect(namesIn(LEASES)).toEqual([SERVER, 'kube-controller-manager', 'kube-scheduler'])
  })

  it('tells servers behind the API server who they can trust', () => {
    const data = dataOf(AUTHENTICATION)
    expect(Object.keys(data)).toEqual([
      'client-ca-file',
      'requestheader-allowed-names',
      'requestheader-client-ca-file',
      'requestheader-extra-headers-prefix',
      'requestheader-group-headers',
      'requestheader-uid-headers',
      'requestheader-username-headers',
    ])
    expect(data['client-ca-file']).toBe(dataOf(`${CONFIG_MAPS}/kube-root-ca.crt`)['ca.crt'])
    expect(data['requestheader-username-headers']).toBe('["X-Remote-User"]')
    expect(data['requestheader-uid-headers']).toBe('[]')
  })

  it('gets it back at once, with what others have added', () => {
    api.send('DELETE', AUTHENTICATION)
    const data = dataOf(AUTHENTICATION)
    expect(data['requestheader-group-headers']).toBe('["X-Remote-Group"]')
    const lists = {
      'requestheader-group-headers': '["X-Other"]',
      'client-ca-file': null,
      odd: 'gone',
    }
    api.send('PATCH', AUTHENTICATION, { data: lists }, MERGE)
    expect(dataOf(AUTHENTICATION)).toEqual({
      ...data,
      'requestheader-group-headers': '["X-Other","X-Remote-Group"]',
    })
    const broken = { data: { 'requestheader-group-headers': 'no JSON' } }
    api.send('PATCH', AUTHENTICATION, broken, MERGE)
    expect(dataOf(AUTHENTICATION)['requestheader-group-headers']).toBe('no JSON')
  })

  it('says since when old tokens are watched, which is looked at every half an hour', () => {
    expect(dataOf(TRACKING)).toEqual({ since: '2026-01-01' })
    api.send('PATCH', TRACKING, { data: { since: 'long ago' } }, MERGE)
    expect(dataOf(TRACKING)).toEqual({ since: '2026-01-01' })
    api.send('DELETE', TRACKING)
    after(1799)
    expect(api.send('GET', TRACKING).status).toBe(404)
    after(1800)
    expect(dataOf(TRACKING)).toEqual({ since: '2026-01-01' })
  })

  it('has a lease of each part of the control plane', () => {
    expect(read(`${LEASES}/${SERVER}`)).toMatchObject({
      metadata: {
        labels: {
          'apiserver.kubernetes.io/identity': 'kube-apiserver',
          'kubernetes.io/hostname': 'node-1',
        },
      },
      spec: {
        holderIdentity: expect.stringMatching(new RegExp(`^${SERVER}_${UUID}$`)) as unknown,
        leaseDurationSeconds: 3600,
        renewTime: '2026-01-01T00:00:00.000000Z',
      },
    })
    expect(read(`${LEASES}/kube-scheduler`)).toMatchObject({
      metadata: { managedFields: [{ manager: 'kube-scheduler', operation: 'Update' }] },
      spec: {
        acquireTime: '2026-01-01T00:00:00.000000Z',
        holderIdentity: expect.stringMatching(new RegExp(`^node-1_${UUID}$`)) as unknown,
        leaseDurationSeconds: 15,
        leaseTransitions: 0,
        renewTime: '2026-01-01T00:00:00.000000Z',
      },
    })
  })

  it.each([
    [SERVER, 10],
    ['kube-controller-manager', 4],
    ['kube-scheduler', 4],
  ])('gets the lease %s back', (name, seconds) => {
    api.send('DELETE', `${LEASES}/${name}`)
    after(seconds - 0.001)
    expect(api.send('GET', `${LEASES}/${name}`).status).toBe(404)
    after(seconds)
    expect(api.send('GET', `${LEASES}/${name}`).status).toBe(200)
  })

  it('comes to rest, and stays as it is when the cluster is made again', () => {
    expect(api.cluster.nextDeadline()).toBeUndefined()
    const { revision } = api.cluster
    api.restart()
    expect(api.cluster.revision).toBe(revision)
    expect(api.cluster.nextDeadline()).toBeUndefined()
  })

  it('is complete in a cluster that is born within a second', () => {
    const born = new RawApi({}, START + 250)
    expect((born.send('GET', LEASES).body['items'] as readonly unknown[]).length).toBe(3)
  })
})
