// kubernetes: pkg/controller/volume/pvcprotection/pvc_protection_controller.go, pvprotection/pv_protection_controller.go
import type { PersistentVolume } from '#api/core/v1/persistent-volume/types.ts'
import { assign, keyOf, splitKey, type KubeObject } from '#apimachinery/object.ts'
import type { Client } from '#client/client.ts'
import type { Component, ComponentContext, ComponentDefinition } from '#client/component.ts'
import { claimsOf } from '#kube-controller-manager/persistentvolume/consumers.ts'
import { isPodFinished } from '#kube-controller-manager/pod-state.ts'

interface Protection {
  /** `pvc-protection-controller` */
  readonly name: string
  readonly resource: string
  readonly finalizer: string
  readonly isInUse: (object: KubeObject, client: Client) => boolean
  /** Queues what may have come out of use. */
  readonly watch?: (context: ComponentContext) => void
}

const withFinalizers = (object: KubeObject, finalizers: readonly string[]): KubeObject =>
  assign(object, {
    metadata: assign(object.metadata, {
      finalizers: finalizers.length === 0 ? undefined : finalizers,
    }),
  })

/** The object as it should be: protected while it lives, let go when it is to be deleted and nobody uses it. */
const protectedForm = (
  object: KubeObject,
  { finalizer, isInUse }: Protection,
  client: Client,
): KubeObject => {
  const finalizers = object.metadata.finalizers ?? []
  const isProtected = finalizers.includes(finalizer)
  if (object.metadata.deletionTimestamp === undefined)
    return isProtected ? object : withFinalizers(object, [...finalizers, finalizer])
  if (!isProtected || isInUse(object, client)) return object
  return withFinalizers(
    object,
    finalizers.filter((each) => each !== finalizer),
  )
}

const protectionController = (protection: Protection): ComponentDefinition => {
  const { name, resource } = protection
  return {
    name,
    manager: 'kube-controller-manager',
    username: `system:serviceaccount:kube-system:${name}`,
    create: (context) => {
      const { client, queue } = context
      client.dynamic.watchAll((changed, { type, object }) => {
        if (changed === resource && type !== 'DELETED') queue.add(keyOf(object))
      })
      protection.watch?.(context)
      return {
        name,
        queue,
        resync: () => {
          for (const object of client.dynamic.list(resource)) queue.add(keyOf(object))
        },
        sync: (key) => {
          const { namespace, name: objectName } = splitKey(key)
          const object = client.dynamic.get(resource, namespace, objectName)
          if (object === undefined) return
          const wanted = protectedForm(object, protection, client)
          if (wanted !== object) client.dynamic.update(resource, wanted)
        },
      } satisfies Component
    },
  }
}

/** Claims live until no running Pod uses them. */
export const claimProtection = protectionController({
  name: 'pvc-protection-controller',
  resource: 'persistentvolumeclaims',
  finalizer: 'kubernetes.io/pvc-protection',
  isInUse: ({ metadata }, client) =>
    client
      .list('pods', { namespace: metadata.namespace ?? '' })
      .some(
        (pod) =>
          !isPodFinished(pod) &&
          (pod.spec.nodeName ?? '') !== '' &&
          claimsOf(pod).includes(metadata.name ?? ''),
      ),
  watch: ({ client, queue }) => {
    client.watch('pods', ({ type, object: pod }) => {
      if (pod.spec.volumes === undefined || (type !== 'DELETED' && !isPodFinished(pod))) return
      for (const claim of claimsOf(pod)) queue.add(`${pod.metadata.namespace ?? ''}/${claim}`)
    })
  },
})

/** Volumes live while they are bound. */
export const volumeProtection = protectionController({
  name: 'pv-protection-controller',
  resource: 'persistentvolumes',
  finalizer: 'kubernetes.io/pv-protection',
  isInUse: (object) => (object as PersistentVolume).status?.phase === 'Bound',
})
