// Quantities, addresses and URLs. kubernetes: apiserver pkg/cel/library/{quantity,ip,cidr,urls}.go
import type { CelFunction } from '#apimachinery/cel/functions.ts'
import { CelError, isOpaque, mapOf, type Cel, type Opaque } from '#apimachinery/cel/values.ts'
import {
  addQuantity,
  compareQuantity,
  formatQuantity,
  newQuantity,
  parseQuantity,
  QuantityError,
  quantityValue,
  subtractQuantity,
  type Quantity,
} from '#apimachinery/quantity.ts'
import {
  formatIp,
  isLinkLocalUnicast,
  isLoopback,
  isUnspecified,
  parseIp,
  type Ip,
} from '#net/ip.ts'

const opaque = (type: string, value: unknown, text: string): Opaque => ({
  kind: 'opaque',
  type,
  value,
  text,
})

interface Kinds {
  readonly 'kubernetes.Quantity': Quantity
  readonly 'kubernetes.URL': Url
  readonly 'net.IP': Ip
  readonly 'net.CIDR': Block
}

const valueOf = <K extends keyof Kinds>(value: Cel | undefined, type: K): Kinds[K] | undefined =>
  isOpaque(value) && value.type === type ? (value.value as Kinds[K]) : undefined

const QUANTITY = 'kubernetes.Quantity'
const quantity = (value: Quantity): Opaque => opaque(QUANTITY, value, formatQuantity(value))

const quantityOf = (text: string): Opaque => {
  try {
    return quantity(parseQuantity(text))
  } catch (error) {
    throw error instanceof QuantityError ? new CelError(error.message) : error
  }
}

const operand = (value: Cel | undefined): Quantity | undefined =>
  typeof value === 'bigint' ? newQuantity(Number(value), 'DecimalSI') : valueOf(value, QUANTITY)

const onQuantities =
  (apply: (a: Quantity, b: Quantity) => Cel): CelFunction =>
  (target, [other]) => {
    const a = valueOf(target, QUANTITY)
    const b = operand(other)
    return a === undefined || b === undefined ? undefined : apply(a, b)
  }

const onQuantity =
  (apply: (a: Quantity) => Cel): CelFunction =>
  (target) => {
    const a = valueOf(target, QUANTITY)
    return a === undefined ? undefined : apply(a)
  }

const holds =
  (test: (text: string) => unknown): CelFunction =>
  (_, [text]) => {
    if (typeof text !== 'string') return undefined
    try {
      return test(text) !== undefined
    } catch (error) {
      if (error instanceof CelError) return false
      throw error
    }
  }

interface Block {
  readonly ip: Ip
  readonly bits: number
}

const ipOf = (text: string): Opaque => {
  const ip = parseIp(text)
  if (ip === undefined)
    throw new CelError(
      `IP Address ${JSON.stringify(text)} parse error during conversion from string`,
    )
  return opaque('net.IP', ip, formatIp(ip))
}

const blockOf = (text: string): Opaque => {
  const slash = text.lastIndexOf('/')
  const ip = parseIp(text.slice(0, slash))
  const bits = /^\d{1,3}$/.test(text.slice(slash + 1)) ? Number(text.slice(slash + 1)) : -1
  if (slash < 0 || ip === undefined || bits < 0 || bits > (ip.version === 4 ? 32 : 128))
    throw new CelError(`network address parse error during conversion from string: ${text}`)
  return opaque('net.CIDR', { ip, bits } satisfies Block, text)
}

const within = ({ ip, bits }: Block, other: Ip): boolean => {
  if (ip.version !== other.version) return false
  const shift = BigInt((ip.version === 4 ? 32 : 128) - bits)
  return BigInt(ip.value) >> shift === BigInt(other.value) >> shift
}

const containsIp: CelFunction = (target, [other]) => {
  const block = valueOf(target, 'net.CIDR')
  const ip = valueOf(typeof other === 'string' ? ipOf(other) : other, 'net.IP')
  return block === undefined || ip === undefined ? undefined : within(block, ip)
}

