import { managedOnUpdate, type UpdateInput } from '#apimachinery/managed-fields/manager.ts'
import type { KubeObject, ManagedFieldsEntry, Mutable } from '#apimachinery/object.ts'
import { formatTime } from '#apimachinery/time.ts'
import type { Operation } from '#kube-apiserver/registry/operation.ts'
import type { RegistryContext } from '#kube-apiserver/registry/registry.ts'
import { apiVersionOf, subresourceOf } from '#kube-apiserver/resources.ts'

type Paths = readonly (readonly string[])[]

const NONE: Paths = Object.freeze([])
const STATUS: Paths = Object.freeze([['status']])
const SPEC: Paths = Object.freeze([['spec']])

/** Fields that a write does not own because the strategy sets them back. kubernetes: GetResetFields of the strategies */
export const resetFieldsOf = (operation: Operation): Paths => {
  if (operation.subresource === 'status') return SPEC
  return subresourceOf(operation.resource, 'status') === undefined ? NONE : STATUS
}

/** The managed fields after a write that says what the object should be (create, update, patch). */
export const managedFieldsAfterUpdate = (
  context: RegistryContext,
  operation: Operation,
  live: KubeObject | undefined,
  next: KubeObject,
): readonly ManagedFieldsEntry[] | undefined => {
  const { resource, subresource, manager } = operation
  if (resource.schema === undefined) return undefined
  const input: Mutable<UpdateInput> = {
    live,
    next,
    manager,
    apiVersion: apiVersionOf(resource),
    time: formatTime(context.now()),
    schema: resource.schema,
    resetFields: resetFieldsOf(operation),
  }
  if (subresource !== undefined) input.subresource = subresource
  const managed = managedOnUpdate(input)
  return managed.length === 0 ? undefined : managed
}
