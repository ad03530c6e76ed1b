// Which values operators can be applied to. Of lists, maps, messages and times nothing is said: they are left to the evaluation.
// kubernetes: cel-go checker/checker.go resolveOverload, common/stdlib
import { CelSyntaxError, type Expression } from '#apimachinery/cel/syntax.ts'
import {
  isIntOrString,
  preservesUnknown,
  type JsonSchema,
} from '#apimachinery/structural/json-schema.ts'

/** What a value is, `other` being surely none of the named, `dyn` perhaps anything. */
export type Simple = 'int' | 'uint' | 'double' | 'string' | 'bool' | 'null' | 'other' | 'dyn'

const TIMES_AND_BYTES: ReadonlySet<string> = new Set(['date', 'date-time', 'duration', 'byte'])

const BY_SCHEMA: Readonly<Record<string, Simple>> = {
  integer: 'int',
  number: 'double',
  boolean: 'bool',
  string: 'string',
}

export const simpleOfSchema = (schema: JsonSchema): Simple => {
  const { type, format, nullable } = schema
  if (type === undefined || nullable === true) return 'dyn'
  if (isIntOrString(schema) || preservesUnknown(schema)) return 'dyn'
  if (type === 'string' && TIMES_AND_BYTES.has(format ?? '')) return 'dyn'
  return BY_SCHEMA[type] ?? 'other'
}

export const simpleOfLiteral = ({ value }: Expression & { readonly kind: 'literal' }): Simple => {
  if (value === null) return 'null'
  switch (typeof value) {
    case 'bigint':
      return 'int'
    case 'number':
      return 'double'
    case 'boolean':
      return 'bool'
    case 'string':
      return 'string'
    default:
      return 'uint' in value ? 'uint' : 'dyn'
  }
}

const isNumber = (type: Simple): boolean => type === 'int' || type === 'uint' || type === 'double'

/** What comes out; nothing if it cannot be applied. Of one value `b` is `a`. */
type Overloads = (a: Simple, b: Simple) => Simple | undefined

const alike: Overloads = (a, b) => (a === b ? 'bool' : undefined)

const ordered: Overloads = (a, b) => {
  if (a === 'null') return undefined
  return a === b || (isNumber(a) && isNumber(b)) ? 'bool' : undefined
}

const numeric: Overloads = (a, b) => (a === b && isNumber(a) ? a : undefined)

const truth: Overloads = (a, b) => (a === 'bool' && b === 'bool' ? 'bool' : undefined)

const OPERATORS: Readonly<Record<string, Overloads>> = {
  '_==_': alike,
  '_!=_': alike,
  '_<_': ordered,
  '_<=_': ordered,
  '_>_': ordered,
  '_>=_': ordered,
  '_+_': (a, b) => (a === 'string' && b === 'string' ? 'string' : numeric(a, b)),
  '_-_': numeric,
  '_*_': numeric,
  '_/_': numeric,
  '_%_': (a, b) => (a === 'double' ? undefined : numeric(a, b)),
  '_&&_': truth,
  '_||_': truth,
  '!_': truth,
  '-_': (a) => (a === 'int' || a === 'double' ? a : undefined),
}

const isVague = (type: Simple): boolean => type === 'dyn' || type === 'other'

/** What the operator makes of such values; nothing if that is not known. Throws a CelSyntaxError if it cannot be applied to them. */
export const applied = (
  { at, name }: Expression & { readonly kind: 'call' },
  types: readonly Simple[],
): Simple | undefined => {
  const overloads = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined
  if (overloads === undefined || types.some(isVague)) return undefined
  const [a = 'dyn', b = a] = types
  const outcome = overloads(a, b)
  if (outcome !== undefined) return outcome
  throw new CelSyntaxError(
    at,
    `found no matching overload for '${name}' applied to '(${types.join(', ')})'`,
  )
}
