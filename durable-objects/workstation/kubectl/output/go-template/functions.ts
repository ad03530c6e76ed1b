// go: text/template/funcs.go; kubernetes: cli-runtime pkg/printers/template.go exists, base64decode
import { Base64Error, decodeBase64 } from '#apimachinery/base64.ts'
import { own } from '#apimachinery/object.ts'
import { decodeUtf8Loosely, encodeUtf8, utf8Length } from '#apimachinery/utf8.ts'
import { sprint, sprintln } from '#kubectl/output/go/format.ts'
import { sprintf } from '#kubectl/output/go/sprintf.ts'
import {
  goInt,
  GoInteger,
  integerOf,
  isList,
  isMap,
  sortedKeys,
  typeName,
  type GoValue,
} from '#kubectl/output/go/value.ts'
import {
  equals,
  FunctionError,
  isLess,
  isLessOrEqual,
} from '#kubectl/output/go-template/comparison.ts'
import { escapeHtml, escapeJavaScript, escapeQuery } from '#kubectl/output/go-template/escape.ts'
import {
  asArgument,
  boxedValue,
  isTrue,
  plainValue,
  unboxed,
  type Reflected,
} from '#kubectl/output/go-template/values.ts'

/** How Go declares a parameter: `any` turns nothing into nil, `value` does not. */
export type Parameter = 'any' | 'value' | 'string'

export interface TemplateFunction {
  readonly parameters: readonly Parameter[]
  /** Any number of further arguments. */
  readonly rest?: Parameter
  readonly call: (args: readonly Reflected[]) => Reflected
}

const indexArgument = (reflected: Reflected, limit: number): number => {
  if (reflected === undefined) throw new FunctionError('cannot index slice/array with nil')
  const index = integerOf(reflected.value)
  if (index === undefined)
    throw new FunctionError(`cannot index slice/array with type ${typeName(reflected.value)}`)
  if (index < 0n || index > BigInt(limit)) throw new FunctionError(`index out of range: ${index}`)
  return Number(index)
}

const index = ([first, ...indexes]: readonly Reflected[]): Reflected => {
  let item: Reflected = unboxed(first)
  if (item === undefined) throw new FunctionError('index of untyped nil')
  for (const reflected of indexes) {
    const value: GoValue = item.value
    if (value === null) throw new FunctionError('index of nil pointer')
    item = indexOne(value, unboxed(reflected))
  }
  return item
}

const indexOne = (value: GoValue, by: Reflected): { value: GoValue; boxed: boolean } => {
  if (typeof value === 'string') {
    const bytes = encodeUtf8(value)
    const byte = bytes[indexArgument(by, bytes.length)]
    if (byte === undefined) throw new FunctionError('reflect: string index out of range')
    return plainValue(new GoInteger('uint8', BigInt(byte)))
  }
  if (isList(value)) {
    const member = value[indexArgument(by, value.length)]
    if (member === undefined) throw new FunctionError('reflect: slice index out of range')
    return boxedValue(member)
  }
  if (!isMap(value)) throw new FunctionError(`can't index item of type ${typeName(value)}`)
  if (by === undefined) throw new FunctionError('value is nil; should be of type string')
  if (typeof by.value !== 'string')
    throw new FunctionError(`value has type ${typeName(by.value)}; should be string`)
  return boxedValue(own(value, by.value) ?? null)
}

const slice = ([first, ...indexes]: readonly Reflected[]): Reflected => {
  const item = unboxed(first)
  if (item === undefined) throw new FunctionError('slice of untyped nil')
  if (indexes.length > 3) throw new FunctionError(`too many slice indexes: ${indexes.length}`)
  const { value } = item
  if (typeof value !== 'string' && !isList(value))
    throw new FunctionError(`can't slice item of type ${typeName(value)}`)
  if (typeof value === 'string' && indexes.length === 3)
    throw new FunctionError('cannot 3-index slice a string')
  const items = typeof value === 'string' ? encodeUtf8(value) : value
  const [from = 0, to = items.length, limit] = indexes.map((one) =>
    indexArgument(unboxed(one), items.length),
  )
  if (from > to) throw new FunctionError(`invalid slice index: ${from} > ${to}`)
  if (limit !== undefined && to > limit)
    throw new FunctionError(`invalid slice index: ${to} > ${limit}`)
  return plainValue(
    typeof value === 'string'
      ? decodeUtf8Loosely(encodeUtf8(value).slice(from, to))
      : value.slice(from, to),
  )
}

