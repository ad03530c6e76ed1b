import type { DeleteOptions } from '#api/strategy.ts'
import { withMetadata } from '#kube-apiserver/registry/object-meta.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import { plainError } from '#apimachinery/patch/patch-error.ts'
import { badRequest, invalid } from '#apimachinery/status-error.ts'
import { schemaOf } from '#api/schemas.ts'
import { validateDeleteOptions } from '#apimachinery/validation/options.ts'
import { BodyError, decodeBody, decodeObject, readBody } from '#kube-apiserver/endpoints/body.ts'
import {
  dryRunOf,
  operationOf,
  viewOf,
  type ResourceRequest,
} from '#kube-apiserver/endpoints/context.ts'
import { authorizeCreate } from '#kube-apiserver/endpoints/create-on-update.ts'
import { listAnswer, objectAnswer } from '#kube-apiserver/endpoints/form.ts'
import { isSet, jsonAnswer, queryValue, type Answer } from '#kube-apiserver/endpoints/http.ts'
import {
  checkListOptions,
  listOptionsOf,
  parseInt64,
} from '#kube-apiserver/endpoints/list-options.ts'
import { withoutDoubleOwners } from '#kube-apiserver/endpoints/owner-references.ts'
import { selectionOf } from '#kube-apiserver/endpoints/selection.ts'
import { create } from '#kube-apiserver/registry/create.ts'
import { deletedStatus, remove } from '#kube-apiserver/registry/delete.ts'
import type { Operation } from '#kube-apiserver/registry/operation.ts'
import { replacing, update } from '#kube-apiserver/registry/update.ts'
import { apiVersionOf, readAllStored } from '#kube-apiserver/resources.ts'

/** kubernetes: apiserver pkg/endpoints/handlers/rest.go checkName */
export const checkName = ({ path }: ResourceRequest, object: KubeObject): void => {
  const { name = '', namespace = '' } = object.metadata
  if (name === '')
    throw badRequest(
      `the name of the object (${path.name} based on URL) was undeterminable: name must be provided`,
    )
  if (name !== path.name)
    throw badRequest(
      `the name of the object (${name}) does not match the name on the URL (${path.name})`,
    )
  if (path.namespace !== '' && namespace !== '' && namespace !== path.namespace) {
    throw badRequest(
      `the namespace of the object (${namespace}) does not match the namespace on the request (${path.namespace})`,
    )
  }
}

/** POST to a collection. */
export const post = (target: ResourceRequest): Answer => {
  const { context, request, warnings } = target
  const view = viewOf(target)
  const operation = operationOf(target, 'CreateOptions')
  const object = withoutDoubleOwners(decodeBody(request, target.resource, warnings), warnings)
  return objectAnswer(view, create(context, operation, object), 201)
}

/** PUT of an object or its status. */
export const put = (target: ResourceRequest): Answer => {
  const { context, request, path, warnings } = target
  const view = viewOf(target)
  const operation = operationOf(target, 'UpdateOptions')
  const sent = withoutDoubleOwners(decodeBody(request, target.resource, warnings), warnings)
  checkName(target, sent)
  // a body may leave its namespace to the URL
  const object =
    path.namespace !== '' && sent.metadata.namespace === undefined
      ? withMetadata(sent, { namespace: path.namespace })
      : sent
  const result = update(context, operation, path.name, (live) => {
    if (live === undefined) authorizeCreate(target)
    return replacing(object)(live)
  })
  return objectAnswer(view, result.object, result.created ? 201 : 200)
}

const DELETE_OPTIONS = 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions'

/** The options of a DELETE: its body, or else its query. kubernetes: apiserver pkg/endpoints/handlers/delete.go */
export const deleteOptionsOf = (target: ResourceRequest): DeleteOptions => {
  const { request } = target
  const options = request.body.length > 0 ? bodyOptions(target) : queryOptions(target)
  const errors = validateDeleteOptions(options)
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', errors)
  return options
}

const bodyOptions = ({ request, resource, warnings }: ResourceRequest): DeleteOptions => {
  try {
    const raw = readBody(request)
    const given = (raw.value as { readonly apiVersion?: unknown } | null)?.apiVersion
    const apiVersion = typeof given === 'string' && given !== '' ? given : apiVersionOf(resource)
    const slash = apiVersion.indexOf('/')
    // DeleteOptions are registered in every group
    const expected = {
      group: slash < 0 ? '' : apiVersion.slice(0, slash),
      version: apiVersion.slice(slash + 1),
      kind: 'DeleteOptions',
      schema: schemaOf(DELETE_OPTIONS),
    }
    return decodeObject(raw, expected, 'Ignore', warnings) as unknown as DeleteOptions
  } catch (error) {
    throw error instanceof BodyError ? plainError(error.message) : error
  }
}

/** kubernetes: apimachinery pkg/apis/meta/v1/conversion.go Convert_url_Values_To_v1_DeleteOptions */
const queryOptions = ({ request }: ResourceRequest): DeleteOptions => {
  const value = (name: string): string | undefined => queryValue(request, name)
  const grace = value('gracePeriodSeconds')
  const policy = value('propagationPolicy')
  const orphan = value('orphanDependents')
  const dryRun = dryRunOf(request)
  const preconditions = {
    ...(value('uid') ? { uid: value('uid')! } : {}),
    ...(value('resourceVersion') ? { resourceVersion: value('resourceVersion')! } : {}),
  }
  return {
    ...(grace === undefined ? {} : { gracePeriodSeconds: parseInt64(grace) }),
    ...(policy === undefined
      ? {}
      : { propagationPolicy: policy as NonNullable<DeleteOptions['propagationPolicy']> }),
    ...(orphan === undefined ? {} : { orphanDependents: isSet(orphan) }),
    ...(dryRun.length === 0 ? {} : { dryRun }),
    ...(Object.keys(preconditions).length === 0 ? {} : { preconditions }),
  }
}

const deleteOperation = (target: ResourceRequest, options: DeleteOptions): Operation => ({
  ...operationOf(target, 'PatchOptions'),
  dryRun: (options.dryRun?.length ?? 0) > 0,
})

/** DELETE of one object. */
export const deleteOne = (target: ResourceRequest): Answer => {
  const { context, resource, path } = target
  const view = viewOf(target)
  const options = deleteOptionsOf(target)
  const result = remove(context, deleteOperation(target, options), path.name, options)
  const status = !result.removed && options.orphanDependents === false ? 202 : 200
  if (result.removed && resource.strategy.returnsDeletedObject !== true)
    return jsonAnswer(status, deletedStatus(resource, result.object))
  return objectAnswer(view, result.object, status)
}

/** DELETE of a collection: answers with the objects as they were. kubernetes: store.go DeleteCollection */
export const deleteCollection = (target: ResourceRequest): Answer => {
  const { context, request, resource, path } = target
  const view = viewOf(target)
  const listOptions = listOptionsOf(request)
  const selection = selectionOf(resource, listOptions)
  checkListOptions(listOptions)
  const options = deleteOptionsOf(target)
  const namespace =
    resource.namespaced && path.namespace !== '' ? { namespace: path.namespace } : {}
  const chosen = readAllStored(resource, context.etcd.list(resource.name, namespace)).filter(
    selection.matches,
  )
  const resourceVersion = String(context.etcd.revision)
  for (const { metadata } of chosen) {
    const operation = {
      ...deleteOperation(target, options),
      namespace: metadata.namespace ?? '',
    }
    remove(context, operation, metadata.name ?? '', options)
  }
  return listAnswer(view, chosen, { resourceVersion })
}
