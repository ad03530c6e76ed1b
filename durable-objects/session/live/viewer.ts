// One viewer: what he follows, how far he knows it, and how much was sent that he has not read. All of it stands in the attachment of his
// socket, so that he goes on after the session has slept.
import type { News, Place } from './news.ts'
import { CODES, type Complaint, type ViewerMessage } from './protocol.ts'
import type { ResourceName } from './resources.ts'

/** What can be done with a socket. */
export interface ViewerSocket {
  send(text: string): void
  close(code: number, reason: string): void
  serializeAttachment(attachment: unknown): void
  deserializeAttachment(): unknown
}

interface ViewerState {
  readonly canEdit: boolean
  /** Absent: he has not subscribed, or has to do so anew. */
  readonly resources?: readonly ResourceName[]
  /** What he knows of these resources is as of this revision. */
  readonly revision?: number
  /** Where in the list of all that there is he is; absent: he has it. */
  readonly place?: Place
  /** Characters that were sent to him. */
  readonly sent: number
  /** As many of them has he read for certain: the last mark that he sent back. */
  readonly read: number
  /** The marks that he has not sent back, oldest first. A mark is how much was sent before it. */
  readonly marks: readonly number[]
}

/** Characters between two marks. */
const MARK_EVERY = 64 * 1024
/** Who has so many to read does not read: what is sent to him waits in memory. */
const MOST_UNREAD = 1024 * 1024
/** Messages of his within a minute, marks aside. */
const MOST_MESSAGES = 60
const MINUTE_MS = 60_000
/** Revisions that do not concern him are noted now and then: after a sleep the oldest kept must not be younger. */
const NOTE_EVERY = 200

export class Viewer {
  readonly #socket: ViewerSocket
  #state: ViewerState
  #notedRevision = 0
  #messages = 0
  #countedSince = 0

  private constructor(socket: ViewerSocket, state: ViewerState) {
    this.#socket = socket
    this.#state = state
  }

  static begin(socket: ViewerSocket, canEdit: boolean): Viewer {
    const viewer = new Viewer(socket, { canEdit, sent: 0, read: 0, marks: [] })
    viewer.#note()
    return viewer
  }

  /** He goes on after a sleep. */
  static wake(socket: ViewerSocket): Viewer {
    return new Viewer(socket, socket.deserializeAttachment() as ViewerState)
  }

  get canEdit(): boolean {
    return this.#state.canEdit
  }

  /** Whether there is something that he may be told now if the newest revision is this. */
  isWaiting(newest: number): boolean {
    const { resources, place, revision } = this.#state
    return resources !== undefined && (place !== undefined || revision !== newest) && this.#reads
  }

  /** Takes what he sent. 'tell': he may be told more now. */
  take(message: ViewerMessage, now: number): 'tell' | 'nothing' | Complaint {
    if (message.type === 'mark') return this.#takeMark(message.mark)
    if (now - this.#countedSince > MINUTE_MS) {
      this.#countedSince = now
      this.#messages = 0
    }
    if (++this.#messages > MOST_MESSAGES)
      return { code: CODES.refused, reason: `at most ${MOST_MESSAGES} messages in a minute` }
    if (message.type === 'ping') return 'nothing'
    const { resources, after } = message
    const [resource] = resources
    this.#state = {
      ...this.#unsubscribed,
      resources,
      ...(after !== undefined
        ? { revision: after }
        : resource === undefined
          ? {}
          : { place: { resource } }),
    }
    this.#note()
    return 'tell'
  }

  /** Tells him what he does not know yet, as far as he reads. */
  tell(news: News): void {
    const { resources } = this.#state
    if (resources === undefined) return
    while (this.#state.place !== undefined) {
      if (!this.#reads) return
      this.#tellPage(news, resources, this.#state.place)
    }
    const { revision = news.revision } = this.#state
    if (revision === news.revision || !this.#reads) return
    const pieces = news.after(revision, resources)
    if (pieces === 'expired') return this.#expire()
    for (const piece of pieces) {
      if (!this.#reads) return
      this.#state = { ...this.#state, revision: piece.revision }
      if (piece.text !== '') this.send(piece.text)
      else if (piece.revision - this.#notedRevision >= NOTE_EVERY) this.#note()
    }
  }

  /** Sends a message and notes what he knows with it. */
  send(text: string): void {
    const { marks, read } = this.#state
    const sent = this.#state.sent + text.length
    const isMarked = sent - (marks.at(-1) ?? read) >= MARK_EVERY
    this.#state = { ...this.#state, sent, marks: isMarked ? [...marks, sent] : marks }
    this.#note()
    this.#write(text)
    if (isMarked) this.#write(`{"type":"mark","mark":${sent}}`)
  }

  close({ code, reason }: Complaint): void {
    try {
      this.#socket.close(code, reason)
    } catch {
      // closed already: he went first
    }
  }

  get #reads(): boolean {
    return this.#state.sent - this.#state.read < MOST_UNREAD
  }

  get #unsubscribed(): ViewerState {
    const { canEdit, sent, read, marks } = this.#state
    return { canEdit, sent, read, marks }
  }

  #takeMark(mark: number): 'tell' | 'nothing' | Complaint {
    const { marks } = this.#state
    if (!marks.includes(mark))
      return { code: CODES.refused, reason: '"mark" is one that was sent and not answered yet' }
    const waited = !this.#reads
    this.#state = {
      ...this.#state,
      read: mark,
      marks: marks.filter((open) => open > mark),
    }
    this.#note()
    return waited ? 'tell' : 'nothing'
  }

  #tellPage(news: News, resources: readonly ResourceName[], place: Place): void {
    const page = news.page(place)
    if (page === undefined) return this.#expire()
    const { revision, next, limit } = page
    const { resource } = place
    const following = resources[resources.indexOf(resource) + 1]
    const { place: _, ...rest } = this.#state
    this.#state = {
      ...rest,
      revision,
      ...(next !== undefined
        ? { place: { resource, revision, next, limit } }
        : following === undefined
          ? {}
          : { place: { resource: following, revision } }),
    }
    this.send(page.text)
    if (next === undefined)
      this.send(`{"type":"listed","resource":"${resource}","revision":${revision}}`)
  }

  /** What he knows cannot be gone on from. */
  #expire(): void {
    this.#state = this.#unsubscribed
    this.send('{"type":"expired"}')
  }

  #note(): void {
    this.#notedRevision = this.#state.revision ?? 0
    this.#socket.serializeAttachment(this.#state)
  }

  #write(text: string): void {
    try {
      this.#socket.send(text)
    } catch {
      // he has gone: the platform says so by itself
    }
  }
}
