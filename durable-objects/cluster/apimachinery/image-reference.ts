// What an image's name says. docker: distribution/reference

export interface ImageReference {
  /** `docker.io`, `registry.k8s.io`, `localhost:5000` */
  readonly registry: string
  /** `library/nginx`, `bootdotdev/synergychat-web` */
  readonly repository: string
  /** `latest` if neither tag nor digest was given. */
  readonly tag?: string
  readonly digest?: string
}

/** Why a name is no reference, in the words of the reference parser. */
export interface InvalidReference {
  readonly invalid: string
}

const PATH = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const NAME = `${PATH}(?:/${PATH})*`
const TAG_TEXT = '\\w[\\w.-]{0,127}'
const DIGEST_TEXT = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}'
const HOST_PART = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])'
const HOST_TEXT = `${HOST_PART}(?:\\.${HOST_PART})*(?::[0-9]+)?`

const REMAINDER = new RegExp(`^${NAME}$`)
const TAG = new RegExp(`^${TAG_TEXT}$`)
const DIGEST = new RegExp(`^${DIGEST_TEXT}$`)
const HOST = new RegExp(`^${HOST_TEXT}$`)
const REFERENCE = new RegExp(`^(?:${HOST_TEXT}/)?${NAME}(?::${TAG_TEXT})?(?:@${DIGEST_TEXT})?$`)
const FORMAT = 'invalid reference format'

const MAX_PARSED = 256
const parsed = new Map<string, ImageReference | InvalidReference>()

/** Whether it has the form of a reference, before short names are completed: what kubectl looks at. distribution/reference Parse */
export const isReference = (text: string): boolean => REFERENCE.test(text)

/** Splits `nginx`, `shop/web:2`, `registry.k8s.io/pause@sha256:…`; Docker Hub's short names are completed. */
export const parseReference = (text: string): ImageReference | InvalidReference => {
  let reference = parsed.get(text)
  if (reference === undefined) {
    reference = split(text)
    if (parsed.size >= MAX_PARSED) parsed.clear()
    parsed.set(text, reference)
  }
  return reference
}

const split = (text: string): ImageReference | InvalidReference => {
  if (/^[a-f0-9]{64}$/.test(text))
    return {
      invalid: `invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`,
    }
  const at = text.indexOf('@')
  const digest = at < 0 ? undefined : text.slice(at + 1)
  const named = at < 0 ? text : text.slice(0, at)
  const colon = named.lastIndexOf(':')
  const tag = colon > named.lastIndexOf('/') ? named.slice(colon + 1) : undefined
  const name = tag === undefined ? named : named.slice(0, colon)
  const { registry, repository } = splitRegistry(name)
  const path =
    repository.includes('/') || registry !== DEFAULT_REGISTRY ? repository : `library/${repository}`
  if (path.toLowerCase() !== path && REMAINDER.test(path.toLowerCase()))
    return { invalid: `${FORMAT}: repository name (${path}) must be lowercase` }
  if (
    !REMAINDER.test(repository) ||
    !HOST.test(registry) ||
    (tag !== undefined && !TAG.test(tag)) ||
    (digest !== undefined && !DIGEST.test(digest))
  )
    return { invalid: FORMAT }
  return {
    registry,
    repository: path,
    ...(tag === undefined ? (digest === undefined ? { tag: 'latest' } : {}) : { tag }),
    ...(digest === undefined ? {} : { digest }),
  }
}

const DEFAULT_REGISTRY = 'docker.io'

// docker: the first part is a host only if it looks like one.
const splitRegistry = (name: string): { registry: string; repository: string } => {
  const slash = name.indexOf('/')
  const first = name.slice(0, slash)
  const isHost =
    slash > 0 && (/[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first)
  if (!isHost) return { registry: DEFAULT_REGISTRY, repository: name }
  const registry = first === 'index.docker.io' ? DEFAULT_REGISTRY : first
  return { registry, repository: name.slice(slash + 1) }
}

/** The repository as Docker shows it: `nginx`, `shop/web`, `registry.k8s.io/pause`. */
export const familiarName = ({ registry, repository }: ImageReference): string => {
  if (registry !== DEFAULT_REGISTRY) return `${registry}/${repository}`
  return repository.startsWith('library/') ? repository.slice('library/'.length) : repository
}

/** As a container's status names it: `nginx:latest`. */
export const familiarReference = (reference: ImageReference): string => {
  const name = familiarName(reference)
  if (reference.tag !== undefined) return `${name}:${reference.tag}`
  return reference.digest === undefined ? name : `${name}@${reference.digest}`
}
