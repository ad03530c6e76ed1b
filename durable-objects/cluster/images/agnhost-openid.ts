// Reads a token and checks it as anybody does who relies on the cluster's issuer.
// kubernetes: test/images/agnhost/openidmetadata/openidmetadata.go, github.com/coreos/go-oidc
import { decodeUrlSafe } from '#apimachinery/base64.ts'
import { verifyPlainly } from '#apimachinery/p256.ts'
import { decodeUtf8Loosely, encodeUtf8 } from '#apimachinery/utf8.ts'
import { option, type Subcommand } from '#images/agnhost-options.ts'
import { type ProgramContext, quietly } from '#images/behaviour.ts'
import { goFetch } from '#images/go-http.ts'
import { mountAll } from '#images/run-mounts.ts'
import { FileSystem } from '#shell/files/file-system.ts'
import { directory } from '#shell/files/node.ts'
import { volumeOf } from '#shell/files/volume.ts'

const OWN_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token'

/** What cannot go on says why. */
class Fatal extends Error {}

/** The token is not to be trusted, as far as the cluster's issuer is asked. */
class Untrusted extends Error {}

interface Claims {
  readonly iss: string
  readonly aud: readonly string[]
  readonly exp: number
  readonly sub: string
  readonly jti: string
  readonly 'kubernetes.io': {
    readonly namespace: string
    readonly serviceaccount: { readonly name: string; readonly uid: string }
  }
}

const textOf = (part: string): string => decodeUtf8Loosely(decodeUrlSafe(part))

const claimsOf = (payload: string): Claims => {
  try {
    return JSON.parse(textOf(payload)) as Claims
  } catch (error) {
    throw new Fatal(`go-jose/go-jose: ${(error as Error).message}`)
  }
}

/** As Go's %#v prints them. */
const shown = (claims: Claims): string => {
  const text = (value: string): string => JSON.stringify(value)
  const times = ['Expiry', 'NotBefore', 'IssuedAt']
    .map(
      (name, index) => `${name}:(*jwt.NumericDate)(0xc0001a${(0x6e48 + index * 8).toString(16)})`,
    )
    .join(', ')
  const { namespace, serviceaccount } = claims['kubernetes.io']
  const audience = `jwt.Audience{${claims.aud.map(text).join(', ')}}`
  const standard = `jwt.Claims{Issuer:${text(claims.iss)}, Subject:${text(claims.sub)}, Audience:${audience}, ${times}, ID:${text(claims.jti)}}`
  const account = `openidmetadata.kubeName{Name:${text(serviceaccount.name)}, UID:${text(serviceaccount.uid)}}`
  return `openidmetadata.claims{Claims:${standard}, Kubernetes:openidmetadata.kubeClaims{Namespace:${text(namespace)}, ServiceAccount:${account}}}`
}

class Validation {
  readonly lines: string[] = []
  readonly #context: ProgramContext
  readonly #audience: string

  constructor(context: ProgramContext, audience: string) {
    this.#context = context
    this.#audience = audience
  }

  say(text: string): void {
    this.lines.push(text)
  }

  #document(address: string, headers: Readonly<Record<string, string>>): Record<string, unknown> {
    const reply = goFetch(this.#context.network, address, { headers })
    if ('error' in reply) throw new Untrusted(reply.error)
    if (reply.status !== 200) throw new Untrusted(`${reply.status}: ${reply.body}`)
    return JSON.parse(reply.body) as Record<string, unknown>
  }

  #told(payload: string): Claims {
    const claims = claimsOf(payload)
    this.say(`OK: got issuer ${claims.iss}`)
    this.say(`Full, not-validated claims: \n${shown(claims)}`)
    return claims
  }

  /** The same without the cluster's authority, which nobody else knows. */
  fallBack(token: string, problem: string): void {
    this.say(`failed to validate with in-cluster discovery: ${problem}`)
    this.say('falling back to validating with external discovery')
    const { iss } = this.#told(token.split('.')[1] ?? '')
    this.say(
      `Get "${iss}/.well-known/openid-configuration": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
    )
  }

  /** Throws an Untrusted, or a Fatal if it is no token at all. */
  run(token: string, bearer: string): void {
    const [header = '', payload = '', signature = '', ...rest] = token.trim().split('.')
    if (rest.length > 0 || signature === '')
      throw new Fatal('go-jose/go-jose: compact JWS format must have three parts')
    const claims = this.#told(payload)
    const headers = { Authorization: `Bearer ${bearer}` }
    const provider = this.#document(`${claims.iss}/.well-known/openid-configuration`, headers)
    if (provider['issuer'] !== claims.iss)
      throw new Untrusted(
        `oidc: issuer did not match the issuer returned by provider, expected ${JSON.stringify(claims.iss)} got ${JSON.stringify(provider['issuer'])}`,
      )
    this.say(`OK: Constructed OIDC provider for issuer ${claims.iss}`)
    if (!claims.aud.includes(this.#audience))
      throw new Untrusted(
        `oidc: expected audience ${JSON.stringify(this.#audience)} got ${JSON.stringify(claims.aud)}`,
      )
    const keys = this.#document(String(provider['jwks_uri']), headers)
    const { kid } = JSON.parse(textOf(header)) as { readonly kid?: string }
    const listed = keys['keys'] as readonly {
      readonly kid: string
      readonly x: string
      readonly y: string
    }[]
    const isSigned = listed.some(
      (key) =>
        key.kid === kid &&
        verifyPlainly(
          decodeUrlSafe(key.x),
          decodeUrlSafe(key.y),
          encodeUtf8(`${header}.${payload}`),
          decodeUrlSafe(signature),
        ),
    )
    if (!isSigned)
      throw new Untrusted('failed to verify signature: failed to verify id token signature')
    this.say('OK: Validated signature on JWT')
    this.say('OK: Got valid claims from token!')
    this.say(`Full, validated claims: \n&${shown(claims)}`)
  }
}

/** Undefined: nobody can tell what it finds. */
export const issuerDiscovery: Subcommand = (args, context) => {
  if (context.network === undefined) return undefined
  const files = new FileSystem(volumeOf(directory({})), { now: () => context.now ?? 0 })
  mountAll(files, context, () => 0)
  const read = (path: string): string => {
    const text = files.read(path)
    if (typeof text === 'string') return text
    throw new Fatal(`open ${path}: ${text.text.toLowerCase()}`)
  }
  const validation = new Validation(context, option(args, 'audience') ?? '')
  let exitCode = 0
  let token = ''
  try {
    token = read(option(args, 'token-path') ?? '')
    validation.say('OK: Got token')
    validation.say('validating with in-cluster discovery')
    validation.run(token, read(OWN_TOKEN))
  } catch (error) {
    // what the network has not answered yet is asked first
    if (!(error instanceof Fatal) && !(error instanceof Untrusted)) throw error
    exitCode = 1
    if (error instanceof Fatal) validation.say(error.message)
    else validation.fallBack(token, error.message)
  }
  return quietly({
    ends: { after: 20, exitCode },
    log: validation.lines.map((text) => ({ after: 10, text, stream: 'stderr', clock: 'go' })),
  })
}
