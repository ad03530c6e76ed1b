// Some refusals quote the value they stumble over as Go's fmt prints it.
import { quote } from '#apimachinery/field-error.ts'

/** A float64 as %v prints it: the shortest form, with an exponent below 1e-4 and from 1e6 on. */
export const goFloat = (value: number): string => {
  const magnitude = Math.abs(value)
  if (magnitude === 0 || (magnitude >= 1e-4 && magnitude < 1e6)) return String(value)
  const [digits, exponent] = value.toExponential().split('e') as [string, string]
  return `${digits}e${exponent[0]!}${exponent.slice(1).padStart(2, '0')}`
}

/** A decoded JSON value as %v prints it: `map[a:1 b:[x y]]`, keys sorted. Whole numbers are int64. */
export const goValue = (value: unknown): string => {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`
  if (typeof value === 'object') {
    const map = value as Readonly<Record<string, unknown>>
    const pairs = Object.keys(map)
      .sort()
      .map((key) => `${key}:${goValue(map[key])}`)
    return `map[${pairs.join(' ')}]`
  }
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : goFloat(value)
  return String(value)
}

/** A decoded JSON value as %#v prints it. */
export const goSyntax = (value: unknown): string => {
  if (value === null || value === undefined) return 'interface {}(nil)'
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (typeof value === 'object') {
    const map = value as Readonly<Record<string, unknown>>
    const pairs = Object.keys(map)
      .sort()
      .map((key) => `${quote(key)}:${goSyntax(map[key])}`)
    return `map[string]interface {}{${pairs.join(', ')}}`
  }
  if (typeof value === 'string') return quote(value)
  return goValue(value)
}

/** The type that a decoded JSON value has in Go, as `%s` of a reflect.Type prints it. */
export const goTypeName = (value: unknown): string => {
  if (value === null || value === undefined) return '%!s(<nil>)'
  if (Array.isArray(value)) return '[]interface {}'
  switch (typeof value) {
    case 'object':
      return 'map[string]interface {}'
    case 'number':
      return Number.isInteger(value) ? 'int64' : 'float64'
    case 'boolean':
      return 'bool'
    default:
      return 'string'
  }
}
