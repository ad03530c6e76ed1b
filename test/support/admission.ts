import type { KubeObject } from '#apimachinery/object.ts'
import { freeze } from '#apimachinery/object.ts'
import { Random } from '#environment.ts'
import type { AdmissionContext, AdmissionPlugin } from '#kube-apiserver/admission/plugin.ts'
import type { AdmissionRequest } from '#kube-apiserver/registry/operation.ts'
import type { Reader } from '#kube-apiserver/reader.ts'
import { sharedResources } from '#kube-apiserver/resources.ts'

export const NOW = 1_700_000_000_000

/** A store of the given objects, by resource name. */
export const readerOf = (objects: Readonly<Record<string, readonly object[]>>): Reader => {
  const all = (resource: string): readonly KubeObject[] =>
    (objects[resource] ?? []).map((object) => freeze(object) as KubeObject)
  return {
    get: (resource, namespace, name) =>
      all(resource).find(
        ({ metadata }) => metadata.name === name && (metadata.namespace ?? '') === namespace,
      ),
    list: (resource, { namespace } = {}) =>
      all(resource).filter(
        ({ metadata }) => namespace === undefined || metadata.namespace === namespace,
      ),
  }
}

export const contextOf = (
  objects: Readonly<Record<string, readonly object[]>> = {},
): AdmissionContext => ({ reader: readerOf(objects), random: new Random(1), now: () => NOW })

/** A CREATE of `object`, or an UPDATE if there is an `old` one. */
export const requestOf = (
  resourceName: string,
  object: object | undefined,
  more: Partial<AdmissionRequest> = {},
): AdmissionRequest => {
  const resource = sharedResources().named(resourceName)
  if (resource === undefined) throw new Error(`no resource ${resourceName}`)
  const given = object as KubeObject | undefined
  return {
    operation: more.old === undefined ? 'CREATE' : 'UPDATE',
    resource,
    namespace: resource.namespaced ? 'default' : '',
    name: given?.metadata.name ?? '',
    object: given === undefined ? undefined : freeze(given),
    old: undefined,
    user: { username: 'u', groups: [] },
    dryRun: false,
    warnings: [],
    ...more,
  }
}

/** Runs one plugin as the chain would: its mutating half, then its validating one. */
export const run = (plugin: AdmissionPlugin, request: AdmissionRequest): KubeObject | undefined => {
  const object =
    request.object === undefined
      ? undefined
      : (plugin.admit?.({ ...request, object: request.object }) ?? request.object)
  plugin.validate?.({ ...request, object })
  return object
}

export const messageOf = (action: () => unknown): string => {
  try {
    action()
  } catch (error) {
    return (error as Error).message
  }
  return ''
}
