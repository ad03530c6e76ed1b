// What every cluster is born with, as it was when the encoding was made: roles, bindings, flow schemas, the add-ons. Snapshots name its
// pieces, so it is never changed: another one gets another number, and this one stays to read what was written with it.
import { brotliDecompressSync } from 'node:zlib'
import { type Dictionary, dictionaryOf } from './copies.ts'

export const DICTIONARY_VERSION = 1

let loaded: Promise<Dictionary> | undefined

const load = async (): Promise<Dictionary> => {
  const { default: file } = await import('./dictionary-1.json', { with: { type: 'json' } })
  return dictionaryOf(brotliDecompressSync(Buffer.from(file.brotli, 'base64')))
}

/** Loaded when the first snapshot is made or read. */
export const loadDictionary = (): Promise<Dictionary> => (loaded ??= load())
