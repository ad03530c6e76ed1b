// What a plain scalar means to kubectl: YAML 1.1 as Go reads it.
// The rules restate those of go-yaml v2 (Apache-2.0, with parts of libyaml under MIT), as sigs.k8s.io/yaml carries it.

/** A scalar that is text. */
export const TEXT: unique symbol = Symbol('text')

/** NaN and infinities too, which JSON then cannot say. */
export type Scalar = string | number | boolean | null

const WORDS: ReadonlyMap<string, boolean | number | null> = new Map<
  string,
  boolean | number | null
>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map(
    (word) => [word, true] as const,
  ),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(
    (word) => [word, false] as const,
  ),
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word) => [word, Infinity] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, -Infinity] as const),
])

const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const INTEGER =
  /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[oO]([0-7]+)|0[bB]([01]+)|(0[0-7]*)|([1-9][0-9]*))$/
const TIMESTAMP =
  /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ ]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ ]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)?$/
const BASE60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/

const MIN_INT64 = -(1n << 63n)
const MAX_UINT64 = (1n << 64n) - 1n
const MAX_INT64 = (1n << 63n) - 1n

/** What a plain scalar without tag stands for; TEXT if it is its own text. */
export const resolveScalar = (text: string): Exclude<Scalar, string> | typeof TEXT => {
  const word = WORDS.get(text)
  if (word !== undefined) return word
  const first = text.charCodeAt(0)
  if (first === 0x2e) return float(text.replace(/(?<=[0-9])_(?=[0-9])/g, ''))
  if (first !== 0x2b && first !== 0x2d && (first < 0x30 || first > 0x39)) return TEXT
  const plain = text.replaceAll('_', '')
  const match = INTEGER.exec(plain)
  return (match === null ? undefined : integer(match)) ?? float(plain)
}

/** Nothing if it does not fit 64 bits: then it is a float. */
const integer = (match: RegExpExecArray): number | undefined => {
  const [, sign, hex, octal, binary, zero, decimal] = match
  const digits =
    hex !== undefined
      ? `0x${hex}`
      : octal !== undefined
        ? `0o${octal}`
        : binary !== undefined
          ? `0b${binary}`
          : zero !== undefined
            ? `0o${zero}`
            : decimal!
  const value = sign === '-' ? -BigInt(digits) : BigInt(digits)
  return value >= MIN_INT64 && value <= (sign === '' ? MAX_UINT64 : MAX_INT64)
    ? Number(value)
    : undefined
}

const float = (text: string): number | typeof TEXT => {
  const value = FLOAT.test(text) ? Number(text) : NaN
  return Number.isFinite(value) ? value : TEXT
}

/** Whether the text, written without quotes, would be read as itself by readers of YAML old and new. */
export const readsAsItself = (text: string): boolean =>
  resolveScalar(text) === TEXT && !TIMESTAMP.test(text) && !BASE60.test(text)
