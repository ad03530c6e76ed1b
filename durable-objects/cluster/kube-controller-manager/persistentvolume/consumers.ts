// The Pods that a claim waits for. kubernetes: pkg/controller/volume/persistentvolume/pv_controller_base.go findNonScheduledPodsByPVC
import type { PersistentVolumeClaim } from '#api/core/v1/persistent-volume-claim/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { parseTime } from '#apimachinery/time.ts'
import type { Client } from '#client/client.ts'

/** All claims are looked at so often. */
const PERIOD_MS = 15_000

/** The claims that a Pod names, or that are made for it. */
export const claimsOf = ({ metadata, spec }: Pod): readonly string[] =>
  (spec.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) =>
    persistentVolumeClaim !== undefined
      ? [persistentVolumeClaim.claimName]
      : ephemeral !== undefined
        ? [`${metadata.name ?? ''}-${name}`]
        : [],
  )

export interface Consumers {
  readonly now: number
  /** Pods that nobody has scheduled, as far as they have been seen. */
  readonly names: readonly string[]
  /** When the last of them is seen. */
  readonly unseenUntil: number
}

export const waitingFor = (client: Client, { metadata }: PersistentVolumeClaim): Consumers => {
  const { name = '', namespace = '', creationTimestamp = '' } = metadata
  const now = client.now()
  const names: string[] = []
  let unseenUntil = 0
  for (const pod of client.list('pods', { namespace })) {
    if (pod.spec.nodeName !== undefined || pod.spec.volumes === undefined) continue
    if (!claimsOf(pod).includes(name)) continue
    const created = parseTime(pod.metadata.creationTimestamp ?? '')
    const seenAt = created < parseTime(creationTimestamp) ? created : created + PERIOD_MS
    if (seenAt <= now) names.push(pod.metadata.name ?? '')
    else unseenUntil = Math.max(unseenUntil, seenAt)
  }
  return { now, names, unseenUntil }
}
