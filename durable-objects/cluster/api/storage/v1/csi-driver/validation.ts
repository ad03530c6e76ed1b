// kubernetes: pkg/apis/storage/validation/validation.go ValidateCSIDriver, ValidateCSIDriverUpdate
import { validateDriverName } from '#api/core/v1/storage-validation.ts'
import type { CSIDriver, TokenRequest } from '#api/storage/v1/csi-driver/types.ts'
import {
  at,
  child,
  duplicateValue,
  invalidValue,
  notSupported,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { validateImmutable } from '#apimachinery/validation/metadata.ts'

const GROUP_POLICIES = ['File', 'None', 'ReadWriteOnceWithFSType']
const LIFECYCLE_MODES = ['Ephemeral', 'Persistent']
const SHORTEST_TOKEN = 600
const LONGEST_TOKEN = 2 ** 32

const validateTokenRequests = (
  requests: readonly TokenRequest[],
  path: string,
): readonly FieldError[] => {
  const audiences = new Set<string>()
  return requests.flatMap(({ audience = '', expirationSeconds }, index) => {
    const here = at(path, index)
    if (audiences.has(audience)) return [duplicateValue(child(here, 'audience'), audience)]
    audiences.add(audience)
    if (expirationSeconds === undefined) return []
    const where = child(here, 'expirationSeconds')
    if (expirationSeconds < SHORTEST_TOKEN)
      return [
        invalidValue(where, expirationSeconds, 'may not specify a duration less than 10 minutes'),
      ]
    return expirationSeconds > LONGEST_TOKEN
      ? [
          invalidValue(
            where,
            expirationSeconds,
            'may not specify a duration larger than 2^32 seconds',
          ),
        ]
      : []
  })
}

const validateSpec = (spec: CSIDriver['spec']): readonly FieldError[] => {
  const { fsGroupPolicy, tokenRequests = [], volumeLifecycleModes = [] } = spec
  return [
    ...(fsGroupPolicy === undefined || GROUP_POLICIES.includes(fsGroupPolicy)
      ? []
      : [notSupported('spec.fsGroupPolicy', fsGroupPolicy, GROUP_POLICIES)]),
    ...validateTokenRequests(tokenRequests, 'spec.tokenRequests'),
    ...volumeLifecycleModes
      .filter((mode) => !LIFECYCLE_MODES.includes(mode))
      .map((mode) => notSupported('spec.volumeLifecycleModes', mode, LIFECYCLE_MODES)),
  ]
}

export const validateCsiDriver = ({ metadata, spec }: CSIDriver): readonly FieldError[] => [
  ...validateDriverName(metadata.name ?? '', 'name'),
  ...validateSpec(spec),
]

export const validateCsiDriverUpdate = (
  driver: CSIDriver,
  old: CSIDriver,
): readonly FieldError[] => [
  ...validateSpec(driver.spec),
  ...validateImmutable(
    driver.spec.attachRequired,
    old.spec.attachRequired,
    'spec.attachedRequired',
  ),
  ...validateImmutable(
    driver.spec.volumeLifecycleModes,
    old.spec.volumeLifecycleModes,
    'spec.volumeLifecycleModes',
  ),
]
