// kubernetes: pkg/registry/core/serviceaccount/storage/token.go, pkg/serviceaccount/claims.go
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { ServiceAccount } from '#api/core/v1/service-account/types.ts'
import type { UserInfo } from '#api/strategy.ts'
import { decodeBase64, encodeBase64 } from '#apimachinery/base64.ts'
import { invalidValue, type FieldError } from '#apimachinery/field-error.ts'
import type { KubeObject, ObjectMeta } from '#apimachinery/object.ts'
import { badRequest, conflict, invalid, notFound } from '#apimachinery/status-error.ts'
import { formatTime } from '#apimachinery/time.ts'
import { decodeUtf8Loosely, encodeUtf8 } from '#apimachinery/utf8.ts'
import type { Random } from '#environment.ts'
import { serviceAccountGroups } from '#kube-apiserver/authorization/impersonation.ts'
import { serviceAccountName } from '#kube-apiserver/authorization/rbac.ts'
import { newUid } from '#kube-apiserver/identity.ts'
import type { Reader } from '#kube-apiserver/reader.ts'

/** authentication.k8s.io/v1, what `kubectl create token` sends and gets. */
export interface TokenRequest {
  readonly apiVersion: 'authentication.k8s.io/v1'
  readonly kind: 'TokenRequest'
  readonly metadata: ObjectMeta
  readonly spec: {
    readonly audiences?: readonly string[] | null
    readonly expirationSeconds?: number
    readonly boundObjectRef?: {
      readonly apiVersion?: string
      readonly kind?: string
      readonly name?: string
      readonly uid?: string
    } | null
  }
  readonly status?: { readonly token: string; readonly expirationTimestamp: string }
}

export interface TokenContext {
  readonly reader: Reader
  readonly random: Random
  /** Milliseconds. */
  readonly now: number
}

const KIND = { group: 'authentication.k8s.io', kind: 'TokenRequest' }
export const ISSUER = 'https://kubernetes.default.svc.cluster.local'
const DEFAULT_SECONDS = 3600
const LEAST_SECONDS = 600
const MOST_SECONDS = 2 ** 32

const expirationErrors = (seconds: number): readonly FieldError[] => {
  const path = 'spec.expirationSeconds'
  if (seconds < LEAST_SECONDS)
    return [invalidValue(path, seconds, 'may not specify a duration less than 10 minutes')]
  return seconds > MOST_SECONDS
    ? [invalidValue(path, seconds, 'may not specify a duration larger than 2^32 seconds')]
    : []
}

const checkIdentity = ({ metadata }: TokenRequest, namespace: string, name: string): void => {
  const errors = (
    [
      ['name', name],
      ['namespace', namespace],
    ] as const
  ).flatMap(([field, wanted]) => {
    const given = metadata[field] ?? ''
    return given === '' || given === wanted
      ? []
      : [
          invalidValue(
            `metadata.${field}`,
            given,
            `must match the service account ${field} if specified`,
          ),
        ]
  })
  if (errors.length > 0) throw invalid(KIND, name, errors)
}

const BOUND: Readonly<Record<string, string>> = { Pod: 'pods', Secret: 'secrets', Node: 'nodes' }

