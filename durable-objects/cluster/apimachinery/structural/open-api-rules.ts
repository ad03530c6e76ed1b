// What a schema of a CustomResourceDefinition may say at all.
// kubernetes: apiextensions pkg/apis/apiextensions/validation/validation.go ValidateCustomResourceDefinitionOpenAPISchema
import { append } from '#apimachinery/append.ts'
import {
  at,
  child,
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { own } from '#apimachinery/object.ts'
import {
  additionalOf,
  isEmbedded,
  itemsOf,
  type JsonSchema,
} from '#apimachinery/structural/json-schema.ts'
import { isValidFieldPath } from '#apimachinery/structural/field-path.ts'

interface Place {
  readonly path: string
  readonly isRoot: boolean
  /** Inside apiVersion, kind or metadata. */
  readonly insideMeta: boolean
  /** Why there may be no default; undefined if there may. */
  readonly noDefaults?: string
}

export const validateOpenApiSchema = (schema: JsonSchema, path: string): readonly FieldError[] =>
  check(schema, { path, isRoot: true, insideMeta: false })

const META_FIELDS: ReadonlySet<string> = new Set(['metadata', 'kind', 'apiVersion'])

const check = (schema: JsonSchema, place: Place): readonly FieldError[] => {
  const { path } = place
  return [
    ...supported(schema, place),
    ...(schema.uniqueItems === true
      ? [
          forbiddenValue(
            child(path, 'uniqueItems'),
            'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
          ),
        ]
      : []),
    ...checkChildren(schema, place),
    ...extensionTypes(schema, path),
    ...mapKeys(schema, path),
    ...nullability(schema, path),
    ...rules(schema, path),
  ]
}

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string']

const supported = (schema: JsonSchema, place: Place): readonly FieldError[] => {
  const { path, noDefaults } = place
  const errors: FieldError[] = []
  const forbid = (name: string, why: string): void => {
    errors.push(forbiddenValue(child(path, name), why))
  }
  const { type = '' } = schema
  if (type !== '' && !TYPES.includes(type))
    errors.push(notSupported(child(path, 'type'), type, TYPES))
  if (schema.default !== undefined && noDefaults !== undefined)
    forbid('default', `must not be set ${noDefaults}`)
  if ((schema.id ?? '') !== '') forbid('id', 'id is not supported')
  for (const name of [
    'additionalItems',
    'patternProperties',
    'definitions',
    'dependencies',
  ] as const)
    if (schema[name] !== undefined) forbid(name, `${name} is not supported`)
  if (schema.$ref !== undefined) forbid('$ref', '$ref is not supported')
  if (type === 'null') forbid('type', 'type cannot be set to null, use nullable as an alternative')
  if (Array.isArray(schema.items) && schema.items.length > 0)
    forbid('items', 'items must be a schema object and not an array')
  if (place.insideMeta && isEmbedded(schema))
    forbid('x-kubernetes-embedded-resource', 'must not be used inside of resource meta')
  return errors
}

const checkChildren = (schema: JsonSchema, place: Place): readonly FieldError[] => {
  const errors: FieldError[] = []
  const { path } = place
  const inner = { ...place, isRoot: false }
  const additional = additionalOf(schema)
  if (schema.additionalProperties !== undefined) {
    const isExclusive = schema.additionalProperties === false || additional !== undefined
    if (Object.keys(schema.properties ?? {}).length > 0 && isExclusive)
      errors.push(
        forbiddenValue(
          child(path, 'additionalProperties'),
          'additionalProperties and properties are mutual exclusive',
        ),
      )
    const noDefaults = place.insideMeta
      ? { noDefaults: 'inside additionalProperties applying to object metadata' }
      : {}
    if (additional !== undefined)
      append(
        errors,
        check(additional, {
          ...inner,
          ...noDefaults,
          path: child(path, 'additionalProperties'),
        }),
      )
  }
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const isMeta = (place.isRoot || isEmbedded(schema)) && META_FIELDS.has(name)
    append(
      errors,
      check(property, {
        ...inner,
        ...(isMeta ? { insideMeta: true } : {}),
        ...(isMeta && place.isRoot ? { noDefaults: `in top-level ${name}` } : {}),
        path: at(child(path, 'properties'), name),
      }),
    )
  }
  if (schema.not !== undefined)
    append(errors, check(schema.not, { ...inner, path: child(path, 'not') }))
  for (const junctor of ['allOf', 'oneOf', 'anyOf'] as const)
    for (const [index, one] of (schema[junctor] ?? []).entries())
      append(errors, check(one, { ...inner, path: at(child(path, junctor), index) }))
  const items = itemsOf(schema)
  if (items !== undefined) append(errors, check(items, { ...inner, path: child(path, 'items') }))
  return errors
}

