// What the containers of a running pod may use can be changed: the kubelet gives it to them if the node has it.
// kubernetes: pkg/kubelet/allocation/allocation_manager.go, pkg/kubelet/kuberuntime/kuberuntime_manager.go computePodResizeAction
import { NEVER_PROBED } from '#api/core/v1/pod/never-probed.ts'
import type { Container, ResourceRequirements } from '#api/core/v1/pod/container-types.ts'
import type { PodCondition } from '#api/core/v1/pod/types.ts'
import { equal, type Mutable, own, type StringMap } from '#apimachinery/object.ts'
import { formatTime } from '#apimachinery/time.ts'
import type { PodContainer } from '#kubelet/pod-facts.ts'
import { isTerminal, type PodRecord } from '#kubelet/pod-record.ts'
import type { PodRun } from '#kubelet/pod-run.ts'
import { graceOfSpec, tellToEnd } from '#kubelet/stop-steps.ts'

export type Resize = NonNullable<PodRecord['resize']>
type Resources = ResourceRequirements

/** Looks once whether the pod asks for something else than it has. */
export const resizePod = (run: PodRun, now: number): void => {
  const { pod, resize } = run
  if (run.isAlways || pod.metadata.deletionTimestamp !== undefined || isTerminal(pod.status)) return
  completeResize(run)
  const changed = resizable(run).filter(
    (container) => !equal(allocatedTo(run, container), askedBy(container.spec)),
  )
  if (changed.length > 0) change(run, changed, now)
  else if (resize?.pending !== undefined)
    keep(run, { actual: resize.actual, progress: resize.progress })
}

const NOTHING: Resources = Object.freeze({})

/** A Pod that was never defaulted may say nothing. */
const askedBy = ({ resources = NOTHING }: Partial<Container>): Resources => resources

const resizable = (run: PodRun): readonly PodContainer[] =>
  run.containers.filter(({ kind }) => kind === 'regular' || kind === 'sidecar')

const keep = (
  run: PodRun,
  parts: { readonly [K in keyof Resize]: Resize[K] | undefined },
): void => {
  const resize: Mutable<Resize> = {}
  if (parts.allocated !== undefined) resize.allocated = parts.allocated
  if (parts.actual !== undefined) resize.actual = parts.actual
  if (parts.pending !== undefined) resize.pending = parts.pending
  if (parts.progress !== undefined) resize.progress = parts.progress
  run.resize = Object.keys(resize).length === 0 ? undefined : resize
}

/** What the kubelet has set aside for the container. */
const allocatedTo = ({ pod, resize }: PodRun, { spec }: PodContainer): Resources => {
  const known = own(resize?.allocated, spec.name)
  if (known !== undefined) return known
  // it has been given what it asks for, and is on its way to it
  if (own(resize?.actual, spec.name) !== undefined) return askedBy(spec)
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status
  const status = [...containerStatuses, ...initContainerStatuses].find(
    ({ name }) => name === spec.name,
  )
  return status?.resources ?? askedBy(spec)
}

const change = (run: PodRun, changed: readonly PodContainer[], now: number): void => {
  const { pod, resize } = run
  const before = Object.fromEntries(
    changed.map((container) => [container.spec.name, allocatedTo(run, container)] as const),
  )
  const { generation } = pod.metadata
  const refusal = run.facts.resizeRefusal?.()
  if (refusal !== undefined) {
    const { reason, message } = refusal
    const known = resize?.pending
    const isKnown = known?.reason === reason && known.message === message
    const since = known?.reason === reason ? known.since : now
    const pending = { ...refusal, since, ...(generation === undefined ? {} : { generation }) }
    keep(run, { ...resize, allocated: before, pending })
    if (isKnown && known.generation === generation) return
    const text = `Pod resize ${reason}: ${summary(run, message)}`
    run.note('Warning', reason === 'Deferred' ? 'ResizeDeferred' : 'ResizeInfeasible', text)
    return
  }
  run.note('Normal', 'ResizeStarted', `Pod resize started: ${summary(run)}`)
  const actual: Record<string, Resources> = { ...resize?.actual }
  for (const container of changed) {
    const { name } = container.spec
    const { phase, stop, ending } = run.of(container)
    if (phase !== 'running' || !needsRestart(container.spec, before[name]!)) continue
    actual[name] = before[name]!
    if (stop !== undefined || ending !== undefined) continue
    const why = `Container ${name} resize requires restart`
    tellToEnd(run, container, now, graceOfSpec(run), why)
  }
  const since = now
  keep(run, { actual, progress: generation === undefined ? { since } : { since, generation } })
  completeResize(run)
}

