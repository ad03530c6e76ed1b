import type { CertificateSigningRequest } from '#api/certificates/v1/certificate-signing-request/types.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age, humanDuration } from '#apimachinery/age.ts'

// kubernetes: pkg/printers/internalversion/printers.go extractCSRStatus
const statusText = ({ status }: CertificateSigningRequest): string => {
  const has = (wanted: string): boolean =>
    status?.conditions?.some(({ type }) => type === wanted) === true
  const decided = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending'
  const issued = (status?.certificate ?? '') === '' ? '' : ',Issued'
  return `${decided}${has('Failed') ? ',Failed' : ''}${issued}`
}

export const certificateSigningRequestRow: RowPrinter<CertificateSigningRequest> = (
  request,
  { now },
) => {
  const { metadata, spec } = request
  return [
    metadata.name ?? '',
    age(now, metadata.creationTimestamp),
    spec?.signerName || '<none>',
    spec?.username ?? '',
    spec?.expirationSeconds === undefined ? '<none>' : humanDuration(spec.expirationSeconds * 1000),
    statusText(request),
  ]
}
