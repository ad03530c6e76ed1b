// kubernetes: apiextensions pkg/apis/apiextensions/validation/validation.go
import { append } from '#apimachinery/append.ts'
import { validateApproval } from '#api/apiextensions/v1/custom-resource-definition/approval.ts'
import { internalVersions } from '#api/apiextensions/v1/custom-resource-definition/internal-form.ts'
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionNames,
  CustomResourceDefinitionSpec,
} from '#api/apiextensions/v1/custom-resource-definition/types.ts'
import { validateConversion } from '#api/apiextensions/v1/custom-resource-definition/validate-conversion.ts'
import {
  validateVersions,
  type Placed,
} from '#api/apiextensions/v1/custom-resource-definition/validate-version.ts'
import {
  at,
  child,
  invalidValue,
  notSupported,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { equal } from '#apimachinery/object.ts'
import { someSchema } from '#apimachinery/structural/json-schema.ts'
import { validateImmutable } from '#apimachinery/validation/metadata.ts'
import { isDns1035Label, isDns1123Subdomain } from '#apimachinery/validation/names.ts'

export const validateCustomResourceDefinition = (
  definition: CustomResourceDefinition,
): readonly FieldError[] => {
  const { metadata, spec } = definition
  const { name = '' } = metadata
  const isNamed = name === `${spec.names.plural}.${spec.group}`
  return [
    ...(isNamed
      ? []
      : [invalidValue('metadata.name', name, 'must be spec.names.plural+"."+spec.group')]),
    ...validateSpec(spec, { allowsNoSchema: false }),
    ...validateStatus(definition),
    ...validateStoredVersions(definition),
    ...validateApproval(definition, undefined),
    ...validatePreserve(spec, undefined),
  ]
}

export const validateCustomResourceDefinitionUpdate = (
  definition: CustomResourceDefinition,
  old: CustomResourceDefinition,
  isEstablished: boolean,
): readonly FieldError[] => {
  const { spec } = definition
  const errors: FieldError[] = [...validateSpec(spec, { allowsNoSchema: lacksSchema(old.spec) })]
  const keep = (path: string, value: string, before: string): void => {
    append(errors, validateImmutable(value, before, path))
  }
  if (isEstablished) {
    keep('spec.scope', spec.scope, old.spec.scope)
    keep('spec.names.kind', spec.names.kind, old.spec.names.kind)
  }
  keep('spec.group', spec.group, old.spec.group)
  keep('spec.names.plural', spec.names.plural, old.spec.names.plural)
  return [
    ...errors,
    ...validateStatus(definition),
    ...validateStoredVersions(definition),
    ...validateApproval(definition, old),
    ...validatePreserve(spec, old.spec),
  ]
}

export const validateCustomResourceDefinitionStatus = (
  definition: CustomResourceDefinition,
): readonly FieldError[] => validateStatus(definition)

const lacksSchema = ({ versions }: CustomResourceDefinitionSpec): boolean =>
  versions.some(({ schema }) => schema?.openAPIV3Schema === undefined)

interface SpecOptions {
  /** It was stored so. */
  readonly allowsNoSchema: boolean
}

const validateGroup = ({ group = '' }: CustomResourceDefinitionSpec): readonly FieldError[] => {
  const path = 'spec.group'
  if (group === '') return [requiredValue(path)]
  const problems = isDns1123Subdomain(group)
  if (problems.length > 0) return [invalidValue(path, group, problems.join(','))]
  return group.includes('.')
    ? []
    : [invalidValue(path, group, 'should be a domain with at least one dot')]
}

const SCOPES = ['Cluster', 'Namespaced']

const validateScope = ({ scope = '' }: CustomResourceDefinitionSpec): readonly FieldError[] => {
  if (scope === '') return [requiredValue('spec.scope')]
  return SCOPES.includes(scope) ? [] : [notSupported('spec.scope', scope, SCOPES)]
}

const validateSchemas = (
  spec: CustomResourceDefinitionSpec,
  { allowsNoSchema }: SpecOptions,
): readonly FieldError[] => {
  const errors: FieldError[] = []
  const isPruned = spec.preserveUnknownFields !== true
  for (const [index, version] of spec.versions.entries()) {
    if (version.schema?.openAPIV3Schema !== undefined) continue
    const path = child(at('spec.versions', index), 'schema.openAPIV3Schema')
    if (!allowsNoSchema) errors.push(requiredValue(path))
    else if (isPruned && version.served)
      errors.push(requiredValue(path, 'because otherwise all fields are pruned'))
  }
  const hasDefaults = spec.versions.some(
    ({ schema }) =>
      schema?.openAPIV3Schema !== undefined &&
      someSchema(schema.openAPIV3Schema, (one) => one.default !== undefined),
  )
  if (hasDefaults && !isPruned)
    errors.push(
      invalidValue(
        'spec.preserveUnknownFields',
        true,
        'must be false in order to use defaults in the schema',
      ),
    )
  return errors
}

/** What all versions say alike is checked once, as if it stood at the top, where older versions of the API had it. */
const placedOf = (spec: CustomResourceDefinitionSpec): Placed => {
  const { versions } = spec
  const alike = (
    part: 'schema' | 'subresources' | 'additionalPrinterColumns' | 'selectableFields',
  ) => versions.every((version) => equal(version[part], versions[0]?.[part]))
  return {
    schemaAtTop: alike('schema'),
    subresourcesAtTop: alike('subresources'),
    columnsAtTop: alike('additionalPrinterColumns'),
    selectableFieldsAtTop: alike('selectableFields'),
  }
}

const validateSpec = (
  given: CustomResourceDefinitionSpec,
  options: SpecOptions,
): readonly FieldError[] => {
  // Go writes null for a list that was never set
  const spec = (given.versions as unknown) === null ? { ...given, versions: [] } : given
  const placed = placedOf(spec)
  const { names, versions } = spec
  const errors: FieldError[] = [
    ...validateGroup(spec),
    ...validateScope(spec),
    ...validateSchemas(spec, options),
  ]
  const checked = validateVersions(spec, placed)
  append(errors, checked.perVersion)
  if (new Set(versions.map(({ name }) => name)).size < versions.length)
    errors.push(
      invalidValue(
        'spec.versions',
        internalVersions(versions, placed),
        'must contain unique version names',
      ),
    )
  if (versions.filter(({ storage }) => storage).length !== 1)
    errors.push(
      invalidValue(
        'spec.versions',
        internalVersions(versions, placed),
        'must have exactly one version marked as storage version',
      ),
    )
  for (const part of ['plural', 'singular', 'kind', 'listKind'] as const)
    if ((names[part] ?? '') === '') errors.push(requiredValue(`spec.names.${part}`))
  return [
    ...errors,
    ...validateNames(names, 'spec.names'),
    ...checked.atTop,
    ...validateConversion(spec),
  ]
}

const validateNames = (
  names: CustomResourceDefinitionNames,
  path: string,
): readonly FieldError[] => {
  const errors: FieldError[] = []
  const label = (part: string, value: string, problems: readonly string[], lead = ''): void => {
    if (value !== '' && problems.length > 0)
      errors.push(invalidValue(part, value, lead + problems.join(',')))
  }
  const { plural = '', singular = '', kind = '', listKind = '' } = names
  const mixed = 'may have mixed case, but should otherwise match: '
  label(child(path, 'plural'), plural, isDns1035Label(plural))
  label(child(path, 'singular'), singular, isDns1035Label(singular))
  label(child(path, 'kind'), kind, isDns1035Label(kind.toLowerCase()), mixed)
  label(child(path, 'listKind'), listKind, isDns1035Label(listKind.toLowerCase()), mixed)
  const each = (part: 'shortNames' | 'categories'): void => {
    for (const [index, name] of (names[part] ?? []).entries()) {
      const problems = isDns1035Label(name)
      if (problems.length > 0)
        errors.push(invalidValue(at(child(path, part), index), name, problems.join(',')))
    }
  }
  each('shortNames')
  if (kind !== '' && kind === listKind)
    errors.push(
      invalidValue(child(path, 'listKind'), listKind, 'kind and listKind may not be the same'),
    )
  each('categories')
  return errors
}

const validateStatus = ({ status }: CustomResourceDefinition): readonly FieldError[] =>
  status?.acceptedNames === undefined
    ? []
    : validateNames(status.acceptedNames, 'status.acceptedNames')

const validateStoredVersions = ({
  spec,
  status,
}: CustomResourceDefinition): readonly FieldError[] => {
  const path = 'status.storedVersions'
  const stored = status?.storedVersions ?? []
  if (stored.length === 0)
    return [invalidValue(path, null, 'must have at least one stored version')]
  const versions = spec.versions ?? []
  return [
    ...versions
      .filter(({ storage, name }) => storage && !stored.includes(name))
      .map(({ name }) => invalidValue(path, stored, `must have the storage version ${name}`)),
    ...stored.flatMap((name, index) =>
      versions.some((version) => version.name === name)
        ? []
        : [
            invalidValue(
              at(path, index),
              name,
              `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`,
            ),
          ],
    ),
  ]
}

const validatePreserve = (
  spec: CustomResourceDefinitionSpec,
  old: CustomResourceDefinitionSpec | undefined,
): readonly FieldError[] =>
  spec.preserveUnknownFields === true && old?.preserveUnknownFields !== true
    ? [
        invalidValue(
          'spec.preserveUnknownFields',
          true,
          'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
        ),
      ]
    : []
