import type { PodCondition } from '#api/core/v1/pod/types.ts'

/** Spread into every condition of a Pod: nothing sets the time of a probe, and Go writes an unset time as null. */
export const NEVER_PROBED = { lastProbeTime: null } as unknown as {
  readonly lastProbeTime?: string
}

/** A condition without any moment: nothing has changed yet. */
export const withoutTimes = (condition: PodCondition): PodCondition =>
  ({ ...NEVER_PROBED, ...condition, lastTransitionTime: null }) as unknown as PodCondition
