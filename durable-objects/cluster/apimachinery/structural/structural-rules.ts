// Whether a schema is structural. kubernetes: apiextensions pkg/apiserver/schema/validation.go, complete.go
import { append } from '#apimachinery/append.ts'
import {
  at,
  child,
  errorText,
  forbiddenValue,
  invalidValue,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { equal, own } from '#apimachinery/object.ts'
import { regularExpressionProblem } from '#apimachinery/structural/pattern.ts'
import {
  additionalOf,
  isEmbedded,
  isIntOrString,
  itemsOf,
  preservesUnknown,
  type JsonSchema,
} from '#apimachinery/structural/json-schema.ts'

type Level = 'root' | 'item' | 'field'

const EMPTY_TYPE: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
}

/** What keeps a schema from being structural, sorted by text as upstream does. */
export const validateStructural = (schema: JsonSchema, path: string): readonly FieldError[] =>
  [...invariants(schema, 'root', path), ...completeness(schema, path)]
    .map((error) => ({ error, text: errorText(error) }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ error }) => error)

const properties = (schema: JsonSchema): readonly (readonly [string, JsonSchema])[] =>
  Object.entries(schema.properties ?? {})

const propertyPath = (path: string, name: string): string => at(child(path, 'properties'), name)

const invariants = (schema: JsonSchema, level: Level, path: string): readonly FieldError[] => {
  const errors: FieldError[] = []
  const items = itemsOf(schema)
  if (schema.type === 'array' && items === undefined)
    errors.push(requiredValue(child(path, 'items'), 'must be specified'))
  if (items !== undefined) append(errors, invariants(items, 'item', child(path, 'items')))
  for (const [name, property] of properties(schema))
    append(errors, invariants(property, 'field', propertyPath(path, name)))
  if (schema.additionalProperties !== undefined) {
    const additionalPath = child(path, 'additionalProperties')
    if (level === 'root')
      errors.push(forbiddenValue(additionalPath, 'must not be used at the root'))
    const additional = additionalOf(schema)
    if (additional !== undefined) append(errors, invariants(additional, 'field', additionalPath))
  }
  append(errors, extensions(schema, path))
  const skipAnyOf = isIntOrStringChoice(schema.anyOf)
  const skipFirst = isIntOrStringChoice(schema.allOf?.[0]?.anyOf)
  append(errors, valueRules(schema, skipAnyOf, skipFirst, level, path))
  return [...errors, ...typeRules(schema, level, path), ...resourceRules(schema, level, path)]
}

const extensions = (schema: JsonSchema, path: string): readonly FieldError[] => {
  if (!isIntOrString(schema)) return []
  const why = 'must be false if x-kubernetes-int-or-string is true'
  return [
    ...(preservesUnknown(schema)
      ? [invalidValue(child(path, 'x-kubernetes-preserve-unknown-fields'), true, why)]
      : []),
    ...(isEmbedded(schema)
      ? [invalidValue(child(path, 'x-kubernetes-embedded-resource'), true, why)]
      : []),
  ]
}

const typeRules = (schema: JsonSchema, level: Level, path: string): readonly FieldError[] => {
  const errors: FieldError[] = []
  const { type = '' } = schema
  const typePath = child(path, 'type')
  if (isEmbedded(schema) && type !== 'object') {
    const why = 'must be object if x-kubernetes-embedded-resource is true'
    errors.push(type === '' ? requiredValue(typePath, why) : invalidValue(typePath, type, why))
  } else if (type === '' && !isIntOrString(schema) && !preservesUnknown(schema)) {
    errors.push(requiredValue(typePath, EMPTY_TYPE[level]))
  }
  if (isEmbedded(schema) && schema.additionalProperties !== undefined)
    errors.push(
      forbiddenValue(
        child(path, 'additionalProperties'),
        'must not be used if x-kubernetes-embedded-resource is set',
      ),
    )
  if (level === 'root' && type !== '' && type !== 'object')
    errors.push(invalidValue(typePath, type, 'must be object at the root'))
  return errors
}

const resourceRules = (schema: JsonSchema, level: Level, path: string): readonly FieldError[] => {
  const errors: FieldError[] = []
  const isResource = level === 'root' || isEmbedded(schema)
  for (const name of ['kind', 'apiVersion']) {
    const property = own(schema.properties, name)
    if (property === undefined || !isResource || property.type === 'string') continue
    const typePath = child(propertyPath(path, name), 'type')
    errors.push(invalidValue(typePath, property.type ?? '', 'must be string'))
  }
  const metadata = own(schema.properties, 'metadata')
  if (metadata !== undefined)
    append(errors, metadataRules(metadata, isResource, level, propertyPath(path, 'metadata')))
  if (isEmbedded(schema) && !preservesUnknown(schema) && properties(schema).length === 0)
    errors.push(
      requiredValue(
        child(path, 'properties'),
        'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
      ),
    )
  return errors
}

const metadataRules = (
  metadata: JsonSchema,
  isResource: boolean,
  level: Level,
  path: string,
): readonly FieldError[] => {
  const errors: FieldError[] = []
  if (isResource && metadata.type !== 'object')
    errors.push(invalidValue(child(path, 'type'), metadata.type ?? '', 'must be object'))
  if (level !== 'root') return errors
  const { type: _type, default: _default, properties: fields = {}, ...rest } = metadata
  const names = Object.keys(fields)
  const onlyNames = names.every((name) => name === 'name' || name === 'generateName')
  if (!onlyNames || Object.keys(rest).length > 0)
    errors.push(
      forbiddenValue(
        path,
        'must not specify anything other than name and generateName, but metadata is implicitly specified',
      ),
    )
  return errors
}

