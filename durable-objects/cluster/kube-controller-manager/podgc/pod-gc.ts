// kubernetes: pkg/controller/podgc/gc_controller.go
import { NEVER_PROBED } from '#api/core/v1/pod/never-probed.ts'
import type { Component, ComponentContext, ComponentDefinition } from '#client/component.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { isReason } from '#apimachinery/status-error.ts'
import { formatTime } from '#apimachinery/time.ts'
import { keyOf, splitKey } from '#apimachinery/object.ts'
import { isPodFinished } from '#kube-controller-manager/pod-state.ts'

const NAME = 'pod-garbage-collector'
/** A node that is gone may come back that soon. */
const QUARANTINE_MS = 40_000
const MEMORY = 'pod-gc/'
const NODE = 'node '

/** Deletes Pods of nodes that are gone and Pods that terminate without ever having had a node. */
export const podGarbageCollector: ComponentDefinition = {
  name: NAME,
  manager: 'kube-controller-manager',
  username: 'system:serviceaccount:kube-system:pod-garbage-collector',
  create: (context) => {
    const { client, queue } = context
    client.watch('nodes', ({ type, object }) => {
      const { name = '' } = object.metadata
      // one that comes back is looked at as well: its quarantine ends, and with it the moment that was set
      if (type !== 'MODIFIED') queue.add(`${NODE}${name}`)
    })
    const hasNode = (name: string): boolean => client.get('nodes', '', name) !== undefined
    client.watch('pods', ({ type, object, old }) => {
      const { nodeName = '' } = object.spec
      if (nodeName !== '') {
        const cameOrWent = type !== 'MODIFIED' || old?.spec.nodeName !== nodeName
        if (cameOrWent && !hasNode(nodeName)) queue.add(`${NODE}${nodeName}`)
      } else if (type !== 'DELETED' && isUnboundAndTerminating(object)) queue.add(keyOf(object))
    })
    return {
      name: NAME,
      queue,
      resync: () => {
        for (const pod of client.list('pods')) {
          const { nodeName = '' } = pod.spec
          if (isUnboundAndTerminating(pod)) queue.add(keyOf(pod))
          else if (nodeName !== '' && !hasNode(nodeName)) queue.add(`${NODE}${nodeName}`)
        }
      },
      sync: (key) => {
        if (key.startsWith(NODE)) return syncNode(context, key.slice(NODE.length))
        const { namespace, name } = splitKey(key)
        const pod = client.get('pods', namespace, name)
        if (pod !== undefined && isUnboundAndTerminating(pod)) remove(context, pod)
      },
    } satisfies Component
  },
}

const isUnboundAndTerminating = ({ metadata, spec }: Pod): boolean =>
  metadata.deletionTimestamp !== undefined && (spec.nodeName ?? '') === ''

/** Only finalizers keep it: no more can be done about it. */
const isRemoved = (pod: Pod): boolean =>
  pod.metadata.deletionGracePeriodSeconds === 0 && isPodFinished(pod)

const syncNode = (context: ComponentContext, node: string): void => {
  const { client, queue, memory } = context
  const entry = `${MEMORY}${node}`
  const pods = client.list('pods', { node }).filter((pod) => !isRemoved(pod))
  if (client.get('nodes', '', node) !== undefined || pods.length === 0) {
    if (memory.get(entry) !== undefined) memory.delete(entry)
    return
  }
  const until = Number(memory.get(entry) ?? client.now() + QUARANTINE_MS)
  if (until > client.now()) {
    memory.set(entry, String(until))
    queue.addAt(`${NODE}${node}`, until)
    return
  }
  for (const pod of pods) remove(context, failed(pod, client.now()))
  memory.delete(entry)
}

/** What a Pod becomes whose node is gone: failed, and it says why. */
const failed = (pod: Pod, now: number): Pod => {
  if (isPodFinished(pod)) return pod
  const conditions = pod.status.conditions ?? []
  const disruption = {
    type: 'DisruptionTarget',
    status: 'True',
    ...NEVER_PROBED,
    lastTransitionTime: formatTime(now),
    reason: 'DeletionByPodGC',
    message: 'PodGC: node no longer exists',
    ...(pod.metadata.generation === undefined
      ? {}
      : { observedGeneration: pod.metadata.generation }),
  }
  const others = conditions.filter(({ type }) => type !== 'DisruptionTarget')
  return { ...pod, status: { ...pod.status, phase: 'Failed', conditions: [...others, disruption] } }
}

const remove = ({ client }: ComponentContext, pod: Pod): void => {
  const { namespace = '', name = '' } = pod.metadata
  const stored = client.get('pods', namespace, name)
  if (stored?.status !== pod.status) client.update('pods', pod, { subresource: 'status' })
  try {
    client.delete('pods', namespace, name, { gracePeriodSeconds: 0 })
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error
  }
}
