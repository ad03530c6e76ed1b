import { append } from '#apimachinery/append.ts'
import type { Strategy, UpdateStages } from '#api/strategy.ts'
import { invalidValue, quote } from '#apimachinery/field-error.ts'
import { ignoreTimes } from '#apimachinery/managed-fields/manager.ts'
import { assign, equal, type KubeObject } from '#apimachinery/object.ts'
import { plainError } from '#apimachinery/patch/patch-error.ts'
import { conflict, invalid, notFound } from '#apimachinery/status-error.ts'
import {
  validateKubeFinalizers,
  validateObjectMetaUpdate,
} from '#apimachinery/validation/metadata.ts'
import { create, inNamespace } from '#kube-apiserver/registry/create.ts'
import { managedFieldsAfterUpdate } from '#kube-apiserver/registry/field-managers.ts'
import { withGeneration, withMetadata } from '#kube-apiserver/registry/object-meta.ts'
import { admissionRequest, type Operation } from '#kube-apiserver/registry/operation.ts'
import type { RegistryContext } from '#kube-apiserver/registry/registry.ts'
import { keepAllButStatus, keepStatus } from '#kube-apiserver/registry/status.ts'
import { preconditionFailed } from '#kube-apiserver/registry/storage-error.ts'
import {
  fromStored,
  groupKindOf,
  groupResourceOf,
  checksFinalizers,
  readStored,
  toStored,
  writeStored,
  type Resource,
} from '#kube-apiserver/resources.ts'

export interface UpdateResult {
  readonly object: KubeObject
  readonly created: boolean
}

/** Computes the new object from the live one (undefined if there is none and the kind may be created so), both in the version of the request. */
export type Updater = (live: KubeObject | undefined) => {
  readonly object: KubeObject
  /** Set if the updater worked out the managed fields itself (server-side apply). */
  readonly fieldsAreManaged?: boolean
  /** The UID that the live object must have. */
  readonly uid?: string
}

/** Puts the object in the place of the live one, which must be the same by its UID if it names one. kubernetes: defaultUpdatedObjectInfo.Preconditions */
export const replacing =
  (object: KubeObject): Updater =>
  () => {
    const { uid } = object.metadata
    return uid === undefined ? { object } : { object, uid }
  }

const CHANGED =
  'the object has been modified; please apply your changes to the latest version and try again'

/**
 * The update pipeline. `mayCreate`: a name that does not exist is created (server-side apply, or the kind allows it).
 * kubernetes: apiserver pkg/endpoints/handlers/update.go, pkg/registry/generic/registry/store.go Update, pkg/registry/rest/update.go
 */
export const update = (
  context: RegistryContext,
  operation: Operation,
  name: string,
  updater: Updater,
  mayCreate = false,
): UpdateResult => {
  const { resource } = operation
  const found = context.etcd.get(resource.name, operation.namespace, name)
  const stored = found === undefined ? undefined : readStored(resource, found)
  if (stored === undefined && !mayCreate && resource.strategy.allowCreateOnUpdate !== true)
    throw notFound(groupResourceOf(resource), name)
  const live = stored === undefined ? undefined : fromStored(resource, stored)
  const { object: given, fieldsAreManaged = false, uid } = updater(live)
  if (uid !== undefined && uid !== live?.metadata.uid)
    throw preconditionFailed(resource, live ?? withMetadata(given, { uid: '' }), 'UID', uid)
  if (stored === undefined || live === undefined) {
    // only what is created as such may not have a revision
    const fresh = withMetadata(given, { resourceVersion: undefined })
    return { object: create(context, operation, fresh, fieldsAreManaged), created: true }
  }

  const placed = inNamespace(
    assign(given, { apiVersion: live.apiVersion, kind: live.kind }),
    operation,
  )
  const defaulted = isComplete(operation)
    ? placed
    : (resource.strategy.defaults?.(placed) ?? placed)
  checkRevision(resource, defaulted, live, name)
  const managedFields = fieldsAreManaged
    ? defaulted.metadata.managedFields
    : managedFieldsAfterUpdate(context, operation, live, defaulted)
  const owned = toStored(resource, withMetadata(defaulted, { managedFields }))
  const admitted = context.admission.admit(admissionRequest(operation, owned, stored)) ?? owned
  return { object: store(context, operation, admitted, stored), created: false }
}

/** A component's own status beside the stored object: there is nothing to fill in. */
const isComplete = ({ validated, subresource }: Operation): boolean =>
  validated === true && subresource === 'status'

// Kinds that say so without a strategy of their own. kubernetes: AllowUnconditionalUpdate of the strategies
const CONDITIONAL: ReadonlySet<string> = new Set([
  'apiservices.apiregistration.k8s.io',
  'csidrivers.storage.k8s.io',
  'csinodes.storage.k8s.io',
  'csistoragecapacities.storage.k8s.io',
  'customresourcedefinitions.apiextensions.k8s.io',
  'mutatingadmissionpolicies.admissionregistration.k8s.io',
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'runtimeclasses.node.k8s.io',
  'validatingadmissionpolicies.admissionregistration.k8s.io',
  'validatingadmissionpolicybindings.admissionregistration.k8s.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
  'volumeattachments.storage.k8s.io',
])

const mayBeUnconditional = ({ name, strategy }: Resource): boolean =>
  strategy.allowUnconditionalUpdate ?? !CONDITIONAL.has(name)