/** What runs with what it was given is done. */
export const completeResize = (run: PodRun): void => {
  const { resize } = run
  if (resize?.progress === undefined) return
  const { since } = resize.progress
  const left = resizable(run).filter((container) => {
    const { phase, at, stop, ending } = run.of(container)
    const isOld = at < since || stop !== undefined || ending !== undefined
    return own(resize.actual, container.spec.name) !== undefined && phase === 'running' && isOld
  })
  if (left.length > 0) return
  run.note('Normal', 'ResizeCompleted', `Pod resize completed: ${summary(run)}`)
  keep(run, { ...resize, actual: undefined, progress: undefined })
}

/** kubernetes: pkg/kubelet/kuberuntime/kuberuntime_manager.go computePodResizeAction */
const needsRestart = ({ resources, resizePolicy }: Container, before: Resources): boolean =>
  (['cpu', 'memory'] as const).some((name) => {
    const isChanged = (['requests', 'limits'] as const).some(
      (list) => own(resources[list], name) !== own(before[list], name),
    )
    const policy = resizePolicy?.find(({ resourceName }) => resourceName === name)
    return isChanged && policy?.restartPolicy === 'RestartContainer'
  })

/** kubernetes: pkg/kubelet/events/resize.go */
const summary = ({ pod }: PodRun, error?: string): string => {
  const { containers, initContainers = [] } = pod.spec
  const of = (list: readonly Container[]) =>
    list.map(({ name, resources }) => ({ name, resources: inOrder(resources) }))
  return JSON.stringify({
    ...(initContainers.length === 0 ? {} : { initContainers: of(initContainers) }),
    containers: of(containers),
    generation: pod.metadata.generation ?? 0,
    ...(error === undefined ? {} : { error }),
  })
}

const inOrder = ({ limits, requests }: Resources) => ({
  ...(limits === undefined ? {} : { limits: byName(limits) }),
  ...(requests === undefined ? {} : { requests: byName(requests) }),
})

const byName = (amounts: StringMap): StringMap =>
  Object.fromEntries(Object.entries(amounts).toSorted(([a], [b]) => (a < b ? -1 : 1)))

/** What a status says that the container has been given, and what it has. */
export const resourcesOf = (
  { resize }: PodRun,
  { spec }: PodContainer,
): { readonly allocated: Resources; readonly actual: Resources } => {
  const asked = askedBy(spec)
  if (resize === undefined) return { allocated: asked, actual: asked }
  const allocated = own(resize.allocated, spec.name) ?? asked
  return { allocated, actual: own(resize.actual, spec.name) ?? allocated }
}

export const resizeConditions = ({ resize }: PodRun): readonly PodCondition[] => {
  const { pending, progress } = resize ?? {}
  const conditions: PodCondition[] = []
  if (pending !== undefined) {
    const { reason, message, since, generation } = pending
    conditions.push({ ...condition('PodResizePending', since, generation), reason, message })
  }
  if (progress !== undefined)
    conditions.push(condition('PodResizeInProgress', progress.since, progress.generation))
  return conditions
}

const condition = (type: string, since: number, generation: number | undefined): PodCondition => ({
  ...NEVER_PROBED,
  lastTransitionTime: formatTime(since),
  ...(generation === undefined ? {} : { observedGeneration: generation }),
  status: 'True',
  type,
})
