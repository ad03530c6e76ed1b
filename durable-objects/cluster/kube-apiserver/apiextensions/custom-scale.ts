// kubernetes: apiextensions pkg/registry/customresource/{etcd,validator}.go
import type { CustomResourceSubresourceScale } from '#api/apiextensions/v1/custom-resource-definition/types.ts'
import type { ScaleAccess } from '#api/strategy.ts'
import { invalidValue, type FieldError } from '#apimachinery/field-error.ts'
import type { JsonObject, JsonValue, KubeObject } from '#apimachinery/object.ts'
import { goTypeName, goValue } from '#apimachinery/patch/go-format.ts'
import { valueAt, withValueAt } from '#kube-apiserver/apiextensions/simple-path.ts'

const integerAt = (object: JsonObject, path: string): number => {
  const value = valueAt(object, path)
  return typeof value === 'number' && Number.isInteger(value) ? value : 0
}

export const scaleAccess = ({
  specReplicasPath,
  statusReplicasPath,
  labelSelectorPath,
}: CustomResourceSubresourceScale): ScaleAccess => {
  const valueOf = (object: KubeObject): JsonObject => object as unknown as JsonObject
  return {
    replicas: (object) => integerAt(valueOf(object), specReplicasPath),
    statusReplicas: (object) => integerAt(valueOf(object), statusReplicasPath),
    selector: (object) => {
      const text = valueAt(valueOf(object), labelSelectorPath ?? '')
      return typeof text === 'string' ? text : ''
    },
    problem: (object) =>
      valueAt(valueOf(object), specReplicasPath) === undefined
        ? `the spec replicas field "${specReplicasPath}" does not exist`
        : undefined,
    withReplicas: (object, replicas) =>
      withValueAt(valueOf(object), specReplicasPath, replicas) as unknown as KubeObject,
  }
}

const MAX_INT32 = 2 ** 31 - 1

const validateReplicas = (path: string, value: JsonValue | undefined): readonly FieldError[] => {
  if (value === undefined) return []
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    const why = `${path} accessor error: ${goValue(value)} is of the type ${goTypeName(value)}, expected int64`
    return [invalidValue(path, 0, why)]
  }
  if (value < 0) return [invalidValue(path, value, 'should be a non-negative integer')]
  return value > MAX_INT32
    ? [invalidValue(path, value, `should be less than or equal to ${MAX_INT32}`)]
    : []
}

/** What a Scale reads must be there to be read. */
export const validateScale = (
  scale: CustomResourceSubresourceScale | undefined,
  object: JsonObject,
  parts: readonly ('spec' | 'status')[],
): readonly FieldError[] => {
  if (scale === undefined) return []
  const { specReplicasPath, statusReplicasPath, labelSelectorPath = '' } = scale
  const errors = [
    ...(parts.includes('spec')
      ? validateReplicas(specReplicasPath, valueAt(object, specReplicasPath))
      : []),
    ...validateReplicas(statusReplicasPath, valueAt(object, statusReplicasPath)),
  ]
  const selector = labelSelectorPath === '' ? undefined : valueAt(object, labelSelectorPath)
  if (selector === undefined || typeof selector === 'string') return errors
  const why = `${labelSelectorPath} accessor error: ${goValue(selector)} is of the type ${goTypeName(selector)}, expected string`
  return [...errors, invalidValue(labelSelectorPath, '', why)]
}
