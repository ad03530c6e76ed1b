// Go's fmt, for the values that JSON and templates have. go: fmt/print.go
import { encodeUtf8 } from '#apimachinery/utf8.ts'
import {
  finishFloat,
  formatInteger,
  MAX_WIDTH,
  noFlags,
  pad,
  truncate,
  type FormatFlags,
} from '#kubectl/output/go/format-flags.ts'
import { formatFloat } from '#kubectl/output/go/float.ts'
import {
  canBackquote,
  characterOf,
  quoteCharacter,
  quoteText,
  unicodeName,
} from '#kubectl/output/go/quote.ts'
import {
  floatOf,
  GoComplex,
  GoInteger,
  integerOf,
  isList,
  isMap,
  sortedKeys,
  typeName,
  type GoValue,
} from '#kubectl/output/go/value.ts'

/** `%!d(string=x)`: a verb that the value does not know. Width and signs hold for the value in it. */
const badVerb = (value: GoValue, verb: string, flags: FormatFlags): string =>
  value === null
    ? `%!${verb}(<nil>)`
    : `%!${verb}(${typeName(value)}=${formatArgument(value, 'v', flags)})`

/** A value as `fmt` prints it for a verb. */
export const formatArgument = (value: GoValue, verb: string, flags: FormatFlags): string => {
  if (value === null)
    return verb === 'T' || verb === 'v' ? pad('<nil>', flags) : badVerb(value, verb, flags)
  if (verb === 'T') return pad(truncate(typeName(value), flags), flags)
  if (verb === 'p')
    // Go prints where the list or map lies in its memory.
    return isList(value) || isMap(value) ? pad('0xc000000000', flags) : badVerb(value, verb, flags)
  return formatValue(value, verb, flags)
}

const formatValue = (value: GoValue, verb: string, flags: FormatFlags): string => {
  if (isList(value)) return formatList(value, verb, flags)
  if (isMap(value)) return formatMap(value as Readonly<Record<string, GoValue>>, verb, flags)
  if (typeof value === 'string') return formatText(value, verb, flags)
  if (typeof value === 'boolean')
    return verb === 't' || verb === 'v' ? pad(String(value), flags) : badVerb(value, verb, flags)
  const integer = integerOf(value)
  if (integer !== undefined) return formatWhole(value, integer, verb, flags)
  if (value instanceof GoComplex) return formatComplex(value, verb, flags)
  return formatFloating(value, floatOf(value) ?? 0, verb, flags)
}

/** A list's or a map's member: a nil in it prints as one whatever the verb is. */
const formatMember = (value: GoValue, verb: string, flags: FormatFlags): string => {
  if (value !== null) return formatValue(value, verb, flags)
  return flags.sharpV ? 'interface {}(nil)' : '<nil>'
}

const formatList = (list: readonly GoValue[], verb: string, flags: FormatFlags): string => {
  const members = list.map((member) => formatMember(member, verb, flags))
  return flags.sharpV ? `[]interface {}{${members.join(', ')}}` : `[${members.join(' ')}]`
}

const formatMap = (
  map: Readonly<Record<string, GoValue>>,
  verb: string,
  flags: FormatFlags,
): string => {
  const members = sortedKeys(map as never).map(
    (key) => `${formatText(key, verb, flags)}:${formatMember(map[key]!, verb, flags)}`,
  )
  return flags.sharpV
    ? `map[string]interface {}{${members.join(', ')}}`
    : `map[${members.join(' ')}]`
}

const formatText = (text: string, verb: string, flags: FormatFlags): string => {
  switch (verb) {
    case 'v':
      return flags.sharpV ? quoted(text, flags) : pad(truncate(text, flags), flags)
    case 's':
      return pad(truncate(text, flags), flags)
    case 'x':
    case 'X':
      return pad(hexadecimal(text, verb, flags), flags)
    case 'q':
      return quoted(text, flags)
    default:
      return badVerb(text, verb, flags)
  }
}

const quoted = (whole: string, flags: FormatFlags): string => {
  const text = truncate(whole, flags)
  if (flags.sharp && canBackquote(text)) return pad(`\`${text}\``, flags)
  return pad(quoteText(text, flags.plus), flags)
}

