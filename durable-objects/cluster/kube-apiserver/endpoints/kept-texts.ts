import type { KubeObject } from '#apimachinery/object.ts'

interface Kept {
  readonly text: string
  readonly bytes: number
  /** Only who keeps a text lets go of it: a cluster may be made of another one's objects. A mark, so that an object outlives its cluster alone. */
  readonly keeper: symbol
}

const texts = new WeakMap<KubeObject, Kept>()

/** The text of an object, if somebody keeps it. */
export const keptText = (object: KubeObject): string | undefined => texts.get(object)?.text

/** V8 takes two bytes for each character as soon as one is beyond Latin-1. Of a text that has none this costs nothing: it knows. */
const bytesOf = (text: string): number => (/[^\0-\xFF]/.test(text) ? 2 : 1) * text.length

/** The bytes that several keepers have together. */
export class Room {
  readonly #limit: number
  /** Clusters are let go of without a word, so they are held weakly. */
  readonly #keepers = new Set<WeakRef<KeptTexts>>()
  #taken = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  enter(keeper: KeptTexts): void {
    this.#keepers.add(new WeakRef(keeper))
  }

  has(bytes: number): boolean {
    if (this.#taken + bytes > this.#limit) this.#recount()
    return this.#taken + bytes <= this.#limit
  }

  take(bytes: number): void {
    this.#taken += bytes
  }

  /** Forgets the keepers that are gone. */
  #recount(): void {
    this.#taken = 0
    for (const reference of this.#keepers) {
      const keeper = reference.deref()
      if (keeper === undefined) this.#keepers.delete(reference)
      else this.#taken += keeper.bytes
    }
  }
}

/**
 * For all clusters of an isolate: the texts of 10,000 Pods and their slices (52 MB) fit in. An isolate of the platform has 128 MB, of
 * which 5,000 Pods take half as objects and 25 MB as texts; who has more Pods than that runs a server of their own.
 */
const SHARED = new Room(56_000_000)

/**
 * The texts of a store's objects, made once for each: they are stored, and lists and watches send the very same. A text is let go of with
 * its object, so that what is kept is counted to the byte; what finds no room is made again whenever somebody asks.
 */
export class KeptTexts {
  readonly #mark = Symbol('keeper')
  readonly #room: Room
  #bytes = 0
  /** Have their text until the turn ends: watches are told of what came and went in between, too. */
  readonly #passing = new Set<KubeObject>()

  constructor(room = SHARED) {
    this.#room = room
    room.enter(this)
  }

  /** The bytes that are kept. */
  get bytes(): number {
    return this.#bytes
  }

  /** Keeps the text of an object until it is dropped. */
  keep(object: KubeObject, text: string): void {
    if (texts.has(object)) return
    const bytes = bytesOf(text)
    if (!this.#room.has(bytes)) this.endTurn()
    if (!this.#room.has(bytes)) return
    texts.set(object, { text, bytes, keeper: this.#mark })
    this.#add(bytes)
  }

  /** Keeps the text of an object until the turn ends, or until another one needs the room. */
  keepForTurn(object: KubeObject, text: string): void {
    this.keep(object, text)
    if (texts.get(object)?.keeper === this.#mark) this.#passing.add(object)
  }

  /** The object has a successor, or was deleted. What watches have yet to be told of stays until they were. */
  drop(object: KubeObject): void {
    if (!this.#passing.has(object)) this.#remove(object)
  }

  /** Watches were told. */
  endTurn(): void {
    for (const object of this.#passing) this.#remove(object)
    this.#passing.clear()
  }

  #remove(object: KubeObject): void {
    const kept = texts.get(object)
    if (kept?.keeper !== this.#mark) return
    texts.delete(object)
    this.#add(-kept.bytes)
  }

  #add(bytes: number): void {
    this.#bytes += bytes
    this.#room.take(bytes)
  }
}
