import type { Memory } from '#client/work-queue.ts'

/** What components keep between turns beside objects, and which of it changed since it was last stored. */
export class ClusterMemory implements Memory {
  readonly #values: Map<string, string>
  #dirty = new Set<string>()

  constructor(entries: readonly (readonly [string, string])[] = []) {
    this.#values = new Map(entries)
  }

  get(key: string): string | undefined {
    return this.#values.get(key)
  }

  set(key: string, value: string): void {
    if (this.#values.get(key) === value) return
    this.#values.set(key, value)
    this.#dirty.add(key)
  }

  delete(key: string): void {
    if (this.#values.delete(key)) this.#dirty.add(key)
  }

  entries(prefix: string): readonly (readonly [string, string])[] {
    return [...this.#values]
      .filter(([key]) => key.startsWith(prefix))
      .sort(([a], [b]) => (a < b ? -1 : 1))
  }

  /** The entries that changed since the last call; undefined stands for deleted. */
  takeChanges(): readonly (readonly [string, string | undefined])[] {
    const changes = [...this.#dirty].sort().map((key) => [key, this.#values.get(key)] as const)
    this.#dirty = new Set()
    return changes
  }
}
