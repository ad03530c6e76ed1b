// kubernetes: plugin/pkg/admission/certificates/{approval,signing,subjectrestriction}/admission.go
import type { CertificateSigningRequest } from '#api/certificates/v1/certificate-signing-request/types.ts'
import { parseSigningRequest } from '#api/certificates/v1/signing-request.ts'
import { quote } from '#apimachinery/field-error.ts'
import { equal } from '#apimachinery/object.ts'
import {
  refuse,
  type AdmissionContext,
  type AdmissionPlugin,
} from '#kube-apiserver/admission/plugin.ts'
import { authorizerOver } from '#kube-apiserver/authorization/authorizer.ts'
import type { AdmissionRequest } from '#kube-apiserver/registry/operation.ts'
import type { Reader } from '#kube-apiserver/reader.ts'

const RESOURCES = ['certificatesigningrequests.certificates.k8s.io']
const GROUP = 'certificates.k8s.io'

/** Whether the user may do so for the signer, or for all signers of its domain. kubernetes: IsAuthorizedForSignerName */
const mayFor = (
  { user }: AdmissionRequest,
  verb: 'approve' | 'sign',
  signer: string,
  reader: Reader,
): boolean => {
  const isAllowed = (name: string): boolean =>
    authorizerOver(reader).decide(user, {
      verb,
      group: GROUP,
      resource: 'signers',
      subresource: '',
      namespace: '',
      name,
    }).allowed
  return isAllowed(signer) || isAllowed(`${signer.split('/')[0]}/*`)
}

const signerOf = ({ old, object }: AdmissionRequest): string =>
  ((old ?? object) as CertificateSigningRequest).spec.signerName ?? ''

/** Approving is for who may approve for the signer. */
export const certificateApproval = ({ reader }: AdmissionContext): AdmissionPlugin => ({
  name: 'CertificateApproval',
  resources: RESOURCES,
  validate: (request) => {
    if (request.operation !== 'UPDATE' || request.subresource !== 'approval') return
    const signer = signerOf(request)
    if (!mayFor(request, 'approve', signer, reader))
      throw refuse(
        request,
        `user not permitted to approve requests with signerName ${quote(signer)}`,
      )
  },
})

/** Signing is for who may sign for the signer. */
export const certificateSigning = ({ reader }: AdmissionContext): AdmissionPlugin => ({
  name: 'CertificateSigning',
  resources: RESOURCES,
  validate: (request) => {
    if (request.operation !== 'UPDATE' || request.subresource !== 'status') return
    const { status } = request.object as CertificateSigningRequest
    const before = (request.old as CertificateSigningRequest | undefined)?.status
    const isSame =
      status?.certificate === before?.certificate && equal(status?.conditions, before?.conditions)
    const signer = signerOf(request)
    if (!isSame && !mayFor(request, 'sign', signer, reader))
      throw refuse(request, `user not permitted to sign requests with signerName ${quote(signer)}`)
  },
})

const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client'
const SUPERUSERS = 'system:masters'

/** Nobody becomes a superuser by a certificate. */
export const certificateSubjectRestriction: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  resources: RESOURCES,
  validate: (request) => {
    if (request.operation !== 'CREATE' || request.subresource !== undefined) return
    const { spec } = request.object as CertificateSigningRequest
    if (spec.signerName !== CLIENT_SIGNER) return
    if (parseSigningRequest(spec.request ?? '')?.organizations.includes(SUPERUSERS) === true)
      throw refuse(
        request,
        `use of ${CLIENT_SIGNER} signer with ${SUPERUSERS} group is not allowed`,
      )
  },
}