const containsBlock: CelFunction = (target, [other]) => {
  const block = valueOf(target, 'net.CIDR')
  const inner = valueOf(typeof other === 'string' ? blockOf(other) : other, 'net.CIDR')
  if (block === undefined || inner === undefined) return undefined
  return inner.bits >= block.bits && within(block, inner.ip)
}

const onIp =
  (apply: (ip: Ip) => Cel): CelFunction =>
  (target) => {
    const ip = valueOf(target, 'net.IP')
    return ip === undefined ? undefined : apply(ip)
  }

const URL_FORM = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?$/

interface Url {
  readonly scheme: string
  readonly host: string
  readonly path: string
  readonly query: string
}

const urlOf = (text: string): Opaque => {
  const match = URL_FORM.exec(text)
  // an absolute URI, or an absolute path
  const isAbsolute = match !== null && (match[1] !== undefined || text.startsWith('/'))
  if (!isAbsolute || /[\s\u0000-\u001f\u007f]/.test(text))
    throw new CelError(
      `URL parse error during conversion from string: parse ${JSON.stringify(text)}: invalid URI for request`,
    )
  const [, scheme = '', authority = '', path = '', query = ''] = match
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  return opaque('kubernetes.URL', { scheme, host, path, query } satisfies Url, text)
}

const onUrl =
  (apply: (url: Url) => Cel): CelFunction =>
  (target) => {
    const url = valueOf(target, 'kubernetes.URL')
    return url === undefined ? undefined : apply(url)
  }

const portOf = (host: string): string => /:(\d+)$/.exec(host)?.[1] ?? ''

const queryOf = (query: string): Cel => {
  const values = new Map<string, string[]>()
  for (const pair of query.split('&').filter((one) => one !== '')) {
    const [key = '', value = ''] = pair.split('=')
    values.set(key, [...(values.get(key) ?? []), value])
  }
  return mapOf([...values])
}

export const libraryFunctions: Readonly<Record<string, CelFunction>> = {
  quantity: (_, [text]) => (typeof text === 'string' ? quantityOf(text) : undefined),
  isQuantity: holds(quantityOf),
  isLessThan: onQuantities((a, b) => compareQuantity(a, b) < 0),
  isGreaterThan: onQuantities((a, b) => compareQuantity(a, b) > 0),
  compareTo: onQuantities((a, b) => BigInt(Math.sign(compareQuantity(a, b)))),
  add: onQuantities((a, b) => quantity(addQuantity(a, b))),
  sub: onQuantities((a, b) => quantity(subtractQuantity(a, b))),
  sign: onQuantity((a) => BigInt(Math.sign(compareQuantity(a, newQuantity(0, 'DecimalSI'))))),
  asInteger: onQuantity((a) => BigInt(Math.trunc(quantityValue(a)))),
  asApproximateFloat: onQuantity((a) => quantityValue(a)),
  ip: (target, [text]) =>
    target === undefined && typeof text === 'string' ? ipOf(text) : undefined,
  isIP: holds(ipOf),
  'ip.isCanonical': (_, [text]) =>
    typeof text === 'string' ? ipOf(text).text === text : undefined,
  family: onIp((ip) => BigInt(ip.version)),
  isUnspecified: onIp(isUnspecified),
  isLoopback: onIp(isLoopback),
  isLinkLocalUnicast: onIp(isLinkLocalUnicast),
  cidr: (_, [text]) => (typeof text === 'string' ? blockOf(text) : undefined),
  isCIDR: holds(blockOf),
  containsIP: containsIp,
  containsCIDR: containsBlock,
  prefixLength: (target) => {
    const block = valueOf(target, 'net.CIDR')
    return block === undefined ? undefined : BigInt(block.bits)
  },
  url: (_, [text]) => (typeof text === 'string' ? urlOf(text) : undefined),
  isURL: holds(urlOf),
  getScheme: onUrl(({ scheme }) => scheme),
  getHost: onUrl(({ host }) => host),
  getHostname: onUrl(({ host }) => host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')),
  getPort: onUrl(({ host }) => portOf(host)),
  getEscapedPath: onUrl(({ path }) => path),
  getQuery: onUrl(({ query }) => queryOf(query)),
}
