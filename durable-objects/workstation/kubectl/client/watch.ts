// The events of a watch, one after the other, as they come.
import { append } from '#apimachinery/append.ts'
import type { JsonObject } from '#apimachinery/object.ts'
import type { ToolAnswer, ToolRequest, ToolRun } from '#shell/tools/tool.ts'
import { requestTimeoutOf } from '#kubectl/client/config.ts'
import { ApiError } from '#kubectl/failure.ts'
import type { ApiCall } from '#kubectl/host.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import type { Status } from '#apimachinery/status-error.ts'

export interface WatchEvent {
  readonly type: string
  readonly object: JsonObject
}

export interface Events {
  /** The next one; undefined: the server has ended the watch, or `until` (milliseconds since 1970) has come. Throws ApiError. */
  next(until?: number): ToolRun<WatchEvent | undefined>
  /** Nobody waits for more. */
  close(): void
}

/** Bookmarks are not told. Throws ApiError. */
export const eventsOf = (run: Invocation, call: ApiCall): Events => {
  const limit = requestTimeoutOf(run.flags)
  const endsAt = limit === 0 ? Infinity : run.now() + limit
  const stream = run.client.stream(call)
  let text = ''
  let isOver = false
  const lines: string[] = []
  const read = (): void => {
    const more = stream.read()
    if (more === undefined) isOver = true
    else text += more
    const parts = text.split('\n')
    text = parts.pop()!
    append(
      lines,
      parts.filter((line) => line.trim() !== ''),
    )
  }
  const ready = (): boolean => {
    if (lines.length === 0 && !isOver) read()
    return lines.length > 0 || isOver
  }
  return {
    *next(asked = Infinity): Generator<ToolRequest, WatchEvent | undefined, ToolAnswer> {
      const until = Math.min(asked, endsAt)
      for (;;) {
        if (!ready()) {
          yield* run.flush()
          const left = until - run.now()
          if (left <= 0) return undefined
          yield { kind: 'wait', ready, ...(left === Infinity ? {} : { ms: left }) }
        }
        const line = ready() ? lines.shift() : undefined
        if (line === undefined) {
          if (isOver || run.now() >= until) return undefined
          continue
        }
        const event = JSON.parse(line) as WatchEvent
        if (event.type === 'ERROR') throw new ApiError(event.object as unknown as Status)
        if (event.type !== 'BOOKMARK') return event
      }
    },
    close: () => stream.close(),
  }
}
