// What volumes and claims have in common. kubernetes: pkg/apis/core/validation/validation.go
import {
  invalidValue,
  notSupported,
  requiredValue,
  tooLong,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { quantityOf } from '#apimachinery/quantity.ts'
import { isDns1123Subdomain } from '#apimachinery/validation/names.ts'

const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']
const VOLUME_MODES = ['Block', 'Filesystem']

export const validateAccessModes = (
  modes: readonly string[],
  path: string,
): readonly FieldError[] =>
  modes
    .filter((mode) => !ACCESS_MODES.includes(mode))
    .map((mode) => notSupported(path, mode, ACCESS_MODES))

export const mixesReadWriteOncePod = (modes: readonly string[]): boolean =>
  modes.includes('ReadWriteOncePod') &&
  modes.some((mode) => mode !== 'ReadWriteOncePod' && ACCESS_MODES.includes(mode))

export const validateVolumeMode = (mode: string | undefined, path: string): readonly FieldError[] =>
  mode === undefined || VOLUME_MODES.includes(mode) ? [] : [notSupported(path, mode, VOLUME_MODES)]

export const validateClassName = (name: string | undefined, path: string): readonly FieldError[] =>
  (name ?? '') === ''
    ? []
    : isDns1123Subdomain(name!).map((message) => invalidValue(path, name, message))

export const validatePositiveQuantity = (value: string, path: string): readonly FieldError[] =>
  quantityOf(value).unscaled > 0n ? [] : [invalidValue(path, value, 'must be greater than zero')]

const MAX_DRIVER_NAME = 63

/** kubernetes: ValidateCSIDriverName */
export const validateDriverName = (name: string, path: string): readonly FieldError[] => [
  ...(name === '' ? [requiredValue(path)] : []),
  ...(name.length > MAX_DRIVER_NAME ? [tooLong(path, MAX_DRIVER_NAME)] : []),
  ...isDns1123Subdomain(name.toLowerCase()).map((message) => invalidValue(path, name, message)),
]

const SHORT: ReadonlyMap<string, string> = new Map([
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
])

/** `RWO,RWX`, always in this order. kubernetes: helper.GetAccessModesAsString */
export const accessModesText = (modes: readonly string[] | undefined): string =>
  [...SHORT].flatMap(([mode, short]) => (modes?.includes(mode) === true ? [short] : [])).join(',')

export const BETA_CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class'

/** The old annotation wins over the field. kubernetes: helper.GetPersistentVolumeClaimClass */
export const storageClassOf = (object: {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> }
  readonly spec: { readonly storageClassName?: string }
}): string =>
  object.metadata.annotations?.[BETA_CLASS_ANNOTATION] ?? object.spec?.storageClassName ?? ''
