// Addresses of the web, cut into their parts. The engine's library has no URL.

export interface Url {
  readonly scheme: string
  /** Without port and brackets. */
  readonly host: string
  readonly port: number
  /** `web:8080`: as a Host header has it. */
  readonly authority: string
  /** `http://web:8080` */
  readonly origin: string
  /** With the query, without the fragment; begins with `/`. */
  readonly path: string
  readonly user?: string
}

const PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, ftp: 21 }

/** Undefined if the text is no address with a scheme and a host. */
export const parseUrl = (text: string): Url | undefined => {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)([^#]*)/.exec(text)
  if (match === null) return undefined
  const scheme = match[1]!.toLowerCase()
  const at = match[2]!.lastIndexOf('@')
  const place = match[2]!.slice(at + 1)
  const parts = /^(\[[0-9A-Fa-f:.]+\]|[^:[\]\s]+)(?::(\d*))?$/.exec(place)
  if (parts === null) return undefined
  const given = parts[2] === undefined || parts[2] === '' ? undefined : Number(parts[2])
  const port = given ?? PORTS[scheme] ?? 80
  if (port > 65_535) return undefined
  const authority =
    given === undefined || given === PORTS[scheme] ? parts[1]! : `${parts[1]}:${given}`
  const rest = match[3]!
  return {
    scheme,
    host: parts[1]!.replace(/^\[|\]$/g, ''),
    port,
    authority,
    origin: `${scheme}://${authority}`,
    path: rest.startsWith('/') ? rest : `/${rest}`,
    ...(at < 0 ? {} : { user: match[2]!.slice(0, at) }),
  }
}

/** What `%41` and `+` stand for; what is no such sequence stays. */
export const decodeQuery = (text: string): string => {
  const plain = text.replaceAll('+', ' ')
  if (!plain.includes('%')) return plain
  try {
    return decodeURIComponent(plain)
  } catch {
    return plain
  }
}

/** The parameters of a path's query, the first of each name. */
export const parseQuery = (path: string): ReadonlyMap<string, string> => {
  const query = new Map<string, string>()
  const start = path.indexOf('?')
  if (start < 0) return query
  for (const pair of path.slice(start + 1).split('&')) {
    if (pair === '') continue
    const [name, value] = pair.split(/=(.*)/s)
    const key = decodeQuery(name!)
    if (!query.has(key)) query.set(key, decodeQuery(value ?? ''))
  }
  return query
}

/** A value as Go's `url.QueryEscape` writes it. */
export const encodeQuery = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
