import { schemaOf } from '#api/schemas.ts'
import type { Binding } from '#api/core/v1/binding/types.ts'
import { methodNotAllowed, noSuchPath, notFound, StatusError } from '#apimachinery/status-error.ts'
import { decodeObject, fieldValidationOf, readBody } from '#kube-apiserver/endpoints/body.ts'
import {
  dryRunOf,
  operationOf,
  viewOf,
  type ResourceRequest,
} from '#kube-apiserver/endpoints/context.ts'
import { evict } from '#kube-apiserver/endpoints/eviction.ts'
import { objectAnswer } from '#kube-apiserver/endpoints/form.ts'
import { jsonAnswer, type Answer } from '#kube-apiserver/endpoints/http.ts'
import { patch } from '#kube-apiserver/endpoints/patch.ts'
import { getScale, patchScale, putScale } from '#kube-apiserver/endpoints/scale.ts'
import { createToken } from '#kube-apiserver/endpoints/virtual-resources.ts'
import { put } from '#kube-apiserver/endpoints/write.ts'
import { bindTo } from '#kube-apiserver/registry/binding.ts'
import { groupResourceOf, subresourceOf } from '#kube-apiserver/resources.ts'

/** What ends every write of these with a Status. */
const success = (): Answer =>
  jsonAnswer(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 })

const getObject = (target: ResourceRequest): Answer => {
  const { context, resource, path } = target
  const view = viewOf(target)
  const object = context.etcd.get(resource.name, path.namespace, path.name)
  if (object === undefined) throw notFound(groupResourceOf(resource), path.name)
  return objectAnswer(view, object)
}

/** Subresources that are a part of the object: they are read and written as it is. */
const partOfObject = (target: ResourceRequest): Answer => {
  switch (target.request.method) {
    case 'GET':
    case 'HEAD':
      return getObject(target)
    case 'PUT':
      return put(target)
    case 'PATCH':
      return patch(target)
    default:
      throw methodNotAllowed()
  }
}

const scale = (target: ResourceRequest): Answer => {
  switch (target.request.method) {
    case 'GET':
    case 'HEAD':
      return getScale(target)
    case 'PUT':
      return putScale(target)
    case 'PATCH':
      return patchScale(target)
    default:
      throw methodNotAllowed()
  }
}

const binding = (target: ResourceRequest): Answer => {
  const { context, request, path, warnings } = target
  if (request.method !== 'POST') throw methodNotAllowed()
  const expected = {
    group: '',
    version: 'v1',
    kind: 'Binding',
    schema: schemaOf('io.k8s.api.core.v1.Binding'),
  }
  const object = decodeObject(
    readBody(request),
    expected,
    fieldValidationOf(request),
    warnings,
  ) as Binding
  operationOf(target, 'CreateOptions')
  if (dryRunOf(request).length === 0)
    bindTo(
      context,
      path.namespace,
      path.name,
      object.target.name ?? '',
      object.metadata.annotations,
    )
  return success()
}

/** kubelet's own subresources need a node that runs something: they come with the shell and the network. */
const NOT_YET: ReadonlySet<string> = new Set(['attach', 'exec', 'log', 'portforward', 'proxy'])

/** A request for `…/NAME/SUBRESOURCE`. */
export const subresource = (target: ResourceRequest): Answer => {
  const { context, resource, path, request } = target
  if (subresourceOf(resource, path.subresource) === undefined) throw noSuchPath()
  switch (path.subresource) {
    case 'status':
    case 'finalize':
    case 'approval':
    case 'ephemeralcontainers':
    case 'resize':
      return partOfObject(target)
    case 'scale':
      return scale(target)
    case 'binding':
      return binding(target)
    case 'eviction':
      if (request.method !== 'POST') throw methodNotAllowed()
      return evict(target)
    case 'token':
      if (request.method !== 'POST') throw methodNotAllowed()
      return createToken(target)
  }
  if (NOT_YET.has(path.subresource)) {
    if (context.etcd.get(resource.name, path.namespace, path.name) === undefined)
      throw notFound(groupResourceOf(resource), path.name)
    throw new StatusError(
      501,
      'NotImplemented',
      `${resource.plural}/${path.subresource} is not served by this cluster yet`,
    )
  }
  throw noSuchPath()
}
