// Which images an Image object stands for. Patterns are no regular expressions: only a tag's end may be left open.

export interface NamePattern {
  /** `example.com/shop/cart` */
  readonly name: string
  /** Absent: all tags and digests. */
  readonly tag?: string
  /** The tag is only the beginning. */
  readonly isOpen?: true
}

const HOST = /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?$/
const PART = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/
const TAG = /^\w[\w.-]{0,127}$/
const LONGEST = 255

/** undefined: that is no pattern. */
export const parseNamePattern = (text: string): NamePattern | undefined => {
  if (text.length > LONGEST || text.includes('@')) return undefined
  const colon = text.lastIndexOf(':')
  const hasTag = colon > text.lastIndexOf('/')
  const name = hasTag ? text.slice(0, colon) : text
  if (!isName(name)) return undefined
  if (!hasTag) return { name }
  const written = text.slice(colon + 1)
  const isOpen = written.endsWith('*')
  const tag = isOpen ? written.slice(0, -1) : written
  if (tag === '' ? !isOpen : !TAG.test(tag)) return undefined
  return { name, tag, ...(isOpen ? { isOpen } : {}) }
}

const isName = (name: string): boolean => {
  const [first = '', ...rest] = name.split('/')
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')
  const parts = isHost ? rest : [first, ...rest]
  return (!isHost || HOST.test(first)) && parts.every((part) => PART.test(part))
}
