import type { JsonValue } from '#apimachinery/object.ts'

/** A rule in CEL. */
export interface ValidationRule {
  readonly rule: string
  readonly message?: string
  readonly messageExpression?: string
  readonly reason?: string
  readonly fieldPath?: string
  readonly optionalOldSelf?: boolean
}

/** JSONSchemaProps: what a CustomResourceDefinition says of its objects. */
export interface JsonSchema {
  readonly id?: string
  readonly $schema?: string
  readonly $ref?: string
  readonly description?: string
  readonly type?: string
  readonly format?: string
  readonly title?: string
  readonly default?: JsonValue
  readonly maximum?: number
  readonly exclusiveMaximum?: boolean
  readonly minimum?: number
  readonly exclusiveMinimum?: boolean
  readonly maxLength?: number
  readonly minLength?: number
  readonly pattern?: string
  readonly maxItems?: number
  readonly minItems?: number
  readonly uniqueItems?: boolean
  readonly multipleOf?: number
  readonly enum?: readonly JsonValue[]
  readonly maxProperties?: number
  readonly minProperties?: number
  readonly required?: readonly string[]
  readonly items?: JsonSchema | readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly anyOf?: readonly JsonSchema[]
  readonly not?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: JsonSchema | boolean
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>
  readonly dependencies?: Readonly<Record<string, JsonSchema | readonly string[]>>
  readonly additionalItems?: JsonSchema | boolean
  readonly definitions?: Readonly<Record<string, JsonSchema>>
  readonly externalDocs?: { readonly description?: string; readonly url?: string }
  readonly example?: JsonValue
  readonly nullable?: boolean
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
  readonly 'x-kubernetes-embedded-resource'?: boolean
  readonly 'x-kubernetes-int-or-string'?: boolean
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-list-type'?: string
  readonly 'x-kubernetes-map-type'?: string
  readonly 'x-kubernetes-validations'?: readonly ValidationRule[]
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)

/** The one schema of a list's items. Several, one for each place, are not structural. */
export const itemsOf = ({ items }: JsonSchema): JsonSchema | undefined =>
  items === undefined || isList(items) ? undefined : items

/** The schema of values under any key, if there is one. */
export const additionalOf = ({ additionalProperties }: JsonSchema): JsonSchema | undefined =>
  typeof additionalProperties === 'object' ? additionalProperties : undefined

export const isIntOrString = (schema: JsonSchema): boolean =>
  schema['x-kubernetes-int-or-string'] === true

export const preservesUnknown = (schema: JsonSchema): boolean =>
  schema['x-kubernetes-preserve-unknown-fields'] === true

export const isEmbedded = (schema: JsonSchema): boolean =>
  schema['x-kubernetes-embedded-resource'] === true

const isSchema = (
  value: JsonSchema | boolean | readonly unknown[] | null | undefined,
): value is JsonSchema => typeof value === 'object' && value !== null && !isList(value)

/** All schemas right below one. */
export const childrenOf = (schema: JsonSchema): readonly JsonSchema[] => {
  const { items, not, additionalProperties, additionalItems, dependencies } = schema
  const one = [
    items,
    not,
    additionalProperties,
    additionalItems,
    ...Object.values(dependencies ?? {}),
  ]
  return [
    ...one.filter(isSchema),
    ...(isList(items) ? items : []),
    ...(schema.allOf ?? []),
    ...(schema.anyOf ?? []),
    ...(schema.oneOf ?? []),
    ...Object.values(schema.properties ?? {}),
    ...Object.values(schema.patternProperties ?? {}),
    ...Object.values(schema.definitions ?? {}),
  ]
}

/** Whether any schema in there is as asked. */
export const someSchema = (schema: JsonSchema, is: (schema: JsonSchema) => boolean): boolean =>
  is(schema) || childrenOf(schema).some((child) => someSchema(child, is))

/** How many schemas stand in each other at the deepest place; stops counting at `limit`. */
export const depthOf = (schema: JsonSchema, limit: number): number => {
  let level: readonly JsonSchema[] = [schema]
  let depth = 0
  for (; level.length > 0 && depth < limit; depth++) level = level.flatMap(childrenOf)
  return depth
}
