// An object in kube-system that a part of the control plane keeps there.
import type { ResourceTypes } from '#api/resource-types.ts'
import { parseTime } from '#apimachinery/time.ts'
import type { Client } from '#client/client.ts'
import type { Component, ComponentContext, ComponentDefinition } from '#client/component.ts'

export const NAMESPACE = 'kube-system'

type Kept = 'configmaps' | 'leases.coordination.k8s.io'

interface SystemObject<R extends Kept> {
  /** The component's name. */
  readonly name: string
  readonly manager: string
  readonly username: string
  readonly resource: R
  readonly objectName: string
  /** How often somebody looks whether it is there, in milliseconds; 0: at once. */
  readonly interval: number
  readonly object: (context: ComponentContext) => ResourceTypes[R]
  /** What the existing object should be; the object itself if it is right. */
  readonly corrected?: (existing: ResourceTypes[R], now: number) => ResourceTypes[R]
}

/** Looks are counted from the cluster's beginning, which is known to the second. */
const nextLook = (client: Client, interval: number): number => {
  const now = client.now()
  const { creationTimestamp } = client.get('namespaces', '', NAMESPACE)?.metadata ?? {}
  if (interval === 0 || creationTimestamp === undefined) return now
  const start = parseTime(creationTimestamp)
  const second = Math.floor(now / 1000) * 1000
  return Math.max(now, start + Math.ceil((second - start) / interval) * interval)
}

export const systemObject = <R extends Kept>(options: SystemObject<R>): ComponentDefinition => ({
  name: options.name,
  manager: options.manager,
  username: options.username,
  create: (context) => component(context, options),
})

const component = <R extends Kept>(
  context: ComponentContext,
  { name, resource, objectName, interval, object, corrected }: SystemObject<R>,
): Component => {
  const { client, queue } = context
  const found = (): ResourceTypes[R] | undefined => client.get(resource, NAMESPACE, objectName)
  const right = (existing: ResourceTypes[R]): ResourceTypes[R] =>
    corrected === undefined ? existing : corrected(existing, client.now())
  const look = (): void => {
    const existing = found()
    if (existing === undefined) queue.addAt(objectName, nextLook(client, interval))
    else if (right(existing) === existing) queue.cancel(objectName)
    else queue.add(objectName)
  }
  client.watch(resource, ({ object: { metadata } }) => {
    if (metadata.name === objectName && metadata.namespace === NAMESPACE) look()
  })
  return {
    name,
    queue,
    resync: look,
    sync: () => {
      const existing = found()
      if (existing === undefined) client.create(resource, object(context))
      else if (right(existing) !== existing) client.update(resource, right(existing))
    },
  }
}