const typeFor = (
  schema: JsonSchema,
  path: string,
  type: string,
  extension: string,
): readonly FieldError[] => {
  if (schema.type === type) return []
  const why = `must be ${type} if ${extension} is specified`
  const typePath = child(path, 'type')
  return (schema.type ?? '') === ''
    ? [requiredValue(typePath, why)]
    : [invalidValue(typePath, schema.type, why)]
}

const extensionTypes = (schema: JsonSchema, path: string): readonly FieldError[] => {
  const errors: FieldError[] = []
  const preserve = schema['x-kubernetes-preserve-unknown-fields']
  const mapType = schema['x-kubernetes-map-type']
  const listType = schema['x-kubernetes-list-type']
  if (preserve === false)
    errors.push(
      invalidValue(
        child(path, 'x-kubernetes-preserve-unknown-fields'),
        false,
        'must be true or undefined',
      ),
    )
  if (mapType !== undefined) {
    append(errors, typeFor(schema, path, 'object', 'x-kubernetes-map-type'))
    if (!['atomic', 'granular'].includes(mapType))
      errors.push(
        notSupported(child(path, 'x-kubernetes-map-type'), mapType, ['atomic', 'granular']),
      )
  }
  if (listType === undefined) return errors
  if (schema.type !== 'array')
    append(errors, typeFor(schema, path, 'array', 'x-kubernetes-list-type'))
  else if (listType === 'set') append(errors, atomicItems(schema, path))
  if (!['atomic', 'set', 'map'].includes(listType))
    errors.push(
      notSupported(child(path, 'x-kubernetes-list-type'), listType, ['atomic', 'set', 'map']),
    )
  return errors
}

