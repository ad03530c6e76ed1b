// What an autoscaler remembers of itself. No object holds it, so it is kept in the component's memory.
import type { Memory } from '#client/work-queue.ts'

/** How often an autoscaler works. kubernetes: --horizontal-pod-autoscaler-sync-period */
export const SYNC_PERIOD_MS = 15_000

/** No recommendation was made from that moment on. */
const NOTHING = -1
/** In milliseconds: the longest window that an autoscaler may look back. */
const LONGEST_WINDOW_MS = 3_600_000

/** From a moment on the same was recommended every time. Written as changes, so that nothing is written while nothing changes. */
type Recommended = readonly [from: number, replicas: number]

/** So many replicas more or fewer. */
export type Rescaled = readonly [at: number, change: number]

export interface History {
  readonly uid: string
  readonly recommended: readonly Recommended[]
  readonly up: readonly Rescaled[]
  readonly down: readonly Rescaled[]
}

/** A moment at which so many replicas were recommended. */
export interface Recommendation {
  readonly at: number
  readonly replicas: number
}

const keyOf = (autoscaler: string): string => `hpa/${autoscaler}`

export const readHistory = (memory: Memory, autoscaler: string, uid: string): History => {
  const text = memory.get(keyOf(autoscaler))
  const known = text === undefined ? undefined : (JSON.parse(text) as History)
  return known?.uid === uid ? known : { uid, recommended: [], up: [], down: [] }
}

/** Writes only what is new. */
export const writeHistory = (memory: Memory, autoscaler: string, history: History): void => {
  const text = JSON.stringify(history)
  if (memory.get(keyOf(autoscaler)) !== text) memory.set(keyOf(autoscaler), text)
}

export const forgetHistory = (memory: Memory, autoscaler: string): void => {
  const key = keyOf(autoscaler)
  if (memory.get(key) !== undefined) memory.delete(key)
}

/** The last time at which each recommendation was made. */
export const recommendations = ({ recommended }: History, now: number): readonly Recommendation[] =>
  recommended.flatMap(([from, replicas], index) => {
    const next = recommended[index + 1]?.[0] ?? now
    return replicas === NOTHING ? [] : [{ at: Math.max(from, next - SYNC_PERIOD_MS), replicas }]
  })

/** The history after `replicas` were recommended, or nothing was. */
export const withRecommendation = (
  history: History,
  now: number,
  replicas: number | undefined,
): History => {
  const value = replicas ?? NOTHING
  const { recommended } = history
  const last = recommended.at(-1)
  if (last === undefined ? value === NOTHING : last[1] === value) return history
  const kept = recommended.filter(
    (_, index) => (recommended[index + 1]?.[0] ?? now) >= now - LONGEST_WINDOW_MS,
  )
  return { ...history, recommended: [...kept, [now, value]] }
}

export const withRescale = (history: History, now: number, change: number): History => {
  const key = change > 0 ? 'up' : 'down'
  const kept = history[key].filter(([at]) => at >= now - LONGEST_WINDOW_MS)
  return { ...history, [key]: [...kept, [now, Math.abs(change)]] }
}
