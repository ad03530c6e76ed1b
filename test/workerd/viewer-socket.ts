// A viewer as a test sees him.
import { expect } from 'vitest'
import { call } from './session.ts'

export interface Message {
  readonly type: string
  readonly resource?: string
  readonly revision?: number
  readonly events?: readonly LiveEvent[]
  readonly list?: { readonly items: readonly LiveObject[] }
  readonly [field: string]: unknown
}

interface LiveObject {
  readonly metadata: { readonly name: string; readonly resourceVersion: string }
}

export interface LiveEvent {
  readonly resource: string
  readonly type: string
  readonly object: LiveObject
}

export const askToFollow = (capability: string): Promise<Response> =>
  call(`/api/sessions/${capability}/live`, { headers: { upgrade: 'websocket' } })

export class ViewerSocket {
  readonly #socket: WebSocket
  readonly messages: Message[] = []
  closed: { readonly code: number; readonly reason: string } | undefined
  /** Whether he sends marks back. */
  isReading = true
  #taken = 0
  #wake = (): void => {}

  constructor(socket: WebSocket) {
    this.#socket = socket
    socket.accept()
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(String(data)) as Message
      this.messages.push(message)
      if (message.type === 'mark' && this.isReading) this.send(message)
      this.#wake()
    })
    socket.addEventListener('close', ({ code, reason }) => {
      this.closed = { code, reason }
      this.#wake()
    })
  }

  static async open(capability: string): Promise<ViewerSocket> {
    const answer = await askToFollow(capability)
    expect(answer.status).toBe(101)
    return new ViewerSocket(answer.webSocket!)
  }

  send(message: object | string | ArrayBuffer): void {
    this.#socket.send(
      typeof message === 'string' || message instanceof ArrayBuffer
        ? message
        : JSON.stringify(message),
    )
  }

  subscribe(options: { readonly resources?: readonly string[]; readonly after?: number } = {}) {
    this.send({ type: 'subscribe', ...options })
  }

  close(): void {
    this.#socket.close(1000)
  }

  /** The next message that this is true of; those before it are passed over. */
  async next(isMeant: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      while (this.#taken < this.messages.length) {
        const message = this.messages[this.#taken++]!
        if (isMeant(message)) return message
      }
      if (this.closed !== undefined) throw new Error(`closed: ${JSON.stringify(this.closed)}`)
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  nextOf(type: string): Promise<Message> {
    return this.next((message) => message.type === type)
  }

  /** Until all that there is was listed; the revision of that. */
  async listed(count = 5): Promise<number> {
    let revision = 0
    for (let index = 0; index < count; index++) revision = (await this.nextOf('listed')).revision!
    return revision
  }

  async end(): Promise<{ readonly code: number; readonly reason: string }> {
    while (this.closed === undefined) await new Promise<void>((resolve) => (this.#wake = resolve))
    return this.closed
  }

  /** All events that came, in their order. */
  get events(): readonly LiveEvent[] {
    return this.messages.flatMap(({ events = [] }) => events)
  }

  /** What was listed of a resource. */
  namesOf(resource: string): readonly string[] {
    return this.messages
      .filter((message) => message.resource === resource)
      .flatMap(({ list }) => list?.items ?? [])
      .map(({ metadata }) => metadata.name)
  }
}
