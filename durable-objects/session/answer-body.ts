const ENCODER = new TextEncoder()

/** Longer texts are not handed to the edge at once: it takes 32 MiB, and would hold each of them as often as it is copied on its way. */
const MOST_AT_ONCE = 4_000_000
const CHUNK = 262_144

/** The parts of a text as a stream: what they are parts of is never in one piece. */
const streamOf = (parts: readonly string[]): ReadableStream<Uint8Array> => {
  let next = 0
  return new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const start = next
        for (let length = 0; next < parts.length && length < CHUNK; next++)
          length += parts[next]!.length
        if (start === parts.length) controller.close()
        else controller.enqueue(ENCODER.encode(parts.slice(start, next).join('')))
      },
    },
    { highWaterMark: 1 },
  )
}

/** The body of an answer that came in parts. */
export const bodyOf = (parts: readonly string[]): string | ReadableStream<Uint8Array> => {
  let length = 0
  for (const part of parts) length += part.length
  if (length > MOST_AT_ONCE) return streamOf(parts)
  return parts.length === 1 ? parts[0]! : parts.join('')
}
