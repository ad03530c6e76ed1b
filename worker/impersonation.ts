import type { SocketRequest } from '../durable-objects/cluster-session.ts'

type Impersonation = NonNullable<SocketRequest['request']['impersonate']>

const EXTRA = 'impersonate-extra-'

/** A header that was sent several times arrives as one. */
const valuesOf = (text: string | null): string[] =>
  (text ?? '')
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '')

const unescaped = (key: string): string => {
  try {
    return decodeURIComponent(key)
  } catch {
    return key
  }
}

/** Whom the request speaks for, if it speaks for somebody else. kubernetes: apiserver pkg/endpoints/filters/impersonation.go */
export const impersonationOf = (headers: Headers): { readonly impersonate?: Impersonation } => {
  const user = headers.get('impersonate-user')
  if (user === null) return {}
  const uid = headers.get('impersonate-uid')
  const extra = [...headers]
    .filter(([name]) => name.startsWith(EXTRA))
    .map(([name, value]) => [unescaped(name.slice(EXTRA.length)), valuesOf(value)] as const)
  return {
    impersonate: {
      user,
      groups: valuesOf(headers.get('impersonate-group')),
      ...(uid === null ? {} : { uid }),
      ...(extra.length === 0 ? {} : { extra: Object.fromEntries(extra) }),
    },
  }
}
