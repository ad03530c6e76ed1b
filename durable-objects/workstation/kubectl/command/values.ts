// Texts of flags as Go reads them.

const BOOLEANS: Readonly<Record<string, boolean>> = {
  1: true,
  t: true,
  T: true,
  TRUE: true,
  true: true,
  True: true,
  0: false,
  f: false,
  F: false,
  FALSE: false,
  false: false,
  False: false,
}

/** strconv.ParseBool */
export const goBoolean = (text: string): boolean | undefined =>
  Object.hasOwn(BOOLEANS, text) ? BOOLEANS[text] : undefined

/** strconv.ParseInt with base 0; undefined if it is none or too large to be a number. */
export const goInteger = (text: string): number | undefined => {
  const [, sign, digits = ''] =
    /^([+-]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]*|[1-9]\d*)$/.exec(text) ?? []
  if (sign === undefined || digits === '') return undefined
  const octal = /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits
  const value = Number(octal)
  return Number.isSafeInteger(value) ? (sign === '-' ? -value : value) : undefined
}

/** Whether it has room in 32 bits, with its sign. */
export const isInt32 = (value: number): boolean => value >= -(2 ** 31) && value < 2 ** 31

/** kubernetes: apimachinery pkg/util/intstr Parse */
export const intOrString = (text: string): number | string =>
  /^[+-]?\d+$/.test(text) && isInt32(Number(text)) ? Number(text) : text

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}

/** time.ParseDuration, in milliseconds. */
export const goDurationOf = (text: string): number | undefined => {
  const [, sign = '', body = ''] = /^([+-]?)(.*)$/s.exec(text) ?? []
  if (body === '0') return 0
  if (!/^((\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h))+$/.test(body)) return undefined
  let sum = 0
  for (const [, amount = '', unit = ''] of body.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g))
    sum += Number(amount) * UNIT_MS[unit]!
  return sign === '-' ? -sum : sum
}

/** encoding/csv, one record: `a,"b,c"`. */
export const splitCsv = (text: string): string[] => {
  if (text === '') return []
  const fields: string[] = []
  let field = ''
  let isQuoted = false
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!
    if (isQuoted) {
      if (letter !== '"') field += letter
      else if (text[at + 1] === '"') {
        field += '"'
        at++
      } else isQuoted = false
    } else if (letter === '"' && field === '') isQuoted = true
    else if (letter === ',') {
      fields.push(field)
      field = ''
    } else field += letter
  }
  fields.push(field)
  return fields
}
