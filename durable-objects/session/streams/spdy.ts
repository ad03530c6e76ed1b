// SPDY/3.1 as far as port-forward needs it: the client opens streams, both sides send data. (SPDY Protocol, draft 3.1)
import { createInflate, type Inflate } from 'node:zlib'
import { fourBytes, joined, numberAt } from './bytes.ts'
import { SPDY_DICTIONARY } from './spdy-dictionary.ts'

export interface SpdyEvents {
  /** Names in small letters. */
  onStream(id: number, headers: ReadonlyMap<string, string>): void
  onData(id: number, data: Uint8Array): void
  /** The client writes no more. */
  onEnd(id: number): void
  /** The client wants nothing more of the stream. */
  onReset(id: number): void
}

/** The client does not speak SPDY, or wants too much. */
export class SpdyError extends Error {}

const SYN_STREAM = 1
const SYN_REPLY = 2
const RST_STREAM = 3
const PING = 6
const GOAWAY = 7
const WINDOW_UPDATE = 9
const FIN = 1
const MOST_FRAME = 4 * 1024 * 1024
const MOST_HEADERS = 64 * 1024
/** What a stream's headers take when they are compressed; a thousand times as much may come out of them. */
const MOST_PACKED = 16 * 1024
const DECODER = new TextDecoder()

export class SpdyConnection {
  readonly #send: (bytes: Uint8Array) => void
  readonly #events: SpdyEvents
  readonly #inflate: Inflate = createInflate({ dictionary: SPDY_DICTIONARY })
  #inflated: Uint8Array[] = []
  #inflatedLength = 0
  #received: Uint8Array = new Uint8Array()
  #hasReplied = false

  constructor(send: (bytes: Uint8Array) => void, events: SpdyEvents) {
    this.#send = send
    this.#events = events
    this.#inflate.on('data', (chunk: Uint8Array) => {
      this.#inflatedLength += chunk.length
      if (this.#inflatedLength <= MOST_HEADERS) this.#inflated.push(chunk)
    })
    // the write that failed reports it
    this.#inflate.on('error', () => undefined)
  }

  /** Takes what the client sent, in order. Throws SpdyError. */
  async receive(bytes: Uint8Array): Promise<void> {
    this.#received = joined(this.#received, bytes)
    while (this.#received.length >= 8) {
      const length = numberAt(this.#received, 4) & 0xff_ffff
      if (length > MOST_FRAME) throw new SpdyError('a frame is too long')
      if (this.#received.length < 8 + length) return
      const head = numberAt(this.#received, 0)
      const flags = this.#received[4]!
      const payload = this.#received.slice(8, 8 + length)
      this.#received = this.#received.slice(8 + length)
      if (head >>> 31 === 1) await this.#control(head & 0xffff, flags, payload)
      else {
        this.#events.onData(head, payload)
        // the client may send as much again
        this.#sendControl(WINDOW_UPDATE, joined(fourBytes(head), fourBytes(payload.length)))
        if ((flags & FIN) !== 0) this.#events.onEnd(head)
      }
    }
  }

  sendData(id: number, data: Uint8Array): void {
    this.#send(joined(fourBytes(id), new Uint8Array([0]), lengthOf(data), data))
  }

  /** Nothing more is written to the stream. */
  end(id: number): void {
    this.#send(joined(fourBytes(id), new Uint8Array([FIN, 0, 0, 0])))
  }

  async #control(type: number, flags: number, payload: Uint8Array): Promise<void> {
    switch (type) {
      case SYN_STREAM: {
        if (payload.length < 10) throw new SpdyError('a SYN_STREAM is too short')
        if (payload.length > MOST_PACKED) throw new SpdyError('headers are too long')
        const id = numberAt(payload, 0) & 0x7fff_ffff
        const headers = await this.#headers(payload.slice(10))
        this.#sendControl(SYN_REPLY, joined(fourBytes(id), this.#noHeaders()))
        this.#events.onStream(id, headers)
        if ((flags & FIN) !== 0) this.#events.onEnd(id)
        return
      }
      case RST_STREAM:
        if (payload.length >= 4) this.#events.onReset(numberAt(payload, 0) & 0x7fff_ffff)
        return
      case PING:
        this.#sendControl(PING, payload)
        return
      case GOAWAY:
      default:
        // settings, windows and the like change nothing here
        return
    }
  }

  async #headers(compressed: Uint8Array): Promise<ReadonlyMap<string, string>> {
    const block = await this.#decompress(compressed)
    const headers = new Map<string, string>()
    let offset = 4
    const text = (): string => {
      const length = offset + 4 <= block.length ? numberAt(block, offset) : Infinity
      if (offset + 4 + length > block.length) throw new SpdyError('headers are cut off')
      const part = DECODER.decode(block.subarray(offset + 4, offset + 4 + length))
      offset += 4 + length
      return part
    }
    if (block.length < 4) throw new SpdyError('headers are cut off')
    for (let count = numberAt(block, 0); count > 0; count--) {
      const name = text().toLowerCase()
      headers.set(name, text())
    }
    return headers
  }

  /** All headers of a connection are one stream of zlib. */
  #decompress(compressed: Uint8Array): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(new SpdyError('headers cannot be decompressed'))
      this.#inflate.once('error', fail)
      this.#inflate.write(compressed, (error) => {
        this.#inflate.off('error', fail)
        const block = joined(...this.#inflated)
        const isLong = this.#inflatedLength > MOST_HEADERS
        this.#inflated = []
        this.#inflatedLength = 0
        if (error !== undefined && error !== null) fail()
        else if (isLong) reject(new SpdyError('headers are too long'))
        else resolve(block)
      })
    })
  }

  /** No headers, as zlib: a stored block, and an empty one behind it, without which a reader in Go waits. */
  #noHeaders(): Uint8Array {
    const none = fourBytes(0)
    const blocks = joined(
      new Uint8Array([0, 4, 0, 251, 255]),
      none,
      new Uint8Array([0, 0, 0, 255, 255]),
    )
    if (this.#hasReplied) return blocks
    this.#hasReplied = true
    return joined(new Uint8Array([0x78, 0x01]), blocks)
  }

  #sendControl(type: number, payload: Uint8Array): void {
    this.#send(joined(new Uint8Array([0x80, 3, 0, type, 0]), lengthOf(payload), payload))
  }
}

const lengthOf = ({ length }: Uint8Array): Uint8Array =>
  new Uint8Array([(length >>> 16) & 255, (length >>> 8) & 255, length & 255])
