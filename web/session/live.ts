import { signal } from '@preact/signals'
import { describe, openStream, Refused, type Access, type Session } from './api.ts'
import { LiveList, type Listed, type WatchEvent } from './live-list.ts'
import type { EndpointSlice, Machine, Node, Pod, Service } from './objects.ts'

export interface Lists {
  readonly nodes: LiveList<Node>
  readonly machines: LiveList<Machine>
  readonly pods: LiveList<Pod>
  readonly services: LiveList<Service>
  readonly endpointslices: LiveList<EndpointSlice>
}

export type Connection =
  | { readonly is: 'opening' | 'live' }
  | { readonly is: 'lost'; readonly at: Date }
  | { readonly is: 'refused'; readonly status: number }

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 10_000
/** The server writes an empty line every five seconds; without one for so long it is not there any more. */
const SILENCE_MS = 15_000

async function* linesOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    // a stream that broke meanwhile refuses to be cancelled: whoever reads it learns why
    const silence = setTimeout(() => void reader.cancel().catch(() => undefined), SILENCE_MS)
    const { done, value } = await reader.read().finally(() => clearTimeout(silence))
    if (done) return
    const lines = (rest + value).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') yield line
  }
}

/** Ends early when the network is back or somebody looks again. */
const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    const stop = new AbortController()
    const end = (): void => {
      stop.abort()
      clearTimeout(timer)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    addEventListener('online', end, { signal: stop.signal })
    document.addEventListener('visibilitychange', end, { signal: stop.signal })
  })

/** A page that nobody sees holds no connection: a browser has six of them for all its tabs. */
const whenVisible = (): Promise<void> =>
  new Promise((resolve) => {
    if (!document.hidden) return resolve()
    document.addEventListener('visibilitychange', () => resolve(), { once: true })
  })

/** Follows a cluster. While the connection is gone it keeps what it has, says so, and tries again; after a refusal it stops. */
export class Live {
  readonly session = signal<Session | undefined>(undefined)
  readonly connection = signal<Connection>({ is: 'opening' })
  readonly lists: Lists = {
    nodes: new LiveList<Node>(),
    machines: new LiveList<Machine>(),
    pods: new LiveList<Pod>(),
    services: new LiveList<Service>(),
    endpointslices: new LiveList<EndpointSlice>(),
  }
  readonly #byName = new Map<string, LiveList<Listed>>(Object.entries(this.lists))
  readonly #access: Access

  constructor(access: Access) {
    this.#access = access
  }

  /** For as long as the page is open. */
  async follow(): Promise<void> {
    let wait = FIRST_PAUSE_MS
    for (;;) {
      await whenVisible()
      try {
        await this.#connect()
      } catch (error) {
        if (error instanceof Refused) {
          this.connection.value = { is: 'refused', status: error.status }
          return
        }
      }
      if (document.hidden) continue
      if (this.connection.value.is === 'live') wait = FIRST_PAUSE_MS
      if (this.connection.value.is !== 'lost')
        this.connection.value = { is: 'lost', at: new Date() }
      await pause(wait)
      wait = Math.min(wait * 2, LONGEST_PAUSE_MS)
    }
  }

  /** One connection, from its opening to its end. */
  async #connect(): Promise<void> {
    const stop = new AbortController()
    const stopUnseen = (): void => {
      if (document.hidden) stop.abort()
    }
    document.addEventListener('visibilitychange', stopUnseen, { signal: stop.signal })
    try {
      this.session.value ??= await describe(this.#access)
      const body = await openStream(this.#access, stop.signal)
      for (const list of this.#byName.values()) list.restart()
      for await (const line of linesOf(body)) {
        const { resource, ...event } = JSON.parse(line) as WatchEvent & { resource: string }
        if (event.type === 'ERROR') return
        this.#byName.get(resource)?.apply(event)
        if (this.connection.value.is !== 'live') this.connection.value = { is: 'live' }
      }
    } finally {
      stop.abort()
    }
  }
}
