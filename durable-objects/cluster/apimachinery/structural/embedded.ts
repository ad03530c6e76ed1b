// Objects inside of objects. kubernetes: apiextensions pkg/apiserver/schema/objectmeta/validation.go
import { append } from '#apimachinery/append.ts'
import {
  at,
  child,
  invalidValue,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { own, type JsonObject, type JsonValue, type ObjectMeta } from '#apimachinery/object.ts'
import {
  additionalOf,
  isEmbedded,
  itemsOf,
  type JsonSchema,
} from '#apimachinery/structural/json-schema.ts'
import { validateLabels } from '#apimachinery/validation/metadata.ts'
import { isDns1035Label, nameIsDnsSubdomain } from '#apimachinery/validation/names.ts'

const isMap = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What is wrong with the identity of embedded resources. */
export const validateEmbedded = (
  value: JsonValue | undefined,
  schema: JsonSchema,
  path = '',
): readonly FieldError[] => {
  if (Array.isArray(value)) {
    const items = itemsOf(schema)
    return items === undefined
      ? []
      : (value as readonly JsonValue[]).flatMap((item, index) =>
          validateEmbedded(item, items, at(path, index)),
        )
  }
  if (!isMap(value)) return []
  const additional = additionalOf(schema)
  return [
    ...(isEmbedded(schema) ? validateResource(value, path) : []),
    ...Object.keys(value).flatMap((key) => {
      const property = own(schema.properties, key)
      if (property !== undefined) return validateEmbedded(value[key], property, child(path, key))
      return additional === undefined ? [] : validateEmbedded(value[key], additional, at(path, key))
    }),
  ]
}

const textAt = (value: JsonObject, key: string): string => {
  const text = own(value, key)
  return typeof text === 'string' ? text : ''
}

const validateResource = (value: JsonObject, path: string): readonly FieldError[] => {
  const errors: FieldError[] = []
  const apiVersion = textAt(value, 'apiVersion')
  const kind = textAt(value, 'kind')
  if (apiVersion === '') errors.push(requiredValue(child(path, 'apiVersion'), 'must not be empty'))
  if (kind === '') errors.push(requiredValue(child(path, 'kind'), 'must not be empty'))
  else {
    const problems = isDns1035Label(kind.toLowerCase())
    if (problems.length > 0)
      errors.push(
        invalidValue(
          child(path, 'kind'),
          kind,
          `may have mixed case, but should otherwise match: ${problems.join(',')}`,
        ),
      )
  }
  const metadata = own(value, 'metadata')
  return isMap(metadata)
    ? [...errors, ...validateMetadata(metadata, child(path, 'metadata'))]
    : errors
}

const validateMetadata = (metadata: ObjectMeta, path: string): readonly FieldError[] => {
  const errors: FieldError[] = []
  for (const part of ['generateName', 'name'] as const) {
    const text = metadata[part] ?? ''
    if (typeof text !== 'string' || text === '') continue
    for (const why of nameIsDnsSubdomain(text, part === 'generateName'))
      errors.push(invalidValue(child(path, part), text, why))
  }
  if (isMap(metadata.labels)) append(errors, validateLabels(metadata.labels, child(path, 'labels')))
  return errors
}
