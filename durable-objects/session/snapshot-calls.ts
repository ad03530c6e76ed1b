// Snapshots as sessions make, keep, delete and begin with them.
import type { Access, Refusal } from './access.ts'
import { isRefusal } from './access.ts'
import { type Birth, hashOf } from './birth.ts'
import type { SessionMade } from './fork.ts'
import type { SessionHost } from './session-host.ts'
import type { State, StateHead } from './state-source.ts'
import {
  type Maker,
  readForeign,
  snapshotOf,
  type SnapshotRefusal,
} from './snapshot/kept-snapshot.ts'
import { partsOfRows } from './snapshot/state-rows.ts'

/** What is handed on to the object that keeps a snapshot. */
export interface SnapshotToKeep {
  readonly hash: string
  readonly bytes: Uint8Array
  readonly head: StateHead
  readonly files: State['files']
  readonly about: Pick<Birth, 'title' | 'description'> & { readonly maker: Maker }
}

export interface SnapshotMade {
  readonly hash: string
  readonly revision: number
  /** How many bytes it takes. */
  readonly size: number
}

/** Another object takes no more at once. */
const MOST_BYTES = 30 * 1024 * 1024

const tooLarge = (size: number): SnapshotRefusal => ({
  fault: 'too large',
  problem: `The snapshot would have ${size} bytes, and ${MOST_BYTES} are kept. Fork the session instead.`,
})

/** The state as it is asked for, in few bytes. Who has no key gets Secrets without their values. */
export const writeState = async (
  host: SessionHost,
  access: Access,
): Promise<Omit<SnapshotToKeep, 'about'> | SnapshotRefusal | Refusal> => {
  const state = host.source(access)
  if (isRefusal(state)) return state
  const { id, bytes } = await snapshotOf(state)
  if (bytes.length > MOST_BYTES) return tooLarge(bytes.length)
  return { hash: id, bytes, head: state.head, files: state.files }
}

/** What is kept, with who made it. */
export const toKeep = async (
  host: SessionHost,
  access: Access,
  session: string,
): Promise<SnapshotToKeep | SnapshotRefusal | Refusal> => {
  const { key } = access
  const refusal = host.refuse(access)
  if (refusal !== undefined) return refusal
  if (key === undefined) return 'key needed'
  const written = await writeState(host, access)
  if (typeof written === 'string' || !('bytes' in written)) return written
  const { title, description } = host.birth!
  const said = description === undefined ? { title } : { title, description }
  const maker = { session, keyHash: hashOf(key).toString('hex') }
  return { ...written, about: { ...said, maker } }
}

/** Whose snapshot it is: by the key of then, or the session's key of today. undefined: neither. */
export const makerWith = async (
  { snapshot }: Birth,
  key: string,
  isKeyOf: (session: string) => Promise<boolean>,
): Promise<string | undefined> => {
  const keyHash = hashOf(key).toString('hex')
  const makers = snapshot?.makers ?? []
  const maker = makers.find((each) => each.keyHash === keyHash)
  if (maker !== undefined) return maker.session
  for (const { session } of makers) if (await isKeyOf(session)) return session
  return undefined
}

/** Makes a session of what anybody may have written. */
export const adoptForeign = async (
  host: SessionHost,
  base64url: string,
  { key, title = '' }: { readonly key: string; readonly title?: string | undefined },
): Promise<SessionMade | SnapshotRefusal> => {
  const linked = await readForeign(base64url)
  if ('problem' in linked) return linked
  const createdAt = Date.now()
  const keyHash = hashOf(key).toString('hex')
  const { takePart, finish } = host.store.adopt({ title, createdAt, keyHash })
  const { hasHome: _hasHome, ...head } = linked.head
  for await (const part of partsOfRows(linked.head, [linked.rows])) takePart(part)
  finish(head)
  return { title, createdAt: new Date(createdAt).toISOString() }
}
