// Settings of a cluster that lives. Delays may change; those of before are remembered for as long as something may still be under way
// that began with them. They are kept with what components remember, so that they come back with the cluster.
import type { Mutable } from '#apimachinery/object.ts'
import type { Memory } from '#client/work-queue.ts'
import { type Delays, LONGEST_DELAY, type PastDelays, type Settings } from '#settings.ts'

const KEY = 'settings/delays'
/** So many changes while something may be under way are remembered. */
const MOST_PAST = 50

type LiveSettings = Mutable<Settings>

/** A copy that belongs to this cluster. */
export const liveSettings = (
  given: Settings,
  memory: readonly (readonly [string, string])[] = [],
): LiveSettings => {
  const [, text] = memory.find(([key]) => key === KEY) ?? []
  return text === undefined ? { ...given } : { ...given, ...(JSON.parse(text) as object) }
}

/** From `now` on. */
export const changeDelays = (
  settings: LiveSettings,
  memory: Memory,
  delays: Delays,
  now: number,
): void => {
  const { delays: before, pastDelays = [] } = settings
  // of several changes at one moment the last one counts
  const isReplaced = pastDelays.at(-1)?.until === now
  const past: readonly PastDelays[] = isReplaced
    ? pastDelays
    : [...pastDelays, { until: now, delays: before }]
  settings.delays = delays
  settings.pastDelays = past.filter(({ until }) => until > now - LONGEST_DELAY).slice(-MOST_PAST)
  memory.set(KEY, JSON.stringify({ delays, pastDelays: settings.pastDelays }))
}
