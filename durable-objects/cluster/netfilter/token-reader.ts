// Reads words one after the other and says in which line something is wrong. What it reads may be anybody's text.
import { parseCidrSloppy, type Cidr } from '#net/cidr.ts'
import { parseIp, type Ip } from '#net/ip.ts'
import type { Protocol } from './packet.ts'

export interface Token {
  readonly text: string
  readonly line: number
  /** It stood in quotes, so that it is a text and no word of the language. */
  readonly isQuoted?: boolean
  /** It ends or separates words: a brace, a comma, the end of a line. */
  readonly isSign?: boolean
}

/** The text is not what a table's text looks like, or says what our tables have no words for. */
export class TableSyntaxError extends Error {
  readonly line: number

  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`)
    this.name = 'TableSyntaxError'
    this.line = line
  }
}

/** A node with fifty thousand Services has tables of this order. */
const MAX_LENGTH = 32 * 1024 * 1024

export const checkLength = (text: string): void => {
  if (text.length > MAX_LENGTH)
    throw new TableSyntaxError(1, `the text is longer than ${MAX_LENGTH} characters`)
}

const PROTOCOLS: readonly Protocol[] = ['tcp', 'udp', 'sctp', 'icmp']

export class TokenReader {
  readonly #tokens: readonly Token[]
  /** Where the text ends, for what is missing there. */
  readonly #lastLine: number
  #at = 0

  constructor(tokens: readonly Token[], lastLine: number) {
    this.#tokens = tokens
    this.#lastLine = lastLine
  }

  /** The word to be read next, or one further on; undefined at the end and for texts in quotes. */
  peek(ahead = 0): string | undefined {
    const token = this.#tokens[this.#at + ahead]
    return token === undefined || token.isQuoted === true ? undefined : token.text
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#tokens.length
  }

  /** Reads the word if it comes next. */
  take(word: string): boolean {
    if (this.peek() !== word) return false
    this.#at++
    return true
  }

  expect(...words: readonly string[]): void {
    for (const word of words)
      if (!this.take(word)) this.fail(`expected ${shown(word)}, not ${this.#shownNext()}`)
  }

  /** A word or a text in quotes. */
  next(what: string): string {
    const token = this.#tokens[this.#at]
    if (token === undefined || token.isSign === true) return this.fail(`${what} is missing`)
    this.#at++
    return token.text
  }

  /** A text in quotes. */
  quoted(what: string): string {
    const token = this.#tokens[this.#at]
    if (token?.isQuoted !== true)
      return this.fail(`expected ${what} in quotes, not ${this.#shownNext()}`)
    this.#at++
    return token.text
  }

  oneOf<T extends string>(words: readonly T[], what: string): T {
    const next = this.peek()
    const found = words.find((word) => word === next)
    if (found === undefined) return this.fail(`unknown ${what} ${this.#shownNext()}`)
    this.#at++
    return found
  }

  /** Decimal or, with `0x`, hexadecimal. */
  number(what: string, max: number): number {
    const text = this.peek() ?? ''
    const value = numberOf(text)
    if (value === undefined || value > max)
      return this.fail(`expected ${what} from 0 to ${max}, not ${this.#shownNext()}`)
    this.#at++
    return value
  }

  protocol(): Protocol {
    return this.oneOf(PROTOCOLS, 'protocol')
  }

  ip(): Ip {
    const ip = parseIp(this.peek() ?? '')
    if (ip === undefined) return this.fail(`expected an address, not ${this.#shownNext()}`)
    this.#at++
    return ip
  }

  /** A network; an address alone is a network of one. */
  cidr(): Cidr {
    const cidr = cidrOf(this.peek() ?? '')
    if (cidr === undefined)
      return this.fail(`expected an address or a network, not ${this.#shownNext()}`)
    this.#at++
    return cidr
  }

  unknown(what: string): never {
    return this.fail(`unknown ${what} ${this.#shownNext()}`)
  }

  fail(message: string): never {
    throw new TableSyntaxError(this.#tokens[this.#at]?.line ?? this.#lastLine, message)
  }

  #shownNext(): string {
    const token = this.#tokens[this.#at]
    return token === undefined ? 'the end' : shown(token.text)
  }
}

/** In an error's text: nobody reads a megabyte of it. */
export const shown = (text: string): string => {
  if (text === '\n') return 'the end of the line'
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}

export const numberOf = (text: string): number | undefined =>
  /^(?:\d{1,10}|0x[0-9a-fA-F]{1,8})$/.test(text) ? Number(text) : undefined

export const cidrOf = (text: string): Cidr | undefined => {
  const ip = parseIp(text)
  if (ip !== undefined) return { network: ip, prefix: ip.version === 4 ? 32 : 128 }
  const parsed = parseCidrSloppy(text)
  return parsed === undefined || parsed.isMapped || parsed.hasLeadingZeros ? undefined : parsed.cidr
}

/** `10.244.0.10:8080`, `[fd00::1]:8080`, or an address alone. */
export const targetOf = (text: string): { readonly ip: Ip; readonly port?: number } | undefined => {
  const alone = parseIp(text)
  if (alone !== undefined) return { ip: alone }
  const colon = text.lastIndexOf(':')
  const host = text.slice(0, Math.max(0, colon))
  const ip = parseIp(host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host)
  const port = text.slice(colon + 1)
  if (ip === undefined || !/^\d{1,5}$/.test(port) || Number(port) > 65_535) return undefined
  // an IPv6 address without brackets would swallow its port
  return ip.version === 6 && !host.startsWith('[') ? undefined : { ip, port: Number(port) }
}
