/** Spread into every event: Go writes the times that were never set as null. */
export const NEVER_SEEN = {
  eventTime: null,
  firstTimestamp: null,
  lastTimestamp: null,
} as unknown as {
  readonly eventTime?: string
  readonly firstTimestamp?: string
  readonly lastTimestamp?: string
}
