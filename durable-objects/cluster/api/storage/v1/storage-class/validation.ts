// kubernetes: pkg/apis/storage/validation/validation.go ValidateStorageClass, ValidateStorageClassUpdate
import { validateParameters, validateProvisioner } from '#api/storage/v1/provisioner-validation.ts'
import type { StorageClass, TopologySelectorTerm } from '#api/storage/v1/storage-class/types.ts'
import {
  at,
  duplicateValue,
  forbiddenValue,
  notSupported,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { equal } from '#apimachinery/object.ts'
import { validateImmutable, validateLabelName } from '#apimachinery/validation/metadata.ts'

const RECLAIM_POLICIES = ['Delete', 'Retain']
const BINDING_MODES = ['Immediate', 'WaitForFirstConsumer']

export const validateStorageClass = (storageClass: StorageClass): readonly FieldError[] => {
  const { provisioner, parameters, reclaimPolicy, volumeBindingMode } = storageClass
  return [
    ...validateProvisioner(provisioner, 'provisioner'),
    ...validateParameters(parameters, true, 'parameters'),
    ...(reclaimPolicy === undefined || RECLAIM_POLICIES.includes(reclaimPolicy)
      ? []
      : [notSupported('reclaimPolicy', reclaimPolicy, RECLAIM_POLICIES)]),
    ...(volumeBindingMode === undefined
      ? [requiredValue('volumeBindingMode')]
      : BINDING_MODES.includes(volumeBindingMode)
        ? []
        : [notSupported('volumeBindingMode', volumeBindingMode, BINDING_MODES)]),
    ...validateTopologies(storageClass.allowedTopologies ?? []),
  ]
}

// kubernetes: pkg/apis/core/validation ValidateTopologySelectorTerm
const validateTerm = (
  { matchLabelExpressions = [] }: TopologySelectorTerm,
  path: string,
): readonly FieldError[] =>
  matchLabelExpressions.flatMap(({ key = '', values = [] }, index, all) => {
    const here = at(path, index)
    return [
      ...(values.length === 0 ? [requiredValue(`${here}.values`)] : []),
      ...values.flatMap((value, place) =>
        values.indexOf(value) < place ? [duplicateValue(at(`${here}.values`, place), value)] : [],
      ),
      ...validateLabelName(key, `${here}.key`),
      ...(all.findIndex((other) => other.key === key) < index
        ? [duplicateValue(`${here}.key`, key)]
        : []),
    ]
  })

/** What a term says, whatever the order in which it says it. */
const meaningOf = ({ matchLabelExpressions = [] }: TopologySelectorTerm): string =>
  JSON.stringify(
    matchLabelExpressions.map(({ key, values = [] }) => [key, [...new Set(values)].sort()]).sort(),
  )

const validateTopologies = (terms: readonly TopologySelectorTerm[]): readonly FieldError[] => {
  const meanings = terms.map(meaningOf)
  return terms.flatMap((term, index) => {
    const path = `${at('allowedTopologies', index)}.matchLabelExpressions`
    return [
      ...validateTerm(term, path),
      ...meanings
        .slice(0, index)
        .filter((meaning) => meaning === meanings[index])
        .map(() => duplicateValue(path, '')),
    ]
  })
}

export const validateStorageClassUpdate = (
  storageClass: StorageClass,
  old: StorageClass,
): readonly FieldError[] => [
  ...(['parameters', 'provisioner', 'reclaimPolicy'] as const).flatMap((field) =>
    equal(storageClass[field], old[field])
      ? []
      : [forbiddenValue(field, `updates to ${field} are forbidden.`)],
  ),
  ...validateImmutable(storageClass.volumeBindingMode, old.volumeBindingMode, 'volumeBindingMode'),
  ...validateStorageClass(storageClass),
]
