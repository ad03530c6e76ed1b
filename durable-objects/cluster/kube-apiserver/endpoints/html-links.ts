// Links in a page that comes from behind the API server's proxy. kubernetes: apimachinery pkg/util/proxy/transport.go
const LINKS: Readonly<Record<string, readonly string[]>> = {
  a: ['href'],
  applet: ['codebase'],
  area: ['href'],
  audio: ['src'],
  base: ['href'],
  blockquote: ['cite'],
  body: ['background'],
  button: ['formaction'],
  command: ['icon'],
  del: ['cite'],
  embed: ['src'],
  form: ['action'],
  frame: ['longdesc', 'src'],
  head: ['profile'],
  html: ['manifest'],
  iframe: ['longdesc', 'src'],
  img: ['longdesc', 'src', 'usemap'],
  input: ['src', 'usemap', 'formaction'],
  ins: ['cite'],
  link: ['href'],
  object: ['classid', 'codebase', 'data', 'usemap'],
  q: ['cite'],
  script: ['src'],
  source: ['src'],
  video: ['poster', 'src'],
}

/** Where what was asked for really is, and where the client believes it to be. */
export interface ProxiedPlace {
  /** `/api/v1/namespaces/default/services/web/proxy`, with whatever the client's server stands behind. */
  readonly prefix: string
  /** `10.244.0.7:80`, which was asked. */
  readonly backend: string
  /** The client's Host header. */
  readonly host: string
}

const URL_PARTS = /^(?:([A-Za-z][\w+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(\?[^#]*)?(#.*)?$/s

/** The link as it has to be for the client to come back here. */
export const rewrittenLink = (link: string, place: ProxiedPlace): string => {
  const match = URL_PARTS.exec(link)
  if (match === null) return link
  const [, scheme = '', host = '', path = '', query = '', fragment = ''] = match
  const isElsewhere = host !== '' && host !== place.backend && host !== place.host
  if (isElsewhere || !path.startsWith('/')) return link
  const start = host !== '' && host === place.host ? `${scheme}${scheme && ':'}//${host}` : ''
  if (path.startsWith(place.prefix)) return `${start}${path}${query}${fragment}`
  return `${start}${place.prefix}${path}${query}${fragment}`
}

const TAG_NAME = /[A-Za-z][^\s/>]*/y
const ATTRIBUTE = /[\s/]*([^\s/>=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?/dy
/** What stands in these is no markup. */
const RAW = new Set(['script', 'style', 'textarea', 'title', 'xmp', 'noscript'])

/** A page with its links to the same server led through the proxy. Everything else stays as it is. */
export const rewrittenPage = (page: string, place: ProxiedPlace): string => {
  const parts: string[] = []
  let copied = 0
  for (let open = page.indexOf('<'); open >= 0; open = page.indexOf('<', open)) {
    if (page.startsWith('<!--', open)) {
      open = endOf(page, '-->', open)
      continue
    }
    TAG_NAME.lastIndex = open + 1
    const name = TAG_NAME.exec(page)?.[0].toLowerCase()
    if (name === undefined) {
      open++
      continue
    }
    const tag = attributesOf(page, TAG_NAME.lastIndex)
    for (const { key, from, to } of tag.attributes) {
      if (LINKS[name]?.includes(key) !== true) continue
      parts.push(page.slice(copied, from), rewrittenLink(page.slice(from, to), place))
      copied = to
    }
    open = RAW.has(name) ? endOf(page, `</${name}`, tag.end) : tag.end
  }
  parts.push(page.slice(copied))
  return parts.join('')
}

const endOf = (page: string, mark: string, from: number): number => {
  const end = page.indexOf(mark, from)
  return end < 0 ? page.length : end + mark.length
}

interface Attribute {
  readonly key: string
  readonly from: number
  readonly to: number
}

/** The attributes that have a value, and where the tag ends. */
const attributesOf = (
  page: string,
  start: number,
): { readonly attributes: readonly Attribute[]; readonly end: number } => {
  const attributes: Attribute[] = []
  let end = start
  for (;;) {
    ATTRIBUTE.lastIndex = end
    const match = ATTRIBUTE.exec(page)
    if (match === null) return { attributes, end: endOf(page, '>', end) }
    end = ATTRIBUTE.lastIndex
    const value = match.indices?.[2] ?? match.indices?.[3] ?? match.indices?.[4]
    if (value !== undefined)
      attributes.push({ key: match[1]!.toLowerCase(), from: value[0], to: value[1] })
  }
}
