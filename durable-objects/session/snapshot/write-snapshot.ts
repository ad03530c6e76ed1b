import { createHash } from 'node:crypto'
import { BlockWriter } from './block.ts'
import { compareRows, headLine, rowLine, type SnapshotHead, type SnapshotRow } from './canonical.ts'
import { DICTIONARY_VERSION, loadDictionary } from './dictionary.ts'
import { NumberWriter } from './numbers.ts'
import { snapshotIdOf } from './snapshot-id.ts'

/** `KS`, the version of the encoding, the version of the dictionary. */
export const MAGIC = [0x4b, 0x53, 1, DICTIONARY_VERSION] as const
export const HASH_BYTES = 32

export interface WrittenSnapshot {
  /** The hash of the canonical text in 52 letters. */
  readonly id: string
  readonly bytes: Uint8Array
  /** How long the canonical text is. */
  readonly canonicalBytes: number
}

/** Lets others have their turns. */
export type Pause = () => Promise<void>

export const nextTurn: Pause = () =>
  new Promise((resolve) => {
    setTimeout(resolve, 0)
  })

/**
 * Writes a state: after each block, a megabyte, others have their turns. Rows come in their order (`compareRows`): objects by resource,
 * namespace and name, then what components keep, then files. The caller sees to it that all batches are of one moment, although time
 * passes between them.
 */
export const writeSnapshot = async (
  head: SnapshotHead,
  batches: Iterable<readonly SnapshotRow[]> | AsyncIterable<readonly SnapshotRow[]>,
  pause: Pause = nextTurn,
): Promise<WrittenSnapshot> => {
  const writer = new BlockWriter(head.seed, await loadDictionary())
  const hash = createHash('sha256')
  const blocks: Uint8Array[] = []
  let canonicalBytes = 0
  let last: SnapshotRow | undefined
  const add = (line: string): void => {
    hash.update(line)
    canonicalBytes += Buffer.byteLength(line)
    writer.add(line)
  }
  add(headLine(head))
  for await (const batch of batches) {
    for (const row of batch) {
      if (last !== undefined && compareRows(last, row) >= 0)
        throw new Error(`the rows of a snapshot are not in order: ${rowLine(row).slice(0, 200)}`)
      last = row
      add(rowLine(row))
      if (!writer.isFull) continue
      blocks.push(writer.close())
      await pause()
    }
  }
  if (!writer.isEmpty) blocks.push(writer.close())
  const digest = new Uint8Array(hash.digest())
  const seed = new NumberWriter()
  seed.put(head.seed)
  const bytes = Buffer.concat([Uint8Array.from(MAGIC), digest, seed.bytes, ...blocks, END])
  return { id: snapshotIdOf(digest), bytes: new Uint8Array(bytes), canonicalBytes }
}

/** A block of no length. */
const END = Uint8Array.of(0)
