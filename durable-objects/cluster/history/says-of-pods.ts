// What happened to a Pod.
import type { Pod, PodStatus } from '#api/core/v1/pod/types.ts'
import { controllerOf } from '#apimachinery/object.ts'
import { conditionFacts, labelFacts, type Says } from './says-of-anything.ts'

type ContainerStatus = NonNullable<PodStatus['containerStatuses']>[number]

type ContainerState = NonNullable<ContainerStatus['state']>

const stateFact = (name: string, before: ContainerState, after: ContainerState): string[] => {
  const { waiting, running, terminated } = after
  if (running !== undefined && running.startedAt !== before.running?.startedAt)
    return [`started container ${name}`]
  if (terminated !== undefined && before.terminated?.finishedAt !== terminated.finishedAt) {
    const why = terminated.reason === undefined ? '' : ` (${terminated.reason})`
    return [`has container ${name} ended with exit code ${terminated.exitCode}${why}`]
  }
  if (waiting?.reason !== undefined && waiting.reason !== before.waiting?.reason)
    return [`has container ${name} waiting (${waiting.reason})`]
  return []
}

const statusesOf = ({ status }: Pod): ReadonlyMap<string, ContainerStatus> => {
  const { initContainerStatuses = [], containerStatuses = [] } = status ?? {}
  return new Map([...initContainerStatuses, ...containerStatuses].map((one) => [one.name, one]))
}

const containerFacts = (before: Pod, after: Pod): string[] => {
  const old = statusesOf(before)
  return [...statusesOf(after)].flatMap(([name, { state = {}, restartCount = 0 }]) => {
    const known = old.get(name)
    const facts = stateFact(name, known?.state ?? {}, state)
    if (restartCount > (known?.restartCount ?? 0))
      facts.push(`restarted it (${restartCount} so far)`)
    return facts
  })
}

const imageFacts = (before: Pod, after: Pod): string[] =>
  after.spec.containers.flatMap(({ name, image = '' }) => {
    const old = before.spec.containers.find((one) => one.name === name)?.image
    return old === undefined || old === image
      ? []
      : [`image of container ${name} ${old} → ${image}`]
  })

const MOODS = { Ready: ['became Ready', 'is no longer Ready'] } as const

const cannotBeScheduled = (before: Pod, after: Pod): string[] => {
  const refusal = ({ status }: Pod) =>
    status?.conditions?.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False')
  const now = refusal(after)
  return now === undefined || now.reason === refusal(before)?.reason
    ? []
    : [`cannot be scheduled${now.message === undefined ? '' : `: ${now.message}`}`]
}

export const saysOfPods: Says<Pod> = {
  created: (pod) => {
    const owner = controllerOf(pod)
    return owner === undefined ? '' : ` for ${owner.kind} ${owner.name}`
  },
  updated: (before, after) => {
    const { nodeName } = after.spec
    const [old, now] = [before.status, after.status]
    return [
      ...(nodeName === undefined || before.spec.nodeName === nodeName
        ? []
        : [`was bound to ${nodeName}`]),
      ...conditionFacts(old?.conditions, now?.conditions, MOODS),
      ...(now?.phase === old?.phase || now?.phase === 'Running' ? [] : [`is now ${now?.phase}`]),
      ...containerFacts(before, after),
      ...(now?.podIP === undefined || now.podIP === old?.podIP
        ? []
        : [`got the address ${now.podIP}`]),
      ...cannotBeScheduled(before, after),
      ...imageFacts(before, after),
      ...labelFacts(before, after),
    ]
  },
}
