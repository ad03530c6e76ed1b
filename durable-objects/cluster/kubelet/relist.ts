// The kubelet looks at its containers now and then: a run that is over by the next look was never said to run.
// kubernetes: pkg/kubelet/pleg/generic.go Relist
import type { PodContainer } from '#kubelet/pod-facts.ts'
import type { ContainerRecord } from '#kubelet/pod-record.ts'
import type { PodRun, Step } from '#kubelet/pod-run.ts'

/** What the status says of a container until its new run is reported. */
export const shownBefore = (
  { spec }: PodContainer,
  { at }: ContainerRecord,
  before: ContainerRecord,
): ContainerRecord =>
  before.exit === undefined
    ? { phase: 'waiting', at, image: spec.image ?? '', restarts: before.restarts }
    : { ...before, phase: 'exited' }

/**
 * A program that does something at once (asks the network, ends) is reported at the next look; what only serves or sleeps is reported as
 * it starts, since nobody can tell the difference.
 */
export const awaitLook = (run: PodRun, container: PodContainer, before: ContainerRecord): void => {
  const record = run.of(container)
  const until = run.delaysAt(record.at).containerStart
  const { asksAt = Infinity, ends } = run.process(container)
  if (record.postStart !== undefined || Math.min(asksAt, ends?.after ?? Infinity) >= until) return
  const shownAs = shownBefore(container, record, before)
  run.set(container, { ...record, seenAt: record.at + until, shownAs })
}

export const lookStep = (
  run: PodRun,
  container: PodContainer,
  { seenAt }: ContainerRecord,
): Step | undefined =>
  seenAt === undefined
    ? undefined
    : {
        at: seenAt,
        run: () => {
          const { seenAt: _seenAt, shownAs: _shownAs, ...record } = run.of(container)
          run.set(container, record)
        },
      }
