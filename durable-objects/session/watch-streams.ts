import type { WatchAnswer } from '../cluster/kube-apiserver/endpoints/http.ts'

const ENCODER = new TextEncoder()
/** A client that has gone is noticed only when something is written to it; kubectl skips empty lines. */
const HEARTBEAT_MS = 5000
/** So many heartbeats apart who wants bookmarks gets one. kubernetes: apiserver pkg/storage/cacher defaultBookmarkFrequency */
const BEATS_PER_BOOKMARK = 12
/** The last bookmark comes so long before a watch ends. kubernetes: cache_watcher.go nextBookmarkTime */
const LAST_BOOKMARK_MS = 2000
/** Nothing can be written into a text to see whether its reader is still there. */
const MOST_TEXT_SECONDS = 3600
/** Who asked to be left alone so soon is not looked after. */
const MOST_SILENT_SECONDS = 60
/** Programs in containers and forwarded ports at a time. */
const MOST_HELD = 64
/** A watcher that does not read is cut off; it will list anew. */
const MAX_BUFFERED_CHUNKS = 10_000

/** Somebody who is no stream. */
interface Held {
  readonly end: ((why: string) => void) | undefined
}

interface OpenStream {
  /** Nothing may be written into it that is not its own: it is a text, or ends soon. */
  readonly isText: boolean
  /** It came with the key. */
  readonly isKeyed: boolean
  readonly bookmark: (() => string) | undefined
  readonly send: (text: string) => void
  readonly end: () => void
}

let last: { readonly text: string; readonly bytes: Uint8Array } = {
  text: '',
  bytes: new Uint8Array(),
}

/** Watches of one kind are all told the same, one after the other. A stream must not get bytes that another one may take over. */
const encode = (text: string): Uint8Array => {
  if (text !== last.text) last = { text, bytes: ENCODER.encode(text) }
  return last.bytes.slice()
}

/** The open watches of a session, and the one timer that it has while somebody is connected. */
export class WatchStreams {
  readonly #open = new Set<OpenStream>()
  readonly #held = new Set<Held>()
  readonly #onDeadline: () => void
  readonly #others: () => number
  #beats = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #heartbeat: ReturnType<typeof setInterval> | undefined

  /** `others`: how many are connected in another way, which keeps nothing awake. */
  constructor(onDeadline: () => void, others: () => number) {
    this.#onDeadline = onDeadline
    this.#others = others
  }

  /** How many are connected. */
  get count(): number {
    return this.#awake + this.#others()
  }

  /** Everybody who is connected may sleep. */
  get mayRest(): boolean {
    return this.#awake === 0
  }

  /**
   * Somebody else is connected, until the answer is called; undefined: too many are. `end`: ends who came with the key when it is
   * another one from now on.
   */
  hold(end?: (why: string) => void): (() => void) | undefined {
    if (this.#held.size >= MOST_HELD) return undefined
    const held: Held = { end }
    this.#held.add(held)
    return () => void this.#held.delete(held)
  }

  /** Opens a watch as a stream of lines. `isKeyed`: it ends with the key that it came with. */
  open(
    { start, close, timeoutSeconds, bookmark, isText = false }: WatchAnswer['watch'],
    isKeyed: boolean,
  ): ReadableStream<Uint8Array> {
    let stream: OpenStream | undefined
    const timers: ReturnType<typeof setTimeout>[] = []
    const after = (ms: number, act: () => void): void =>
      void timers.push(setTimeout(act, Math.min(ms, 2 ** 31 - 1)))
    const finish = (): void => {
      if (stream === undefined || !this.#open.delete(stream)) return
      for (const timer of timers) clearTimeout(timer)
      close()
      this.#rest()
    }
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          const end = (): void => {
            finish()
            try {
              controller.close()
            } catch {
              // closed already: the client went first
            }
          }
          // what there was at the beginning comes at once, however much it is, before anybody can read
          let initialChunks = Infinity
          let chunks = 0
          const send = (text: string): void => {
            chunks++
            if ((controller.desiredSize ?? 0) < -MAX_BUFFERED_CHUNKS - initialChunks) end()
            else controller.enqueue(encode(text))
          }
          const limit = timeoutSeconds ?? (isText ? MOST_TEXT_SECONDS : undefined)
          const endsSoon = limit !== undefined && limit <= MOST_SILENT_SECONDS
          stream = { isText: isText || endsSoon, isKeyed, bookmark, send, end }
          this.#open.add(stream)
          this.#heartbeat ??= setInterval(() => this.#beat(), HEARTBEAT_MS)
          if (limit !== undefined) after(limit * 1000, end)
          start(send, end)
          const lastMark = (limit ?? 0) * 1000 - LAST_BOOKMARK_MS
          if (bookmark !== undefined && lastMark > 0) after(lastMark, () => send(bookmark()))
          initialChunks = chunks
        },
        cancel: finish,
      },
      { highWaterMark: 1 },
    )
  }

  closeAll(): void {
    for (const { end } of this.#open) end()
  }

  /** Ends whatever came with the key. */
  closeKeyed(why: string): void {
    for (const { end, isKeyed } of this.#open) if (isKeyed) end()
    for (const { end } of this.#held) end?.(why)
  }

  /** Sets the timer for the next thing that happens by itself, in real milliseconds. Nobody connected: no timer. */
  wakeIn(delay: number | undefined): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer)
    this.#timer = undefined
    if (delay === undefined || this.count === 0) return
    this.#timer = setTimeout(this.#onDeadline, Math.min(Math.max(0, delay), 2 ** 31 - 1))
  }

  #beat(): void {
    this.#beats++
    const isBookmarked = this.#beats % BEATS_PER_BOOKMARK === 0
    for (const { send, isText, bookmark } of this.#open)
      if (!isText) send(isBookmarked && bookmark !== undefined ? bookmark() : '\n')
  }

  get #awake(): number {
    return this.#open.size + this.#held.size
  }

  #rest(): void {
    if (this.#open.size > 0) return
    if (this.#heartbeat !== undefined) clearInterval(this.#heartbeat)
    this.#heartbeat = undefined
    if (this.count === 0) this.wakeIn(undefined)
  }
}