/** What the token is bound to: it ends with it. */
const boundClaims = (
  { spec }: TokenRequest,
  account: ServiceAccount,
  reader: Reader,
): Readonly<Record<string, object>> => {
  const reference = spec.boundObjectRef ?? undefined
  if (reference === undefined) return {}
  const { kind = '', name = '', uid = '', apiVersion = '' } = reference
  const resource = apiVersion === 'v1' || apiVersion === '' ? BOUND[kind] : undefined
  if (resource === undefined)
    throw badRequest(
      `cannot bind token to object of type ${apiVersion.replace(/^([^/]*)$/, '/$1')}, Kind=${kind}`,
    )
  const namespace = resource === 'nodes' ? '' : (account.metadata.namespace ?? '')
  const object = reader.get(resource, namespace, name)
  if (object === undefined) throw notFound({ group: '', resource }, name)
  if (kind === 'Pod' && (object as Pod).spec.serviceAccountName !== account.metadata.name)
    throw badRequest(
      `cannot bind token for serviceaccount "${account.metadata.name ?? ''}" to pod running with different serviceaccount name.`,
    )
  if (uid !== '' && uid !== object.metadata.uid)
    throw conflict(
      { group: '', resource: kind },
      name,
      `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    )
  return { [kind.toLowerCase()]: { name, uid: object.metadata.uid } }
}

const urlSafe = (bytes: Uint8Array): string =>
  encodeBase64(bytes).replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_')

const part = (value: unknown): string => urlSafe(encodeUtf8(JSON.stringify(value)))

/** Looks like an RS256 signature; nothing is signed with it. */
const signature = (random: Random): string => {
  const bytes = new Uint8Array(256)
  for (let index = 0; index < bytes.length; index++) bytes[index] = random.below(256)
  return urlSafe(bytes)
}

interface Claims {
  readonly aud: readonly string[]
  readonly exp: number
  readonly sub: string
  readonly jti: string
  readonly 'kubernetes.io': {
    readonly namespace: string
    readonly serviceaccount: { readonly name: string; readonly uid: string }
    readonly pod?: { readonly name: string; readonly uid: string }
    readonly node?: { readonly name: string; readonly uid: string }
  }
}

/** Answers a TokenRequest for a service account. Throws StatusError. */
export const issueToken = (
  request: TokenRequest,
  namespace: string,
  name: string,
  { reader, random, now }: TokenContext,
): TokenRequest => {
  checkIdentity(request, namespace, name)
  const account = reader.get('serviceaccounts', namespace, name) as ServiceAccount | undefined
  if (account === undefined) throw notFound({ group: '', resource: 'serviceaccounts' }, name)
  const { audiences, expirationSeconds } = request.spec ?? {}
  const seconds = expirationSeconds ?? DEFAULT_SECONDS
  const errors = expirationErrors(seconds)
  if (errors.length > 0) throw invalid(KIND, '', errors)
  const asked = audiences ?? []
  const aud = asked.length === 0 ? [ISSUER] : asked
  const bound = boundClaims(request, account, reader)
  const issued = Math.floor(now / 1000)
  const header = part({ alg: 'RS256', kid: 'kubarium' })
  const payload = part({
    aud,
    exp: issued + seconds,
    iat: issued,
    iss: ISSUER,
    jti: newUid(random),
    'kubernetes.io': {
      namespace,
      ...bound,
      serviceaccount: { name, uid: account.metadata.uid ?? '' },
    },
    nbf: issued,
    sub: serviceAccountName(namespace, name),
  })
  const { boundObjectRef } = request.spec ?? {}
  return {
    ...request,
    metadata: { ...request.metadata, name, namespace, creationTimestamp: formatTime(now) },
    spec: { audiences: aud, expirationSeconds: seconds, boundObjectRef: boundObjectRef ?? null },
    status: {
      token: `${header}.${payload}.${signature(random)}`,
      expirationTimestamp: formatTime((issued + seconds) * 1000),
    },
  }
}

const claimsOf = (token: string): Claims | undefined => {
  const payload = token.split('.')[1]
  if (payload === undefined || token.split('.').length !== 3) return undefined
  const padded = payload
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .padEnd(Math.ceil(payload.length / 4) * 4, '=')
  try {
    return JSON.parse(decodeUtf8Loosely(decodeBase64(padded))) as Claims
  } catch {
    // Whatever is not a token authenticates nobody.
    return undefined
  }
}

const isGone = (object: KubeObject | undefined, uid: string | undefined): boolean =>
  object === undefined || object.metadata.uid !== uid

/**
 * Who a token stands for, or why it stands for nobody. The session's link is what is secret, so that the signature is not
 * looked at: only that the token has not expired, and that its account and Pod are still there.
 */
export const tokenUser = (
  token: string,
  { reader, now }: Pick<TokenContext, 'reader' | 'now'>,
  audiences: readonly string[] = [ISSUER],
):
  | { readonly user: UserInfo; readonly audiences: readonly string[] }
  | { readonly error: string } => {
  const claims = claimsOf(token)
  const own = claims?.['kubernetes.io']
  if (claims === undefined || own?.serviceaccount === undefined)
    return { error: 'invalid bearer token' }
  const shared = (claims.aud ?? []).filter((audience) => audiences.includes(audience))
  if (shared.length === 0)
    return {
      error: `[invalid bearer token, token audiences [${(claims.aud ?? []).map((each) => `"${each}"`).join(' ')}] is invalid for the target audiences [${audiences.map((each) => `"${each}"`).join(' ')}]]`,
    }
  if (!(claims.exp * 1000 > now))
    return { error: '[invalid bearer token, service account token has expired]' }
  const { namespace, serviceaccount, pod } = own
  if (isGone(reader.get('serviceaccounts', namespace, serviceaccount.name), serviceaccount.uid))
    return { error: '[invalid bearer token, service account token has been invalidated]' }
  if (pod !== undefined && isGone(reader.get('pods', namespace, pod.name), pod.uid))
    return { error: '[invalid bearer token, service account token has been invalidated]' }
  const extra = {
    'authentication.kubernetes.io/credential-id': [`JTI=${claims.jti}`],
    ...(pod === undefined
      ? {}
      : {
          'authentication.kubernetes.io/pod-name': [pod.name],
          'authentication.kubernetes.io/pod-uid': [pod.uid],
        }),
  }
  return {
    user: {
      username: serviceAccountName(namespace, serviceaccount.name),
      uid: serviceaccount.uid,
      groups: [...serviceAccountGroups(namespace), 'system:authenticated'],
      extra,
    },
    audiences: shared,
  }
}
