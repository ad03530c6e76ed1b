// Whole numbers as bytes: seven bits in each, the small ones short. Those that may be negative are folded: 0, -1, 1, -2…
import { damaged } from './problem.ts'

export class NumberWriter {
  #bytes = new Uint8Array(1024)
  #length = 0

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  /** A whole number that is not negative. */
  put(value: number): void {
    if (this.#length + 8 > this.#bytes.length) this.#grow()
    let rest = value
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes[this.#length++] = rest
  }

  putSigned(value: number): void {
    this.put(value < 0 ? -2 * value - 1 : 2 * value)
  }

  clear(): void {
    this.#length = 0
  }

  #grow(): void {
    const larger = new Uint8Array(this.#bytes.length * 2)
    larger.set(this.#bytes)
    this.#bytes = larger
  }
}

export class NumberReader {
  readonly #bytes: Uint8Array
  #at: number

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes
    this.#at = at
  }

  /** Where the next number begins. */
  get at(): number {
    return this.#at
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  read(): number {
    let value = 0
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined) throw damaged('a number is missing')
      value += (byte & 0x7f) * scale
      if (value > Number.MAX_SAFE_INTEGER) throw damaged('a number is too large')
      if (byte < 0x80) return value
      // seven zeros at the end of a number add nothing: without this it could go on for ever
      if (scale > 2 ** 49) throw damaged('a number does not end')
    }
  }

  readSigned(): number {
    const folded = this.read()
    return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2
  }

  /** The next `length` bytes, not copied. */
  take(length: number): Uint8Array {
    const end = this.#at + length
    if (end > this.#bytes.length) throw damaged('its end is missing')
    const bytes = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return bytes
  }
}
