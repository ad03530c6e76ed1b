import { append } from '#apimachinery/append.ts'
import { assign, type KubeObject } from '#apimachinery/object.ts'
import { plainError } from '#apimachinery/patch/patch-error.ts'
import { alreadyExists, badRequest, invalid, StatusError } from '#apimachinery/status-error.ts'
import {
  validateKubeFinalizers,
  validateObjectMetaCreate,
} from '#apimachinery/validation/metadata.ts'
import { nameIsDnsSubdomain } from '#apimachinery/validation/names.ts'
import { generateName } from '#kube-apiserver/identity.ts'
import { refuseIfFull } from '#kube-apiserver/registry/capacity.ts'
import { managedFieldsAfterUpdate } from '#kube-apiserver/registry/field-managers.ts'
import {
  fillSystemFields,
  withGeneration,
  withMetadata,
} from '#kube-apiserver/registry/object-meta.ts'
import { admissionRequest, type Operation } from '#kube-apiserver/registry/operation.ts'
import type { RegistryContext } from '#kube-apiserver/registry/registry.ts'
import { keepStatus } from '#kube-apiserver/registry/status.ts'
import {
  apiVersionOf,
  groupKindOf,
  groupResourceOf,
  checksFinalizers,
  readStored,
  toStored,
  writeStored,
  type Resource,
} from '#kube-apiserver/resources.ts'

const MAX_NAME_ATTEMPTS = 8

/** Puts the object into the namespace of the request. kubernetes: rest.EnsureObjectNamespaceMatchesRequestNamespace */
export const inNamespace = (object: KubeObject, operation: Operation): KubeObject => {
  const { namespace } = object.metadata
  if (!operation.resource.namespaced) return withMetadata(object, { namespace: undefined })
  if (namespace === undefined || namespace === '')
    return withMetadata(object, { namespace: operation.namespace })
  if (namespace === operation.namespace) return object
  throw badRequest(
    'the namespace of the provided object does not match the namespace sent on the request',
  )
}

/**
 * The create pipeline. `fieldsAreManaged`: server-side apply worked out the managed fields. Default, own fields, admit, fill in, reserve, prepare, validate, warn, canonicalize, store.
 * kubernetes: apiserver pkg/endpoints/handlers/create.go, pkg/registry/generic/registry/store.go Create, pkg/registry/rest/create.go
 */
export const create = (
  context: RegistryContext,
  operation: Operation,
  given: KubeObject,
  fieldsAreManaged = false,
): KubeObject => {
  const { resource } = operation
  refuseIfFull(context, resource, given.metadata.name ?? given.metadata.generateName ?? '')
  const placed = inNamespace(withApiVersion(given, resource), operation)
  const defaulted = resource.strategy.defaults?.(placed) ?? placed
  const managedFields = fieldsAreManaged
    ? defaulted.metadata.managedFields
    : managedFieldsAfterUpdate(context, operation, undefined, defaulted)
  const owned = toStored(resource, withMetadata(defaulted, { managedFields }))
  const admitted = context.admission.admit(admissionRequest(operation, owned, undefined)) ?? owned
  const filled = fillSystemFields(admitted, context.now(), context.random)
  return store(context, operation, filled, given)
}

const withApiVersion = (object: KubeObject, resource: Resource): KubeObject => {
  const apiVersion = apiVersionOf(resource)
  return object.apiVersion === apiVersion && object.kind === resource.kind
    ? object
    : assign(object, { apiVersion, kind: resource.kind })
}

const named = (context: RegistryContext, operation: Operation, object: KubeObject): KubeObject => {
  const { name = '', generateName: base = '' } = object.metadata
  if (name !== '' || base === '') return object
  let generated = generateName(base, context.random)
  for (
    let attempt = 1;
    attempt < MAX_NAME_ATTEMPTS &&
    context.etcd.get(operation.resource.name, operation.namespace, generated) !== undefined;
    attempt++
  ) {
    generated = generateName(base, context.random)
  }
  return withMetadata(object, { name: generated })
}

const store = (
  context: RegistryContext,
  operation: Operation,
  filled: KubeObject,
  given: KubeObject,
): KubeObject => {
  const { resource } = operation
  const object = named(context, operation, filled)
  const hooks = context.hooks[resource.name]
  const reservation = hooks?.onCreate?.(object, operation)
  try {
    const prepared = prepareAndValidate(context, operation, reservation?.object ?? object)
    const { name = '' } = prepared.metadata
    const existing = context.etcd.get(resource.name, operation.namespace, name)
    // a quota is not charged for what will be refused. differs: upstream charges it and counts again later
    const dryRun = operation.dryRun || existing !== undefined
    context.admission.validate(admissionRequest(operation, prepared, undefined, dryRun))
    if (!operation.dryRun && hasRevision(given))
      throw plainError('resourceVersion should not be set on objects to be created')
    if (existing !== undefined) throw existsError(resource, existing)
    if (operation.dryRun) {
      reservation?.revert()
      return prepared
    }
    const stored = context.etcd.put(resource.name, writeStored(resource, prepared))
    reservation?.commit()
    return readStored(resource, stored)
  } catch (error) {
    reservation?.revert()
    throw error
  }
}

/** What is no revision passes for none. kubernetes: apiserver pkg/storage/etcd3/store.go Create */
const hasRevision = ({ metadata: { resourceVersion = '' } }: KubeObject): boolean =>
  /^\d+$/.test(resourceVersion) && Number(resourceVersion) !== 0

const existsError = (resource: Resource, existing: KubeObject): StatusError => {
  const error = alreadyExists(groupResourceOf(resource), existing.metadata.name ?? '')
  if (existing.metadata.deletionTimestamp === undefined) return error
  const { message = '', details } = error.status
  return new StatusError(409, 'AlreadyExists', `object is being deleted: ${message}`, details)
}

const prepareAndValidate = (
  context: RegistryContext,
  operation: Operation,
  object: KubeObject,
): KubeObject => {
  const { resource } = operation
  const { strategy } = resource
  const write = {
    now: context.now(),
    user: operation.user,
    dryRun: operation.dryRun,
    random: context.random,
  }
  const fresh = withMetadata(object, {
    deletionTimestamp: undefined,
    deletionGracePeriodSeconds: undefined,
  })
  const bare = withGeneration(resource, keepStatus(resource, fresh, undefined), undefined)
  const prepared = strategy.prepareForCreate?.(bare, write) ?? bare
  if (operation.validated !== true) {
    const validateName = strategy.validateName ?? nameIsDnsSubdomain
    const errors = [
      ...validateObjectMetaCreate(prepared.metadata, {
        namespaced: resource.namespaced,
        validateName,
      }),
      ...(checksFinalizers(resource)
        ? validateKubeFinalizers(prepared.metadata.finalizers, 'metadata.finalizers')
        : []),
      ...(strategy.validate?.(prepared, write) ?? []),
    ]
    if (errors.length > 0)
      throw invalid(groupKindOf(resource), prepared.metadata.name ?? '', errors)
    append(operation.warnings, strategy.warningsOnCreate?.(prepared, write) ?? [])
  }
  return strategy.canonicalize?.(prepared) ?? prepared
}
