import type { MiddlewareHandler } from 'hono'
import type { AppEnvironment } from './environment.ts'

/** What a call takes at most; Kubernetes' own limit. */
export const MAX_BODY_BYTES = 3 * 1024 * 1024

/** One more is kept, so that routes can tell. */
const MAX_BYTES = MAX_BODY_BYTES + 1

/**
 * Reads every body to its end or to the limit. What is over the limit is read and dropped, so that the connection goes on; routes see a
 * body longer than they take and say so.
 */
export const readWholeBody: MiddlewareHandler<AppEnvironment> = async (context, next) => {
  context.set('body', await readLimited(context.req.raw.body))
  await next()
}

const readLimited = async (stream: ReadableStream<Uint8Array> | null): Promise<Uint8Array> => {
  if (stream === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of stream) {
    if (length >= MAX_BYTES) continue
    const kept = chunk.subarray(0, MAX_BYTES - length)
    chunks.push(kept)
    length += kept.length
  }
  if (chunks.length === 1) return chunks[0]!
  const whole = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.length
  }
  return whole
}
