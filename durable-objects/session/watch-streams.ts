import type { WatchAnswer } from '../cluster/kube-apiserver/endpoints/http.ts'

const ENCODER = new TextEncoder()
/** A client that has gone is noticed only when something is written to it; kubectl skips empty lines. */
const HEARTBEAT_MS = 5000
/** Nothing can be written into a text to see whether its reader is still there. */
const MOST_TEXT_SECONDS = 3600
/** Programs in containers and forwarded ports at a time. */
const MOST_HELD = 64
/** A watcher that does not read is cut off; it will list anew. */
const MAX_BUFFERED_CHUNKS = 10_000

interface OpenStream {
  readonly isText: boolean
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
  readonly #onDeadline: () => void
  #held = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #heartbeat: ReturnType<typeof setInterval> | undefined

  constructor(onDeadline: () => void) {
    this.#onDeadline = onDeadline
  }

  /** How many are connected. */
  get count(): number {
    return this.#open.size + this.#held
  }

  /** Somebody else is connected, until the answer is called; undefined: too many are. */
  hold(): (() => void) | undefined {
    if (this.#held >= MOST_HELD) return undefined
    this.#held++
    let isHeld = true
    return () => {
      if (isHeld) this.#held--
      isHeld = false
    }
  }

  /** Opens a watch as a stream of lines. */
  open({
    start,
    close,
    timeoutSeconds,
    isText = false,
  }: WatchAnswer['watch']): ReadableStream<Uint8Array> {
    let stream: OpenStream | undefined
    let timeout: ReturnType<typeof setTimeout> | undefined
    const finish = (): void => {
      if (stream === undefined || !this.#open.delete(stream)) return
      if (timeout !== undefined) clearTimeout(timeout)
      close()
      if (this.#open.size === 0) this.#rest()
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
          stream = { isText, send, end }
          this.#open.add(stream)
          this.#heartbeat ??= setInterval(() => this.#beat(), HEARTBEAT_MS)
          const limit = timeoutSeconds ?? (isText ? MOST_TEXT_SECONDS : undefined)
          if (limit !== undefined) timeout = setTimeout(end, Math.min(limit * 1000, 2 ** 31 - 1))
          start(send, end)
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

  /** Sets the timer for the next thing that happens by itself. Nobody connected: no timer. */
  wakeAt(deadline: number | undefined, sessionNow: number): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer)
    this.#timer = undefined
    if (deadline === undefined || this.count === 0) return
    this.#timer = setTimeout(
      this.#onDeadline,
      Math.min(Math.max(0, deadline - sessionNow), 2 ** 31 - 1),
    )
  }

  #beat(): void {
    for (const { send, isText } of this.#open) if (!isText) send('\n')
  }

  #rest(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer)
    if (this.#heartbeat !== undefined) clearInterval(this.#heartbeat)
    this.#timer = undefined
    this.#heartbeat = undefined
  }
}
