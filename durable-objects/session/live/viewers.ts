// All viewers of a session. They cost nothing while nothing happens: the platform keeps their sockets while the session sleeps.
import type { Cluster } from '../../cluster/cluster.ts'
import type { SessionClock } from '../../session-clock.ts'
import type { Access } from '../access.ts'
import type { Birth } from '../birth.ts'
import { problemResponse } from '../computer/problem-response.ts'
import { News } from './news.ts'
import { CODES, type Complaint, PING, PONG, PROTOCOL_VERSION, readMessage } from './protocol.ts'
import { Viewer } from './viewer.ts'

/** What the worker hands on of a request to follow the session. */
export interface LiveRequest extends Access {
  readonly live: true
}

/** What is needed of the platform. */
export type Hibernation = Pick<
  DurableObjectState,
  | 'acceptWebSocket'
  | 'getWebSockets'
  | 'setWebSocketAutoResponse'
  | 'getWebSocketAutoResponseTimestamp'
>

/** How many there are, by what they may do. */
export interface Presence {
  readonly viewers: number
  readonly editors: number
}

export interface ViewersParts {
  readonly platform: Hibernation
  readonly turn: <T>(act: (cluster: Cluster) => T) => T
}

const MOST_VIEWERS = 2000
/** Who comes and goes within so short a time is told of at once. */
const PRESENCE_PAUSE_MS = 100

/** The page asks four times a minute. */
const MOST_SILENT_MS = 2 * 60_000
const SILENT: Complaint = { code: CODES.refused, reason: 'nothing was heard for two minutes' }
const DEFECT: Complaint = { code: CODES.defect, reason: 'a defect of this server; it was logged' }

export const GONE: Readonly<Record<'deleted' | 'key', Complaint>> = {
  deleted: { code: CODES.noSession, reason: 'the session was deleted' },
  key: { code: CODES.wrongKey, reason: 'the key of the session was changed' },
}

export class Viewers {
  readonly #parts: ViewersParts
  readonly #viewers = new Map<WebSocket, Viewer>()
  #news: News | undefined
  /** All who are not behind know everything up to this revision. */
  #told: number | undefined
  #presenceTimer: ReturnType<typeof setTimeout> | undefined
  #toldPresence = ''

  constructor(parts: ViewersParts) {
    this.#parts = parts
    const { platform } = parts
    for (const socket of platform.getWebSockets()) this.#viewers.set(socket, Viewer.wake(socket))
    platform.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG))
  }

  get count(): number {
    return this.#viewers.size
  }

  get presence(): Presence {
    let editors = 0
    for (const { canEdit } of this.#viewers.values()) if (canEdit) editors++
    return { viewers: this.#viewers.size - editors, editors }
  }

  /** Hangs up on those whose machine has died: they asked for a sign of life, and do so no more. */
  sweep(now: number): void {
    for (const [socket, viewer] of this.#viewers) {
      const asked = this.#parts.platform.getWebSocketAutoResponseTimestamp(socket)
      if (asked !== null && now - asked.getTime() > MOST_SILENT_MS)
        this.#dismiss(socket, viewer, SILENT)
    }
  }

  /** Somebody begins to follow the session, who has the right to. */
  open({ key }: Access, birth: Birth, clock: SessionClock): Response {
    this.sweep(Date.now())
    if (this.#viewers.size >= MOST_VIEWERS)
      return problemResponse({
        status: 429,
        title: 'Too many viewers',
        detail: `A session has ${MOST_VIEWERS} viewers at a time. GET …/state shows it as it is.`,
      })
    const [client, server] = Object.values(new WebSocketPair()) as [WebSocket, WebSocket]
    this.#parts.platform.acceptWebSocket(server)
    const viewer = Viewer.begin(server, key !== undefined)
    this.#viewers.set(server, viewer)
    const access = viewer.canEdit ? 'edit' : 'view'
    viewer.send(JSON.stringify({ type: 'hello', version: PROTOCOL_VERSION, access }))
    viewer.send(sessionMessage(birth))
    viewer.send(clockMessage(clock))
    viewer.send(this.#presenceMessage())
    this.#tellPresence()
    return new Response(null, { status: 101, webSocket: client })
  }

  receive(socket: WebSocket, data: string | ArrayBuffer): void {
    const viewer = this.#viewers.get(socket)
    if (viewer === undefined) return
    const message = readMessage(data)
    const taken = 'code' in message ? message : viewer.take(message, Date.now())
    // whatever he may be told, all are told at the end of the turn
    if (taken === 'tell') this.#look()
    else if (taken !== 'nothing') this.#dismiss(socket, viewer, taken)
  }

  /** The platform says that a socket is closed. */
  left(socket: WebSocket): void {
    if (!this.#viewers.has(socket)) return
    // until now somebody was there: time has passed
    this.#parts.turn(() => undefined)
    this.#viewers.delete(socket)
    if (this.#viewers.size === 0) this.#news = undefined
    this.#tellPresence()
  }

  /** At the end of a turn, when it was stored. */
  afterTurn(cluster: Cluster): void {
    if (this.#viewers.size === 0 || cluster.revision === this.#told) return
    if (this.#news?.isOf(cluster) !== true) this.#news = new News(cluster)
    const news = this.#news
    for (const [socket, viewer] of this.#viewers) {
      if (!viewer.isWaiting(news.revision)) continue
      try {
        viewer.tell(news)
      } catch (error) {
        // what was stored is done, whoever cannot be told of it
        // oxlint-disable-next-line no-console -- a defect is for whoever runs this
        console.error(error)
        this.#dismiss(socket, viewer, DEFECT)
      }
    }
    news.rest()
    this.#told = news.revision
  }

  tellSession(birth: Birth): void {
    this.#tellAll(sessionMessage(birth))
  }

  tellClock(clock: SessionClock): void {
    if (this.#viewers.size > 0) this.#tellAll(clockMessage(clock))
  }

  /** Closes all, or those who came with the key. */
  dismissAll(why: Complaint, isMeant: (viewer: Viewer) => boolean = () => true): void {
    this.#news = undefined
    for (const [socket, viewer] of this.#viewers) {
      if (!isMeant(viewer)) continue
      viewer.send(JSON.stringify({ type: 'gone', why: why.reason }))
      this.#dismiss(socket, viewer, why)
    }
  }

  #dismiss(socket: WebSocket, viewer: Viewer, why: Complaint): void {
    viewer.close(why)
    this.#viewers.delete(socket)
    this.#tellPresence()
  }

  #look(): void {
    this.#told = undefined
    this.#parts.turn(() => undefined)
  }

  #tellAll(text: string): void {
    for (const viewer of this.#viewers.values()) viewer.send(text)
  }

  #presenceMessage(): string {
    return JSON.stringify({ type: 'presence', ...this.presence })
  }

  /** Soon: many may come at once. */
  #tellPresence(): void {
    if (this.#presenceTimer !== undefined) return
    this.#presenceTimer = setTimeout(() => {
      this.#presenceTimer = undefined
      const text = this.#presenceMessage()
      if (text === this.#toldPresence) return
      this.#toldPresence = text
      this.#tellAll(text)
    }, PRESENCE_PAUSE_MS)
  }
}

const sessionMessage = ({ title, description = '' }: Birth): string =>
  JSON.stringify({ type: 'session', title, description })

const clockMessage = ({ isRunning, speed, session }: SessionClock): string =>
  JSON.stringify({
    type: 'clock',
    running: isRunning,
    speed,
    now: new Date(session).toISOString(),
  })
