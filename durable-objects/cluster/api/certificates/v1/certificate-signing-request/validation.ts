// kubernetes: pkg/apis/certificates/validation/validation.go
import type {
  CertificateSigningRequest,
  CertificateSigningRequestCondition,
} from '#api/certificates/v1/certificate-signing-request/types.ts'
import { decodeBase64 } from '#apimachinery/base64.ts'
import {
  at,
  duplicateValue,
  forbiddenValue,
  invalidValue,
  notSupported,
  quote,
  requiredValue,
  tooLong,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { equal } from '#apimachinery/object.ts'
import { decodeUtf8Loosely } from '#apimachinery/utf8.ts'
import { isDns1123Label, isDns1123Subdomain } from '#apimachinery/validation/names.ts'

const USAGES = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
]
const LEGACY_SIGNER = 'kubernetes.io/legacy-unknown'
const LEAST_SECONDS = 600
const MAX_DOMAIN = 253
const DECISIONS = ['Approved', 'Denied']
/** Conditions that are there or are not, but never false. */
const ONLY_TRUE = [...DECISIONS, 'Failed']
const CONDITIONS = 'status.conditions'
const REQUEST_BLOCK =
  /^-----BEGIN CERTIFICATE REQUEST-----[\t ]*\r?\n[^-]+-----END CERTIFICATE REQUEST-----[\t ]*\r?$/m

const validateRequest = (request: string): readonly FieldError[] =>
  REQUEST_BLOCK.test(decodeUtf8Loosely(decodeBase64(request)))
    ? []
    : [invalidValue('spec.request', request, 'PEM block type must be CERTIFICATE REQUEST')]

const validateUsages = (usages: readonly string[]): readonly FieldError[] => [
  ...(usages.length === 0 ? [requiredValue('spec.usages')] : []),
  ...usages.flatMap((usage, index) =>
    USAGES.includes(usage) ? [] : [notSupported(at('spec.usages', index), usage, USAGES)],
  ),
  ...usages.flatMap((usage, index) =>
    usages.indexOf(usage) < index ? [duplicateValue(at('spec.usages', index), usage)] : [],
  ),
]

// kubernetes: pkg/apis/core/validation ValidateSignerName
const validateSignerName = (name: string): readonly FieldError[] => {
  const path = 'spec.signerName'
  if (name === '') return [requiredValue(path)]
  if (name === LEGACY_SIGNER)
    return [invalidValue(path, name, 'the legacy signerName is not allowed via this API version')]
  const [domain = '', last = '', ...more] = name.split('/')
  if (more.length > 0 || !name.includes('/'))
    return [
      invalidValue(
        path,
        name,
        "must be a fully qualified domain and path of the form 'example.com/signer-name'",
      ),
    ]
  const ofLabel = (value: string, label: string, messages: readonly string[]) =>
    messages.map((message) =>
      invalidValue(path, value, `validating label ${quote(label)}: ${message}`),
    )
  const labels = domain.split('.')
  return [
    ...(domain.length > MAX_DOMAIN ? [tooLong(path, MAX_DOMAIN)] : []),
    ...labels.flatMap((label) => ofLabel(domain, label, isDns1123Label(label))),
    ...(labels.length < 2
      ? [
          invalidValue(
            path,
            domain,
            'should be a domain with at least two segments separated by dots',
          ),
        ]
      : []),
    ...last.split('.').flatMap((label) => ofLabel(last, label, isDns1123Subdomain(label))),
  ]
}

const validateConditions = (
  conditions: readonly CertificateSigningRequestCondition[],
): readonly FieldError[] => {
  const seen = new Set<string>()
  return conditions.flatMap(({ type = '', status = '' }, index) => {
    const path = at(CONDITIONS, index)
    const errors: FieldError[] = type === '' ? [requiredValue(`${path}.type`)] : []
    const allowed = ONLY_TRUE.includes(type) ? ['True'] : ['False', 'True', 'Unknown']
    if (status === '') errors.push(requiredValue(`${path}.status`))
    else if (!allowed.includes(status)) errors.push(notSupported(`${path}.status`, status, allowed))
    const other = DECISIONS.find((decision) => decision !== type) ?? ''
    if (DECISIONS.includes(type) && seen.has(other))
      errors.push(
        invalidValue(`${path}.type`, type, 'Approved and Denied conditions are mutually exclusive'),
      )
    if (seen.has(type)) errors.push(duplicateValue(`${path}.type`, type))
    seen.add(type)
    return errors
  })
}

export const validateCertificateSigningRequest = ({
  spec,
  status,
}: CertificateSigningRequest): readonly FieldError[] => {
  const { expirationSeconds: seconds } = spec
  return [
    ...validateRequest(spec.request ?? ''),
    ...validateUsages(spec.usages ?? []),
    ...validateSignerName(spec.signerName ?? ''),
    ...(seconds !== undefined && seconds < LEAST_SECONDS
      ? [
          invalidValue(
            'spec.expirationSeconds',
            seconds,
            'may not specify a duration less than 600 seconds (10 minutes)',
          ),
        ]
      : []),
    ...validateConditions(status?.conditions ?? []),
  ]
}

const ofType = (
  { status }: CertificateSigningRequest,
  wanted: string,
): readonly CertificateSigningRequestCondition[] =>
  (status?.conditions ?? []).filter(({ type }) => type === wanted)

/** `may`: what this way of writing may do beyond the rest. */
export const validateUpdatedRequest = (
  request: CertificateSigningRequest,
  old: CertificateSigningRequest,
  may: { readonly decide?: true; readonly certify?: true } = {},
): readonly FieldError[] => {
  const errors = [...validateCertificateSigningRequest(request)]
  const refuse = (what: string, type: string): void =>
    void errors.push(
      forbiddenValue(CONDITIONS, `updates may not ${what} a condition of type ${quote(type)}`),
    )
  for (const type of ONLY_TRUE)
    if (ofType(request, type).length < ofType(old, type).length) refuse('remove', type)
  if (may.decide !== true)
    for (const type of DECISIONS) {
      const [before, after] = [ofType(old, type), ofType(request, type)]
      if (after.length > before.length) refuse('add', type)
      else if (after.length === before.length && !equal(before, after)) refuse('modify', type)
    }
  const [before = '', after = ''] = [old.status?.certificate, request.status?.certificate]
  if (before !== after && may.certify !== true)
    errors.push(forbiddenValue('status.certificate', 'updates may not set certificate content'))
  else if (before !== after && before !== '')
    errors.push(
      forbiddenValue('status.certificate', 'updates may not modify existing certificate content'),
    )
  return errors
}
