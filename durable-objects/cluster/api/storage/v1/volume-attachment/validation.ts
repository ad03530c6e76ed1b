// kubernetes: pkg/apis/storage/validation/validation.go ValidateVolumeAttachment…
import { validateInlineVolumeSpec } from '#api/core/v1/persistent-volume/validation.ts'
import { validateDriverName } from '#api/core/v1/storage-validation.ts'
import type {
  VolumeAttachment,
  VolumeAttachmentSource,
  VolumeAttachmentStatus,
  VolumeError,
} from '#api/storage/v1/volume-attachment/types.ts'
import {
  forbiddenValue,
  invalidValue,
  requiredValue,
  tooLong,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { equal } from '#apimachinery/object.ts'
import { FIELD_IMMUTABLE, invalidEach } from '#apimachinery/validation/metadata.ts'
import { byteLength, isDns1123Subdomain } from '#apimachinery/validation/names.ts'

const MAX_METADATA = 256 * 1024
const MAX_MESSAGE = 1024
const SOURCE = 'spec.source'
const ONE_SOURCE = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'

const validateSource = ({
  inlineVolumeSpec,
  persistentVolumeName,
}: VolumeAttachmentSource): readonly FieldError[] => {
  if (inlineVolumeSpec === undefined && persistentVolumeName === undefined)
    return [requiredValue(SOURCE, ONE_SOURCE)]
  if (inlineVolumeSpec !== undefined && persistentVolumeName !== undefined)
    return [forbiddenValue(SOURCE, ONE_SOURCE)]
  if (inlineVolumeSpec !== undefined) return validateInlineVolumeSpec(inlineVolumeSpec, SOURCE)
  return persistentVolumeName === ''
    ? [
        requiredValue(
          `${SOURCE}.persistentVolumeName`,
          'must specify non empty persistentVolumeName',
        ),
      ]
    : []
}

const validateVolumeError = (error: VolumeError | undefined, path: string): readonly FieldError[] =>
  byteLength(error?.message ?? '') > MAX_MESSAGE ? [tooLong(`${path}.message`, MAX_MESSAGE)] : []

const validateStatus = (status: VolumeAttachmentStatus | undefined): readonly FieldError[] => {
  const metadata = Object.entries(status?.attachmentMetadata ?? {})
  const path = 'status.attachmentMetadata'
  let bytes = 0
  for (const [key, value] of metadata) bytes += byteLength(key) + byteLength(value)
  return [
    ...(metadata.some(([key]) => key === '')
      ? [invalidValue(path, '', 'field can not be empty.')]
      : []),
    ...(bytes > MAX_METADATA ? [tooLong(path, MAX_METADATA)] : []),
    ...validateVolumeError(status?.attachError, 'status.attachError'),
    ...validateVolumeError(status?.detachError, 'status.detachError'),
  ]
}

const validateAnyVersion = ({ spec, status }: VolumeAttachment): readonly FieldError[] => {
  const { attacher = '', nodeName = '' } = spec
  return [
    ...(attacher === '' ? [requiredValue('spec.attacher')] : []),
    ...validateSource(spec.source ?? {}),
    ...invalidEach('spec.nodeName', nodeName, isDns1123Subdomain(nodeName)),
    ...validateStatus(status),
  ]
}

/** Includes what v1 asks beyond what older versions did. */
export const validateVolumeAttachment = (attachment: VolumeAttachment): readonly FieldError[] => {
  const name = attachment.spec.source?.persistentVolumeName
  return [
    ...validateAnyVersion(attachment),
    ...validateDriverName(attachment.spec.attacher ?? '', 'spec.attacher'),
    ...(name === undefined
      ? []
      : invalidEach('spec.source.persistentVolumeName', name, isDns1123Subdomain(name))),
  ]
}

export const validateVolumeAttachmentUpdate = (
  attachment: VolumeAttachment,
  old: VolumeAttachment,
): readonly FieldError[] => [
  ...validateAnyVersion(attachment),
  ...(equal(attachment.spec, old.spec)
    ? []
    : [invalidValue('spec', internalSpec(attachment.spec), FIELD_IMMUTABLE)]),
]

/** As upstream's internal type is written, which has no JSON names. */
const internalSpec = ({ attacher, source, nodeName }: VolumeAttachment['spec']) => ({
  Attacher: attacher,
  Source: {
    PersistentVolumeName: source.persistentVolumeName ?? null,
    InlineVolumeSpec: source.inlineVolumeSpec ?? null,
  },
  NodeName: nodeName,
})
