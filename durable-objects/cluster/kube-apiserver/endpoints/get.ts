import type { KubeObject } from '#apimachinery/object.ts'
import { notFound } from '#apimachinery/status-error.ts'
import { viewOf, type ResourceRequest } from '#kube-apiserver/endpoints/context.ts'
import { objectAnswer } from '#kube-apiserver/endpoints/form.ts'
import { queryValue, type Answer } from '#kube-apiserver/endpoints/http.ts'
import { servedRevision, tooLarge } from '#kube-apiserver/endpoints/list.ts'
import { groupResourceOf, readStored } from '#kube-apiserver/resources.ts'

/** The stored object that the path names. Throws NotFound. */
export const liveObject = ({ context, resource, path }: ResourceRequest): KubeObject => {
  const object = context.etcd.get(resource.name, path.namespace, path.name)
  if (object === undefined) throw notFound(groupResourceOf(resource), path.name)
  return readStored(resource, object)
}

/** GET of one object, which may be asked to be at least as new as a revision. kubernetes: apiserver pkg/storage/cacher Get */
export const get = (target: ResourceRequest): Answer => {
  const view = viewOf(target)
  const asked = queryValue(target.request, 'resourceVersion') ?? ''
  const revision = asked === '' ? 0 : servedRevision(asked)
  const current = target.context.etcd.revision
  if (revision > current) throw tooLarge(revision, current)
  return objectAnswer(view, liveObject(target))
}
