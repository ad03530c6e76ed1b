import { methodNotAllowed, noSuchPath } from '#apimachinery/status-error.ts'
import { bindPod } from '#kube-apiserver/endpoints/binding.ts'
import type { ResourceRequest } from '#kube-apiserver/endpoints/context.ts'
import { evict } from '#kube-apiserver/endpoints/eviction.ts'
import { get } from '#kube-apiserver/endpoints/get.ts'
import type { Answer } from '#kube-apiserver/endpoints/http.ts'
import { patch } from '#kube-apiserver/endpoints/patch.ts'
import { getScale, patchScale, putScale } from '#kube-apiserver/endpoints/scale.ts'
import { createToken } from '#kube-apiserver/endpoints/virtual-resources.ts'
import { put } from '#kube-apiserver/endpoints/write.ts'
import { subresourceOf } from '#kube-apiserver/resources.ts'

/** Subresources that are a part of the object: they are read and written as it is. */
const partOfObject = (target: ResourceRequest): Answer => {
  switch (target.request.method) {
    case 'GET':
      return get(target)
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
      return getScale(target)
    case 'PUT':
      return putScale(target)
    case 'PATCH':
      return patchScale(target)
    default:
      throw methodNotAllowed()
  }
}

const VERBS: Readonly<Record<string, string>> = {
  GET: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}

/** A request for `…/NAME/SUBRESOURCE`. */
export const subresource = (target: ResourceRequest): Answer => {
  const { resource, path, request } = target
  const discovery = subresourceOf(resource, path.subresource)
  if (discovery === undefined) throw noSuchPath()
  if (!discovery.verbs.includes(VERBS[request.method] ?? '')) throw methodNotAllowed()
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
      return bindPod(target)
    case 'eviction':
      return evict(target)
    case 'token':
      return createToken(target)
  }
  throw noSuchPath()
}
