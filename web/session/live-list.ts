import { signal, type ReadonlySignal } from '@preact/signals'
import { kubernetes, type Access } from './api.ts'
import type { Meta } from './objects.ts'

interface Listed {
  readonly metadata: Meta
}

interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: T
}

export interface LiveList<T> {
  /** Sorted by namespace and name. Undefined until the first list has come. */
  readonly items: ReadonlySignal<readonly T[] | undefined>
  readonly isConnected: ReadonlySignal<boolean>
}

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 10_000

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

const keyOf = ({ metadata }: Listed): string => `${metadata.namespace ?? ''}/${metadata.name}`

/** The lines of a stream, as they come. */
async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.trim() !== '') yield line
  }
}

/**
 * Lists a resource and follows it as every client of Kubernetes does: list, watch from there, and list anew when the watch ends.
 * Keeps what it shows while the connection is gone.
 */
export const liveList = <T extends Listed>(
  access: Access,
  path: string,
  stop: AbortSignal,
): LiveList<T> => {
  const items = signal<readonly T[] | undefined>(undefined)
  const isConnected = signal(false)
  const objects = new Map<string, T>()
  const show = (): void => {
    items.value = [...objects.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  }
  const list = async (): Promise<string> => {
    const answer = await kubernetes(access, path, stop)
    if (!answer.ok) throw new Error(`the list was answered with ${answer.status}`)
    const body = (await answer.json()) as {
      readonly metadata: { readonly resourceVersion: string }
      readonly items: readonly T[]
    }
    objects.clear()
    for (const object of body.items) objects.set(keyOf(object), object)
    show()
    return body.metadata.resourceVersion
  }
  const follow = async (resourceVersion: string): Promise<void> => {
    const answer = await kubernetes(
      access,
      `${path}?watch=true&resourceVersion=${resourceVersion}`,
      stop,
    )
    if (!answer.ok || answer.body === null)
      throw new Error(`the watch was answered with ${answer.status}`)
    isConnected.value = true
    for await (const line of linesOf(answer.body)) {
      const { type, object } = JSON.parse(line) as WatchEvent<T>
      if (type === 'ERROR') return
      if (type === 'DELETED') objects.delete(keyOf(object))
      else if (type !== 'BOOKMARK') objects.set(keyOf(object), object)
      show()
    }
  }
  const run = async (): Promise<void> => {
    for (let wait = FIRST_PAUSE_MS; !stop.aborted; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
      try {
        await follow(await list())
        wait = FIRST_PAUSE_MS
      } catch {
        // the connection is gone or the server is: it is tried again, and the page says so meanwhile
      }
      isConnected.value = false
      await pause(wait)
    }
  }
  void run()
  return { items, isConnected }
}
