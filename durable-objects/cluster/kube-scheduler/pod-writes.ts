import { NEVER_PROBED } from '#api/core/v1/pod/never-probed.ts'
import type { Pod, PodCondition, PodStatus } from '#api/core/v1/pod/types.ts'
import type { Client } from '#client/client.ts'
import type { EventRecorder } from '#client/event-recorder.ts'
import { assign, equal, freeze, keyOf, type Mutable } from '#apimachinery/object.ts'
import { formatTime } from '#apimachinery/time.ts'
import type { Failure } from '#kube-scheduler/failure.ts'

const COMPONENT = 'default-scheduler'

/** The Pod on its node. kubernetes: pkg/registry/core/pod/storage assignPod */
export const bound = (pod: Pod, node: string, now: number): Pod =>
  assign(pod, {
    spec: assign(pod.spec, { nodeName: node }),
    status: shared(
      assign(pod.status, {
        conditions: withCondition(pod, { type: 'PodScheduled', status: 'True' }, now),
        nominatedNodeName: undefined,
      }),
    ),
  })

let lastStatus: PodStatus | undefined

/** Pods of one template that are bound at one moment have one status. */
const shared = (status: PodStatus): PodStatus => {
  if (lastStatus === undefined || !equal(status, lastStatus)) lastStatus = freeze(status)
  return lastStatus
}

export const recordScheduled = (events: EventRecorder, pod: Pod, node: string): void =>
  events.record({
    object: pod,
    type: 'Normal',
    reason: 'Scheduled',
    action: 'Binding',
    message: `Successfully assigned ${keyOf(pod)} to ${node}`,
    component: COMPONENT,
  })

/** Says in the Pod's status and in an Event why it has no node. kubernetes: handleSchedulingFailure */
export const recordFailure = (
  client: Client,
  events: EventRecorder,
  pod: Pod,
  { message, candidate, clearsNomination }: Failure,
): void => {
  events.record({
    object: pod,
    type: 'Warning',
    reason: 'FailedScheduling',
    action: 'Scheduling',
    message: truncated(message),
    component: COMPONENT,
  })
  const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }
  const nominated = clearsNomination ? undefined : (candidate?.node ?? pod.status.nominatedNodeName)
  const status = assign(pod.status, {
    conditions: withCondition(pod, condition, client.now()),
    nominatedNodeName: nominated,
  })
  if (status !== pod.status)
    client.update('pods', assign(pod, { status }), { subresource: 'status' })
}

const MAX_NOTE = 1024

/** kubernetes: truncateMessage */
const truncated = (message: string): string =>
  message.length <= MAX_NOTE ? message : `${message.slice(0, MAX_NOTE - 4)} ...`

/** Sends a Pod away to make room. kubernetes: preemption Evaluator.prepareCandidate */
export const evict = (
  client: Client,
  events: EventRecorder,
  victim: Pod,
  by: Pod,
  node: string,
): void => {
  const { namespace = '', name = '' } = victim.metadata
  if (victim.metadata.deletionTimestamp !== undefined) return
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'PreemptionByScheduler',
    message: `${COMPONENT}: preempting to accommodate a higher priority pod`,
  }
  const conditions = withCondition(victim, condition, client.now())
  client.update('pods', assign(victim, { status: assign(victim.status, { conditions }) }), {
    subresource: 'status',
  })
  client.delete('pods', namespace, name)
  events.record({
    object: victim,
    type: 'Normal',
    reason: 'Preempted',
    action: 'Preempting',
    message: `Preempted by pod ${by.metadata.uid ?? ''} on node ${node}`,
    component: COMPONENT,
  })
}

/** The Pod's conditions with this one in them; the same list if it says so already. */
const withCondition = (
  { metadata, status }: Pod,
  condition: Pick<PodCondition, 'type' | 'status' | 'reason' | 'message'>,
  now: number,
): readonly PodCondition[] => {
  const { conditions = [] } = status
  const known = conditions.find(({ type }) => type === condition.type)
  const { generation } = metadata
  if (
    known?.status === condition.status &&
    known.reason === condition.reason &&
    known.message === condition.message &&
    known.observedGeneration === generation
  )
    return conditions
  const lastTransitionTime =
    known?.status === condition.status ? known.lastTransitionTime : formatTime(now)
  const fresh: Mutable<PodCondition> = {
    ...NEVER_PROBED,
    type: condition.type,
    status: condition.status,
  }
  if (condition.reason !== undefined) fresh.reason = condition.reason
  if (condition.message !== undefined) fresh.message = condition.message
  if (lastTransitionTime !== undefined) fresh.lastTransitionTime = lastTransitionTime
  if (generation !== undefined) fresh.observedGeneration = generation
  return known === undefined
    ? [...conditions, fresh]
    : conditions.map((existing) => (existing === known ? fresh : existing))
}
