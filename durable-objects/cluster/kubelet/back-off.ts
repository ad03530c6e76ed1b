// kubernetes: client-go util/flowcontrol/backoff.go with the kubelet's periods

const FIRST_MS = 10_000
const LONGEST_MS = 300_000

/** The waiting time that was set last, and when. */
export interface BackOff {
  readonly delay: number
  readonly at: number
}

/** After twice the longest time without trouble, everything is forgiven. */
const isForgiven = (backOff: BackOff, failedAt: number): boolean =>
  failedAt - backOff.at > 2 * LONGEST_MS

/** When what failed at `failedAt` may be tried again. */
export const retryAt = (backOff: BackOff | undefined, failedAt: number): number =>
  backOff === undefined || isForgiven(backOff, failedAt) ? failedAt : failedAt + backOff.delay

/** 10 s, then twice as long each time, up to 5 min. */
export const nextBackOff = (
  backOff: BackOff | undefined,
  failedAt: number,
  now: number,
): BackOff => ({
  delay:
    backOff === undefined || isForgiven(backOff, failedAt)
      ? FIRST_MS
      : Math.min(backOff.delay * 2, LONGEST_MS),
  at: now,
})
