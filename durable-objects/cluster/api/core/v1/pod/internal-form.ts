// Upstream validates its internal types, which have no JSON names: where an error shows a whole value
// it shows Go's field names and all zero values. This is that form.
// kubernetes: pkg/apis/core/types.go, pkg/apis/apps/types.go, pkg/apis/batch/types.go
import { LAYOUTS, type InternalType } from '#api/core/v1/pod/internal-layouts.ts'
import type { JsonValue } from '#apimachinery/object.ts'

/** What an absent field is written as. */
type Zero = '' | 0 | false | null | 'struct'

interface Field {
  readonly goName: string
  readonly jsonName: string
  readonly zero: Zero
  /** metav1.ObjectMeta is written with its JSON names, in place of its field. */
  readonly type: InternalType | 'ObjectMeta' | undefined
}

const ZEROS: { readonly [code: string]: Zero } = { s: '', i: 0, b: false, n: null, o: 'struct' }

const ODD_NAMES: { readonly [goName: string]: string | undefined } = {
  CephFS: 'cephfs',
  StorageOS: 'storageos',
}

/** `HTTPGet` is `httpGet`, `OS` is `os`. */
const jsonNameOf = (goName: string): string => {
  const odd = ODD_NAMES[goName]
  if (odd !== undefined) return odd
  const head = /^[A-Z]+/.exec(goName)![0]
  const lowered = head.length === goName.length || head.length === 1 ? head.length : head.length - 1
  return goName.slice(0, lowered).toLowerCase() + goName.slice(lowered)
}

/** `Ports:n=ContainerPort` */
const parseField = (text: string): Field => {
  const [goName, code, type] = text.split(/[:=]/) as [string, string, Field['type']]
  return { goName, jsonName: jsonNameOf(goName), zero: ZEROS[code]!, type }
}

const compiled = new Map<InternalType, readonly Field[]>()

const fieldsOf = (type: InternalType): readonly Field[] => {
  const known = compiled.get(type)
  if (known !== undefined) return known
  const fields = LAYOUTS[type].split(' ').map(parseField)
  compiled.set(type, fields)
  return fields
}

type Given = Readonly<Record<string, unknown>>

/** Some fields of the spec stand in the internal security context. */
const SPEC_FIELDS = ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace', 'hostUsers']

const withHostFields = (spec: Given): Given => {
  const context: Record<string, unknown> = { ...(spec['securityContext'] as Given | undefined) }
  for (const field of SPEC_FIELDS) if (spec[field] !== undefined) context[field] = spec[field]
  return { ...spec, securityContext: context }
}

/** `value` as the internal type `type` is written in JSON. */
export const internalForm = (type: InternalType, value: unknown): JsonValue => {
  if (value === undefined || value === null) return null
  if (Array.isArray(value)) return value.map((item) => internalForm(type, item))
  const given = type === 'PodSpec' ? withHostFields(value as Given) : (value as Given)
  const result: Record<string, JsonValue> = {}
  for (const field of fieldsOf(type)) {
    if (field.type === 'ObjectMeta') Object.assign(result, given['metadata'])
    else result[field.goName] = fieldForm(field, given[field.jsonName])
  }
  return result
}

const fieldForm = ({ zero, type }: Field, value: unknown): JsonValue => {
  if (type === undefined || type === 'ObjectMeta') return (value ?? zero) as JsonValue
  if (value !== undefined) return internalForm(type, value)
  return zero === 'struct' ? internalForm(type, {}) : zero
}
