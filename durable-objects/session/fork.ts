// A session that is made of another one.
import type { Access, Refusal } from './access.ts'
import { isRefusal } from './access.ts'
import { hashOf } from './birth.ts'
import type { SessionHost } from './session-host.ts'
import type { StateHead } from './state-source.ts'
import { nextTurn } from './snapshot/write-snapshot.ts'
import { readPart, StateReader } from './state-copy.ts'

/** A session's state on its way, and what is known of the session itself. */
export interface Copy {
  readonly reader: StateReader
  readonly from: string
  readonly title: string
  readonly description?: string
  readonly revision: number
}

/** The same as another object sees it. */
export type RemoteCopy = Omit<Copy, 'reader'> & {
  readonly reader: {
    readonly head: () => Promise<StateHead>
    readonly next: () => Promise<string | undefined>
  }
}

/** What is said of a session that was made. */
export interface SessionMade {
  readonly title: string
  readonly createdAt: string
}

export const copyOf = (host: SessionHost, access: Access, id: string): Copy | Refusal => {
  const state = host.source(access)
  if (isRefusal(state)) return state
  const { title, description } = host.birth!
  return {
    reader: new StateReader(state),
    from: id,
    title,
    ...(description === undefined ? {} : { description }),
    revision: state.head.revision,
  }
}

/** Stores a copy as a session of its own, part by part: others have their turns between. */
export const adoptCopy = async (
  host: SessionHost,
  { reader, from, title, description, revision }: RemoteCopy,
  key: string,
): Promise<SessionMade> => {
  const createdAt = Date.now()
  const { takePart, finish } = host.store.adopt({
    title,
    ...(description === undefined ? {} : { description }),
    createdAt,
    keyHash: hashOf(key).toString('hex'),
    lineage: { forkedFrom: from, title, revision },
  })
  for (let text = await reader.next(); text !== undefined; text = await reader.next()) {
    takePart(readPart(text))
    // objects of one process answer each other before anybody from outside gets his turn
    await nextTurn()
  }
  finish(await reader.head())
  return { title, createdAt: new Date(createdAt).toISOString() }
}