const atomicItems = (schema: JsonSchema, path: string): readonly FieldError[] => {
  const items = itemsOf(schema)
  const why = 'must be atomic as item of a list with x-kubernetes-list-type=set'
  const listType = items?.['x-kubernetes-list-type']
  if (items?.type === 'array' && listType !== undefined && listType !== 'atomic')
    return [invalidValue(child(path, 'items', 'x-kubernetes-list-type'), listType, why)]
  if (items?.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic')
    return [invalidValue(child(path, 'items', 'x-kubernetes-map-type'), listType, why)]
  return []
}

const mapKeys = (schema: JsonSchema, path: string): readonly FieldError[] => {
  const errors: FieldError[] = []
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  const listType = schema['x-kubernetes-list-type']
  const typePath = child(path, 'x-kubernetes-list-type')
  if (keys.length > 0 && listType !== 'map') {
    const why = 'must be map if x-kubernetes-list-map-keys is non-empty'
    errors.push(
      listType === undefined ? requiredValue(typePath, why) : invalidValue(typePath, listType, why),
    )
  }
  if (listType !== 'map') return errors
  if (keys.length === 0)
    errors.push(
      requiredValue(
        child(path, 'x-kubernetes-list-map-keys'),
        'must not be empty if x-kubernetes-list-type is map',
      ),
    )
  const items = itemsOf(schema)
  if (items === undefined)
    return [
      ...errors,
      requiredValue(child(path, 'items'), 'must have a schema if x-kubernetes-list-type is map'),
    ]
  if (items.type !== 'object')
    return [
      ...errors,
      invalidValue(
        child(path, 'items', 'type'),
        items.type ?? '',
        "must be object if parent array's x-kubernetes-list-type is map",
      ),
    ]
  return [...errors, ...keysOfItems(keys, items, path)]
}

const keysOfItems = (
  keys: readonly string[],
  items: JsonSchema,
  path: string,
): readonly FieldError[] => {
  const errors: FieldError[] = []
  for (const [index, key] of keys.entries()) {
    const property = own(items.properties, key)
    const keysPath = child(path, 'x-kubernetes-list-map-keys')
    if (property === undefined)
      errors.push(invalidValue(keysPath, keys, 'entries must all be names of item properties'))
    else if (property.type === 'array' || property.type === 'object')
      errors.push(
        invalidValue(
          child(at(child(path, 'items', 'properties'), key), 'type'),
          items.type,
          "must be a scalar type if parent array's x-kubernetes-list-type is map",
        ),
      )
    if (keys.indexOf(key) < index)
      errors.push(invalidValue(keysPath, keys, 'must not contain duplicate entries'))
  }
  return errors
}

const nullability = (schema: JsonSchema, path: string): readonly FieldError[] => {
  const items = itemsOf(schema)
  const listType = schema['x-kubernetes-list-type']
  if (items === undefined || (listType !== 'set' && listType !== 'map')) return []
  const errors: FieldError[] = []
  if (items.nullable === true)
    errors.push(
      forbiddenValue(
        child(path, 'items', 'nullable'),
        `cannot be nullable when x-kubernetes-list-type is ${listType}`,
      ),
    )
  if (listType === 'set') return errors
  for (const key of schema['x-kubernetes-list-map-keys'] ?? []) {
    const property = own(items.properties, key)
    if (property === undefined) continue
    const propertyPath = at(child(path, 'items', 'properties'), key)
    if (items.required?.includes(key) !== true && property.default === undefined)
      errors.push(
        requiredValue(
          child(propertyPath, 'default'),
          'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
        ),
      )
    if (property.nullable === true)
      errors.push(
        forbiddenValue(
          child(propertyPath, 'nullable'),
          'this property is in x-kubernetes-list-map-keys, so it cannot be nullable',
        ),
      )
  }
  return errors
}

const REASONS = [
  'FieldValueDuplicate',
  'FieldValueForbidden',
  'FieldValueInvalid',
  'FieldValueRequired',
]

const hasNewline = (text: string): boolean => /[\n\r]/.test(text)

/** The form of x-kubernetes-validations, not what the expressions say. */
const rules = (schema: JsonSchema, path: string): readonly FieldError[] => {
  const errors: FieldError[] = []
  for (const [index, one] of (schema['x-kubernetes-validations'] ?? []).entries()) {
    const rulePath = at(child(path, 'x-kubernetes-validations'), index)
    const { rule = '', message = '', messageExpression = '', reason, fieldPath = '' } = one
    if (rule.trim() === '')
      errors.push(requiredValue(child(rulePath, 'rule'), 'rule is not specified'))
    else if (message !== '' && message.trim() === '')
      errors.push(
        invalidValue(child(rulePath, 'message'), message, 'message must be non-empty if specified'),
      )
    else if (hasNewline(message.trim()))
      errors.push(
        invalidValue(child(rulePath, 'message'), message, 'message must not contain line breaks'),
      )
    else if (hasNewline(rule.trim()) && message.trim() === '')
      errors.push(
        requiredValue(
          child(rulePath, 'message'),
          'message must be specified if rule contains line breaks',
        ),
      )
    if (messageExpression !== '' && messageExpression.trim() === '')
      errors.push(
        requiredValue(
          child(rulePath, 'messageExpression'),
          'messageExpression must be non-empty if specified',
        ),
      )
    if (reason !== undefined && !REASONS.includes(reason))
      errors.push(notSupported(child(rulePath, 'reason'), reason, REASONS))
    append(errors, fieldPathRules(schema, fieldPath, child(rulePath, 'fieldPath')))
  }
  return errors
}

const fieldPathRules = (
  schema: JsonSchema,
  fieldPath: string,
  path: string,
): readonly FieldError[] => {
  if (fieldPath === '') return []
  const wrong = (why: string): FieldError => invalidValue(path, fieldPath, why)
  return [
    ...(fieldPath.trim() === '' ? [wrong('fieldPath must be non-empty if specified')] : []),
    ...(hasNewline(fieldPath) ? [wrong('fieldPath must not contain line breaks')] : []),
    ...(isValidFieldPath(fieldPath, schema) ? [] : [wrong('fieldPath must be a valid path')]),
  ]
}
