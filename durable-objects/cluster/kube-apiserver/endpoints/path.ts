import { noSuchPath } from '#apimachinery/status-error.ts'

/** What a path under /api or /apis names. kubernetes: apiserver pkg/endpoints/request/requestinfo.go */
export interface ResourcePath {
  readonly group: string
  readonly version: string
  /** '' when the path names none. */
  readonly namespace: string
  readonly plural: string
  readonly name: string
  readonly subresource: string
  /** What follows the subresource: `/healthz` of `services/web/proxy/healthz`. */
  readonly rest: string
  /** `/api/v1/watch/pods`, the old form of a watch. */
  readonly isWatch?: boolean
}

const MAX_SEGMENTS = 64

/** Splits a path into decoded segments. Refuses what could mean another path than it seems to. */
export const pathSegments = (path: string): readonly string[] => {
  const segments = path.split('/').filter((segment) => segment !== '')
  if (segments.length > MAX_SEGMENTS) throw noSuchPath()
  return segments.map((segment) => {
    const decoded = decodeSegment(segment)
    if (decoded === '.' || decoded === '..' || decoded.includes('/') || decoded.includes('\0'))
      throw noSuchPath()
    return decoded
  })
}

const decodeSegment = (segment: string): string => {
  try {
    return decodeURIComponent(segment)
  } catch {
    // not UTF-8 or a stray percent sign: nothing is served under such a name
    throw noSuchPath()
  }
}

/** Undefined for /api, /apis, /api/v1, /apis/apps, /apis/apps/v1: discovery. */
export const resourcePath = (segments: readonly string[]): ResourcePath | undefined => {
  const isCore = segments[0] === 'api'
  const group = isCore ? '' : (segments[1] ?? '')
  const version = segments[isCore ? 1 : 2] ?? ''
  const parts = segments.slice(isCore ? 2 : 3)
  if (parts.length === 0) return undefined
  if (parts[0] !== 'watch' || parts.length === 1) return { group, version, ...namedBy(parts) }
  return { group, version, ...namedBy(parts.slice(1)), isWatch: true }
}

const namedBy = (parts: readonly string[]): Omit<ResourcePath, 'group' | 'version'> => {
  // `namespaces/x` names the Namespace x, `namespaces/x/pods` the Pods in it; but x's own subresources belong to x
  const isOwn = parts.length === 3 && (parts[2] === 'status' || parts[2] === 'finalize')
  if (parts[0] === 'namespaces' && parts.length > 2 && !isOwn) {
    const [, namespace = '', plural = '', name = '', subresource = '', ...rest] = parts
    return { namespace, plural, name, subresource, rest: rest.join('/') }
  }
  const [plural = '', name = '', subresource = '', ...rest] = parts
  return { namespace: '', plural, name, subresource, rest: rest.join('/') }
}
