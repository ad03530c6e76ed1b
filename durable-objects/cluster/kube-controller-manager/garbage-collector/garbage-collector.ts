// kubernetes: pkg/controller/garbagecollector
import type { Change } from '#client/client.ts'
import type { Component, ComponentContext, ComponentDefinition } from '#client/component.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import { isReason } from '#apimachinery/status-error.ts'
import {
  Catalog,
  IGNORED,
  itemKey,
  splitItemKey,
} from '#kube-controller-manager/garbage-collector/catalog.ts'
import {
  awaitsDependents,
  classifyOwners,
  needsCollector,
} from '#kube-controller-manager/garbage-collector/owners.ts'
import { planCollection, withoutOwner } from '#kube-controller-manager/garbage-collector/plan.ts'

const NAME = 'garbage-collector'

/** Objects whose owners are gone go too; owners that are deleted in the foreground or leave orphans are seen through. */
export const garbageCollector: ComponentDefinition = {
  name: NAME,
  manager: 'kube-controller-manager',
  username: 'system:serviceaccount:kube-system:generic-garbage-collector',
  create: (context) => {
    const { client, queue } = context
    const catalog = new Catalog(client.dynamic)
    client.dynamic.watchAll((resource, change) => notice(context, catalog, resource, change))
    return {
      name: NAME,
      queue,
      resync: () => {
        for (const resource of catalog.resources)
          for (const object of client.dynamic.list(resource))
            if (needsCollector(object) || lacksOwner(catalog, object))
              queue.add(itemKey(resource, object))
      },
      sync: (key) => collect(context, catalog, key),
    } satisfies Component
  },
}

/** Whether an object that is not being deleted has an owner that is gone or on its way out. */
const lacksOwner = (catalog: Catalog, object: KubeObject): boolean => {
  if (object.metadata.ownerReferences === undefined) return false
  if (object.metadata.deletionTimestamp !== undefined) return false
  const { dangling, waiting } = classifyOwners(object, catalog.ownerOf)
  return dangling.length > 0 || waiting.length > 0
}

/** Queues what a change concerns. Costs next to nothing for the many changes that concern nothing. */
const notice = (
  { queue }: ComponentContext,
  catalog: Catalog,
  resource: string,
  { type, object, old }: Change,
): void => {
  if (resource === IGNORED) return
  if (type === 'DELETED') {
    for (const dependent of catalog.dependentsOf(object.metadata.uid ?? ''))
      queue.add(itemKey(dependent.resource, dependent.object))
    queueWaitingOwners(queue, catalog, object)
    return
  }
  const { metadata } = object
  const before = old?.metadata
  if (
    metadata.deletionTimestamp !== undefined &&
    (before?.deletionTimestamp === undefined || before.finalizers !== metadata.finalizers) &&
    needsCollector(object)
  )
    queue.add(itemKey(resource, object))
  if (metadata.ownerReferences === before?.ownerReferences) return
  if (old !== undefined) queueWaitingOwners(queue, catalog, old)
  if (lacksOwner(catalog, object)) queue.add(itemKey(resource, object))
}

const queueWaitingOwners = (
  queue: ComponentContext['queue'],
  catalog: Catalog,
  { metadata }: KubeObject,
): void => {
  for (const reference of metadata.ownerReferences ?? []) {
    const owner = catalog.find(reference, metadata.namespace)
    if (owner !== undefined && owner !== 'unknown' && awaitsDependents(owner.object))
      queue.add(itemKey(owner.resource, owner.object))
  }
}

const collect = ({ client, queue }: ComponentContext, catalog: Catalog, key: string): void => {
  const { resource, namespace, name } = splitItemKey(key)
  const object = client.dynamic.get(resource, namespace, name)
  if (object === undefined) return
  const { uid = '' } = object.metadata
  const plan = planCollection(object, () => catalog.dependentsOf(uid), catalog.ownerOf)
  switch (plan.do) {
    case 'nothing':
      return
    case 'update':
      client.dynamic.update(resource, plan.object)
      return
    case 'orphan':
      for (const dependent of plan.dependents)
        client.dynamic.update(dependent.resource, withoutOwner(dependent.object, uid))
      client.dynamic.update(resource, plan.object)
      return
    case 'wait':
      for (const dependent of plan.dependents)
        if (lacksOwner(catalog, dependent.object))
          queue.add(itemKey(dependent.resource, dependent.object))
      return
    case 'delete':
      if (plan.unblocked !== undefined) client.dynamic.update(resource, plan.unblocked)
      deleteItem(client, resource, object, plan.policy)
  }
}

const deleteItem = (
  client: ComponentContext['client'],
  resource: string,
  { metadata }: KubeObject,
  propagationPolicy: 'Orphan' | 'Foreground' | 'Background',
): void => {
  try {
    client.dynamic.delete(resource, metadata.namespace ?? '', metadata.name ?? '', {
      propagationPolicy,
      ...(metadata.uid === undefined ? {} : { preconditions: { uid: metadata.uid } }),
    })
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error
  }
}
