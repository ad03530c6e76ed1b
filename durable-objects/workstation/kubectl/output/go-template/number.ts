// go: text/template/parse/node.go newNumber. A constant is kept as everything that it can be taken for.
import { QuoteError, quoteText, unquoteCharacter } from '#kubectl/output/go/quote.ts'
import type { NumberNode } from '#kubectl/output/go-template/nodes.ts'
import type { Token } from '#kubectl/output/go-template/tokens.ts'

const MAX_INT64 = 2n ** 63n - 1n
const MIN_INT64 = -(2n ** 63n)
const MAX_UINT64 = 2n ** 64n - 1n

const INTEGER =
  /^([+-]?)(?:(0[xX])(_?[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*)|(0[oO])(_?[0-7]+(?:_[0-7]+)*)|(0[bB])(_?[01]+(?:_[01]+)*)|(0)(_?[0-7]+(?:_[0-7]+)*)|([1-9][0-9]*(?:_[0-9]+)*|0))$/

/** go: strconv.ParseInt with base 0 */
const parseInteger = (text: string): bigint | undefined => {
  const parts = INTEGER.exec(text)
  if (parts === null) return undefined
  const prefix = parts[2] ?? parts[4] ?? parts[6] ?? (parts[8] === undefined ? '' : '0o')
  const digits = (parts[3] ?? parts[5] ?? parts[7] ?? parts[9] ?? parts[10])!
  const value = BigInt(prefix.toLowerCase() + digits.replaceAll('_', ''))
  return parts[1] === '-' ? -value : value
}

const DECIMAL = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/
const HEXADECIMAL = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?[0-9]{1,5})$/

/** go: strconv.ParseFloat */
const parseFloat = (text: string): number | undefined => {
  if (DECIMAL.test(text)) {
    const value = Number(text)
    return Number.isFinite(value) ? value : undefined
  }
  const parts = HEXADECIMAL.exec(text)
  if (parts === null || `${parts[2]}${parts[3]}` === '') return undefined
  const mantissa = Number(`0x${parts[2]!}${parts[3]!}`)
  const value = mantissa * 2 ** (Number(parts[4]!) - 4 * parts[3]!.length)
  return parts[1] === '-' ? -value : value
}

type Mutable = { -readonly [K in keyof NumberNode]: NumberNode[K] }

/** What a float without a fraction can be taken for besides. */
const setWhole = (node: Mutable, value: number): void => {
  node.float = value
  if (!Number.isInteger(value)) return
  const whole = BigInt(value)
  if (whole >= MIN_INT64 && whole <= MAX_INT64) node.integer = whole
  if (whole >= 0n && whole <= MAX_UINT64) node.unsigned = whole
}

const setComplex = (node: Mutable, real: number, imaginary: number): void => {
  node.complex = { real, imaginary }
  if (imaginary === 0) setWhole(node, real)
}

/** Throws an Error in the words of Go. */
export const parseNumber = ({ at, text, type }: Token): NumberNode => {
  const node: Mutable = { type: 'number', at, text }
  if (type === 'character-constant') setCharacter(node)
  else if (type === 'complex') {
    const parts = /^(.*[^eEpP])([+-].*)i$/.exec(text)
    const [real, imaginary] = [parseFloat(parts?.[1] ?? ''), parseFloat(parts?.[2] ?? '')]
    if (real === undefined || imaginary === undefined)
      throw new Error('syntax error scanning complex number')
    setComplex(node, real, imaginary)
  } else if (text.endsWith('i') && parseFloat(text.slice(0, -1)) !== undefined)
    setComplex(node, 0, parseFloat(text.slice(0, -1))!)
  else setNumber(node)
  return node
}

const setCharacter = (node: Mutable): void => {
  try {
    const { point, next } = unquoteCharacter(node.text, 1, "'")
    if (node.text.slice(next) !== "'") throw new Error(`malformed character constant: ${node.text}`)
    node.integer = BigInt(point)
    node.unsigned = node.integer
    node.float = point
  } catch (error) {
    throw error instanceof QuoteError ? new Error(error.message) : error
  }
}

const setNumber = (node: Mutable): void => {
  const { text } = node
  const integer = parseInteger(text)
  if (integer !== undefined) {
    const unsigned =
      integer >= 0n && integer <= MAX_UINT64 && (!/^[+-]/.test(text) || integer === 0n)
    if (unsigned) node.unsigned = integer
    if (integer >= MIN_INT64 && integer <= MAX_INT64) node.integer = integer
    if (node.integer !== undefined || unsigned) {
      node.float = Number(integer)
      return
    }
  }
  const float = parseFloat(text.replace(/^([+-]?0[xX])_/, '$1').replaceAll('_', ''))
  if (float === undefined) throw new Error(`illegal number syntax: ${quoteText(text)}`)
  if (!/[.eEpP]/.test(text)) throw new Error(`integer overflow: ${quoteText(text)}`)
  setWhole(node, float)
}