const hexadecimal = (text: string, verb: string, flags: FormatFlags): string => {
  const bytes = [...encodeUtf8(text)].slice(0, flags.precision ?? undefined)
  const pairs = bytes.map((byte) => byte.toString(16).padStart(2, '0'))
  const prefix = flags.sharp ? '0x' : ''
  const joined = flags.space ? pairs.map((pair) => prefix + pair).join(' ') : pairs.join('')
  const shown = flags.space || joined === '' ? joined : prefix + joined
  return verb === 'X' ? shown.toUpperCase() : shown
}

const formatWhole = (value: GoValue, integer: bigint, verb: string, flags: FormatFlags): string => {
  const unsigned = value instanceof GoInteger && value.type === 'uint8'
  switch (verb) {
    case 'v':
      return flags.sharpV && unsigned
        ? formatInteger(integer, 'x', { ...flags, sharp: true })
        : formatInteger(integer, 'd', flags)
    case 'd':
    case 'b':
    case 'o':
    case 'O':
    case 'x':
    case 'X':
      return formatInteger(integer, verb, flags)
    case 'c':
      return pad(characterOf(Number(integer)), flags)
    case 'q':
      return pad(quoteCharacter(Number(integer), flags.plus), flags)
    case 'U':
      return pad(unicodeName(integer, flags.sharp, Math.max(4, flags.precision ?? 4)), {
        ...flags,
        zero: false,
      })
    default:
      return badVerb(value, verb, flags)
  }
}

/** `%b` of a float: the mantissa as a whole number, and a power of two. */
const binaryFloat = (value: number): string => {
  if (value === 0) return '0p-1074'
  let exponent = 0
  let mantissa = Math.abs(value)
  while (mantissa < 2 ** 52 && exponent > -1074) [mantissa, exponent] = [mantissa * 2, exponent - 1]
  while (mantissa >= 2 ** 53) [mantissa, exponent] = [mantissa / 2, exponent + 1]
  return `${value < 0 ? '-' : ''}${BigInt(mantissa)}p${exponent < 0 ? '' : '+'}${exponent}`
}

const floatText = (value: number, verb: string, flags: FormatFlags): string => {
  const precision = flags.precision ?? ('feEF'.includes(verb) ? 6 : undefined)
  const text = formatFloat(value, verb === 'v' ? 'g' : verb === 'F' ? 'f' : verb, precision)
  return finishFloat(verb === 'b' ? binaryFloat(value) : text, verb, flags)
}

const formatFloating = (value: GoValue, float: number, verb: string, flags: FormatFlags): string =>
  'vbgGxXfFeE'.includes(verb) ? floatText(float, verb, flags) : badVerb(value, verb, flags)

const formatComplex = (value: GoComplex, verb: string, flags: FormatFlags): string =>
  'vbgGxXfFeE'.includes(verb)
    ? `(${floatText(value.real, verb, flags)}${floatText(value.imaginary, verb, { ...flags, plus: true })}i)`
    : badVerb(value, verb, flags)

/** go: fmt.Sprint. Spaces stand between values of which neither is a text. */
export const sprint = (...values: readonly GoValue[]): string => {
  let text = ''
  for (const [index, value] of values.entries()) {
    const before = values[index - 1]
    if (index > 0 && typeof value !== 'string' && typeof before !== 'string') text += ' '
    text += formatArgument(value, 'v', noFlags())
  }
  return text
}

/** go: fmt.Sprintln */
export const sprintln = (...values: readonly GoValue[]): string =>
  `${values.map((value) => formatArgument(value, 'v', noFlags())).join(' ')}\n`

/** `%#v` */
export const goSyntax = (value: GoValue): string =>
  formatArgument(value, 'v', { ...noFlags(), sharpV: true })

/** `tooLarge` numbers are not taken for widths. */
export const isTooLarge = (value: bigint): boolean =>
  value > BigInt(MAX_WIDTH) || value < BigInt(-MAX_WIDTH)
