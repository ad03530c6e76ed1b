import { Indexes, type IndexFilter } from '#etcd/indexes.ts'
import { KeptHistory } from '#etcd/kept-history.ts'
import { inKeyOrder, OrderedKeys } from '#etcd/ordered-keys.ts'
import { assign, freeze, type KubeObject } from '#apimachinery/object.ts'
import { newOrigin, type Cause, type Origin } from '#apimachinery/origin.ts'
import { inWireOrder } from '#apimachinery/wire-order.ts'

/** One write: what the store appends, what watches carry. Revisions are dense: every write is one. */
export interface Revision {
  readonly revision: number
  /** `pods`, `deployments.apps` */
  readonly resource: string
  /** '' for cluster-scoped resources */
  readonly namespace: string
  readonly name: string
  /** What the key holds from this revision on; undefined if it was deleted. */
  readonly object: KubeObject | undefined
  /** What the key held before; undefined if it was created. */
  readonly previous: KubeObject | undefined
  /** The session's time, in milliseconds since the epoch. */
  readonly at: number
  /** `component:replicaset-controller` or `client:kubernetes-admin:kubectl`; '' if it was not noted. */
  readonly by: string
  /** What made it happen, if that is known and was nobody outside. */
  readonly cause: Cause | undefined
  /** How many random numbers had been drawn then. */
  readonly random: number
}

type Handler = (revision: Revision) => void

/** What a key holds. */
export interface StoredObject {
  readonly resource: string
  readonly object: KubeObject
  /** What it was read from, if that is at hand. */
  readonly text?: string
}

/** All objects of a resource, which are read when somebody first asks for one. */
export interface UnreadObjects {
  readonly count: number
  readonly read: () => readonly StoredObject[]
}

/** Everything needed to make an Etcd again. */
export interface EtcdState {
  readonly revision: number
  readonly compactedRevision: number
  readonly objects: readonly StoredObject[]
  /** By resource; of these none are among `objects`. */
  readonly unread?: ReadonlyMap<string, UnreadObjects>
  readonly history: readonly Revision[] | (() => readonly Revision[])
  /** When the compacted revision was written, and how many random numbers had been drawn: for whoever asks for the state as of it. */
  readonly moment?: { readonly at: number; readonly random: number }
}

/** The revision asked for was compacted away: a named value, not an error, since callers must answer it. */
export const COMPACTED: unique symbol = Symbol('compacted')

const HISTORY_LIMIT = 8192

/**
 * etcd's model in memory: the newest object per key, the revisions since the last compaction, and nothing about kinds.
 * It freezes what it stores. Reads return the stored objects themselves.
 */
export class Etcd {
  readonly #resources = new Map<string, ResourceKeys>()
  readonly #handlers: { readonly resource: string | undefined; readonly handler: Handler }[] = []
  /** By resource, in the order of registration: a write calls nobody whom it does not concern. */
  readonly #concerned = new Map<string, readonly Handler[]>()
  readonly #origin: Origin
  readonly #unread: Map<string, UnreadObjects>
  readonly #history: KeptHistory
  /** Those that came with their text, until somebody takes them. */
  #withTexts: StoredObject[] = []
  #takeTexts: ((objects: readonly StoredObject[]) => void) | undefined
  #revision: number
  #compacted: number
  #refusal: (() => Error) | undefined

  constructor(state?: EtcdState, origin: Origin = newOrigin()) {
    this.#origin = origin
    this.#revision = state?.revision ?? 0
    this.#compacted = state?.compactedRevision ?? this.#revision
    this.#unread = new Map(state?.unread)
    this.#take(state?.objects ?? [])
    this.#history = new KeptHistory(state?.history ?? [], this.#revision)
  }

