import type { KubeObject } from '#apimachinery/object.ts'
import { subresourceOf, type Resource } from '#kube-apiserver/resources.ts'

type WithParts = KubeObject & Readonly<Record<string, unknown>>

/** A write of the object itself leaves its status as it was. */
export const keepStatus = (
  resource: Resource,
  object: KubeObject,
  old: KubeObject | undefined,
): KubeObject => {
  if (subresourceOf(resource, 'status') === undefined) return object
  if (old === undefined && resource.strategy.keepsGivenStatus === true) return object
  const status =
    (old as WithParts | undefined)?.['status'] ??
    (resource.schema?.fields?.get('status')?.keepZero === true ? {} : undefined)
  if ((object as WithParts)['status'] === status) return object
  const { status: _status, ...rest } = object as WithParts
  if (status === undefined) return rest
  return { ...rest, status } as KubeObject
}

/** A write of the status leaves everything else but metadata as it was. */
export const keepAllButStatus = (object: KubeObject, old: KubeObject): KubeObject => {
  const { status } = object as WithParts
  const kept = { ...old, metadata: object.metadata } as WithParts
  if (status === undefined) {
    const { status: _status, ...rest } = kept
    return rest
  }
  return { ...kept, status } as KubeObject
}
