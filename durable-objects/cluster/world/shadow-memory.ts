// A memory that can be written without anything being written: for those who may look but not touch.
import type { Memory } from '#client/work-queue.ts'

export const shadowOf = (memory: Memory): Memory => {
  const written = new Map<string, string | undefined>()
  const get = (key: string): string | undefined =>
    written.has(key) ? written.get(key) : memory.get(key)
  return {
    get,
    set: (key, value) => void written.set(key, value),
    delete: (key) => void written.set(key, undefined),
    entries: (prefix) => {
      const keys = [...memory.entries(prefix).map(([key]) => key), ...written.keys()]
      return [...new Set(keys)]
        .filter((key) => key.startsWith(prefix) && get(key) !== undefined)
        .sort()
        .map((key) => [key, get(key)!] as const)
    },
  }
}
