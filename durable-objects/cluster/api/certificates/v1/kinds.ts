import { certificateSigningRequestRow } from '#api/certificates/v1/certificate-signing-request/columns.ts'
import { certificateSigningRequestStrategy } from '#api/certificates/v1/certificate-signing-request/strategy.ts'
import type { CertificateSigningRequest } from '#api/certificates/v1/certificate-signing-request/types.ts'
import { kind, type KindBehaviour } from '#api/strategy.ts'

export const certificatesKinds: Readonly<Record<string, KindBehaviour>> = {
  'certificatesigningrequests.certificates.k8s.io': kind<CertificateSigningRequest>({
    strategy: certificateSigningRequestStrategy,
    row: certificateSigningRequestRow,
  }),
}
