// The kubelet's whole decision about one pod: pure, level-triggered, the same answer for the same question.
import type { Pod, PodStatus } from '#api/core/v1/pod/types.ts'
import type { Mutable } from '#apimachinery/object.ts'
import type { EnvironmentMap } from '#kubelet/environment.ts'
import type { AskedByRun } from '#kubelet/pod-disk.ts'
import type { PodFacts } from '#kubelet/pod-facts.ts'
import { isPlain, type PodRecord, recordFromStatus } from '#kubelet/pod-record.ts'
import { type PodEvent, PodRun, type StartedRun } from '#kubelet/pod-run.ts'
import { completeResize, resizePod } from '#kubelet/pod-resize.ts'
import { podStatus } from '#kubelet/pod-status.ts'
import { takeWritten } from '#kubelet/shared-volumes.ts'
import { isFinished, moveTo } from '#kubelet/pod-steps.ts'

export interface PodDecision {
  /** The old status itself if nothing changed. */
  readonly status: PodStatus
  readonly events: readonly PodEvent[]
  /** What has to be remembered beside the status, if anything has. */
  readonly record?: PodRecord
  readonly ip?: string
  /** Images that are on the node now. */
  readonly pulled: readonly string[]
  /** The variables of containers that were created. */
  readonly environments: ReadonlyMap<string, EnvironmentMap>
  /** The Image objects that containers were started from just now. */
  readonly started: ReadonlyMap<string, StartedRun>
  /** What the network answered containers just now. */
  readonly asked: ReadonlyMap<string, AskedByRun>
  /** When something happens next by itself. */
  readonly wakeAt?: number
  /** Nothing of the pod runs any more, or ever will. */
  readonly isFinished: boolean
}

/** `stored`: what was remembered the last time, if anything was. */
export const nextPodStatus = (
  pod: Pod,
  stored: PodRecord | undefined,
  facts: PodFacts,
  now: number,
): PodDecision => {
  const run = new PodRun(pod, stored ?? recordFromStatus(pod), facts, now)
  resizePod(run, now)
  if (facts.written !== undefined) takeWritten(run, now)
  const wakeAt = moveTo(run, now)
  completeResize(run)
  const finished = isFinished(run)
  const record = run.record()
  const isRemembered = !finished && (wakeAt !== undefined || !isPlain(record))
  const decision: Mutable<PodDecision> = {
    status: podStatus(run, now),
    events: run.events,
    pulled: run.pulled,
    environments: run.environments,
    started: run.started,
    asked: run.asked,
    isFinished: finished,
  }
  if (isRemembered) decision.record = record
  if (run.ip !== undefined) decision.ip = run.ip
  if (wakeAt !== undefined) decision.wakeAt = wakeAt
  return decision
}