  /** Hands over the objects that come with their text, from now on as they are read. */
  onTexts(take: (objects: readonly StoredObject[]) => void): void {
    take(this.#withTexts)
    this.#withTexts = []
    this.#takeTexts = take
  }

  /** The newest revision. */
  get revision(): number {
    return this.#revision
  }

  get compactedRevision(): number {
    return this.#compacted
  }

  get(resource: string, namespace: string, name: string): KubeObject | undefined {
    return this.#of(resource)?.get(namespace, name)
  }

  /** Sorted by key (`namespace/name`). The array belongs to the store: do not keep or change it. */
  list(resource: string, filter: IndexFilter = {}): readonly KubeObject[] {
    return this.#of(resource)?.list(filter) ?? []
  }

  count(resource: string, namespace?: string): number {
    const unread = this.#unread.get(resource)
    if (unread !== undefined && namespace === undefined) return unread.count
    return this.#of(resource)?.count(namespace) ?? 0
  }

  resources(): readonly string[] {
    return [...this.#resources.keys(), ...this.#unread.keys()].sort()
  }

  /** From now on whoever writes, or wants to do what is like writing, is refused. */
  refuseWrites(refusal: () => Error): void {
    this.#refusal = refusal
  }

  /** Writes a key and returns the object as stored: frozen, with its resourceVersion. */
  put(resource: string, object: KubeObject): KubeObject {
    const { namespace = '', name = '' } = object.metadata
    this.mustBeWritable()
    const keys = this.#keys(resource)
    const previous = keys.get(namespace, name)
    const revision = this.#revision + 1
    const metadata = assign(object.metadata, { resourceVersion: String(revision) })
    // the order in which it is written: what is read back from its text is the same to the letter
    const stored = freeze(inWireOrder(assign(object, { metadata })))
    keys.set(stored, previous)
    this.#append(resource, namespace, name, stored, previous)
    return stored
  }

  /** Deletes a key. Returns the last object with the deletion's resourceVersion, as watches see it. */
  delete(resource: string, namespace: string, name: string): KubeObject | undefined {
    const keys = this.#keys(resource)
    const previous = keys.get(namespace, name)
    if (previous === undefined) return undefined
    this.mustBeWritable()
    keys.delete(previous)
    const revision = this.#revision + 1
    this.#append(resource, namespace, name, undefined, previous)
    return freeze(
      assign(previous, {
        metadata: assign(previous.metadata, { resourceVersion: String(revision) }),
      }),
    )
  }

  /** Calls `handler` after every write, or every write of one resource, in order. */
  onRevision(handler: Handler, resource?: string): void {
    this.#handlers.push({ resource, handler })
    this.#concerned.clear()
  }

  /** The writes after `revision`, oldest first. */
  since(revision: number): readonly Revision[] | typeof COMPACTED {
    if (revision < this.#compacted) return COMPACTED
    return this.#history.since(revision)
  }

  /** A write that is kept. */
  written(revision: number): Revision | undefined {
    if (revision <= this.#compacted) return undefined
    return this.#history.at(revision)
  }

  /** All that there was at a kept revision. */
  objectsAt(revision: number): readonly StoredObject[] | typeof COMPACTED {
    const later = this.since(revision)
    if (later === COMPACTED) return COMPACTED
    const changed = new Set(later.map(({ resource }) => resource))
    // of a resource all may be gone that there was then
    const resources = new Set([...this.resources(), ...changed])
    return [...resources].sort().flatMap((resource) => {
      const objects = changed.has(resource)
        ? (this.listAt(resource, undefined, revision) as readonly KubeObject[])
        : this.list(resource)
      return objects.map((object) => ({ resource, object }))
    })
  }

  /** The list as it was at a kept revision, sorted by key. */
  listAt(
    resource: string,
    namespace: string | undefined,
    revision: number,
  ): readonly KubeObject[] | typeof COMPACTED {
    const later = this.since(revision)
    if (later === COMPACTED) return COMPACTED
    const objects = new Map(
      this.list(resource, namespace === undefined ? {} : { namespace }).map((object) => [
        storageKey(object),
        object,
      ]),
    )
    for (const change of [...later].reverse()) {
      if (
        change.resource !== resource ||
        (namespace !== undefined && change.namespace !== namespace)
      )
        continue
      const key = `${change.namespace}/${change.name}`
      if (change.previous === undefined) objects.delete(key)
      else objects.set(key, change.previous)
    }
    return [...objects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object)
  }

  /** Forgets the writes up to and including `revision`. */
  compact(revision: number): void {
    if (revision <= this.#compacted) return
    this.#history.dropUntil(revision)
    this.#compacted = Math.min(revision, this.#revision)
  }

  /** Throws the refusal, if there is one. */
  mustBeWritable(): void {
    if (this.#refusal !== undefined) throw this.#refusal()
  }

  #append(
    resource: string,
    namespace: string,
    name: string,
    object: KubeObject | undefined,
    previous: KubeObject | undefined,
  ): void {
    const origin = this.#origin
    const { by, cause, isTelling } = origin
    const revision = ++this.#revision
    const write: Revision = {
      revision,
      resource,
      namespace,
      name,
      object,
      previous,
      at: origin.now(),
      by,
      cause,
      random: origin.chance(),
    }
    this.#history.push(write)
    if (this.#history.size > 2 * HISTORY_LIMIT) this.compact(revision - HISTORY_LIMIT)
    // what anybody queues now is queued because of this
    origin.cause = { revision }
    origin.isTelling = true
    for (const handler of this.#handlersOf(resource)) handler(write)
    origin.cause = cause
    origin.isTelling = isTelling
  }

  #handlersOf(resource: string): readonly Handler[] {
    let concerned = this.#concerned.get(resource)
    if (concerned === undefined) {
      concerned = this.#handlers
        .filter((entry) => entry.resource === undefined || entry.resource === resource)
        .map(({ handler }) => handler)
      this.#concerned.set(resource, concerned)
    }
    return concerned
  }

  #take(objects: readonly StoredObject[]): void {
    for (const { resource, object } of objects) {
      let keys = this.#resources.get(resource)
      if (keys === undefined) this.#resources.set(resource, (keys = new ResourceKeys()))
      keys.set(freeze(object))
    }
    if (this.#takeTexts !== undefined) this.#takeTexts(objects)
    else this.#withTexts = this.#withTexts.concat(objects)
  }

  #of(resource: string): ResourceKeys | undefined {
    const keys = this.#resources.get(resource)
    if (keys !== undefined) return keys
    const unread = this.#unread.get(resource)
    if (unread === undefined) return undefined
    this.#unread.delete(resource)
    this.#take(unread.read())
    return this.#resources.get(resource)
  }

  #keys(resource: string): ResourceKeys {
    let keys = this.#of(resource)
    if (keys === undefined) this.#resources.set(resource, (keys = new ResourceKeys()))
    return keys
  }
}

/** `namespace/name`, with an empty namespace for cluster-scoped objects: sorts as etcd's keys do. */
export const storageKey = (object: KubeObject): string =>
  `${object.metadata.namespace ?? ''}/${object.metadata.name ?? ''}`

/** The keys of one resource, and the order and indexes over them. */
class ResourceKeys {
  readonly #byNamespace = new Map<string, OrderedKeys>()
  readonly #indexes = new Indexes()
  /** The list of all namespaces; dropped with every write. */
  #all: readonly KubeObject[] | undefined
  #count = 0

  get(namespace: string, name: string): KubeObject | undefined {
    return this.#byNamespace.get(namespace)?.get(name)
  }

  set(object: KubeObject, previous?: KubeObject): void {
    const { namespace = '', name = '' } = object.metadata
    let keys = this.#byNamespace.get(namespace)
    if (keys === undefined) this.#byNamespace.set(namespace, (keys = new OrderedKeys(namespace)))
    const slot = keys.set(name, object)
    if (previous === undefined) this.#count++
    this.#indexes.update(slot, previous, object)
    this.#all = undefined
  }

  delete(object: KubeObject): void {
    const { namespace = '', name = '' } = object.metadata
    const keys = this.#byNamespace.get(namespace)
    const slot = keys?.delete(name)
    if (slot === undefined) return
    if (keys?.size === 0) this.#byNamespace.delete(namespace)
    this.#count--
    this.#indexes.update(slot, object, undefined)
    this.#all = undefined
  }

  count(namespace: string | undefined): number {
    return namespace === undefined ? this.#count : (this.#byNamespace.get(namespace)?.size ?? 0)
  }

  list(filter: IndexFilter): readonly KubeObject[] {
    const narrowed = this.#indexes.select(filter)
    if (narrowed === undefined)
      return filter.namespace === undefined
        ? this.#listAll()
        : (this.#byNamespace.get(filter.namespace)?.list() ?? [])
    const { namespace } = filter
    const found: KubeObject[] = []
    for (const slot of narrowed.size < 2 ? narrowed : [...narrowed].sort(inKeyOrder))
      if (namespace === undefined || slot.namespace === namespace) found.push(slot.object!) // indexed only while it is there
    return found
  }

  #listAll(): readonly KubeObject[] {
    // a namespace's keys stand together: they all begin with its name and a slash
    return (this.#all ??= [...this.#byNamespace]
      .sort(([a], [b]) => (`${a}/` < `${b}/` ? -1 : 1))
      .flatMap(([, keys]) => keys.list()))
  }
}
