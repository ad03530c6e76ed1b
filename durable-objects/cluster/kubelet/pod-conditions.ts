// kubernetes: pkg/kubelet/status/generate.go
import { NEVER_PROBED } from '#api/core/v1/pod/never-probed.ts'
import type { ContainerStatus } from '#api/core/v1/pod/container-status-types.ts'
import type { Container } from '#api/core/v1/pod/container-types.ts'
import type { Pod, PodCondition, PodSpec, PodStatus } from '#api/core/v1/pod/types.ts'
import { equal } from '#apimachinery/object.ts'
import { formatTime } from '#apimachinery/time.ts'
import { shared, sharedList } from '#kubelet/shared-parts.ts'

type Statuses = ReadonlyMap<string, ContainerStatus>

/** The part of a condition that says something. */
interface Finding {
  readonly isTrue: boolean
  readonly reason?: string
  readonly message?: string
}

const TRUE: Finding = { isTrue: true }

export const isRestartable = ({ restartPolicy }: Container): boolean => restartPolicy === 'Always'

/** kubernetes: pkg/kubelet/container/helpers.go HasAnyRegularContainerStarted */
export const hasStartedRegular = (spec: PodSpec, statuses: Statuses): boolean =>
  spec.containers.some(({ name }) => {
    const status = statuses.get(name)
    return (
      status?.state.running !== undefined ||
      status?.state.terminated !== undefined ||
      status?.lastState.terminated !== undefined
    )
  })

const OWNED = new Set([
  'PodReadyToStartContainers',
  'Initialized',
  'Ready',
  'ContainersReady',
  'PodScheduled',
  'PodResizePending',
  'PodResizeInProgress',
])

/** Other parties' conditions first, then `resize`, then the kubelet's five; the old list if nothing changed. */
export const podConditions = (
  pod: Pod,
  statuses: Statuses,
  phase: PodStatus['phase'],
  hasSandbox: boolean,
  now: number,
  resize: readonly PodCondition[] = [],
): readonly PodCondition[] => {
  const old = pod.status.conditions ?? []
  const others = old.filter(({ type }) => !OWNED.has(type))
  const ready = containersReady(pod, statuses, phase)
  const conditions = [
    ...others,
    ...resize.map((one) => old.find((before) => equal(before, one)) ?? one),
    condition(pod, old, 'PodReadyToStartContainers', { isTrue: hasSandbox }, now),
    condition(pod, old, 'Initialized', initialized(pod, statuses, phase), now),
    condition(pod, old, 'Ready', ready.isTrue ? gates(pod, others) : ready, now),
    condition(pod, old, 'ContainersReady', ready, now),
    condition(pod, old, 'PodScheduled', TRUE, now),
  ]
  const isSame =
    old.length === conditions.length && conditions.every((c, index) => c === old[index])
  return isSame ? old : sharedList(conditions)
}

const condition = (
  pod: Pod,
  old: readonly PodCondition[],
  type: string,
  { isTrue, reason = '', message = '' }: Finding,
  now: number,
): PodCondition => {
  const status = isTrue ? 'True' : 'False'
  const before = old.find((c) => c.type === type)
  const { generation } = pod.metadata
  const isKept = before?.status === status
  if (
    isKept &&
    (before.reason ?? '') === reason &&
    (before.message ?? '') === message &&
    before.observedGeneration === generation
  )
    return before
  const time = isKept ? (before.lastTransitionTime ?? formatTime(now)) : formatTime(now)
  const key = `condition/${type}/${status}/${generation}/${time}/${reason}/${message}`
  return shared(key, () => ({
    ...NEVER_PROBED,
    lastTransitionTime: time,
    ...(message === '' ? {} : { message }),
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    ...(reason === '' ? {} : { reason }),
    status,
    type,
  }))
}

const list = (names: readonly string[]): string => `[${names.join(' ')}]`

const containersReady = (pod: Pod, statuses: Statuses, phase: PodStatus['phase']): Finding => {
  const unknown: string[] = []
  const unready: string[] = []
  const watched = (pod.spec.initContainers ?? []).filter(isRestartable)
  for (const { name } of [...watched, ...pod.spec.containers]) {
    const status = statuses.get(name)
    if (status === undefined) unknown.push(name)
    else if (!status.ready) unready.push(name)
  }
  if (phase === 'Succeeded' && unknown.length === 0)
    return { isTrue: false, reason: 'PodCompleted' }
  if (phase === 'Failed') return { isTrue: false, reason: 'PodFailed' }
  const message = [
    ...(unknown.length === 0 ? [] : [`containers with unknown status: ${list(unknown)}`]),
    ...(unready.length === 0 ? [] : [`containers with unready status: ${list(unready)}`]),
  ].join(', ')
  return message === '' ? TRUE : { isTrue: false, reason: 'ContainersNotReady', message }
}

const gates = (pod: Pod, others: readonly PodCondition[]): Finding => {
  const messages = (pod.spec.readinessGates ?? []).flatMap(({ conditionType }) => {
    const gate = others.find(({ type }) => type === conditionType)
    if (gate === undefined)
      return `corresponding condition of pod readiness gate ${JSON.stringify(conditionType)} does not exist.`
    if (gate.status === 'True') return []
    return `the status of pod readiness gate ${JSON.stringify(conditionType)} is not "True", but ${gate.status}`
  })
  return messages.length === 0
    ? TRUE
    : { isTrue: false, reason: 'ReadinessGatesNotReady', message: messages.join(', ') }
}

const initialized = (pod: Pod, statuses: Statuses, phase: PodStatus['phase']): Finding => {
  const { initContainers } = pod.spec
  if (phase === 'Succeeded') return { isTrue: true, reason: 'PodCompleted' }
  if (initContainers === undefined || hasStartedRegular(pod.spec, statuses)) return TRUE
  const incomplete = initContainers.filter((container) => {
    const status = statuses.get(container.name)
    return isRestartable(container) ? status?.started !== true : status?.ready !== true
  })
  if (incomplete.length === 0) return TRUE
  return {
    isTrue: false,
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: ${list(incomplete.map(({ name }) => name))}`,
  }
}