const INT_OR_STRING = [{ type: 'integer' }, { type: 'string' }]

const isIntOrStringChoice = (anyOf: readonly JsonSchema[] | undefined): boolean =>
  equal(anyOf, INT_OR_STRING)

const valueRules = (
  schema: JsonSchema,
  skipAnyOf: boolean,
  skipFirst: boolean,
  level: Level,
  path: string,
): readonly FieldError[] => {
  const errors: FieldError[] = []
  const nestedAll = (name: 'anyOf' | 'allOf' | 'oneOf', skip: boolean): void => {
    for (const [index, nested] of (schema[name] ?? []).entries())
      append(errors, nestedRules(nested, skip && index === 0, level, at(child(path, name), index)))
  }
  if (!skipAnyOf) nestedAll('anyOf', false)
  nestedAll('allOf', skipFirst)
  nestedAll('oneOf', false)
  if (schema.not !== undefined)
    append(errors, nestedRules(schema.not, false, level, child(path, 'not')))
  const { pattern = '' } = schema
  const problem = pattern === '' ? undefined : regularExpressionProblem(pattern)
  if (problem !== undefined)
    errors.push(
      invalidValue(
        child(path, 'pattern'),
        pattern,
        `must be a valid regular expression, but isn't: ${problem}`,
      ),
    )
  return errors
}

/** What a schema under a junctor may not say. */
const FORBIDDEN: readonly (readonly [keyof JsonSchema, string, string])[] = [
  ['type', 'type', 'must be empty to be structural'],
  ['additionalProperties', 'additionalProperties', 'must be undefined to be structural'],
  ['default', 'default', 'must be undefined to be structural'],
  ['title', 'title', 'must be empty to be structural'],
  ['description', 'description', 'must be empty to be structural'],
  ['nullable', 'nullable', 'must be false to be structural'],
  ...(
    [
      ['x-kubernetes-preserve-unknown-fields', 'false'],
      ['x-kubernetes-embedded-resource', 'false'],
      ['x-kubernetes-int-or-string', 'false'],
      ['x-kubernetes-list-map-keys', 'empty'],
      ['x-kubernetes-list-type', 'undefined'],
      ['x-kubernetes-map-type', 'undefined'],
      ['x-kubernetes-validations', 'empty'],
    ] as const
  ).map(([name, what]) => [name, name, `must be ${what} to be structural`] as const),
]

const isSet = (value: unknown): boolean =>
  value !== undefined &&
  value !== false &&
  value !== '' &&
  !(Array.isArray(value) && value.length === 0)

const nestedRules = (
  schema: JsonSchema,
  skipAnyOf: boolean,
  level: Level,
  path: string,
): readonly FieldError[] => {
  const errors: FieldError[] = [...valueRules(schema, skipAnyOf, false, level, path)]
  const items = itemsOf(schema)
  if (items !== undefined) append(errors, nestedRules(items, false, level, child(path, 'items')))
  for (const [name, property] of properties(schema))
    append(errors, nestedRules(property, false, 'field', propertyPath(path, name)))
  for (const [key, name, why] of FORBIDDEN)
    if (key === 'additionalProperties' ? schema[key] !== undefined : isSet(schema[key]))
      errors.push(forbiddenValue(child(path, name), why))
  if (own(schema.properties, 'metadata') !== undefined)
    errors.push(
      forbiddenValue(propertyPath(path, 'metadata'), 'must not be specified in a nested context'),
    )
  return errors
}

// Everything that a junctor speaks of must be there outside of it too.

const completeness = (schema: JsonSchema, path: string): readonly FieldError[] => {
  const items = itemsOf(schema)
  const additional = additionalOf(schema)
  return [
    ...valueCompleteness(schema, schema, path, path),
    ...(items === undefined ? [] : completeness(items, child(path, 'items'))),
    ...properties(schema).flatMap(([name, property]) =>
      completeness(property, propertyPath(path, name)),
    ),
    ...(additional === undefined
      ? []
      : completeness(additional, child(path, 'additionalProperties'))),
  ]
}

const valueCompleteness = (
  value: JsonSchema,
  schema: JsonSchema,
  schemaPath: string,
  valuePath: string,
): readonly FieldError[] => {
  const errors: FieldError[] = []
  for (const name of ['anyOf', 'allOf', 'oneOf'] as const)
    for (const [index, nested] of (value[name] ?? []).entries())
      append(
        errors,
        nestedCompleteness(nested, schema, schemaPath, at(child(valuePath, name), index)),
      )
  if (value.not !== undefined)
    append(errors, nestedCompleteness(value.not, schema, schemaPath, child(valuePath, 'not')))
  return errors
}

const nestedCompleteness = (
  value: JsonSchema,
  schema: JsonSchema | undefined,
  schemaPath: string,
  valuePath: string,
): readonly FieldError[] => {
  if (schema === undefined)
    return [requiredValue(schemaPath, `because it is defined in ${valuePath}`)]
  const errors: FieldError[] = [...valueCompleteness(value, schema, schemaPath, valuePath)]
  const items = itemsOf(value)
  if (items !== undefined)
    append(
      errors,
      nestedCompleteness(
        items,
        itemsOf(schema),
        child(schemaPath, 'items'),
        child(valuePath, 'items'),
      ),
    )
  for (const [name, property] of properties(value))
    append(
      errors,
      nestedCompleteness(
        property,
        own(schema.properties, name),
        propertyPath(schemaPath, name),
        propertyPath(valuePath, name),
      ),
    )
  return errors
}
