// kubernetes: pkg/registry/core/service/portallocator
import type { Random } from '#environment.ts'

/** Why nothing could be allocated; the text goes into the API's answer. */
export class AllocationError extends Error {
  override readonly name: string = 'AllocationError'
}

export interface PortRange {
  readonly first: number
  readonly last: number
}

export const NODE_PORTS: PortRange = { first: 30_000, last: 32_767 }

/** The lower part of the range is kept for ports that users name: min(max(16, size/32), 128). */
const staticBand = (size: number): number =>
  size <= 16 ? 0 : Math.min(Math.max(16, Math.floor(size / 32)), 128)

/** Which node ports are taken. All of it follows from the Services: it is read anew when it was forgotten. */
export class PortAllocator {
  readonly #range: PortRange
  readonly #random: Random
  readonly #listUsed: () => Iterable<number>
  #used: Set<number> | undefined

  constructor(random: Random, listUsed: () => Iterable<number>, range: PortRange = NODE_PORTS) {
    this.#random = random
    this.#listUsed = listUsed
    this.#range = range
  }

  /** The Services changed behind our back. */
  forget(): void {
    this.#used = undefined
  }

  has(port: number): boolean {
    this.#used ??= new Set(this.#listUsed())
    return this.#used.has(port)
  }

  /** Takes this port or throws AllocationError. */
  allocate(port: number): void {
    const { first, last } = this.#range
    if (port < first || port > last)
      throw new AllocationError(
        `provided port is not in the valid range. The range of valid ports is ${first}-${last}`,
      )
    if (this.has(port)) throw new AllocationError('provided port is already allocated')
    this.#used!.add(port)
  }

  /** Takes any port, from the upper band while there is one. */
  allocateNext(): number {
    const { first, last } = this.#range
    const size = last - first + 1
    const band = staticBand(size)
    const port = this.#freeIn(first + band, size - band) ?? this.#freeIn(first, band)
    if (port === undefined) throw new AllocationError('range is full')
    this.#used!.add(port)
    return port
  }

  #freeIn(base: number, count: number): number | undefined {
    if (count === 0) return undefined
    const start = this.#random.below(count)
    for (let step = 0; step < count; step++) {
      const port = base + ((start + step) % count)
      if (!this.has(port)) return port
    }
    return undefined
  }

  release(port: number): void {
    this.#used?.delete(port)
  }
}

/**
 * The ports of one write: taken at once, given back when it is committed or if it is reverted.
 * A dry run takes nothing. kubernetes: PortAllocationOperation
 */
export class PortOperation {
  readonly #allocator: PortAllocator
  readonly #dryRun: boolean
  readonly #allocated: number[] = []
  readonly #released: number[] = []

  constructor(allocator: PortAllocator, dryRun: boolean) {
    this.#allocator = allocator
    this.#dryRun = dryRun
  }

  allocate(port: number): void {
    if (!this.#dryRun) this.#allocator.allocate(port)
    else if (this.#allocator.has(port) || this.#allocated.includes(port))
      throw new AllocationError('provided port is already allocated')
    this.#allocated.push(port)
  }

  allocateNext(): number {
    // In a dry run the number is made up, outside the range, as upstream does.
    const port = this.#dryRun
      ? Math.max(0, ...(this.#allocated.length === 0 ? [32_768] : this.#allocated)) + 1
      : this.#allocator.allocateNext()
    this.#allocated.push(port)
    return port
  }

  releaseLater(port: number): void {
    this.#released.push(port)
  }

  commit(): void {
    if (this.#dryRun) return
    for (const port of this.#released) this.#allocator.release(port)
  }

  revert(): void {
    if (this.#dryRun) return
    for (const port of this.#allocated) this.#allocator.release(port)
  }
}
