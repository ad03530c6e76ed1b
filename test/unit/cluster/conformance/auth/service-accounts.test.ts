// kubernetes: test/e2e/auth/service_accounts.go, certificates.go
import { X509Certificate } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '#apimachinery/object.ts'
import { AGNHOST } from '../../../../support/conformance-objects.ts'
import { logOf, untilEnded } from '../../../../support/conformance-output.ts'
import { createReady, exec } from '../../../../support/conformance-pods.ts'
import { Framework } from '../../../../support/conformance.ts'

const f = new Framework()

const MOUNTED = '/var/run/secrets/kubernetes.io/serviceaccount'
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/

const review = (token: string): JsonObject =>
  (
    f.ask('POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      spec: { token },
    }) as JsonObject
  )['status'] as JsonObject

const sleeper = (name: string, spec: object = {}, container: object = {}) => ({
  metadata: { name },
  spec: {
    containers: [
      {
        name: 'test',
        image: 'registry.k8s.io/e2e-test-images/busybox:1.37.0-1',
        command: ['sleep', '100000'],
        ...container,
      },
    ],
    terminationGracePeriodSeconds: 0,
    restartPolicy: 'Never',
    ...spec,
  },
})

const fileOf = (pod: string, path: string): string => {
  const ran = exec(f, pod, ['cat', path])
  expect([ran.exitCode, ran.stderr]).toEqual([0, ''])
  return ran.stdout
}

describe('[sig-auth] ServiceAccounts', () => {
  beforeEach(() => f.begin('svcaccounts'))

  it('no secret-based service account token should be auto-generated', () => {
    f.sleep(10)
    const { secrets } = f.get('serviceaccounts', 'default') as { readonly secrets?: unknown }
    expect(secrets).toBeUndefined()
    expect(f.items('secrets')).toEqual([])
  })

  it('should mount an API token into pods [Conformance]', () => {
    f.create('serviceaccounts', { metadata: { name: 'mount-test' } })
    const pod = sleeper('pod-service-account', { serviceAccountName: 'mount-test' })
    createReady(f, pod)
    const mounted = (file: string): string => fileOf('pod-service-account', `${MOUNTED}/${file}`)
    expect(mounted('ca.crt')).toBe(f.get('configmaps', 'kube-root-ca.crt').data?.['ca.crt'])
    expect(mounted('namespace')).toBe(f.namespace)
    const groups = [
      'system:serviceaccounts',
      `system:serviceaccounts:${f.namespace}`,
      'system:authenticated',
    ]
    expect(review(mounted('token'))).toMatchObject({
      authenticated: true,
      user: {
        username: `system:serviceaccount:${f.namespace}:mount-test`,
        groups: expect.arrayContaining(groups) as object,
      },
    })
  })

  it('should mount projected service account token [Conformance]', () => {
    const serviceAccountToken = { path: 'token', expirationSeconds: 3600 }
    const volumes = [{ name: 'test-volume', projected: { sources: [{ serviceAccountToken }] } }]
    const volumeMounts = [{ name: 'test-volume', mountPath: '/test-volume', readOnly: true }]
    createReady(f, sleeper('test-pod', { volumes }, { volumeMounts }))
    const token = fileOf('test-pod', '/test-volume/token')
    expect(token).toMatch(TOKEN)
    expect(review(token)).toMatchObject({ authenticated: true })
  })
})

