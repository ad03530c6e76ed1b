import { kind, type KindBehaviour, type RowPrinter } from '#api/strategy.ts'
import { age, humanDuration } from '#apimachinery/age.ts'
import type { KubeObject } from '#apimachinery/object.ts'

interface CertificateSigningRequest extends KubeObject {
  readonly spec?: {
    readonly signerName?: string
    readonly username?: string
    readonly expirationSeconds?: number
  }
  readonly status?: {
    readonly conditions?: readonly { readonly type: string }[]
    readonly certificate?: string
  }
}

// kubernetes: pkg/printers/internalversion/printers.go extractCSRStatus
const statusText = ({ status }: CertificateSigningRequest): string => {
  const has = (wanted: string): boolean =>
    status?.conditions?.some(({ type }) => type === wanted) === true
  const decided = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending'
  const issued = (status?.certificate ?? '') === '' ? '' : ',Issued'
  return `${decided}${has('Failed') ? ',Failed' : ''}${issued}`
}

const certificateSigningRequestRow: RowPrinter<CertificateSigningRequest> = (request, { now }) => {
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

export const certificatesKinds: Readonly<Record<string, KindBehaviour>> = {
  'certificatesigningrequests.certificates.k8s.io': kind<CertificateSigningRequest>({
    strategy: {
      hasGeneration: false,
      selectableFields: (request) => ({ 'spec.signerName': request.spec?.signerName ?? '' }),
    },
    row: certificateSigningRequestRow,
  }),
}
