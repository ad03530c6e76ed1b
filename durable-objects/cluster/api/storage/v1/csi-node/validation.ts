// kubernetes: pkg/apis/storage/validation/validation.go ValidateCSINode, ValidateCSINodeUpdate
import { validateDriverName } from '#api/core/v1/storage-validation.ts'
import type { CSINode, CSINodeDriver } from '#api/storage/v1/csi-node/types.ts'
import {
  at,
  child,
  duplicateValue,
  invalidValue,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { equal } from '#apimachinery/object.ts'
import { FIELD_IMMUTABLE, NOT_NEGATIVE } from '#apimachinery/validation/metadata.ts'
import { isQualifiedName } from '#apimachinery/validation/names.ts'

const MAX_NODE_ID = 192

const validateTopologyKeys = (keys: readonly string[], path: string): readonly FieldError[] =>
  keys.flatMap((key, index) => [
    ...(key === '' ? [requiredValue(path)] : []),
    ...(keys.indexOf(key) < index ? [duplicateValue(path, key)] : []),
    ...isQualifiedName(key).map((message) => invalidValue(path, keys, message)),
  ])

const validateDriver = (
  driver: CSINodeDriver,
  isRepeated: boolean,
  path: string,
): readonly FieldError[] => {
  const { name = '', nodeID = '', allocatable, topologyKeys } = driver
  const count = allocatable?.count ?? 0
  return [
    ...validateDriverName(name, child(path, 'name')),
    ...(nodeID === '' ? [requiredValue(child(path, 'nodeID'))] : []),
    ...(nodeID.length > MAX_NODE_ID
      ? [invalidValue(child(path, 'nodeID'), nodeID, `must be ${MAX_NODE_ID} characters or less`)]
      : []),
    ...(count < 0 ? [invalidValue(child(path, 'allocatable.count'), count, NOT_NEGATIVE)] : []),
    ...(isRepeated ? [duplicateValue(child(path, 'name'), name)] : []),
    // a list that must be there is null where it is not
    ...validateTopologyKeys(topologyKeys ?? [], child(path, 'topologyKeys')),
  ]
}

export const validateCsiNode = ({ spec }: CSINode): readonly FieldError[] => {
  const drivers = spec?.drivers ?? []
  return drivers.flatMap((driver, index) =>
    validateDriver(
      driver,
      drivers.findIndex(({ name }) => name === driver.name) < index,
      at('spec.drivers', index),
    ),
  )
}

/** What a driver can attach may change; all else of it is as it was registered. */
const fixedPart = ({ name, nodeID, topologyKeys }: CSINodeDriver): readonly unknown[] => [
  name,
  nodeID,
  topologyKeys ?? [],
]

export const validateCsiNodeUpdate = (node: CSINode, old: CSINode): readonly FieldError[] => [
  ...validateCsiNode(node),
  ...(old.spec?.drivers ?? []).flatMap((before) =>
    (node.spec?.drivers ?? [])
      .filter(({ name }) => name === before.name)
      .filter((driver) => !equal(fixedPart(driver), fixedPart(before)))
      .map((driver) => invalidValue('CSINodeDriver', internalDriver(driver), FIELD_IMMUTABLE)),
  ),
]

/** As upstream's internal type is written, which has no JSON names. */
const internalDriver = ({ name, nodeID, topologyKeys, allocatable }: CSINodeDriver) => ({
  Name: name,
  NodeID: nodeID,
  TopologyKeys: topologyKeys ?? null,
  Allocatable: allocatable === undefined ? null : { Count: allocatable.count ?? null },
})
