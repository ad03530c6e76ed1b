/** Spread into every condition of a Pod: nothing sets the time of a probe, and Go writes an unset time as null. */
export const NEVER_PROBED = { lastProbeTime: null } as unknown as {
  readonly lastProbeTime?: string
}
