import { encodeUtf8 } from '#apimachinery/utf8.ts'

/** Builds one message, field by field. */
export class ProtobufWriter {
  #bytes = new Uint8Array(64)
  #length = 0

  integer(number: number, value: number): void {
    this.#varint(number * 8)
    this.#varint(value)
  }

  double(number: number, value: number): void {
    this.#varint(number * 8 + 1)
    this.#reserve(8)
    new DataView(this.#bytes.buffer).setFloat64(this.#length, value, true)
    this.#length += 8
  }

  text(number: number, value: string): void {
    this.bytes(number, encodeUtf8(value))
  }

  bytes(number: number, value: Uint8Array): void {
    this.#varint(number * 8 + 2)
    this.#varint(value.length)
    this.#reserve(value.length)
    this.#bytes.set(value, this.#length)
    this.#length += value.length
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  #varint(value: number): void {
    this.#reserve(10)
    if (value >= 0 && value < 0x80) {
      this.#bytes[this.#length++] = value
      return
    }
    let rest = BigInt.asUintN(64, BigInt(value))
    while (rest > 0x7fn) {
      this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80
      rest >>= 7n
    }
    this.#bytes[this.#length++] = Number(rest)
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }
}
