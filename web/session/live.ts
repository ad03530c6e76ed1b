import { signal } from '@preact/signals'
import { type Access, describe, openLive, Refused, type Session } from './api.ts'
import { Clock, type ClockMessage } from './clock.ts'
import { type Listed, LiveList, type ObjectEvent } from './live-list.ts'
import type { EndpointSlice, Machine, Node, Pod, Service } from './objects.ts'

export interface Lists {
  readonly nodes: LiveList<Node>
  readonly machines: LiveList<Machine>
  readonly pods: LiveList<Pod>
  readonly services: LiveList<Service>
  readonly endpointslices: LiveList<EndpointSlice>
}

export const emptyLists = (): Lists => ({
  nodes: new LiveList<Node>(),
  machines: new LiveList<Machine>(),
  pods: new LiveList<Pod>(),
  services: new LiveList<Service>(),
  endpointslices: new LiveList<EndpointSlice>(),
})

export type Connection =
  | { readonly is: 'opening' | 'live' }
  | { readonly is: 'lost'; readonly at: Date }
  | { readonly is: 'refused'; readonly status: number }

/** What the session says, as far as the page listens. The README has all of it. */
type Message =
  | { readonly type: 'session'; readonly title: string; readonly description: string }
  | ({ readonly type: 'clock' } & ClockMessage)
  | { readonly type: 'presence'; readonly viewers: number; readonly editors: number }
  | {
      readonly type: 'list'
      readonly resource: string
      readonly list: { readonly items: readonly Listed[] }
    }
  | { readonly type: 'listed'; readonly resource: string; readonly revision: number }
  | {
      readonly type: 'objects'
      readonly revision: number
      readonly events: readonly (ObjectEvent & { readonly resource: string })[]
    }
  | { readonly type: 'mark' | 'expired' | 'pong' }

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 10_000
/** So often the page asks whether the server is there; who is silent for as long again is not. */
const PING_MS = 15_000
const PING = '{"type":"ping"}'
/** Codes of a closed socket that are HTTP's, with this added. */
const STATUS_CODES = 4000

/** Until it is closed. `isSilent`: nothing has come for long. */
const ended = (socket: WebSocket): Promise<CloseEvent> =>
  new Promise((resolve) => {
    let isSilent = false
    const ping = setInterval(() => {
      if (isSilent) return end()
      isSilent = true
      if (socket.readyState === WebSocket.OPEN) socket.send(PING)
    }, PING_MS)
    const end = (event = new CloseEvent('close')): void => {
      clearInterval(ping)
      socket.close()
      resolve(event)
    }
    socket.addEventListener('message', () => (isSilent = false))
    socket.addEventListener('close', end)
  })

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

/** A page that nobody sees holds no connection: whoever does not look is not there. */
const whenVisible = (): Promise<void> =>
  new Promise((resolve) => {
    if (!document.hidden) return resolve()
    document.addEventListener('visibilitychange', () => resolve(), { once: true })
  })

/** Follows a cluster. While the connection is gone it keeps what it has, says so, and tries again; after a refusal it stops. */
export class Live {
  readonly session = signal<Session | undefined>(undefined)
  readonly connection = signal<Connection>({ is: 'opening' })
  /** How many people look at it, this one among them. */
  readonly people = signal(0)
  readonly lists = emptyLists()
  readonly clock = new Clock()
  /** The newest that was told. */
  readonly revision = signal(0)
  readonly #byName = new Map<string, LiveList<Listed>>(Object.entries(this.lists))
  readonly #access: Access
  /** What has not been listed yet. */
  #unlisted = new Set<string>()
  /** What is known is as of this revision; undefined: not all is. */
  #revision: number | undefined

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
      this.clock.stop()
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
    this.session.value = await describe(this.#access)
    const socket = openLive(this.#access)
    const stop = new AbortController()
    const stopUnseen = (): void => {
      if (document.hidden) socket.close()
    }
    document.addEventListener('visibilitychange', stopUnseen, { signal: stop.signal })
    socket.addEventListener('open', () => this.#subscribe(socket))
    socket.addEventListener('message', ({ data }: MessageEvent<string>) =>
      this.#take(socket, data, JSON.parse(data) as Message),
    )
    const { code } = await ended(socket)
    stop.abort()
    if (code > STATUS_CODES) throw new Refused(code - STATUS_CODES)
  }

  /** All that there is, or what has happened since. */
  #subscribe(socket: WebSocket): void {
    const after = this.#revision
    socket.send(JSON.stringify({ type: 'subscribe', ...(after === undefined ? {} : { after }) }))
    if (after !== undefined) return this.#isLive()
    this.#unlisted = new Set(this.#byName.keys())
    for (const list of this.#byName.values()) list.restart()
  }

  #take(socket: WebSocket, text: string, message: Message): void {
    switch (message.type) {
      case 'session':
        this.session.value = message
        break
      case 'clock':
        this.clock.hear(message)
        break
      case 'presence':
        this.people.value = message.viewers + message.editors
        break
      case 'list':
        this.#byName.get(message.resource)?.add(message.list.items)
        break
      case 'listed':
        this.#finish(message.resource, message.revision)
        break
      case 'objects':
        for (const event of message.events) this.#byName.get(event.resource)?.apply(event)
        this.revision.value = this.#revision = message.revision
        break
      case 'mark':
        socket.send(text)
        break
      case 'expired':
        this.#revision = undefined
        this.#subscribe(socket)
        break
      case 'pong':
    }
  }

  #finish(resource: string, revision: number): void {
    this.#byName.get(resource)?.finish()
    this.#unlisted.delete(resource)
    if (this.#unlisted.size > 0) return
    this.revision.value = this.#revision = revision
    this.#isLive()
  }

  #isLive(): void {
    if (this.connection.value.is !== 'live') this.connection.value = { is: 'live' }
  }
}
