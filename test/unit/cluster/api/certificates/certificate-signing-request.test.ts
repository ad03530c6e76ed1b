import { beforeEach, describe, expect, test } from 'vitest'
import { RawApi } from '../../../../support/raw-api.ts'

const PATH = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
const PEM = '-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n'
const spec = {
  request: btoa(PEM),
  signerName: 'kubernetes.io/kube-apiserver-client',
  usages: ['client auth'],
}
const approved = { type: 'Approved', status: 'True', reason: 'KubectlApprove', message: 'yes' }
const denied = { ...approved, type: 'Denied' }

let api: RawApi

beforeEach(() => {
  api = new RawApi()
})

const create = (parts: object) =>
  api.send('POST', PATH, { metadata: { name: 'jane' }, spec: { ...spec, ...parts } }).body as never

const conditionsOf = (conditions: readonly object[], subresource: string) => {
  const live = api.send('GET', `${PATH}/jane`).body
  return api.send('PUT', `${PATH}/jane/${subresource}`, { ...live, status: { conditions } })
    .body as never
}

describe('a request', () => {
  test('says who asks, whatever it came with', () => {
    const body = create({ username: 'somebody', groups: ['admins'] })
    expect(body).toMatchObject({ spec: { username: expect.any(String) }, status: {} })
    expect(body).not.toMatchObject({ spec: { username: 'somebody' } })
    expect(body).not.toMatchObject({ spec: { groups: ['admins'] } })
  })

  test('is checked', () => {
    const faults = {
      request: btoa('x'),
      usages: ['odd', 'any', 'any'],
      signerName: 'Foo/b/c',
      expirationSeconds: 60,
    }
    const { message } = create(faults) as { message: string }
    expect(message).toContain('spec.request: Invalid value: "eA==": PEM block type must be CER')
    expect(message).toContain('spec.usages[0]: Unsupported value: "odd": supported values: "any",')
    expect(message).toContain('spec.usages[2]: Duplicate value: "any"')
    expect(message).toContain("of the form 'example.com/signer-name'")
    expect(message).toContain(
      'spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 600 seconds (10 minutes)',
    )
  })

  test.each([
    ['', 'spec.signerName: Required value'],
    ['kubernetes.io/legacy-unknown', 'the legacy signerName is not allowed via this API version'],
    ['local/x', 'should be a domain with at least two segments separated by dots'],
    ['a.b/X', 'validating label "X": a lowercase RFC 1123 subdomain'],
  ])('is not for a signer %s', (signerName, expected) => {
    expect(create({ signerName })).toMatchObject({ message: expect.stringContaining(expected) })
  })

  test('is approved in its own way alone, and is stamped then', () => {
    create({})
    expect(conditionsOf([approved], 'status')).toMatchObject({
      message: expect.stringContaining('updates may not add a condition of type "Approved"'),
    })
    expect(conditionsOf([approved], 'approval')).toMatchObject({
      status: {
        conditions: [
          {
            ...approved,
            lastUpdateTime: expect.any(String),
            lastTransitionTime: expect.any(String),
          },
        ],
      },
    })
    expect(api.send('GET', `${PATH}/jane`).body).toMatchObject({
      status: { conditions: [approved] },
    })
  })

  test('is not approved and denied, and nothing is taken back', () => {
    create({})
    const [stamped] = (conditionsOf([denied], 'approval') as { status: { conditions: [object] } })
      .status.conditions
    expect(conditionsOf([stamped, approved], 'approval')).toMatchObject({
      message:
        'CertificateSigningRequest.certificates.k8s.io "jane" is invalid: status.conditions[1].type: Invalid value: "Approved": Approved and Denied conditions are mutually exclusive',
    })
    expect(conditionsOf([], 'approval')).toMatchObject({
      message: expect.stringContaining('updates may not remove a condition of type "Denied"'),
    })
  })
})
