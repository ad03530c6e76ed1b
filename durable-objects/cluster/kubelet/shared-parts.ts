// Parts of statuses that thousands of pods have in common are one object.
import { freeze } from '#apimachinery/object.ts'

const LIMIT = 1024
const parts = new Map<string, unknown>()

/** The frozen value of this key, made once. The key must say all that the value depends on. */
export const shared = <T>(key: string, make: () => T): T => {
  const known = parts.get(key)
  if (known !== undefined) return known as T
  if (parts.size >= LIMIT) parts.clear()
  const made = freeze(make())
  parts.set(key, made)
  return made
}

const RECENT_LISTS = 16
let recentLists: readonly (readonly unknown[])[] = []

/** The frozen list of these very items, made once for the pods that are alike in it. */
export const sharedList = <T>(items: readonly T[]): readonly T[] => {
  const known = recentLists.find(
    (list) => list.length === items.length && list.every((item, index) => item === items[index]),
  )
  if (known !== undefined) return known as readonly T[]
  const made = freeze(items)
  recentLists = [made, ...recentLists.slice(0, RECENT_LISTS - 1)]
  return made
}
