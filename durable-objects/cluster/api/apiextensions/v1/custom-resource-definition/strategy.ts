// kubernetes: apiextensions pkg/registry/customresourcedefinition/strategy.go, etcd.go
import {
  isConditionTrue,
  withCondition,
} from '#api/apiextensions/v1/custom-resource-definition/conditions.ts'
import { defaultCustomResourceDefinition } from '#api/apiextensions/v1/custom-resource-definition/defaults.ts'
import type { CustomResourceDefinition } from '#api/apiextensions/v1/custom-resource-definition/types.ts'
import {
  validateCustomResourceDefinition,
  validateCustomResourceDefinitionStatus,
  validateCustomResourceDefinitionUpdate,
} from '#api/apiextensions/v1/custom-resource-definition/validation.ts'
import type { Strategy } from '#api/strategy.ts'
import { assign } from '#apimachinery/object.ts'
import { formatTime } from '#apimachinery/time.ts'

export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io'

/** The version that is stored now joins those that have been. */
const withStoredVersion = (definition: CustomResourceDefinition): CustomResourceDefinition => {
  const storedVersions = definition.status?.storedVersions ?? []
  const storage = (definition.spec.versions ?? []).find((version) => version.storage)?.name
  if (storage === undefined || storedVersions.includes(storage)) return definition
  const status = assign(definition.status ?? {}, { storedVersions: [...storedVersions, storage] })
  return assign(definition, { status })
}

/** As deletion begins: the finalizer that waits for the instances, and the condition that says so. */
const heldWhileDeleting = (
  definition: CustomResourceDefinition,
  now: number,
): CustomResourceDefinition | undefined => {
  if (definition.metadata.deletionTimestamp !== undefined) return undefined
  const finalizers = definition.metadata.finalizers ?? []
  const metadata = assign(definition.metadata, {
    deletionTimestamp: formatTime(now),
    finalizers: finalizers.includes(CLEANUP_FINALIZER)
      ? finalizers
      : [...finalizers, CLEANUP_FINALIZER],
  })
  return withCondition(
    assign(definition, { metadata }),
    {
      type: 'Terminating',
      status: 'True',
      reason: 'InstanceDeletionPending',
      message:
        'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
    },
    now,
  )
}

const EMPTY_STATUS = {
  conditions: null,
  acceptedNames: { plural: '', kind: '' },
  storedVersions: null,
}

export const customResourceDefinitionStrategy: Strategy<CustomResourceDefinition> = {
  defaults: defaultCustomResourceDefinition,
  prepareForCreate: (definition) => withStoredVersion(assign(definition, { status: EMPTY_STATUS })),
  validate: validateCustomResourceDefinition,
  prepareForUpdate: (definition, old) =>
    withStoredVersion(assign(definition, { status: old.status })),
  validateUpdate: (definition, old) =>
    validateCustomResourceDefinitionUpdate(definition, old, isConditionTrue(old, 'Established')),
  status: {
    prepareForUpdate: (definition, old) =>
      assign(definition, {
        spec: old.spec,
        metadata: assign(old.metadata, {
          managedFields: definition.metadata.managedFields,
          finalizers: definition.metadata.finalizers,
          annotations: definition.metadata.annotations,
          labels: definition.metadata.labels,
        }),
      }),
    validateUpdate: validateCustomResourceDefinitionStatus,
  },
  heldWhileDeleting,
  allowUnconditionalUpdate: false,
}
