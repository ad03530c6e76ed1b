import { X509Certificate } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { selfSigned } from '#kube-controller-manager/certificates/authority.ts'
import { ROOT_CA } from '#kube-controller-manager/root-ca-cert-publisher/root-ca.ts'
import { Framework } from '../../../support/conformance.ts'

const RESOURCE = 'certificatesigningrequests.certificates.k8s.io'
const CLIENT = 'kubernetes.io/kube-apiserver-client'
const KUBELETS = 'kubernetes.io/kube-apiserver-client-kubelet'

/** Made by openssl: CN=jane, O=dev. */
const JANE = `-----BEGIN CERTIFICATE REQUEST-----
MIHXMH8CAQAwHTENMAsGA1UEAwwEamFuZTEMMAoGA1UECgwDZGV2MFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEXhTlIVCe2jJhjf6+83PhSFU2uibfMwRKMHSbFzkG
NEJrhCGcH76y11QwYuWMBC/AgvLHUSNY4Jz5cMNkUzVDw6AAMAoGCCqGSM49BAMC
A0gAMEUCIDXHUWKinfAx69eOc6bI4gtfyroH4D4VYRmBCixFOSmQAiEA8dnpFRP/
ES2mgCv1u6f6+NkEcRNyHq8Yi8hPuUDgC0k=
-----END CERTIFICATE REQUEST-----
`
/** O=system:nodes, CN=system:node:node-9, with names. */
const SERVING = `-----BEGIN CERTIFICATE REQUEST-----
MIIBGDCBwAIBADA0MRUwEwYDVQQKDAxzeXN0ZW06bm9kZXMxGzAZBgNVBAMMEnN5
c3RlbTpub2RlOm5vZGUtOTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABF4U5SFQ
ntoyYY3+vvNz4UhVNrom3zMESjB0mxc5BjRCa4QhnB++stdUMGLljAQvwILyx1Ej
WOCc+XDDZFM1Q8OgKjAoBgkqhkiG9w0BCQ4xGzAZMBcGA1UdEQQQMA6CBm5vZGUt
OYcEwKgxCTAKBggqhkjOPQQDAgNHADBEAiBE2AOYT0+3x006e93Ow9QGflF/GWcl
pfYrvmH1f9lp/QIgYEY1AKWKde5RkUCz7D10ucJjQXuV/TDJDsCoQPo9cTo=
-----END CERTIFICATE REQUEST-----
`
/** The same without names. */
const KUBELET = `-----BEGIN CERTIFICATE REQUEST-----
MIHvMIGWAgEAMDQxFTATBgNVBAoMDHN5c3RlbTpub2RlczEbMBkGA1UEAwwSc3lz
dGVtOm5vZGU6bm9kZS05MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEXhTlIVCe
2jJhjf6+83PhSFU2uibfMwRKMHSbFzkGNEJrhCGcH76y11QwYuWMBC/AgvLHUSNY
4Jz5cMNkUzVDw6AAMAoGCCqGSM49BAMCA0gAMEUCICqA2tYYPdb3TM8K95NAEX6f
mggZi4/eoalocfNHM5TIAiEAkxvGMcMnOdpOq9L2nqhdO+mzozVrnoxVoVGxe4rb
Mkw=
-----END CERTIFICATE REQUEST-----
`
/** An RSA key. */
const RSA = `-----BEGIN CERTIFICATE REQUEST-----
MIICazCCAVMCAQAwJjEMMAoGA1UEAwwDcnNhMQowCAYDVQQKDAFhMQowCAYDVQQK
DAFiMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAs9J18ARFaw5G2kQV
ykVPVnZGcwm/UWVUgm8ilzqbbM/R+MuF+nomjKEHy/RC5R9g5hT5uu+9muzSw8no
u3ajQzZVjchmc4uVc77AseUQcP0xrt5dToZT6Tml5ar6N64f4x5sEMMgYISzNWVH
90JQZIyXK92dj8EfBQ9pAM1wDTDT+kMDKHos4rD/w7Yyt0zsuU8SPyCFqZ16LsAZ
pij3/OorBCtI8dk1lJ6u6XLEg5JJAvBlDQyN1ATneznxEOJgG2yNy79iwaoo/BPT
wZi990DEGp/zJQlW0zzBMUIK7gajWTDkDsHs6Fz4xfaz88E7KIFXgTb+rY7UDdcE
dPZt9wIDAQABoAAwDQYJKoZIhvcNAQELBQADggEBADybO/k6WGTltzZaJrFTqCz2
KUS2/gGE020m5S5ZkEY4TA+1M0OKthDfYHce5Tpy3D/xxsdPuX8de42Rp3cMrcTR
TBbyq7ytfHQ50Nek9fX/R9+MVznsJOeSA2qlofIAV1GQnUpPfCh1oJ+YdkEZzk0l
OdSH1c+09LbQdrAQlnKL9qP4TEuoRM7AuzIi2uBptsC3S8EUKEPxqVXboLIyhIYl
7safaEHdKzbLx990Ot2Pbm3B7Qkn2hu17x+DBOnFr9S3beKFvmwAS1hMATQnQ0p5
4jaxfddyGYp7ow8cuh3bsblyBRw6tJykOLg+YIxDvS2h4otS1jnwXZmjnWrP9JE=
-----END CERTIFICATE REQUEST-----
`

