// kubernetes: pkg/registry/core/serviceaccount/storage/token.go, pkg/serviceaccount/claims.go
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Secret } from '#api/core/v1/secret/types.ts'
import { keyId, signatureOf } from '#api/core/v1/service-account/signing-key.ts'
import {
  ISSUER,
  LEGACY_ISSUER,
  type LegacyClaims,
  tokenText,
} from '#api/core/v1/service-account/token-text.ts'
import type { ServiceAccount } from '#api/core/v1/service-account/types.ts'
import type { UserInfo } from '#api/strategy.ts'
import { decodeBase64, decodeUrlSafe } from '#apimachinery/base64.ts'
import { invalidValue, type FieldError } from '#apimachinery/field-error.ts'
import { own, type KubeObject, type ObjectMeta } from '#apimachinery/object.ts'
import { badRequest, conflict, invalid, notFound } from '#apimachinery/status-error.ts'
import { formatTime } from '#apimachinery/time.ts'
import { decodeUtf8Loosely } from '#apimachinery/utf8.ts'
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

interface Claims {
  readonly iss: typeof ISSUER
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
  const claims = {
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
  }
  const { boundObjectRef } = request.spec ?? {}
  return {
    ...request,
    metadata: { ...request.metadata, name, namespace, creationTimestamp: formatTime(now) },
    spec: { audiences: aud, expirationSeconds: seconds, boundObjectRef: boundObjectRef ?? null },
    status: {
      token: tokenText(claims),
      expirationTimestamp: formatTime((issued + seconds) * 1000),
    },
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A part of a token as the JSON object that it stands for. */
const readPart = (part: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(decodeUtf8Loosely(decodeUrlSafe(part)))
    return isRecord(value) ? value : undefined
  } catch {
    // Whatever is not a token authenticates nobody.
    return undefined
  }
}

const ALGORITHMS: ReadonlySet<unknown> = new Set(['RS256', 'ES256', 'ES384', 'ES512'])

interface Parsed {
  readonly claims: Claims | LegacyClaims
  /** Why the signature is not the cluster's; '' if it is. */
  readonly problem: string
}

/** kubernetes: pkg/serviceaccount/jwt.go AuthenticateToken */
const parsed = (token: string): Parsed | undefined => {
  const [first = '', second = '', signature = '', ...rest] = token.split('.')
  const header = readPart(first)
  const claims = readPart(second)
  if (rest.length > 0 || claims === undefined || !ALGORITHMS.has(header?.['alg'])) return undefined
  const kid = header?.['kid'] ?? ''
  const isKnown = kid === '' || kid === keyId()
  // what is signed twice has one signature
  const isSigned = isKnown && signature === signatureOf(`${first}.${second}`)
  return {
    claims: claims as unknown as Claims | LegacyClaims,
    problem: isSigned
      ? ''
      : isKnown
        ? 'go-jose/go-jose: error in cryptographic primitive'
        : 'invalid signature, no keys found',
  }
}

const isGone = (object: KubeObject | undefined, uid: string | undefined): boolean =>
  object === undefined || object.metadata.uid !== uid

interface Refused {
  readonly error: string
}

type Found = { readonly user: UserInfo; readonly audiences: readonly string[] } | Refused

const refused = (why: string): Refused => ({ error: `[invalid bearer token, ${why}]` })

const quoted = (texts: readonly string[]): string =>
  `[${texts.map((text) => `"${text}"`).join(' ')}]`

const sharedAudiences = (
  meant: readonly string[],
  wanted: readonly string[],
): readonly string[] | Refused => {
  const shared = meant.filter((audience) => wanted.includes(audience))
  return shared.length > 0
    ? shared
    : refused(
        `token audiences ${quoted(meant)} is invalid for the target audiences ${quoted(wanted)}`,
      )
}

/** A token that stands in a Secret is as good as what stands there. kubernetes: pkg/serviceaccount/legacy.go Validate */
const legacyUser = (
  token: string,
  claims: LegacyClaims,
  reader: Reader,
  audiences: readonly string[],
): Found => {
  const namespace = claims['kubernetes.io/serviceaccount/namespace']
  const name = claims['kubernetes.io/serviceaccount/service-account.name']
  const uid = claims['kubernetes.io/serviceaccount/service-account.uid']
  const secretName = claims['kubernetes.io/serviceaccount/secret.name']
  // such a token does not say who it is for: it is for the API server
  const shared = sharedAudiences([ISSUER], audiences)
  if ('error' in shared) return shared
  const secret = reader.get('secrets', namespace, secretName) as Secret | undefined
  if (secret === undefined || secret.metadata.deletionTimestamp !== undefined)
    return refused('Token has been invalidated')
  if (decodeUtf8Loosely(decodeBase64(own(secret.data, 'token') ?? '')) !== token)
    return refused("Token does not match server's copy")
  const account = reader.get('serviceaccounts', namespace, name)
  if (account === undefined)
    return refused(notFound({ group: '', resource: 'serviceaccounts' }, name).message)
  if (account.metadata.deletionTimestamp !== undefined)
    return refused(`ServiceAccount ${namespace}/${name} has been deleted`)
  if (account.metadata.uid !== uid)
    return refused(
      `ServiceAccount UID (${account.metadata.uid ?? ''}) does not match claim (${uid})`,
    )
  const groups = [...serviceAccountGroups(namespace), 'system:authenticated']
  return {
    user: { username: serviceAccountName(namespace, name), uid, groups },
    audiences: shared,
  }
}

/** Who a token stands for, or why it stands for nobody: its signature, its time, and whether its account and Pod are still there. */
export const tokenUser = (
  token: string,
  { reader, now }: Pick<TokenContext, 'reader' | 'now'>,
  audiences: readonly string[] = [ISSUER],
): Found => {
  const found = parsed(token)
  if (found === undefined) return { error: 'invalid bearer token' }
  const { claims, problem } = found
  // whose issuer is another one is nobody's here
  if (claims.iss !== ISSUER && claims.iss !== LEGACY_ISSUER)
    return { error: 'invalid bearer token' }
  if (problem !== '') return refused(problem)
  if (claims.iss === LEGACY_ISSUER) return legacyUser(token, claims, reader, audiences)
  const bound = claims['kubernetes.io']
  if (bound?.serviceaccount === undefined) return { error: 'invalid bearer token' }
  const shared = sharedAudiences(claims.aud ?? [], audiences)
  if ('error' in shared) return shared
  if (!(claims.exp * 1000 > now))
    return { error: '[invalid bearer token, service account token has expired]' }
  const { namespace, serviceaccount, pod } = bound
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
