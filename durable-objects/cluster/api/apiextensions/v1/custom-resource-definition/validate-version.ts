// kubernetes: apiextensions pkg/apis/apiextensions/validation/validation.go validateCustomResourceDefinitionVersion
import { append } from '#apimachinery/append.ts'
import { internalSchema } from '#api/apiextensions/v1/custom-resource-definition/internal-form.ts'
import type {
  CustomResourceColumnDefinition,
  CustomResourceDefinitionSpec,
  CustomResourceDefinitionVersion,
  CustomResourceSubresources,
} from '#api/apiextensions/v1/custom-resource-definition/types.ts'
import {
  at,
  child,
  duplicateValue,
  forbiddenValue,
  invalidValue,
  requiredValue,
  tooMany,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { validateRules } from '#apimachinery/structural/cel-rules.ts'
import { validateDefaults } from '#apimachinery/structural/default-rules.ts'
import { FieldPathError, fieldPathOf } from '#apimachinery/structural/field-path.ts'
import { depthOf, type JsonSchema } from '#apimachinery/structural/json-schema.ts'
import { validateOpenApiSchema } from '#apimachinery/structural/open-api-rules.ts'
import { validateStructural } from '#apimachinery/structural/structural-rules.ts'
import { isDns1035Label } from '#apimachinery/validation/names.ts'

/** What all versions have in common and is therefore named as if it stood in the spec itself. */
export interface Placed {
  readonly schemaAtTop: boolean
  readonly subresourcesAtTop: boolean
  readonly columnsAtTop: boolean
  readonly selectableFieldsAtTop: boolean
}

export const validateVersions = (
  spec: CustomResourceDefinitionSpec,
  placed: Placed,
): { readonly perVersion: readonly FieldError[]; readonly atTop: readonly FieldError[] } => {
  const perVersion: FieldError[] = []
  for (const [index, version] of spec.versions.entries()) {
    const path = at('spec.versions', index)
    const { name = '' } = version
    const problems = isDns1035Label(name)
    if (problems.length > 0)
      perVersion.push(invalidValue(child(path, 'name'), name, problems.join(',')))
    append(perVersion, validateVersion(version, path, placed))
  }
  const [first] = spec.versions
  return { perVersion, atTop: first === undefined ? [] : validateTop(first, spec, placed) }
}

const hasStatus = ({ subresources }: CustomResourceDefinitionVersion): boolean =>
  subresources?.status !== undefined

const validateVersion = (
  version: CustomResourceDefinitionVersion,
  path: string,
  placed: Placed,
): readonly FieldError[] => [
  ...validateDeprecation(version, child(path, 'deprecationWarning')),
  ...(placed.schemaAtTop
    ? []
    : validateSchema(
        version.schema?.openAPIV3Schema,
        hasStatus(version),
        child(path, 'schema', 'openAPIV3Schema'),
      )),
  ...(placed.subresourcesAtTop
    ? []
    : validateSubresources(version.subresources, child(path, 'subresources'))),
  ...(placed.columnsAtTop ? [] : validateColumns(version, child(path, 'additionalPrinterColumns'))),
  ...(placed.selectableFieldsAtTop
    ? []
    : validateSelectableFields(version, child(path, 'selectableFields'))),
]

const validateTop = (
  first: CustomResourceDefinitionVersion,
  spec: CustomResourceDefinitionSpec,
  placed: Placed,
): readonly FieldError[] => [
  ...(placed.schemaAtTop
    ? validateSchema(
        first.schema?.openAPIV3Schema,
        spec.versions.some(hasStatus),
        'spec.validation.openAPIV3Schema',
      )
    : []),
  ...(placed.subresourcesAtTop
    ? validateSubresources(first.subresources, 'spec.subresources')
    : []),
  ...(placed.columnsAtTop ? validateColumns(first, 'spec.additionalPrinterColumns') : []),
  ...(placed.selectableFieldsAtTop ? validateSelectableFields(first, 'spec.selectableFields') : []),
]

const validateDeprecation = (
  { deprecated, deprecationWarning }: CustomResourceDefinitionVersion,
  path: string,
): readonly FieldError[] => {
  if (deprecationWarning === undefined) return []
  const wrong = (why: string): FieldError => invalidValue(path, deprecationWarning, why)
  if (deprecated !== true) return [wrong('can only be set for deprecated versions')]
  const errors: FieldError[] = []
  if (deprecationWarning.length > 256) errors.push(wrong('must be <= 256 characters long'))
  if (deprecationWarning === '') errors.push(wrong('must not be an empty string'))
  const hidden = deprecationWarning.search(/[^\P{C}]|[^\P{Z} ]/u)
  if (hidden >= 0)
    errors.push(
      wrong(
        `must only contain printable UTF-8 characters; non-printable character found at index ${hidden}`,
      ),
    )
  return errors
}

const ROOT_FIELDS: readonly (readonly [keyof JsonSchema, string])[] = [
  ['description', 'Description'],
  ['type', 'Type'],
  ['format', 'Format'],
  ['title', 'Title'],
  ['maximum', 'Maximum'],
  ['exclusiveMaximum', 'ExclusiveMaximum'],
  ['minimum', 'Minimum'],
  ['exclusiveMinimum', 'ExclusiveMinimum'],
  ['maxLength', 'MaxLength'],
  ['minLength', 'MinLength'],
  ['pattern', 'Pattern'],
  ['maxItems', 'MaxItems'],
  ['minItems', 'MinItems'],
  ['uniqueItems', 'UniqueItems'],
  ['multipleOf', 'MultipleOf'],
  ['required', 'Required'],
  ['items', 'Items'],
  ['properties', 'Properties'],
  ['externalDocs', 'ExternalDocs'],
  ['example', 'Example'],
  ['x-kubernetes-preserve-unknown-fields', 'XPreserveUnknownFields'],
  ['x-kubernetes-validations', 'XValidations'],
]
const MAY_STAND_AT_ROOT: ReadonlySet<string> = new Set(ROOT_FIELDS.map(([name]) => name))

// differs: upstream's bound is the size of the document
const MAX_DEPTH = 100

const validateSchema = (
  schema: JsonSchema | undefined,
  statusEnabled: boolean,
  path: string,
): readonly FieldError[] => {
  if (schema === undefined) return []
  if (depthOf(schema, MAX_DEPTH + 1) > MAX_DEPTH)
    return [invalidValue(path, '', `must not nest more than ${MAX_DEPTH} schemas`)]
  const errors: FieldError[] = [...(statusEnabled ? validateRoot(schema, path) : [])]
  if (schema.nullable === true)
    errors.push(forbiddenValue(child(path, 'nullable'), 'nullable cannot be true at the root'))
  const structural = validateStructural(schema, path)
  const defaults = structural.length > 0 ? [] : validateDefaults(schema, path)
  const form = validateOpenApiSchema(schema, path)
  append(errors, structural, defaults, form)
  // rules can only be read where the schema around them makes sense
  return structural.length + defaults.length + form.length === 0
    ? [...errors, ...validateRules(schema, path)]
    : errors
}

const validateRoot = (schema: JsonSchema, path: string): readonly FieldError[] => {
  if (schema.type !== undefined && schema.type !== '' && schema.type !== 'object')
    return [
      invalidValue(
        child(path, 'type'),
        schema.type,
        'only "object" is allowed as the type at the root of the schema if the status subresource is enabled',
      ),
    ]
  if (Object.keys(schema).every((name) => MAY_STAND_AT_ROOT.has(name))) return []
  const names = ROOT_FIELDS.map(([, name]) => name).join(' ')
  const why = `only [${names}] fields are allowed at the root of the schema if the status subresource is enabled`
  return [invalidValue(path, internalSchema(schema), why)]
}

const simplePath = (path: string, text: string, roots: readonly string[], why: string) => {
  if (!text.startsWith('.'))
    return [invalidValue(path, text, 'must be a simple json path starting with .')]
  return roots.some((root) => text.startsWith(root)) ? [] : [invalidValue(path, text, why)]
}

const validateSubresources = (
  subresources: CustomResourceSubresources | undefined,
  path: string,
): readonly FieldError[] => {
  const scale = subresources?.scale
  if (scale === undefined) return []
  const errors: FieldError[] = []
  for (const [name, root] of [
    ['specReplicasPath', '.spec.'],
    ['statusReplicasPath', '.status.'],
  ] as const) {
    const fieldPath = child(path, 'scale', name)
    const text = scale[name] ?? ''
    const why = `should be a json path under ${root.slice(0, -1)}`
    append(
      errors,
      text === '' ? [requiredValue(fieldPath)] : simplePath(fieldPath, text, [root], why),
    )
  }
  const selector = scale.labelSelectorPath ?? ''
  if (selector !== '')
    append(
      errors,
      simplePath(
        child(path, 'scale', 'labelSelectorPath'),
        selector,
        ['.spec.', '.status.'],
        'should be a json path under either .spec or .status',
      ),
    )
  return errors
}

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string']
const COLUMN_FORMATS = [
  'binary',
  'byte',
  'date',
  'date-time',
  'double',
  'float',
  'int32',
  'int64',
  'password',
]

const validateColumns = (
  { additionalPrinterColumns = [] }: CustomResourceDefinitionVersion,
  path: string,
): readonly FieldError[] =>
  additionalPrinterColumns.flatMap((column, index) => validateColumn(column, at(path, index)))

const validateColumn = (
  { name = '', type = '', format = '', jsonPath = '' }: CustomResourceColumnDefinition,
  path: string,
): readonly FieldError[] => {
  const errors: FieldError[] = []
  const oneOf = (list: readonly string[]): string => `must be one of ${list.join(',')}`
  if (name === '') errors.push(requiredValue(child(path, 'name')))
  if (type === '') errors.push(requiredValue(child(path, 'type'), oneOf(COLUMN_TYPES)))
  else if (!COLUMN_TYPES.includes(type))
    errors.push(invalidValue(child(path, 'type'), type, oneOf(COLUMN_TYPES)))
  if (format !== '' && !COLUMN_FORMATS.includes(format))
    errors.push(invalidValue(child(path, 'format'), format, oneOf(COLUMN_FORMATS)))
  const pathOfPath = child(path, 'JSONPath')
  if (jsonPath === '') errors.push(requiredValue(pathOfPath))
  else append(errors, simplePath(pathOfPath, jsonPath, ['.'], ''))
  return errors
}

const MAX_SELECTABLE_FIELDS = 8

const validateSelectableFields = (
  { selectableFields = [], schema }: CustomResourceDefinitionVersion,
  path: string,
): readonly FieldError[] => {
  const root = schema?.openAPIV3Schema
  if (selectableFields.length === 0 || root === undefined) return []
  const errors: FieldError[] = []
  const seen = new Set<string>()
  for (const [index, { jsonPath = '' }] of selectableFields.entries()) {
    const fieldPath = child(at(path, index), 'jsonPath')
    if (jsonPath === '') {
      errors.push(requiredValue(fieldPath))
      continue
    }
    append(errors, validateSelectableField(jsonPath, root, fieldPath, seen))
  }
  if (seen.size > MAX_SELECTABLE_FIELDS)
    errors.push(tooMany(path, seen.size, MAX_SELECTABLE_FIELDS))
  return errors
}

const validateSelectableField = (
  jsonPath: string,
  root: JsonSchema,
  path: string,
  seen: Set<string>,
): readonly FieldError[] => {
  try {
    const { names, text, schema } = fieldPathOf(jsonPath, root, false)
    const errors: FieldError[] = []
    if (names[0] === 'metadata')
      errors.push(invalidValue(path, jsonPath, 'must not point to fields in metadata'))
    if (!['string', 'boolean', 'integer'].includes(schema.type ?? ''))
      errors.push(
        invalidValue(
          path,
          jsonPath,
          'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
        ),
      )
    if (seen.has(text)) errors.push(duplicateValue(path, jsonPath))
    seen.add(text)
    return errors
  } catch (error) {
    if (!(error instanceof FieldPathError)) throw error
    return [invalidValue(path, jsonPath, `is an invalid path: ${error.message}`)]
  }
}
