import { decodeUtf8, Utf8Error } from '#apimachinery/utf8.ts'

/** The bytes are no protobuf message of the kind expected; in the words of Go's generated decoders. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError'
}

export type WireType = 0 | 1 | 2 | 5

const VARINT_BYTES = 10

/** Reads one message's bytes, never past their end. */
export class ProtobufReader {
  readonly #bytes: Uint8Array
  #index = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get done(): boolean {
    return this.#index >= this.#bytes.length
  }

  /** The next field's number and wire type. */
  tag(): { readonly number: number; readonly wireType: WireType } {
    const tag = this.#unsigned()
    const wireType = tag % 8
    const number = Math.floor(tag / 8)
    if (number === 0) throw new ProtobufError(`proto: illegal tag ${number} (wire type ${tag})`)
    if (wireType !== 0 && wireType !== 1 && wireType !== 2 && wireType !== 5)
      throw new ProtobufError(`proto: illegal wireType ${wireType}`)
    return { number, wireType }
  }

  /** A signed 64-bit integer; beyond 2^53 the nearest number there is. */
  integer(): number {
    let value = 0
    let exact = 0n
    for (let count = 0; count < VARINT_BYTES; count++) {
      const byte = this.#byte()
      // Seven groups of seven bits are sure to fit a number; what is longer is negative or very large.
      if (count < 7) value += (byte & 0x7f) * 2 ** (7 * count)
      else {
        if (count === 7) exact = BigInt(value)
        exact |= BigInt(byte & 0x7f) << BigInt(7 * count)
      }
      if (byte < 0x80) return count < 7 ? value : Number(BigInt.asIntN(64, exact))
    }
    throw new ProtobufError('proto: integer overflow')
  }

  double(): number {
    const bytes = this.#take(8)
    return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0, true)
  }

  /** The bytes of a string, a message or the like. */
  bytes(): Uint8Array {
    const length = this.#unsigned()
    return this.#take(length)
  }

  text(): string {
    try {
      return decodeUtf8(this.bytes())
    } catch (error) {
      throw error instanceof Utf8Error
        ? new ProtobufError('proto: string field contains invalid UTF-8')
        : error
    }
  }

  skip(wireType: WireType): void {
    if (wireType === 0) this.integer()
    else if (wireType === 2) this.bytes()
    else this.#take(wireType === 1 ? 8 : 4)
  }

  #unsigned(): number {
    const value = this.integer()
    if (value < 0) throw new ProtobufError('proto: negative length found during unmarshaling')
    return value
  }

  #byte(): number {
    const byte = this.#bytes[this.#index]
    if (byte === undefined) throw new ProtobufError('unexpected EOF')
    this.#index += 1
    return byte
  }

  #take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#index) throw new ProtobufError('unexpected EOF')
    this.#index += length
    return this.#bytes.subarray(this.#index - length, this.#index)
  }
}
