// kubernetes: pkg/registry/storage/storageclass/strategy.go, pkg/apis/storage/v1/defaults.go
import { deprecatedLabel } from '#api/core/v1/node/deprecated-labels.ts'
import type { StorageClass } from '#api/storage/v1/storage-class/types.ts'
import {
  validateStorageClass,
  validateStorageClassUpdate,
} from '#api/storage/v1/storage-class/validation.ts'
import type { Strategy } from '#api/strategy.ts'
import { fill } from '#apimachinery/object.ts'

/** kubernetes: pkg/api/storage/util.go GetWarningsForStorageClass */
const warnings = ({ allowedTopologies = [] }: StorageClass): readonly string[] =>
  allowedTopologies.flatMap(({ matchLabelExpressions = [] }, index) =>
    matchLabelExpressions.flatMap(({ key }, at) => {
      const why = deprecatedLabel(key)
      return why === undefined
        ? []
        : [`allowedTopologies[${index}].matchLabelExpressions[${at}].key: ${why}`]
    }),
  )

export const storageClassStrategy: Strategy<StorageClass> = {
  defaults: (storageClass) =>
    fill(storageClass, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  validate: validateStorageClass,
  warningsOnCreate: warnings,
  warningsOnUpdate: warnings,
  validateUpdate: validateStorageClassUpdate,
  returnsDeletedObject: true,
}
