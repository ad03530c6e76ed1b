// One connection to a port of a Pod, in bytes. What the Pod's programs know are requests and lines.
import type { Contacted, Contact } from '../../cluster/images/network.ts'
import type { HttpReply } from '../../cluster/images/behaviour.ts'
import { readRequest, writeReply } from './http-bytes.ts'

export interface PortEnds {
  /** Speaks with the port, in a turn of the session. */
  readonly contact: (parts: Pick<Contact, 'http' | 'message'>) => Contacted
  /** `Wed, 22 Jul 2026 10:00:00 GMT` on the session's clock. */
  readonly date: () => string
  /** Bytes for the client, one character each. */
  readonly send: (bytes: string) => void
  /** The server closes the connection. */
  readonly close: () => void
  /** Nobody listens there, or nothing comes back. */
  readonly fail: (outcome: Contacted['outcome']) => void
}

const BAD_REQUEST: HttpReply = {
  status: 400,
  headers: { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' },
  body: '400 Bad Request',
}

const NOBODY = { method: 'GET', path: '/' }

export class PortConnection {
  readonly #ends: PortEnds
  #text = ''
  #isClosed = false

  constructor(ends: PortEnds) {
    this.#ends = ends
  }

  receive(bytes: string): void {
    this.#text += bytes
    while (!this.#isClosed && this.#text !== '') {
      const read = readRequest(this.#text)
      if (read === 'more') return
      if (read === 'other') {
        const message = this.#text
        this.#text = ''
        this.#answer(this.#ends.contact({ message: Buffer.from(message, 'latin1').toString() }))
        return
      }
      if (read === 'bad') {
        this.#ends.send(writeReply(BAD_REQUEST, NOBODY, true, this.#ends.date()))
        this.#close()
        return
      }
      this.#text = this.#text.slice(read.length)
      const contacted = this.#ends.contact({ http: read.request })
      if (contacted.outcome !== 'http') {
        this.#answer(contacted)
        return
      }
      const { reply } = contacted
      this.#ends.send(writeReply(reply, read.request, read.closes, this.#ends.date()))
      if (read.closes) this.#close()
    }
  }

  /** The client writes no more. */
  end(): void {
    if (!this.#isClosed) this.#close()
  }

  #answer(contacted: Contacted): void {
    switch (contacted.outcome) {
      case 'message':
        this.#ends.send(Buffer.from(contacted.text, 'utf8').toString('latin1'))
        return
      case 'http':
      case 'silent':
        return
      case 'reset':
        this.#close()
        return
      default:
        this.#isClosed = true
        this.#ends.fail(contacted.outcome)
    }
  }

  #close(): void {
    this.#isClosed = true
    this.#ends.close()
  }
}
