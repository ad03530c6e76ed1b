// kubernetes: pkg/controller/namespace/deletion/namespaced_resources_deleter.go
import type { Component, ComponentContext, ComponentDefinition } from '#client/component.ts'
import type { Namespace } from '#api/core/v1/namespace/types.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import { isReason, StatusError } from '#apimachinery/status-error.ts'
import { deletionConditions, type Remains } from '#kube-controller-manager/namespace/conditions.ts'

const NAME = 'namespace-controller'
const FINALIZER = 'kubernetes'

/** Empties namespaces that are being deleted and lets them go when nothing is left. */
export const namespaceController: ComponentDefinition = {
  name: NAME,
  manager: 'kube-controller-manager',
  username: 'system:serviceaccount:kube-system:namespace-controller',
  create: (context) => {
    const { client, queue } = context
    client.watch('namespaces', ({ type, object }) => {
      if (type !== 'DELETED' && object.metadata.deletionTimestamp !== undefined)
        queue.add(object.metadata.name ?? '')
    })
    client.dynamic.watchAll((_, { type, object, old }) => {
      const { namespace, finalizers } = object.metadata
      if (namespace === undefined) return
      if (type === 'MODIFIED' && finalizers === old?.metadata.finalizers) return
      if (client.get('namespaces', '', namespace)?.metadata.deletionTimestamp !== undefined)
        queue.add(namespace)
    })
    return {
      name: NAME,
      queue,
      resync: () => {
        for (const { metadata } of client.list('namespaces'))
          if (metadata.deletionTimestamp !== undefined) queue.add(metadata.name ?? '')
      },
      sync: (name) => {
        const namespace = client.get('namespaces', '', name)
        if (namespace?.metadata.deletionTimestamp !== undefined) syncNamespace(context, namespace)
      },
    } satisfies Component
  },
}

const syncNamespace = ({ client }: ComponentContext, found: Namespace): void => {
  const name = found.metadata.name ?? ''
  const finalizers = found.spec?.finalizers ?? []
  if (!finalizers.includes(FINALIZER)) return
  const remains = deleteContent({ client }, name)
  const isEmpty = remains.resources.size === 0
  const old = found.status ?? {}
  const conditions =
    isEmpty && old.conditions === undefined
      ? undefined
      : deletionConditions(old.conditions ?? [], remains, client.now())
  let namespace = found
  if (old.phase !== 'Terminating' || conditions !== old.conditions) {
    const status = {
      ...old,
      phase: 'Terminating' as const,
      ...(conditions === undefined ? {} : { conditions }),
    }
    namespace = client.update('namespaces', { ...found, status }, { subresource: 'status' })
  }
  if (!isEmpty) return
  const spec = { ...namespace.spec, finalizers: finalizers.filter((one) => one !== FINALIZER) }
  client.update('namespaces', { ...namespace, spec }, { subresource: 'finalize' })
}

/** Deletes what is not being deleted yet, Pods before all else, and counts what stays. */
const deleteContent = (
  { client }: Pick<ComponentContext, 'client'>,
  namespace: string,
): Remains => {
  const remains = {
    resources: new Map<string, number>(),
    finalizers: new Map<string, number>(),
    errors: [] as string[],
  }
  const resources = client.dynamic.resources().filter((one) => one.namespaced)
  for (const onlyPods of [true, false]) {
    for (const { resource } of resources) {
      if ((resource === 'pods') !== onlyPods) continue
      for (const object of client.dynamic.list(resource, { namespace })) {
        const error = deleteObject(client, resource, object)
        if (error !== undefined) remains.errors.push(error.message)
      }
      count(remains, resource, client.dynamic.list(resource, { namespace }))
    }
    if (remains.resources.size > 0) break
  }
  return remains
}

const deleteObject = (
  client: ComponentContext['client'],
  resource: string,
  { metadata }: KubeObject,
): StatusError | undefined => {
  if (metadata.deletionTimestamp !== undefined) return undefined
  try {
    client.dynamic.delete(resource, metadata.namespace ?? '', metadata.name ?? '', {
      propagationPolicy: 'Background',
    })
    return undefined
  } catch (error) {
    if (isReason(error, 'NotFound')) return undefined
    if (error instanceof StatusError) return error
    throw error
  }
}

const count = (
  remains: { readonly resources: Map<string, number>; readonly finalizers: Map<string, number> },
  resource: string,
  objects: readonly KubeObject[],
): void => {
  if (objects.length === 0) return
  // Upstream prints resource and group with a dot between, also where the group has no name.
  remains.resources.set(resource.includes('.') ? resource : `${resource}.`, objects.length)
  for (const { metadata } of objects)
    for (const finalizer of metadata.finalizers ?? [])
      remains.finalizers.set(finalizer, (remains.finalizers.get(finalizer) ?? 0) + 1)
}
