// kubernetes: pkg/controller/certificates/signer/signer.go, pkg/apis/certificates/helpers.go
import type { CertificateSigningRequest } from '#api/certificates/v1/certificate-signing-request/types.ts'
import { encodeBase64 } from '#apimachinery/base64.ts'
import { sequence } from '#apimachinery/der.ts'
import { formatTime } from '#apimachinery/time.ts'
import { encodeUtf8 } from '#apimachinery/utf8.ts'
import type { ComponentContext } from '#client/component.ts'
import {
  certificateController,
  RESOURCE,
} from '#kube-controller-manager/certificates/controller.ts'
import { certify, extension } from '#kube-controller-manager/certificates/authority.ts'
import { parseSigningRequest, type SigningRequest } from '#api/certificates/v1/signing-request.ts'
import { usageExtensions } from '#kube-controller-manager/certificates/usages.ts'
import { ROOT_CA } from '#kube-controller-manager/root-ca-cert-publisher/root-ca.ts'

/** kubernetes: --cluster-signing-duration */
const LONGEST_SECONDS = 365 * 24 * 3600
const LEAST_SECONDS = 600
/** Clocks differ. A certificate that is not short-lived ends earlier by as much as it begins earlier. */
const BACKDATE_MS = 300_000
const SHORT_SECONDS = 8 * 3600
const SERIAL_BYTES = 16

/** Why a signer does not sign what it is asked to; undefined: it does. */
type Check = (request: SigningRequest, usages: readonly string[]) => string | undefined

const isExactly = (
  usages: readonly string[],
  ...allowed: readonly (readonly string[])[]
): boolean =>
  allowed.some(
    (wanted) => wanted.length === usages.length && wanted.every((usage) => usages.includes(usage)),
  )

const mismatch = (wanted: readonly string[]): string => `usages did not match [${wanted.join(' ')}]`

const isOfNodes = ({ organizations }: SigningRequest): boolean =>
  organizations.length === 1 && organizations[0] === 'system:nodes'

const NOT_NODES = 'subject organization is not system:nodes'
const NOT_A_NODE = 'subject common name does not begin with system:node:'
const CLIENT = ['client auth', 'digital signature', 'key encipherment']
const SERVING = ['digital signature', 'key encipherment', 'server auth']

export const kubeletClientProblem: Check = (request, usages) => {
  const { altNames, commonName } = request
  if (!isOfNodes(request)) return NOT_NODES
  if (altNames.dns > 0) return 'DNS subjectAltNames are not allowed'
  if (altNames.emails > 0) return 'Email subjectAltNames are not allowed'
  if (altNames.ips > 0) return 'IP subjectAltNames are not allowed'
  if (altNames.uris > 0) return 'URI subjectAltNames are not allowed'
  if (!commonName.startsWith('system:node:')) return NOT_A_NODE
  return isExactly(usages, CLIENT, ['client auth', 'digital signature'])
    ? undefined
    : mismatch(CLIENT)
}

const kubeletServing: Check = (request, usages) => {
  const { altNames, commonName } = request
  if (!isOfNodes(request)) return NOT_NODES
  if (altNames.dns === 0 && altNames.ips === 0) return 'DNS or IP subjectAltName is required'
  if (altNames.emails > 0) return 'Email subjectAltNames are not allowed'
  if (altNames.uris > 0) return 'URI subjectAltNames are not allowed'
  if (!isExactly(usages, SERVING, ['digital signature', 'server auth'])) return mismatch(SERVING)
  return commonName.startsWith('system:node:') ? undefined : NOT_A_NODE
}

const apiServerClient: Check = (_request, usages) => {
  const invalid = usages.find((usage) => !CLIENT.includes(usage))
  if (invalid !== undefined) return `invalid usage for client certificate: ${invalid}`
  return usages.includes('client auth')
    ? undefined
    : 'missing required usage for client certificate: client auth'
}

const SIGNERS: ReadonlyMap<string, Check> = new Map([
  ['kubernetes.io/kube-apiserver-client', apiServerClient],
  ['kubernetes.io/kube-apiserver-client-kubelet', kubeletClientProblem],
  ['kubernetes.io/kubelet-serving', kubeletServing],
  ['kubernetes.io/legacy-unknown', () => undefined],
])

const has = ({ status }: CertificateSigningRequest, wanted: string): boolean =>
  status?.conditions?.some(({ type, status: value }) => type === wanted && value === 'True') ===
  true

const sign = (context: ComponentContext, request: CertificateSigningRequest): void => {
  const { spec, status } = request
  const check = SIGNERS.get(spec.signerName ?? '')
  const asked = parseSigningRequest(spec.request ?? '')
  if (check === undefined || asked === undefined) return
  const { client } = context
  const problem = check(asked, spec.usages ?? [])
  const changed =
    problem === undefined
      ? { ...status, certificate: certificateFor(context, spec, asked) }
      : { ...status, conditions: [...(status?.conditions ?? []), failed(problem, client.now())] }
  client.update(RESOURCE, { ...request, status: changed }, { subresource: 'status' })
}

const isWaiting = (request: CertificateSigningRequest): boolean =>
  has(request, 'Approved') && !has(request, 'Failed') && (request.status?.certificate ?? '') === ''

/** Signs what was approved. */
export const certificateSigner = certificateController('csrsigning', isWaiting, sign)

const failed = (message: string, now: number) => ({
  type: 'Failed',
  status: 'True',
  reason: 'SignerValidationFailure',
  message,
  lastUpdateTime: formatTime(now),
})

const certificateFor = (
  { client, random }: ComponentContext,
  { usages = [], expirationSeconds }: CertificateSigningRequest['spec'],
  { subject, publicKey, names }: SigningRequest,
): string => {
  const serial = Uint8Array.from({ length: SERIAL_BYTES }, () => random.below(256))
  const seconds = Math.min(
    LONGEST_SECONDS,
    Math.max(LEAST_SECONDS, expirationSeconds ?? LONGEST_SECONDS),
  )
  const now = client.now()
  const text = certify(
    {
      serial,
      subject,
      publicKey,
      notBefore: formatTime(now - BACKDATE_MS),
      notAfter: formatTime(now + seconds * 1000 - (seconds < SHORT_SECONDS ? 0 : BACKDATE_MS)),
      extensions: [...usageExtensions(usages), NO_AUTHORITY],
      ...(names === undefined ? {} : { names }),
    },
    ROOT_CA,
  )
  return encodeBase64(encodeUtf8(text))
}

/** Basic constraints: whoever has this certificate certifies nobody. */
const NO_AUTHORITY = extension('2.5.29.19', sequence(), true)
