import type { ResourceName, ResourceTypes } from '#api/resource-types.ts'
import type { Component, ComponentContext, ComponentDefinition } from '#client/component.ts'
import { equal } from '#apimachinery/object.ts'
import { isNamespaceTerminating } from '#kube-controller-manager/pod-control.ts'

interface NamespacedDefault<R extends ResourceName> {
  /** The component's name. */
  readonly name: string
  readonly username: string
  readonly resource: R
  /** The object's name, the same in every namespace. */
  readonly objectName: string
  readonly object: (namespace: string) => ResourceTypes[R]
  /** What the existing object should be; the object itself if it is right. Left alone if absent. */
  readonly corrected?: (existing: ResourceTypes[R]) => ResourceTypes[R]
}

/** A controller that sees to it that every namespace has one certain object. */
export const namespacedDefault = <R extends 'serviceaccounts' | 'configmaps'>(
  options: NamespacedDefault<R>,
): ComponentDefinition => ({
  name: options.name,
  manager: 'kube-controller-manager',
  username: options.username,
  create: (context) => component(context, options),
})

const component = <R extends 'serviceaccounts' | 'configmaps'>(
  { client, queue }: ComponentContext,
  { name, resource, objectName, object, corrected }: NamespacedDefault<R>,
): Component => {
  client.watch('namespaces', ({ type, object: { metadata } }) => {
    if (type !== 'DELETED') queue.add(metadata.name ?? '')
  })
  client.watch(resource, ({ object: { metadata } }) => {
    if (metadata.name === objectName) queue.add(metadata.namespace ?? '')
  })
  return {
    name,
    queue,
    resync: () => {
      for (const { metadata } of client.list('namespaces')) queue.add(metadata.name ?? '')
    },
    sync: (namespace) => {
      const { metadata, status } = client.get('namespaces', '', namespace) ?? {}
      if (metadata === undefined || metadata.deletionTimestamp !== undefined) return
      if (status?.phase === 'Terminating') return
      const existing = client.get(resource, namespace, objectName)
      try {
        if (existing === undefined) client.create(resource, object(namespace))
        else if (corrected !== undefined && !equal(existing, corrected(existing)))
          client.update(resource, corrected(existing))
      } catch (error) {
        if (!isNamespaceTerminating(error)) throw error
      }
    },
  }
}
