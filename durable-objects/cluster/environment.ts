/** Tells the session's time. The engine knows no other clock. */
export interface Clock {
  /** Milliseconds since the epoch, as the session counts them. Never goes back. */
  now(): number
}

/**
 * The session's randomness: a counter hashed with the seed, so that its whole state is one number
 * that can be stored and restored.
 */
export class Random {
  readonly #seed: number
  #position: number

  constructor(seed: number, position = 0) {
    this.#seed = seed >>> 0
    this.#position = position
  }

  /** How many numbers were drawn; stored with every transaction. */
  get position(): number {
    return this.#position
  }

  /** An integer from 0 to 2^32-1. */
  next(): number {
    this.#position++
    // splitmix32 over (seed, position): each position gives an independent, well mixed number.
    let z = (this.#seed + Math.imul(this.#position, 0x9e3779b9)) >>> 0
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b)
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
    return (z ^ (z >>> 16)) >>> 0
  }

  /** An integer from 0 to `bound` - 1. `bound` is at least 1. */
  below(bound: number): number {
    return Math.floor((this.next() / 0x1_0000_0000) * bound)
  }
}

/** What the outside supplies to a cluster. */
export interface Environment {
  readonly clock: Clock
  readonly random: Random
}
