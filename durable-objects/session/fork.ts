// A session that is made of another one.
import type { Access, Refusal } from './access.ts'
import { isRefusal } from './access.ts'
import { hashOf } from './birth.ts'
import type { SessionHost } from './session-host.ts'
import { readState, streamOfState } from './state-stream.ts'

/** A session's state on its way, and what is known of the session itself. */
export interface Copy {
  readonly body: ReadableStream<Uint8Array>
  readonly from: string
  readonly title: string
  readonly description?: string
  readonly revision: number
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
    body: streamOfState(state),
    from: id,
    title,
    ...(description === undefined ? {} : { description }),
    revision: state.head.revision,
  }
}

/** Stores a copy as a session of its own, part by part: others have their turns between. */
export const adoptCopy = async (
  host: SessionHost,
  { body, from, title, description, revision }: Copy,
  key: string,
): Promise<SessionMade> => {
  const createdAt = Date.now()
  const { takePart, finish } = host.adopt({
    title,
    ...(description === undefined ? {} : { description }),
    createdAt,
    keyHash: hashOf(key).toString('hex'),
    lineage: { forkedFrom: from, title, revision },
  })
  finish(await readState(body, takePart))
  return { title, createdAt: new Date(createdAt).toISOString() }
}
