import { describe, expect, test } from 'vitest'
import { parseCertificateRequest } from '#kubectl/describe/certificate-request.ts'

describe('certificate requests', () => {
  test.each([
    ['no block', 'hello', 'Error parsing CSR: PEM block type must be CERTIFICATE REQUEST'],
    [
      'no DER',
      '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----',
      /^Error parsing CSR: /,
    ],
    [
      'half of one',
      '-----BEGIN CERTIFICATE REQUEST-----\nMIIDDDCCAfQCAQAwcDELMAkGA1UE\n-----END CERTIFICATE REQUEST-----',
      /^Error parsing CSR: /,
    ],
  ])('%s is refused', (_name, pem, message) => {
    expect(() => parseCertificateRequest(pem)).toThrow(message)
  })
})
