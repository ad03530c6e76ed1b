// Some errors show a definition as the API server holds it inside, with the names of Go's fields.
// kubernetes: apiextensions pkg/apis/apiextensions/{types,types_jsonschema}.go
import type { CustomResourceDefinitionVersion } from '#api/apiextensions/v1/custom-resource-definition/types.ts'
import type { Placed } from '#api/apiextensions/v1/custom-resource-definition/validate-version.ts'
import { internalRule } from '#apimachinery/structural/cel-rules.ts'
import type { JsonSchema } from '#apimachinery/structural/json-schema.ts'

/** The versions without what all of them have in common. */
export const internalVersions = (
  versions: readonly CustomResourceDefinitionVersion[],
  placed: Placed,
): readonly object[] =>
  versions.map((version) => ({
    Name: version.name ?? '',
    Served: version.served ?? false,
    Storage: version.storage ?? false,
    Deprecated: version.deprecated ?? false,
    DeprecationWarning: version.deprecationWarning ?? null,
    Schema:
      placed.schemaAtTop || version.schema === undefined
        ? null
        : {
            OpenAPIV3Schema:
              version.schema.openAPIV3Schema === undefined
                ? null
                : internalSchema(version.schema.openAPIV3Schema),
          },
    Subresources: placed.subresourcesAtTop ? null : internalSubresources(version),
    AdditionalPrinterColumns: placed.columnsAtTop
      ? null
      : (version.additionalPrinterColumns ?? []).map((column) => ({
          Name: column.name,
          Type: column.type,
          Format: column.format ?? '',
          Description: column.description ?? '',
          Priority: column.priority ?? 0,
          JSONPath: column.jsonPath,
        })),
    SelectableFields: placed.selectableFieldsAtTop
      ? null
      : (version.selectableFields ?? []).map(({ jsonPath }) => ({ JSONPath: jsonPath })),
  }))

const internalSubresources = ({ subresources }: CustomResourceDefinitionVersion): object | null => {
  if (subresources === undefined) return null
  const { status, scale } = subresources
  return {
    Status: status === undefined ? null : {},
    Scale:
      scale === undefined
        ? null
        : {
            SpecReplicasPath: scale.specReplicasPath,
            StatusReplicasPath: scale.statusReplicasPath,
            LabelSelectorPath: scale.labelSelectorPath ?? null,
          },
  }
}

const mapped = (
  schemas: Readonly<Record<string, JsonSchema>> | undefined,
): Readonly<Record<string, object>> | null =>
  schemas === undefined
    ? null
    : Object.fromEntries(
        Object.entries(schemas).map(([name, schema]) => [name, internalSchema(schema)]),
      )

const orBool = (value: JsonSchema | boolean | undefined): object | null => {
  if (value === undefined) return null
  if (typeof value === 'boolean') return { Allows: value, Schema: null }
  return { Allows: true, Schema: internalSchema(value) }
}

const orList = (value: JsonSchema['items']): object | null => {
  if (value === undefined) return null
  return Array.isArray(value)
    ? { Schema: null, JSONSchemas: (value as readonly JsonSchema[]).map(internalSchema) }
    : { Schema: internalSchema(value as JsonSchema), JSONSchemas: null }
}

const listed = (schemas: readonly JsonSchema[] | undefined): readonly object[] | null =>
  schemas?.map(internalSchema) ?? null

export const internalSchema = (schema: JsonSchema): object => ({
  ID: schema.id ?? '',
  Schema: schema.$schema ?? '',
  Ref: schema.$ref ?? null,
  Description: schema.description ?? '',
  Type: schema.type ?? '',
  Nullable: schema.nullable ?? false,
  Format: schema.format ?? '',
  Title: schema.title ?? '',
  Default: schema.default ?? null,
  Maximum: schema.maximum ?? null,
  ExclusiveMaximum: schema.exclusiveMaximum ?? false,
  Minimum: schema.minimum ?? null,
  ExclusiveMinimum: schema.exclusiveMinimum ?? false,
  MaxLength: schema.maxLength ?? null,
  MinLength: schema.minLength ?? null,
  Pattern: schema.pattern ?? '',
  MaxItems: schema.maxItems ?? null,
  MinItems: schema.minItems ?? null,
  UniqueItems: schema.uniqueItems ?? false,
  MultipleOf: schema.multipleOf ?? null,
  Enum: schema.enum ?? null,
  MaxProperties: schema.maxProperties ?? null,
  MinProperties: schema.minProperties ?? null,
  Required: schema.required ?? null,
  Items: orList(schema.items),
  AllOf: listed(schema.allOf),
  OneOf: listed(schema.oneOf),
  AnyOf: listed(schema.anyOf),
  Not: schema.not === undefined ? null : internalSchema(schema.not),
  Properties: mapped(schema.properties),
  AdditionalProperties: orBool(schema.additionalProperties),
  PatternProperties: mapped(schema.patternProperties),
  Dependencies: null,
  AdditionalItems: orBool(schema.additionalItems),
  Definitions: mapped(schema.definitions),
  ExternalDocs: schema.externalDocs ?? null,
  Example: schema.example ?? null,
  XPreserveUnknownFields: schema['x-kubernetes-preserve-unknown-fields'] ?? null,
  XEmbeddedResource: schema['x-kubernetes-embedded-resource'] ?? false,
  XIntOrString: schema['x-kubernetes-int-or-string'] ?? false,
  XListMapKeys: schema['x-kubernetes-list-map-keys'] ?? null,
  XListType: schema['x-kubernetes-list-type'] ?? null,
  XMapType: schema['x-kubernetes-map-type'] ?? null,
  XValidations: schema['x-kubernetes-validations']?.map(internalRule) ?? null,
})