describe('[sig-auth] ServiceAccounts: the issuer', () => {
  beforeEach(() => f.begin('svcaccounts'))

  const validator = (audience: string, path = '/var/run/secrets/tokens/sa-token') => ({
    metadata: { name: 'oidc-discovery-validator' },
    spec: {
      containers: [
        {
          name: 'oidc-discovery-validator',
          image: AGNHOST,
          args: [
            'test-service-account-issuer-discovery',
            '--token-path',
            path,
            '--audience',
            audience,
          ],
          volumeMounts: [
            { mountPath: '/var/run/secrets/tokens', name: 'sa-token', readOnly: true },
          ],
        },
      ],
      restartPolicy: 'Never',
      serviceAccountName: 'default',
      volumes: [
        {
          name: 'sa-token',
          projected: {
            sources: [
              {
                serviceAccountToken: {
                  path: 'sa-token',
                  expirationSeconds: 3600,
                  audience: 'oidc-discovery-test',
                },
              },
            ],
          },
        },
      ],
    },
  })
  const said = (pod: object): readonly string[] => {
    f.create('pods', pod)
    untilEnded(f, 'oidc-discovery-validator')
    return logOf(f, 'oidc-discovery-validator')
      .split('\n')
      .map((line) => line.replace(/^\S+ \S+ /, ''))
  }
  const phase = (): string | undefined => f.get('pods', 'oidc-discovery-validator').status.phase

  it('ServiceAccountIssuerDiscovery should support OIDC discovery of service account issuer [Conformance]', () => {
    const lines = said(validator('oidc-discovery-test'))
    expect(phase(), lines.join('\n')).toBe('Succeeded')
    expect(lines).toContain('OK: Validated signature on JWT')
    expect(lines).toContain('OK: Got valid claims from token!')
  })

  it('trusts no token that is for somebody else', () => {
    const lines = said(validator('somebody'))
    expect(lines).toContain(
      'failed to validate with in-cluster discovery: oidc: expected audience "somebody" got ["oidc-discovery-test"]',
    )
    expect(lines).toContain('falling back to validating with external discovery')
    expect(phase()).toBe('Failed')
  })

  it('finds no token where there is none', () => {
    expect(said(validator('x', '/nowhere'))).toContain('open /nowhere: no such file or directory')
    expect(phase()).toBe('Failed')
  })

  it('answers only who brings a token that is meant for the API server', () => {
    createReady(f, sleeper('asking', {}, { image: AGNHOST }))
    const asked = (path: string, token?: string): string => {
      const header = token === undefined ? '' : `-H "Authorization: Bearer $(cat ${token})" `
      const script = `curl -sk -o /dev/null -w '%{http_code}' ${header}https://kubernetes.default.svc${path}`
      return exec(f, 'asking', ['sh', '-c', script]).stdout
    }
    expect(asked('/openid/v1/jwks')).toBe('403')
    expect(asked('/openid/v1/jwks', `${MOUNTED}/token`)).toBe('200')
    expect(asked('/openid/v1/jwks', '/etc/hostname')).toBe('401')
    expect(asked('/version')).toBe('200')
  })
})

// Made by openssl with a key of its own: CN=e2e-test-user, O=e2e
const REQUEST = `-----BEGIN CERTIFICATE REQUEST-----
MIHgMIGIAgEAMCYxFjAUBgNVBAMMDWUyZS10ZXN0LXVzZXIxDDAKBgNVBAoMA2Uy
ZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABF4U5SFQntoyYY3+vvNz4UhVNrom
3zMESjB0mxc5BjRCa4QhnB++stdUMGLljAQvwILyx1EjWOCc+XDDZFM1Q8OgADAK
BggqhkjOPQQDAgNHADBEAiArMRFpOylW+dauiJou5TbyIA2tdJJBlaoGftryDWGu
WQIgZaItMlddUJOJ29RPOMLiulXEnc/ekqXL2qeSv/XhsGU=
-----END CERTIFICATE REQUEST-----
`

describe('[sig-auth] Certificates API [Privileged:ClusterAdmin]', () => {
  it('should support building a client with a CSR', () => {
    f.begin('certificates')
    const resource = 'certificatesigningrequests.certificates.k8s.io'
    const { metadata } = f.create(resource, {
      metadata: { generateName: 'e2e-csr-' },
      spec: {
        request: btoa(REQUEST),
        usages: ['digital signature', 'key encipherment', 'client auth'],
        signerName: 'kubernetes.io/kube-apiserver-client',
        expirationSeconds: 3600,
      },
    })
    const { name } = metadata
    const condition = {
      type: 'Approved',
      status: 'True',
      reason: 'E2E',
      message: 'Set from an e2e test',
    }
    f.change(resource, name, () => ({ status: { conditions: [condition] } }), {
      subresource: 'approval',
    })
    const text = f.until('the certificate', () => f.get(resource, name).status?.certificate)
    const issued = new X509Certificate(Buffer.from(text, 'base64'))
    const root = f.get('configmaps', 'kube-root-ca.crt').data!['ca.crt']!
    expect(issued.verify(new X509Certificate(root).publicKey)).toBe(true)
    expect(issued.subject).toBe('CN=e2e-test-user\nO=e2e')
    const lifetime = Date.parse(issued.validTo) - Date.parse(issued.validFrom)
    expect(lifetime).toBeLessThanOrEqual((3600 + 300) * 1000)
    f.delete(resource, name)
  })
})
