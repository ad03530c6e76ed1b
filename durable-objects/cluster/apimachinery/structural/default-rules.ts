// Defaults must fit their own schema. kubernetes: apiextensions pkg/apiserver/schema/defaulting/validation.go ValidateDefaults
import { append } from '#apimachinery/append.ts'
import { at, child, invalidValue, type FieldError } from '#apimachinery/field-error.ts'
import { prune } from '#apimachinery/structural/complete.ts'
import { isEmbedded, itemsOf, type JsonSchema } from '#apimachinery/structural/json-schema.ts'
import { validateListTypes } from '#apimachinery/structural/list-type.ts'
import { validateValue } from '#apimachinery/structural/validate-value.ts'

export const validateDefaults = (schema: JsonSchema, path: string): readonly FieldError[] => {
  const errors: FieldError[] = []
  if (schema.default !== undefined) append(errors, validateDefault(schema, child(path, 'default')))
  const items = itemsOf(schema)
  if (items !== undefined) append(errors, validateDefaults(items, child(path, 'items')))
  for (const [name, property] of Object.entries(schema.properties ?? {}))
    append(errors, validateDefaults(property, at(child(path, 'properties'), name)))
  return errors
}

const validateDefault = (schema: JsonSchema, path: string): readonly FieldError[] => {
  const value = schema.default!
  const errors: FieldError[] = []
  if (prune(value, schema, isEmbedded(schema)) !== value)
    errors.push(invalidValue(path, value, 'must not have unknown fields'))
  return [
    ...errors,
    ...validateValue(value, schema, { path }),
    ...validateListTypes(value, schema, path),
  ]
}