const length = ([reflected]: readonly Reflected[]): Reflected => {
  if (reflected === undefined)
    throw new FunctionError('reflect: call of reflect.Value.Type on zero Value')
  const { value } = reflected
  if (value === null) throw new FunctionError('len of nil pointer')
  if (typeof value === 'string') return plainValue(goInt(utf8Length(value)))
  if (isList(value)) return plainValue(goInt(value.length))
  if (isMap(value)) return plainValue(goInt(sortedKeys(value).length))
  throw new FunctionError(`len of type ${typeName(value)}`)
}

/** Whether `index` would find something. */
const exists = ([first, ...indexes]: readonly Reflected[]): boolean => {
  let value = asArgument(first)
  for (const reflected of indexes) {
    const by = asArgument(reflected)
    if (value === null) return false
    const position = integerOf(by)
    if (typeof value === 'string' || isList(value)) {
      const size = typeof value === 'string' ? utf8Length(value) : value.length
      if (position === undefined || position < 0n || position >= BigInt(size)) return false
      value = indexOne(value, plainValue(by)).value
    } else if (!isMap(value) || (by !== null && typeof by !== 'string')) return false
    else value = own(value, by ?? '') ?? null
  }
  // A nil that was not looked up is no nil pointer.
  return value !== null || indexes.length === 0
}

const base64decode = ([reflected]: readonly Reflected[]): string => {
  try {
    return decodeUtf8Loosely(decodeBase64(asArgument(reflected) as string))
  } catch (error) {
    if (!(error instanceof Base64Error)) throw error
    throw new FunctionError(`base64 decode failed: ${error.message}`)
  }
}

/** Values in a row, as the printing functions take them. */
const textOf = (args: readonly Reflected[]): string => {
  const values = args.map(asArgument)
  const [only] = values
  if (values.length === 1 && typeof only === 'string') return only
  return sprint(...values.map((value) => value ?? '<no value>'))
}

/** What `call` says of something that is no function, by the name under which it was given. */
export const failCall = ([first]: readonly Reflected[], written?: string): never => {
  const value = unboxed(first)?.value
  if (value === undefined) throw new FunctionError('call of nil')
  const name = written ?? (typeof value === 'string' ? value : `<${typeName(value)} Value>`)
  throw new FunctionError(`non-function ${name} of type ${typeName(value)}`)
}

const declare = (
  parameters: readonly Parameter[],
  rest: Parameter | undefined,
  run: (args: readonly Reflected[]) => GoValue,
): TemplateFunction => ({
  parameters,
  ...(rest === undefined ? {} : { rest }),
  call: (args) => plainValue(run(args)),
})

const printing = (run: (args: readonly Reflected[]) => string): TemplateFunction =>
  declare([], 'any', run)

const comparing = (run: (left: Reflected, right: Reflected) => boolean): TemplateFunction =>
  declare(['value', 'value'], undefined, ([left, right]) => run(left, right))

/** `and` and `or` are not called: they stop at the first argument that decides. */
export const FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ['and', { parameters: ['value'], rest: 'value', call: ([value]) => value }],
  ['or', { parameters: ['value'], rest: 'value', call: ([value]) => value }],
  ['not', declare(['value'], undefined, ([value]) => !isTrue(unboxed(value)))],
  ['index', { parameters: ['value'], rest: 'value', call: index }],
  ['slice', { parameters: ['value'], rest: 'value', call: slice }],
  ['len', { parameters: ['value'], call: length }],
  ['call', { parameters: ['value'], rest: 'value', call: (args) => failCall(args) }],
  ['print', printing((args) => sprint(...args.map(asArgument)))],
  ['println', printing((args) => sprintln(...args.map(asArgument)))],
  [
    'printf',
    declare(['string'], 'any', ([format, ...args]) =>
      sprintf(asArgument(format) as string, ...args.map(asArgument)),
    ),
  ],
  ['html', printing((args) => escapeHtml(textOf(args)))],
  ['js', printing((args) => escapeJavaScript(textOf(args)))],
  ['urlquery', printing((args) => escapeQuery(textOf(args)))],
  ['eq', declare(['value'], 'value', equals)],
  ['ne', comparing((left, right) => !equals([left, right]))],
  ['lt', comparing(isLess)],
  ['le', comparing(isLessOrEqual)],
  ['gt', comparing((left, right) => !isLessOrEqual(left, right))],
  ['ge', comparing((left, right) => !isLess(left, right))],
  ['exists', declare(['any'], 'any', exists)],
  ['base64decode', declare(['string'], undefined, base64decode)],
])