const checkRevision = (
  resource: Resource,
  object: KubeObject,
  live: KubeObject,
  name: string,
): void => {
  const { resourceVersion } = object.metadata
  if (resourceVersion !== undefined && !/^\d+$/.test(resourceVersion))
    throw plainError(`strconv.ParseUint: parsing ${quote(resourceVersion)}: invalid syntax`)
  if (resourceVersion === undefined || Number(resourceVersion) === 0) {
    if (mayBeUnconditional(resource)) return
    const { group, resource: kind } = groupResourceOf(resource)
    throw invalid({ group, kind }, name, [
      invalidValue('metadata.resourceVersion', 0, 'must be specified for an update'),
    ])
  }
  if (resourceVersion !== live.metadata.resourceVersion)
    throw conflict(groupResourceOf(resource), name, CHANGED)
}

const store = (
  context: RegistryContext,
  operation: Operation,
  admitted: KubeObject,
  live: KubeObject,
): KubeObject => {
  const { resource } = operation
  const hooks = operation.subresource === undefined ? context.hooks[resource.name] : undefined
  const reservation = hooks?.onUpdate?.(admitted, live, operation)
  try {
    const prepared = prepareAndValidate(context, operation, reservation?.object ?? admitted, live)
    context.admission.validate(admissionRequest(operation, prepared, live))
    const result = write(context, operation, prepared, live)
    if (operation.dryRun) reservation?.revert()
    else reservation?.commit()
    return result
  } catch (error) {
    reservation?.revert()
    throw error
  }
}

const write = (
  context: RegistryContext,
  operation: Operation,
  prepared: KubeObject,
  live: KubeObject,
): KubeObject => {
  const { resource } = operation
  const object = ignoreTimes(live, prepared)
  if (isReleased(object) && live.metadata.deletionTimestamp !== undefined) {
    if (!operation.dryRun) {
      context.etcd.delete(resource.name, operation.namespace, live.metadata.name ?? '')
      context.hooks[resource.name]?.onDelete?.(object)
    }
    return object
  }
  // what changes nothing is not written, so that its revision, its watchers and its age stay as they are
  if (equal(object, live)) return live
  return operation.dryRun
    ? object
    : readStored(resource, context.etcd.put(resource.name, writeStored(resource, object)))
}

/** Nothing holds an object that is being deleted any more. kubernetes: store.go deletionFinalizersForGarbageCollection, ShouldDeleteDuringUpdate */
const isReleased = (object: KubeObject): boolean => {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers = [] } = object.metadata
  const held = (object as { readonly spec?: { readonly finalizers?: readonly string[] } }).spec
    ?.finalizers
  const isHeldByItself = object.kind === 'Namespace' && (held?.length ?? 0) > 0
  return (
    deletionTimestamp !== undefined &&
    finalizers.length === 0 &&
    (deletionGracePeriodSeconds ?? 0) === 0 &&
    !isHeldByItself
  )
}

// What the server wrote stays, or is found to be changed when it is validated. kubernetes: rest.BeforeUpdate
const keepServerFields = (object: KubeObject, live: KubeObject): KubeObject =>
  withMetadata(object, {
    uid: object.metadata.uid ?? live.metadata.uid,
    creationTimestamp: live.metadata.creationTimestamp ?? object.metadata.creationTimestamp,
    deletionTimestamp: live.metadata.deletionTimestamp ?? object.metadata.deletionTimestamp,
    deletionGracePeriodSeconds:
      object.metadata.deletionGracePeriodSeconds ?? live.metadata.deletionGracePeriodSeconds,
    generation: live.metadata.generation,
    resourceVersion: live.metadata.resourceVersion,
    selfLink: undefined,
  })

const stagesOf = (strategy: Strategy, subresource = ''): UpdateStages => {
  if (subresource === 'status') return strategy.status ?? {}
  if (subresource === 'finalize') return strategy.finalize ?? strategy
  return strategy.subresources?.[subresource] ?? strategy
}

const prepareAndValidate = (
  context: RegistryContext,
  operation: Operation,
  object: KubeObject,
  live: KubeObject,
): KubeObject => {
  const { resource, subresource } = operation
  const { strategy } = resource
  const writing = {
    now: context.now(),
    user: operation.user,
    dryRun: operation.dryRun,
    random: context.random,
  }
  const kept = keepServerFields(object, live)
  const ofStatus = subresource === 'status'
  const stages = stagesOf(strategy, subresource)
  const bare = ofStatus
    ? keepAllButStatus(kept, live)
    : subresource === 'approval' // what is approved is the status: the kind says what of it
      ? kept
      : keepStatus(resource, kept, live)
  const custom = stages.prepareForUpdate?.(bare, live, writing) ?? bare
  const prepared = ofStatus
    ? withMetadata(custom, { generation: live.metadata.generation })
    : withGeneration(resource, custom, live)
  if (operation.validated !== true) {
    const errors = [
      ...validateObjectMetaUpdate(prepared.metadata, live.metadata),
      ...(checksFinalizers(resource)
        ? validateKubeFinalizers(prepared.metadata.finalizers, 'metadata.finalizers')
        : []),
      ...(stages.validateUpdate?.(prepared, live, writing) ?? []),
    ]
    if (errors.length > 0) throw invalid(groupKindOf(resource), live.metadata.name ?? '', errors)
    append(operation.warnings, stages.warningsOnUpdate?.(prepared, live, writing) ?? [])
  }
  return strategy.canonicalize?.(prepared) ?? prepared
}
