import type { CertificateSigningRequest } from '#api/certificates/v1/certificate-signing-request/types.ts'
import { humanDuration } from '#apimachinery/age.ts'
import { decodeBase64 } from '#apimachinery/base64.ts'
import { formatLabels } from '#apimachinery/label-text.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import { decodeUtf8Loosely } from '#apimachinery/utf8.ts'
import {
  parseCertificateRequest,
  type CertificateRequest,
} from '#kubectl/describe/certificate-request.ts'
import type { DescribeContext } from '#kubectl/describe/context.ts'
import { describeEventsOf } from '#kubectl/describe/events.ts'
import { rfc1123 } from '#kubectl/describe/go-format.ts'
import { tabbed, type PrefixWriter } from '#kubectl/output/prefix-writer.ts'

/** kubernetes: kubectl pkg/describe CertificateSigningRequestDescriber */
export const describeCertificateSigningRequest = (
  context: DescribeContext,
  object: KubeObject,
): string => {
  const request = object as CertificateSigningRequest
  const { metadata, spec } = request
  const pem = decodeUtf8Loosely(decodeBase64(spec.request ?? ''))
  const parsed = parseCertificateRequest(pem)
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name)
    w.field(0, 'Labels', formatLabels(metadata.labels))
    w.field(0, 'Annotations', formatLabels(metadata.annotations))
    w.field(0, 'CreationTimestamp', rfc1123(metadata.creationTimestamp))
    w.field(0, 'Requesting User', spec.username)
    if (spec.signerName) w.field(0, 'Signer', spec.signerName)
    if (spec.expirationSeconds !== undefined)
      w.field(0, 'Requested Duration', humanDuration(spec.expirationSeconds * 1000))
    w.field(0, 'Status', statusText(request))
    describeSubject(w, parsed)
    describeAlternativeNames(w, parsed)
    describeEventsOf(context, w, request)
  })
}

/** kubernetes: kubectl pkg/describe extractCSRStatus */
const statusText = ({ status }: CertificateSigningRequest): string => {
  const types = (status?.conditions ?? []).map(({ type }) => type)
  const decision = types.includes('Denied')
    ? 'Denied'
    : types.includes('Approved')
      ? 'Approved'
      : 'Pending'
  const failed = types.includes('Failed') ? ',Failed' : ''
  return decision + failed + (status?.certificate ? ',Issued' : '')
}

const describeList = (w: PrefixWriter, label: string, values: readonly string[]): void => {
  if (values.length > 0) w.write(0, `\t${label}:\t${values.join('\n\t\t')}\n`)
}

const describeSubject = (w: PrefixWriter, request: CertificateRequest): void => {
  w.write(0, 'Subject:\n')
  w.write(0, `\tCommon Name:\t${request.commonName}\n`)
  w.write(0, `\tSerial Number:\t${request.serialNumber}\n`)
  describeList(w, 'Organization', request.organization)
  describeList(w, 'Organizational Unit', request.organizationalUnit)
  describeList(w, 'Country', request.country)
  describeList(w, 'Locality', request.locality)
  describeList(w, 'Province', request.province)
  describeList(w, 'StreetAddress', request.streetAddress)
  describeList(w, 'PostalCode', request.postalCode)
}

const describeAlternativeNames = (w: PrefixWriter, request: CertificateRequest): void => {
  const { dnsNames, emailAddresses, uris, ipAddresses } = request
  if (dnsNames.length + emailAddresses.length + uris.length + ipAddresses.length === 0) return
  w.write(0, 'Subject Alternative Names:\n')
  describeList(w, 'DNS Names', dnsNames)
  describeList(w, 'Email Addresses', emailAddresses)
  describeList(w, 'URIs', uris)
  describeList(w, 'IP Addresses', ipAddresses)
}
