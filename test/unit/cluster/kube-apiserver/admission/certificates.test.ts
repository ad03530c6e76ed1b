import { describe, expect, it, test } from 'vitest'
import {
  certificateApproval,
  certificateSigning,
  certificateSubjectRestriction,
} from '#kube-apiserver/admission/certificates.ts'
import { contextOf, messageOf, requestOf, run } from '../../../../support/admission.ts'

const RESOURCE = 'certificatesigningrequests.certificates.k8s.io'
const CLIENT = 'kubernetes.io/kube-apiserver-client'

/** Made by openssl: O=system:masters, CN=eve. */
const EVE =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIaE1JR0pBZ0VBTUNjeEZ6QVZCZ05WQkFvTURuTj' +
  'VjM1JsYlRwdFlYTjBaWEp6TVF3d0NnWURWUVFEREFObApkbVV3V1RBVEJnY3Foa2pPUFFJQkJnZ3Foa2pPUFFNQkJ3' +
  'TkNBQVE3T3lSdzFIVkNCbDZwc0orT0NpOTlKTTVaCnlkdUZMaEhxQTZyUEFFVFBveTVmQUpTRHZmWUpJNXY4ZVpScH' +
  'JZczBPb1Ivc1lyZXhleU1iMjg4bEVKU29BQXcKQ2dZSUtvWkl6ajBFQXdJRFJ3QXdSQUlnVGVTRDdhRHBIUUxFY1g2' +
  'SnhwaDBraWd6WnNRTUpTS3lXVW1EYk84VApUVmtDSUh1WlFoSGlZd1pRVHNZU1NLWnpYVzh4ZmVoVGdrL0dNUFJOSU' +
  '1aL3hwVEcKLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg=='

const request = (signerName = CLIENT, status: object = {}) => ({
  metadata: { name: 'csr' },
  spec: { request: EVE, signerName, usages: ['client auth'] },
  status,
})

test('nobody becomes a superuser by a certificate', () => {
  const ask = (signerName: string) =>
    messageOf(() => run(certificateSubjectRestriction, requestOf(RESOURCE, request(signerName))))
  expect(ask(CLIENT)).toBe(
    'certificatesigningrequests.certificates.k8s.io "csr" is forbidden: use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed',
  )
  expect(ask('example.com/mine')).toBe('')
})

describe('who approves and who signs', () => {
  const context = contextOf({
    'clusterroles.rbac.authorization.k8s.io': [
      {
        metadata: { name: 'approver' },
        rules: [
          {
            verbs: ['approve', 'sign'],
            apiGroups: ['certificates.k8s.io'],
            resources: ['signers'],
            resourceNames: ['example.com/*'],
          },
        ],
      },
    ],
    'clusterrolebindings.rbac.authorization.k8s.io': [
      {
        metadata: { name: 'b' },
        roleRef: { kind: 'ClusterRole', name: 'approver' },
        subjects: [{ kind: 'User', name: 'ann' }],
      },
    ],
  })
  const ann = { username: 'ann', groups: [] }
  const update = (subresource: string, signerName: string, status: object) =>
    requestOf(RESOURCE, request(signerName, status), {
      old: request(signerName) as never,
      subresource,
      user: ann,
    })

  it('approves for the signers of a domain', () => {
    const approve = (signer: string) =>
      messageOf(() => run(certificateApproval(context), update('approval', signer, {})))
    expect(approve('example.com/mine')).toBe('')
    expect(approve(CLIENT)).toBe(
      `${RESOURCE} "csr" is forbidden: user not permitted to approve requests with signerName "${CLIENT}"`,
    )
  })

  it('signs for them, and may write what is no signature for others', () => {
    const write = (signer: string, status: object) =>
      messageOf(() => run(certificateSigning(context), update('status', signer, status)))
    expect(write('example.com/mine', { certificate: 'Yw==' })).toBe('')
    expect(write(CLIENT, {})).toBe('')
    expect(write(CLIENT, { certificate: 'Yw==' })).toBe(
      `${RESOURCE} "csr" is forbidden: user not permitted to sign requests with signerName "${CLIENT}"`,
    )
  })
})
