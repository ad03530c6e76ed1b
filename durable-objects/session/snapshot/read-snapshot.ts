import { createHash } from 'node:crypto'
import { readBlock } from './block.ts'
import { compareRows, readHead, readRow, type SnapshotHead, type SnapshotRow } from './canonical.ts'
import { checkFile, checkMemory, ObjectChecks } from './check-rows.ts'
import type { Dictionary } from './copies.ts'
import { loadDictionary } from './dictionary.ts'
import { type SnapshotLimits, STORED_LIMITS } from './limits.ts'
import { NumberReader } from './numbers.ts'
import { damaged, notACluster, SnapshotProblem, tooLarge } from './problem.ts'
import { snapshotIdOf } from './snapshot-id.ts'
import { HASH_BYTES, MAGIC, nextTurn, type Pause } from './write-snapshot.ts'

export interface ReadOptions {
  readonly limits: SnapshotLimits
  /** `anybody`: every object is looked at. `this server`: it wrote them from a cluster that ran, and the hash says that they are these. */
  readonly writtenBy: 'anybody' | 'this server'
  readonly pause?: Pause
}

export interface OpenedSnapshot {
  /** What the snapshot says of itself: true once all rows were read. */
  readonly id: string
  readonly head: SnapshotHead
  /**
   * All rows, in order, some hundred at once. Throws a SnapshotProblem at the latest at its end, where the hash is compared: until then
   * nothing that was made of the rows may be taken for the snapshot. Can be read once.
   */
  readonly batches: () => AsyncGenerator<readonly SnapshotRow[], void>
}

/** Reads the head. Throws a SnapshotProblem. */
export const openSnapshot = async (
  bytes: Uint8Array,
  { limits, writtenBy, pause = nextTurn }: ReadOptions,
): Promise<OpenedSnapshot> => {
  const opened = open(bytes, limits)
  const reader = new RowReader(opened, await loadDictionary(), limits, writtenBy)
  return {
    id: snapshotIdOf(opened.digest),
    head: reader.head,
    batches: async function* () {
      for (let batch = reader.next(); batch !== undefined; batch = reader.next()) {
        yield batch
        await pause()
      }
    },
  }
}

export interface WholeSnapshot {
  readonly id: string
  readonly head: SnapshotHead
  readonly rows: readonly SnapshotRow[]
}

/** All of a snapshot that this server wrote, at once. Throws a SnapshotProblem. */
export const readOwnSnapshot = (bytes: Uint8Array, dictionary: Dictionary): WholeSnapshot => {
  const opened = open(bytes, STORED_LIMITS)
  const reader = new RowReader(opened, dictionary, STORED_LIMITS, 'this server')
  const rows: SnapshotRow[] = []
  for (let batch = reader.next(); batch !== undefined; batch = reader.next())
    for (const row of batch) rows.push(row)
  return { id: snapshotIdOf(opened.digest), head: reader.head, rows }
}

/** A whole snapshot that fits into memory. Throws a SnapshotProblem. */
export const readWholeSnapshot = async (
  bytes: Uint8Array,
  options: ReadOptions,
): Promise<WholeSnapshot> => {
  const { id, head, batches } = await openSnapshot(bytes, options)
  const rows: SnapshotRow[] = []
  for await (const batch of batches()) rows.push(...batch)
  return { id, head, rows }
}

interface Envelope {
  readonly digest: Uint8Array
  readonly seed: number
  readonly blocks: NumberReader
}

const open = (bytes: Uint8Array, { compressedBytes }: SnapshotLimits): Envelope => {
  const [first, second, encoding, dictionary] = MAGIC
  if (bytes[0] !== first || bytes[1] !== second)
    throw new SnapshotProblem(
      'not ours',
      'This is no snapshot of Kubarium. Copy the whole link again, from the session or from who sent it.',
    )
  if (bytes[2]! > encoding || bytes[3]! > dictionary)
    throw new SnapshotProblem(
      'newer',
      'The snapshot was made by a newer Kubarium than this one. Open it where it was made.',
    )
  if (bytes[2] !== encoding || bytes[3] !== dictionary) throw damaged('its version never was')
  if (bytes.length > compressedBytes)
    throw tooLarge(`it has ${bytes.length} bytes, and ${compressedBytes} are read`)
  const blocks = new NumberReader(bytes, MAGIC.length)
  const digest = blocks.take(HASH_BYTES)
  const seed = blocks.read()
  if (seed > 0xffff_ffff) throw damaged('its seed is wrong')
  return { digest, seed, blocks }
}

class RowReader {
  readonly head: SnapshotHead
  readonly #envelope: Envelope
  readonly #dictionary: Dictionary
  readonly #limits: SnapshotLimits
  readonly #objects: ObjectChecks
  readonly #hash = createHash('sha256')
  #left: number
  #rows = 0
  #files = 0
  #fileBytes = 0
  #last: SnapshotRow | undefined
  /** Of the first block, which holds the head, too. */
  #lines: readonly string[] | undefined

  constructor(
    envelope: Envelope,
    dictionary: Dictionary,
    limits: SnapshotLimits,
    writtenBy: ReadOptions['writtenBy'],
  ) {
    this.#envelope = envelope
    this.#dictionary = dictionary
    this.#limits = limits
    this.#left = limits.bytes
    const [first, ...lines] = this.#read() ?? []
    if (first === undefined) throw damaged('it is empty')
    this.head = readHead(first)
    if (this.head.seed !== envelope.seed) throw damaged('its seed is wrong')
    this.#lines = lines
    this.#objects = new ObjectChecks(this.head, writtenBy === 'anybody')
  }

  /** The rows of the next block; undefined when all were read and are what they should be. */
  next(): readonly SnapshotRow[] | undefined {
    const lines = this.#lines ?? this.#read()
    this.#lines = undefined
    if (lines !== undefined) return lines.map((line) => this.#rowOf(line))
    this.#end()
    return undefined
  }

  #read(): readonly string[] | undefined {
    const { blocks, seed } = this.#envelope
    const { lineBytes } = this.#limits
    const lines = readBlock(blocks, seed, this.#dictionary.bytes, { lineBytes, bytes: this.#left })
    for (const line of lines ?? []) {
      const whole = `${line}\n`
      this.#hash.update(whole)
      this.#left -= whole.length
    }
    return lines
  }

  #rowOf(line: string): SnapshotRow {
    if (++this.#rows > this.#limits.rows)
      throw tooLarge(`it has more than ${this.#limits.rows} objects`)
    const row = readRow(line)
    if (this.#last !== undefined && compareRows(this.#last, row) >= 0)
      throw notACluster('its objects are not in order, or one is there twice')
    this.#last = row
    if (row.kind === 'object') this.#objects.add(row)
    else if (row.kind === 'memory') checkMemory(row)
    else this.#addFile(row.file)
    return row
  }

  #addFile(file: Parameters<typeof checkFile>[0]): void {
    checkFile(file, this.head)
    this.#files++
    this.#fileBytes += file.path.length + file.text.length
    if (this.#files > this.#limits.files || this.#fileBytes > this.#limits.fileBytes)
      throw tooLarge('its files are more than a computer holds')
  }

  #end(): void {
    if (!this.#envelope.blocks.isAtEnd) throw damaged('something stands behind its end')
    const digest = new Uint8Array(this.#hash.digest())
    if (!digest.every((byte, index) => byte === this.#envelope.digest[index]))
      throw damaged('its hash is another')
    this.#objects.end()
  }
}
