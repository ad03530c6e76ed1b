// A snapshot is stored in blocks, each of which is read without the others: some megabyte of text, so that no turn is long and no reader
// needs more room.
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'
import { copiesFrom, type Dictionary, expandCopies } from './copies.ts'
import { HoleReader, HoleWriter } from './holes.ts'
import { NumberReader, NumberWriter } from './numbers.ts'
import { damaged, tooLarge } from './problem.ts'

/** A block is closed when it has as many bytes, holes not counted. */
export const BLOCK_BYTES = 1024 * 1024
/** What the numbers of a block may take beside its text. */
const NUMBER_BYTES = 4 * BLOCK_BYTES
const WINDOW_BITS = 21
/** The first block is all there is of a small cluster, and decides whether it fits into a link. */
const SMALL = 5
/** Ten thousand Pods at the first one's quality take four times as long and are a quarter smaller. */
const FAST = 1

const utf8 = new TextEncoder()
const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Gathers lines until there are enough for a block. */
export class BlockWriter {
  readonly #holes: HoleWriter
  readonly #dictionary: Dictionary
  #bytes = new Uint8Array(BLOCK_BYTES + BLOCK_BYTES / 4)
  #length = 0
  #isFirst = true

  constructor(seed: number, dictionary: Dictionary) {
    this.#holes = new HoleWriter(seed)
    this.#dictionary = dictionary
  }

  get isFull(): boolean {
    return this.#length >= BLOCK_BYTES
  }

  get isEmpty(): boolean {
    return this.#length === 0
  }

  /** A line with its end. */
  add(line: string): void {
    const taken = this.#holes.take(line)
    // a character is three bytes at most
    const needed = this.#length + taken.length * 3
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(needed)
      larger.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = larger
    }
    this.#length += utf8.encodeInto(taken, this.#bytes.subarray(this.#length)).written
  }

  /** The block, and the writer is empty again. */
  close(): Uint8Array {
    const lines = this.#bytes.subarray(0, this.#length)
    // of many objects that are alike the first ones teach the compressor more than any dictionary
    const { rest, copies } = this.#isFirst
      ? copiesFrom(this.#dictionary, lines)
      : { rest: lines, copies: new NumberWriter() }
    const { uids, moments, versions } = this.#holes
    const streams = [copies.bytes, uids.bytes, moments.bytes, versions.bytes]
    const lengths = new NumberWriter()
    lengths.put(this.#length)
    for (const { length } of streams) lengths.put(length)
    const plain = Buffer.concat([lengths.bytes, ...streams, rest])
    const block = compressed(plain, this.#isFirst ? SMALL : FAST)
    const head = new NumberWriter()
    head.put(plain.length)
    head.put(block.length)
    this.#holes.clear()
    this.#length = 0
    this.#isFirst = false
    return Buffer.concat([head.bytes, block])
  }
}

const compressed = (plain: Uint8Array, quality: number): Uint8Array =>
  brotliCompressSync(plain, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: quality,
      [constants.BROTLI_PARAM_LGWIN]: WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
    },
  })

/** workerd counts what it has reserved, which may be more than what comes out. */
const ROOM = 65_536

/** Throws before it makes much more than `length` bytes. */
const inflated = (block: Uint8Array, length: number): Uint8Array => {
  let plain: Uint8Array
  try {
    plain = brotliDecompressSync(block, { maxOutputLength: 2 * length + ROOM })
  } catch {
    throw damaged('a part of it cannot be decompressed')
  }
  if (plain.length !== length) throw damaged('a part of it is not as long as it says')
  return plain
}

export interface BlockLimits {
  /** Of a line. */
  readonly lineBytes: number
  /** Of all lines of the block. */
  readonly bytes: number
}

/** The lines of the next block, without their ends; undefined: that was all. */
export const readBlock = (
  from: NumberReader,
  seed: number,
  dictionary: Uint8Array,
  { lineBytes, bytes: mostBytes }: BlockLimits,
): readonly string[] | undefined => {
  const most = BLOCK_BYTES + lineBytes
  const plainLength = from.read()
  if (plainLength === 0) return undefined
  if (plainLength > most + NUMBER_BYTES) throw tooLarge('a part of it would be too long')
  const plain = new NumberReader(inflated(from.take(from.read()), plainLength))
  const length = plain.read()
  if (length > most) throw tooLarge(`one of its objects has more than ${lineBytes} bytes`)
  const lengths = [plain.read(), plain.read(), plain.read(), plain.read()]
  const [copies, uids, moments, versions] = lengths.map((each) => plain.take(each))
  const rest = plain.take(plainLength - plain.at)
  const bytes = expandCopies(dictionary, rest, copies!, length)
  const holes = new HoleReader(seed, { uids: uids!, moments: moments!, versions: versions! })
  let left = mostBytes
  const lines = linesOf(bytes).map((line) => {
    const whole = holes.fill(line, Math.min(lineBytes, left))
    left -= whole.length + 1
    return whole
  })
  holes.end()
  return lines
}

const linesOf = (bytes: Uint8Array): readonly string[] => {
  let lines: string
  try {
    lines = text.decode(bytes)
  } catch {
    throw damaged('it is no text')
  }
  if (!lines.endsWith('\n')) throw damaged('a line has no end')
  return lines.slice(0, -1).split('\n')
}
