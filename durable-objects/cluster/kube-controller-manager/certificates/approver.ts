// Nodes get their certificates without anybody's doing. kubernetes: pkg/controller/certificates/approver/sarapprove.go
import type { CertificateSigningRequest } from '#api/certificates/v1/certificate-signing-request/types.ts'
import { parseSigningRequest, type SigningRequest } from '#api/certificates/v1/signing-request.ts'
import type { UserInfo } from '#api/strategy.ts'
import type { Client } from '#client/client.ts'
import type { ComponentDefinition } from '#client/component.ts'
import {
  certificateController,
  RESOURCE,
} from '#kube-controller-manager/certificates/controller.ts'
import { kubeletClientProblem } from '#kube-controller-manager/certificates/signer.ts'

const SIGNER = 'kubernetes.io/kube-apiserver-client-kubelet'

/** Whether somebody may create `certificatesigningrequests/nodeclient`. */
export type MayCreate = (client: Client, user: UserInfo, subresource: string) => boolean

type Spec = CertificateSigningRequest['spec']

/** In the order in which they are tried. */
const RECOGNIZERS = [
  {
    subresource: 'selfnodeclient',
    message: 'Auto approving self kubelet client certificate after SubjectAccessReview.',
    recognizes: ({ username }: Spec, { commonName }: SigningRequest) => username === commonName,
  },
  {
    subresource: 'nodeclient',
    message: 'Auto approving kubelet client certificate after SubjectAccessReview.',
    recognizes: () => true,
  },
]

const isOpen = ({ spec, status }: CertificateSigningRequest): boolean =>
  spec.signerName === SIGNER &&
  (status?.certificate ?? '') === '' &&
  status?.conditions?.some(({ type }) => type === 'Approved' || type === 'Denied') !== true

const messageFor = (spec: Spec, may: (subresource: string) => boolean): string | undefined => {
  const asked = parseSigningRequest(spec.request ?? '')
  if (asked === undefined || kubeletClientProblem(asked, spec.usages ?? []) !== undefined)
    return undefined
  return RECOGNIZERS.find(
    ({ recognizes, subresource }) => recognizes(spec, asked) && may(subresource),
  )?.message
}

export const certificateApprover = (mayCreate: MayCreate): ComponentDefinition =>
  certificateController('csrapproving', isOpen, ({ client }, request) => {
    const { username = '', groups = [] } = request.spec
    const message = messageFor(request.spec, (subresource) =>
      mayCreate(client, { username, groups }, subresource),
    )
    if (message === undefined) return
    const approved = { type: 'Approved', status: 'True', reason: 'AutoApproved', message }
    const conditions = [...(request.status?.conditions ?? []), approved]
    const status = { ...request.status, conditions }
    client.update(RESOURCE, { ...request, status }, { subresource: 'approval' })
  })