const authority = new X509Certificate(ROOT_CA)
let f: Framework

const ask = (request: string, spec: object = {}, name = 'one'): void => {
  f.create(RESOURCE, {
    metadata: { name },
    spec: { request: btoa(request), signerName: CLIENT, usages: ['client auth'], ...spec },
  })
}

const decide = (type: 'Approved' | 'Denied', name = 'one'): void => {
  const condition = { type, status: 'True', reason: 'KubectlApprove', message: 'so be it' }
  const approval = { subresource: 'approval' }
  f.change(RESOURCE, name, () => ({ status: { conditions: [condition] } }), approval)
}

const read = (name = 'one') => f.get(RESOURCE, name)

const certificate = (): X509Certificate =>
  new X509Certificate(Buffer.from(read().status!.certificate!, 'base64'))

const failure = (): string | undefined =>
  read().status?.conditions?.find(({ type }) => type === 'Failed')?.message

beforeEach(() => {
  f = new Framework({ template: 'bare' })
})

describe('the authority', () => {
  it('signed its own certificate', () => {
    expect(selfSigned()).toBe(ROOT_CA)
    expect(authority.ca).toBe(true)
    expect(authority.verify(authority.publicKey)).toBe(true)
  })
})

describe('a request for a certificate', () => {
  it('waits until it is approved', () => {
    ask(JANE)
    expect(read().status).toEqual({})
    decide('Approved')
    expect(read().status?.certificate).toMatch(/./)
  })

  it('gets a certificate that the authority signed', () => {
    ask(JANE, { usages: ['digital signature', 'key encipherment', 'client auth'] })
    decide('Approved')
    const issued = certificate()
    expect(issued.verify(authority.publicKey)).toBe(true)
    expect(issued.checkIssued(authority)).toBe(true)
    expect(issued.subject).toBe('CN=jane\nO=dev')
    expect(issued.issuer).toBe('CN=kubernetes')
    expect(issued.ca).toBe(false)
    expect(issued.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2'])
    expect(issued.validFrom).toBe('Dec 31 23:55:00 2025 GMT')
    expect(issued.validTo).toBe('Dec 31 23:55:00 2026 GMT')
  })

  it('gets one for a key of another kind', () => {
    ask(RSA)
    decide('Approved')
    expect(certificate().verify(authority.publicKey)).toBe(true)
    expect(certificate().publicKey.asymmetricKeyType).toBe('rsa')
  })

  it('may ask for a shorter life', () => {
    ask(JANE, { expirationSeconds: 3600 })
    decide('Approved')
    expect(certificate().validTo).toBe('Jan  1 01:00:00 2026 GMT')
  })

  it('gets none if it is denied', () => {
    ask(JANE)
    decide('Denied')
    expect(read().status?.certificate).toBeUndefined()
  })

  it('is left to a signer that is not one of ours', () => {
    ask(JANE, { signerName: 'example.com/mine' })
    decide('Approved')
    expect(read().status?.certificate).toBeUndefined()
    expect(failure()).toBeUndefined()
  })

  it('gives a kubelet the names that it serves', () => {
    const usages = ['digital signature', 'key encipherment', 'server auth']
    ask(SERVING, { signerName: 'kubernetes.io/kubelet-serving', usages })
    decide('Approved')
    expect(certificate().subjectAltName).toBe('DNS:node-9, IP Address:192.168.49.9')
    expect(certificate().keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
  })

  it('gives a kubelet its account, which nobody has to approve', () => {
    const usages = ['digital signature', 'client auth']
    ask(KUBELET, { signerName: KUBELETS, usages })
    expect(certificate().subject).toBe('O=system:nodes\nCN=system:node:node-9')
    expect(read().status?.conditions).toEqual([
      {
        type: 'Approved',
        status: 'True',
        reason: 'AutoApproved',
        message: 'Auto approving kubelet client certificate after SubjectAccessReview.',
        lastUpdateTime: '2026-01-01T00:00:00Z',
        lastTransitionTime: '2026-01-01T00:00:00Z',
      },
    ])
  })

  it.each([
    ['system:node:node-9', 'selfnodeclient', 'Auto approving self kubelet client certificate'],
    ['bootstrap', 'nodeclient', 'Auto approving kubelet client certificate'],
    ['bootstrap', 'selfnodeclient', undefined],
    ['system:node:node-9', '', undefined],
  ])('of %s is approved if he may create a %s', (name, subresource, message) => {
    const group = 'rbac.authorization.k8s.io'
    const resources = ['certificatesigningrequests', `certificatesigningrequests/${subresource}`]
    const rules = [{ apiGroups: ['certificates.k8s.io'], resources, verbs: ['create'] }]
    f.create(`clusterroles.${group}`, { metadata: { name: 'asker' }, rules })
    f.create(`clusterrolebindings.${group}`, {
      metadata: { name: 'asker' },
      roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'asker' },
      subjects: [{ apiGroup: group, kind: 'User', name }],
    })
    const request = btoa(KUBELET)
    const spec = { request, signerName: KUBELETS, usages: ['digital signature', 'client auth'] }
    const body = { metadata: { name: 'one' }, spec }
    const impersonate = { user: name, groups: [] }
    expect(f.api.send('POST', f.path(RESOURCE), body, { impersonate }).status).toBe(201)
    const [condition] = read().status?.conditions ?? []
    expect(condition?.message).toBe(
      message === undefined ? undefined : `${message} after SubjectAccessReview.`,
    )
  })

  it.each([
    [
      CLIENT,
      JANE,
      ['client auth', 'server auth'],
      'invalid usage for client certificate: server auth',
    ],
    [
      CLIENT,
      JANE,
      ['digital signature'],
      'missing required usage for client certificate: client auth',
    ],
    [
      'kubernetes.io/kubelet-serving',
      JANE,
      ['server auth'],
      'subject organization is not system:nodes',
    ],
    [
      'kubernetes.io/kubelet-serving',
      KUBELET,
      ['server auth'],
      'DNS or IP subjectAltName is required',
    ],
    [
      'kubernetes.io/kubelet-serving',
      SERVING,
      ['server auth'],
      'usages did not match [digital signature key encipherment server auth]',
    ],
    [KUBELETS, SERVING, ['client auth'], 'DNS subjectAltNames are not allowed'],
    [
      KUBELETS,
      KUBELET,
      ['client auth'],
      'usages did not match [client auth digital signature key encipherment]',
    ],
  ])('fails for what %s does not sign', (signerName, request, usages, message) => {
    ask(request, { signerName, usages })
    decide('Approved')
    expect(failure()).toBe(message)
    expect(read().status?.conditions?.at(-1)).toMatchObject({
      status: 'True',
      reason: 'SignerValidationFailure',
    })
    expect(read().status?.certificate).toBeUndefined()
  })

  it.each(['MIIB', '!!!', 'MAA=', 'MAQwAjAA', 'MAkwBwIBADAAMAA='])(
    'is not signed if it cannot be read: %s',
    (body) => {
      ask(`-----BEGIN CERTIFICATE REQUEST-----\n${body}\n-----END CERTIFICATE REQUEST-----\n`)
      decide('Approved')
      expect(read().status?.certificate).toBeUndefined()
      expect(f.api.cluster.faults).toEqual([])
    },
  )

  it('is shown as kubectl shows it', () => {
    ask(JANE)
    decide('Approved')
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
    const { body } = f.api.send('GET', f.path(RESOURCE), '', { accept })
    expect(body).toMatchObject({
      rows: [{ cells: ['one', '0s', CLIENT, 'kubernetes-admin', '<none>', 'Approved,Issued'] }],
    })
  })

  it('goes an hour after it was decided, or a day after it was made', () => {
    ask(JANE, {}, 'issued')
    ask(JANE, {}, 'denied')
    ask(JANE, {}, 'pending')
    decide('Approved', 'issued')
    decide('Denied', 'denied')
    const names = () => f.items(RESOURCE).map(({ metadata }) => metadata.name)
    f.sleep(3599)
    expect(names()).toEqual(['denied', 'issued', 'pending'])
    f.sleep(1)
    expect(names()).toEqual(['pending'])
    f.sleep(23 * 3600)
    expect(names()).toEqual([])
  })
})
