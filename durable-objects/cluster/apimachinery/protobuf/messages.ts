// How messages are laid out, from data. The form of a field's value is decided once, not per value.

export type FieldType =
  | { readonly form: 'string' | 'bytes' | 'integer' | 'boolean' | 'double' }
  | { readonly form: 'quantity' | 'time' | 'micro-time' | 'raw-json' | 'int-or-string' | 'empty' }
  /** A message whose only field is the repeated value. */
  | { readonly form: 'wrapped-list'; readonly items: FieldType }
  | {
      readonly form: 'schema-or'
      readonly message: Message
      readonly other: 'boolean' | 'schemas' | 'strings'
    }
  | { readonly form: 'message'; readonly message: Message }

export interface MessageField {
  readonly number: number
  /** The name in JSON; '' where the fields of the message stand in its parent. */
  readonly name: string
  readonly label: 'one' | 'list' | 'map'
  readonly type: FieldType
  /** Zero says no more than absence. */
  readonly dropZero: boolean
}

export interface Message {
  readonly name: string
  readonly byNumber: ReadonlyMap<number, MessageField>
  readonly fields: readonly MessageField[]
}

type Row = readonly [number, string | null, 'o' | 'r' | 'm', string, string]

const APIEXTENSIONS = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1'
const JSON_SCHEMA = `${APIEXTENSIONS}.JSONSchemaProps`

/** Known to the schemas, but in no message table. kubernetes: apiextensions v1/generated.proto ValidationRule */
const MORE: Readonly<Record<string, readonly Row[]>> = {
  [`${APIEXTENSIONS}.ValidationRule`]: [
    [1, 'rule', 'o', 'string', 'k'],
    [2, 'message', 'o', 'string', ''],
    [3, 'messageExpression', 'o', 'string', ''],
    [4, 'reason', 'o', 'string', 'p'],
    [5, 'fieldPath', 'o', 'string', ''],
    [6, 'optionalOldSelf', 'o', 'bool', 'p'],
  ],
}

const SIMPLE: ReadonlyMap<string, FieldType> = new Map([
  ['string', { form: 'string' }],
  ['bytes', { form: 'bytes' }],
  ['int32', { form: 'integer' }],
  ['int64', { form: 'integer' }],
  ['bool', { form: 'boolean' }],
  ['float64', { form: 'double' }],
  ['Quantity', { form: 'quantity' }],
  ['Time', { form: 'time' }],
  ['MicroTime', { form: 'micro-time' }],
  ['FieldsV1', { form: 'raw-json' }],
  ['EMPTY', { form: 'empty' }],
  ['io.k8s.apimachinery.pkg.util.intstr.IntOrString', { form: 'int-or-string' }],
  ['io.k8s.apimachinery.pkg.runtime.RawExtension', { form: 'raw-json' }],
  [`${APIEXTENSIONS}.JSON`, { form: 'raw-json' }],
] as const)

const OTHERS: ReadonlyMap<string, 'boolean' | 'schemas' | 'strings'> = new Map([
  [`${JSON_SCHEMA}OrBool`, 'boolean'],
  [`${JSON_SCHEMA}OrArray`, 'schemas'],
  [`${JSON_SCHEMA}OrStringArray`, 'strings'],
] as const)

/** Compiles the table of messages (`api/facts/protobuf.json`). A message may hold itself. */
export const compileMessages = (
  table: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, Message> => {
  const rows = { ...(table as Readonly<Record<string, readonly Row[]>>), ...MORE }
  const done = new Map<string, Message>()
  const message = (name: string): Message => {
    const known = done.get(name)
    if (known !== undefined) return known
    const byNumber = new Map<number, MessageField>()
    const fields: MessageField[] = []
    const compiled: Message = { name, byNumber, fields }
    done.set(name, compiled)
    for (const [number, key, label, type, flags] of rows[name] ?? []) {
      const field: MessageField = {
        number,
        name: flags.includes('i') || key === null ? '' : key,
        label: label === 'o' ? 'one' : label === 'r' ? 'list' : 'map',
        type: fieldType(type),
        dropZero: !/[pk]/.test(flags),
      }
      byNumber.set(number, field)
      fields.push(field)
    }
    // the table has them as Go declares them
    fields.sort((a, b) => a.number - b.number)
    return compiled
  }
  const fieldType = (type: string): FieldType => {
    const simple = SIMPLE.get(type)
    if (simple !== undefined) return simple
    if (type.startsWith('LIST:'))
      return { form: 'wrapped-list', items: fieldType(type.slice('LIST:'.length)) }
    const other = OTHERS.get(type)
    return other === undefined
      ? { form: 'message', message: message(type) }
      : { form: 'schema-or', message: message(JSON_SCHEMA), other }
  }
  for (const name of Object.keys(rows)) message(name)
  return done
}
