/** Pods that wait for an object in their namespace, or for an address on their node. Made anew by looking at all pods. */
export class WaitingPods {
  readonly #byReason = new Map<string, Set<string>>()
  readonly #reasons = new Map<string, readonly string[]>()

  /** Sorted: which began to wait first is not known to a cluster that was made again. */
  of(reason: string): readonly string[] {
    return [...(this.#byReason.get(reason) ?? [])].sort()
  }

  add(key: string, reasons: readonly string[]): void {
    if (this.#reasons.has(key)) return
    this.#reasons.set(key, reasons)
    for (const reason of reasons) {
      const keys = this.#byReason.get(reason)
      if (keys === undefined) this.#byReason.set(reason, new Set([key]))
      else keys.add(key)
    }
  }

  remove(key: string): void {
    const reasons = this.#reasons.get(key)
    if (reasons === undefined) return
    this.#reasons.delete(key)
    for (const reason of reasons) this.#byReason.get(reason)?.delete(key)
  }
}
