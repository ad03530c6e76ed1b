// kubernetes: pkg/registry/core/persistentvolumeclaim/strategy.go
import { persistentVolumeClaimDefaults } from '#api/core/v1/persistent-volume-claim/defaults.ts'
import type {
  PersistentVolumeClaim,
  PersistentVolumeClaimSpec,
} from '#api/core/v1/persistent-volume-claim/types.ts'
import {
  validatePersistentVolumeClaim,
  validatePersistentVolumeClaimStatus,
  validatePersistentVolumeClaimUpdate,
} from '#api/core/v1/persistent-volume-claim/validation.ts'
import type { Strategy } from '#api/strategy.ts'
import { assign, own } from '#apimachinery/object.ts'
import { quantityMilliValue, quantityOf } from '#apimachinery/quantity.ts'

/** Either form of the source is shown in the other, too. kubernetes: pkg/api/persistentvolumeclaim NormalizeDataSources */
const withBothSources = (spec: PersistentVolumeClaimSpec): PersistentVolumeClaimSpec => {
  const { dataSource, dataSourceRef } = spec
  if (dataSource !== undefined && dataSourceRef === undefined)
    return assign(spec, { dataSourceRef: dataSource })
  if (
    dataSourceRef !== undefined &&
    dataSource === undefined &&
    (dataSourceRef.namespace ?? '') === ''
  ) {
    const { namespace: _namespace, ...local } = dataSourceRef
    return assign(spec, { dataSource: local })
  }
  return spec
}

const withSources = (claim: PersistentVolumeClaim): PersistentVolumeClaim =>
  assign(claim, { spec: withBothSources(claim.spec) })

/** kubernetes: pkg/api/persistentvolumeclaim GetWarningsForPersistentVolumeClaimSpec */
const warnings = ({ spec }: PersistentVolumeClaim): readonly string[] =>
  ['requests', 'limits'].flatMap((part) => {
    const amount = own(
      part === 'requests' ? spec.resources?.requests : spec.resources?.limits,
      'storage',
    )
    return amount !== undefined && quantityMilliValue(quantityOf(amount)) % 1000 !== 0
      ? [
          `spec.resources.${part}[storage]: fractional byte value ${JSON.stringify(amount)} is invalid, must be an integer`,
        ]
      : []
  })

export const persistentVolumeClaimStrategy: Strategy<PersistentVolumeClaim> = {
  defaults: persistentVolumeClaimDefaults,
  prepareForCreate: (claim) => withSources(assign(claim, { status: { phase: 'Pending' } })),
  validate: validatePersistentVolumeClaim,
  warningsOnCreate: warnings,
  prepareForUpdate: (claim, old) => withSources(assign(claim, { status: old.status })),
  validateUpdate: validatePersistentVolumeClaimUpdate,
  warningsOnUpdate: warnings,
  status: { validateUpdate: validatePersistentVolumeClaimStatus },
  hasGeneration: false,
  returnsDeletedObject: true,
}
