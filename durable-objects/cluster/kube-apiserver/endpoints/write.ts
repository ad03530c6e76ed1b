import type { DeleteOptions } from '#api/strategy.ts'
import { withMetadata } from '#kube-apiserver/registry/object-meta.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import { badRequest, invalid } from '#apimachinery/status-error.ts'
import { schemaOf } from '#api/schemas.ts'
import { validateDeleteOptions } from '#apimachinery/validation/options.ts'
import {
  decodeObject,
  fieldValidationOf,
  mediaType,
  readBody,
} from '#kube-apiserver/endpoints/body.ts'
import {
  dryRunOf,
  operationOf,
  viewOf,
  type ResourceRequest,
} from '#kube-apiserver/endpoints/context.ts'
import { listAnswer, objectAnswer } from '#kube-apiserver/endpoints/form.ts'
import { jsonAnswer, queryValue, type Answer } from '#kube-apiserver/endpoints/http.ts'
import { selectionOf } from '#kube-apiserver/endpoints/selection.ts'
import { create } from '#kube-apiserver/registry/create.ts'
import { deletedStatus, remove, type DeleteResult } from '#kube-apiserver/registry/delete.ts'
import type { Operation } from '#kube-apiserver/registry/operation.ts'
import { update } from '#kube-apiserver/registry/update.ts'

/** kubernetes: apiserver pkg/endpoints/handlers/rest.go checkName */
export const checkName = ({ path }: ResourceRequest, object: KubeObject): void => {
  const { name = '', namespace = '' } = object.metadata
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
  const object = decodeObject(
    readBody(request),
    target.resource,
    fieldValidationOf(request),
    warnings,
  )
  return objectAnswer(view, create(context, operation, object), 201)
}

/** PUT of an object or its status. */
export const put = (target: ResourceRequest): Answer => {
  const { context, request, path, warnings } = target
  const view = viewOf(target)
  const operation = operationOf(target, 'UpdateOptions')
  const sent = decodeObject(
    readBody(request),
    target.resource,
    fieldValidationOf(request),
    warnings,
  )
  checkName(target, sent)
  // a body may leave its namespace to the URL
  const object =
    path.namespace !== '' && sent.metadata.namespace === undefined
      ? withMetadata(sent, { namespace: path.namespace })
      : sent
  const result = update(context, operation, path.name, () => ({ object }))
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
  const raw = readBody(
    mediaType(request) === '' ? { ...request, contentType: 'application/json' } : request,
  )
  const value = raw.value as { readonly apiVersion?: unknown; readonly kind?: unknown } | null
  const apiVersion = typeof value?.apiVersion === 'string' ? value.apiVersion : ''
  // DeleteOptions are registered in every group
  const ofGroup = {
    group: apiVersion.includes('/') ? apiVersion.split('/')[0]! : '',
    version: apiVersion.split('/').at(-1) ?? '',
  }
  const known = apiVersion === '' ? { group: resource.group, version: resource.version } : ofGroup
  return decodeObject(
    raw,
    { ...known, kind: 'DeleteOptions', schema: schemaOf(DELETE_OPTIONS) },
    'Ignore',
    warnings,
  ) as unknown as DeleteOptions
}

const queryOptions = ({ request }: ResourceRequest): DeleteOptions => {
  const grace = queryValue(request, 'gracePeriodSeconds')
  const policy = queryValue(request, 'propagationPolicy')
  const orphan = queryValue(request, 'orphanDependents')
  const dryRun = dryRunOf(request)
  if (grace !== undefined && !/^-?\d{1,18}$/.test(grace))
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(grace)}: invalid syntax`)
  return {
    ...(grace === undefined ? {} : { gracePeriodSeconds: Number(grace) }),
    ...(policy === undefined
      ? {}
      : { propagationPolicy: policy as NonNullable<DeleteOptions['propagationPolicy']> }),
    ...(orphan === undefined ? {} : { orphanDependents: orphan === 'true' || orphan === '1' }),
    ...(dryRun.length === 0 ? {} : { dryRun }),
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

/** DELETE of a collection: answers with the objects. */
export const deleteCollection = (target: ResourceRequest): Answer => {
  const { context, request, resource, path } = target
  const view = viewOf(target)
  const options = deleteOptionsOf(target)
  const selection = selectionOf(resource, request)
  const namespace =
    resource.namespaced && path.namespace !== '' ? { namespace: path.namespace } : {}
  const chosen = context.etcd.list(resource.name, namespace).filter(selection.matches)
  const results: DeleteResult[] = []
  for (const object of chosen) {
    const operation = {
      ...deleteOperation(target, options),
      namespace: object.metadata.namespace ?? '',
    }
    results.push(remove(context, operation, object.metadata.name ?? '', options))
  }
  return listAnswer(
    view,
    results.map(({ object }) => object),
    { resourceVersion: String(context.etcd.revision) },
  )
}
