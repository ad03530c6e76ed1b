// One session between its storage and its cluster: who may, what is opened when, and the turns.
import { timingSafeEqual } from 'node:crypto'
import { Cluster, type ClusterState } from '../cluster/cluster.ts'
import type { WatchAnswer } from '../cluster/kube-apiserver/endpoints/http.ts'
import { type DelaysRequest, settingsOf, withDelays } from '../cluster/settings.ts'
import { SessionClock } from '../session-clock.ts'
import { type Access, isRefusal, type Refusal } from './access.ts'
import { type Birth, furnish, hashOf } from './birth.ts'
import {
  callClock,
  type ClockAnswer,
  type ClockCall,
  type ClockProblem,
  RUNS_PER_TURN,
} from './clock-call.ts'
import { clockDocument, type ClockDocument } from './clock-document.ts'
import { SessionComputer } from './computer/session-computer.ts'
import { type SessionStorage, SessionStore } from './session-store.ts'
import type { Dictionary } from './snapshot/copies.ts'
import { loadDictionary } from './snapshot/dictionary.ts'
import { readKept } from './snapshot/kept-snapshot.ts'
import { stateForViewers } from './state-for-viewers.ts'
import type { State } from './state-source.ts'
import { GONE, type Hibernation, Viewers } from './live/viewers.ts'
import { WatchStreams } from './watch-streams.ts'

/** What a session needs of the platform besides its storage. */
export interface Platform {
  readonly sockets: Hibernation
  /** Calls `wake` at a real time, although the session may sleep until then. */
  readonly wakeAt: (real: number) => void
}

/** Who waits longer than this may sleep meanwhile. */
const SHORT_WAIT_MS = 10_000

/** What a call may need of the link that it came with. Nobody is there in the past or in a snapshot. */
type Need = 'to look' | 'to change' | 'to be there'

/**
 * What a session consists of. Memory may go at any moment between two turns; everything that was acknowledged is in the storage. It
 * knows no Kubernetes.
 */
export class SessionHost {
  readonly streams = new WatchStreams(
    () => this.wake(),
    () => this.viewers.count,
  )
  readonly viewers: Viewers
  readonly computer: SessionComputer
  readonly store: SessionStore
  readonly #id: string
  readonly #platform: Platform
  #cluster: Cluster | undefined
  #clock: SessionClock | undefined
  #past: Cluster | undefined
  #dictionary: Dictionary | undefined

  /** `id`: the session's. */
  constructor(storage: SessionStorage, id: string, platform: Platform) {
    this.#platform = platform
    this.viewers = new Viewers({ platform: platform.sockets, turn: (act) => this.turn(act) })
    this.store = new SessionStore(storage)
    this.#id = id
    this.computer = new SessionComputer({
      turn: (act) => this.turn(act),
      hold: () => this.hold(),
      store: this.store.home,
      clock: () => this.#clock,
      session: id,
    })
  }

  /** What another session, or a snapshot, is made of. Who has no key gets Secrets without their values. */
  source(access: Access): State | Refusal {
    const cluster = this.look(access, (of) => of.state())
    if (isRefusal(cluster)) return cluster
    const { settings, seed, createdAt, bornAt = createdAt } = this.birth!
    const { etcd, memory, now, randomPosition } = cluster
    const state: State = {
      head: { settings, bornAt, seed, now, randomPosition, revision: etcd.revision },
      objects: etcd.objects,
      memory,
      files: this.store.home.load(),
    }
    return access.key === undefined ? stateForViewers(state) : state
  }

  /** Before anybody looks at a snapshot. */
  async prepareSnapshot(): Promise<void> {
    this.#dictionary = await loadDictionary()
  }

  /** What the session was made as; undefined: there is none. */
  get birth(): Birth | undefined {
    return this.store.birth
  }

  /** Undefined while nobody has looked at the session yet. */
  get sessionClock(): SessionClock | undefined {
    return this.#clock
  }

  /** When it was used last, in real time. */
  get usedAt(): number {
    return this.store.moment?.real ?? this.birth?.createdAt ?? 0
  }

  refuse({ key, at }: Access, need: Need = 'to look'): Refusal | undefined {
    const { birth } = this
    if (birth === undefined) return 'no such session'
    const { keyHash, snapshot } = birth
    if (need !== 'to look' && (at !== undefined || snapshot !== undefined)) return 'read-only'
    if (key === undefined) return need === 'to change' ? 'key needed' : undefined
    const hash = hashOf(key)
    const hashes = snapshot?.makers.map((maker) => maker.keyHash) ?? [keyHash]
    const fits = hashes.some((known) => timingSafeEqual(hash, Buffer.from(known, 'hex')))
    return fits ? undefined : 'wrong key'
  }

  /** Looks at the session; what is done there needs no key, or asks for it itself. */
  look<T>(access: Access, act: (cluster: Cluster) => T): T | Refusal {
    const refusal = this.refuse(access)
    if (refusal !== undefined) return refusal
    if (access.at === undefined) return this.turn(act)
    const past = this.#pastAt(access.at)
    return isRefusal(past) ? past : act(past)
  }

  /** Does something that needs the key. */
  change<T>(access: Access, act: (cluster: Cluster) => T): T | Refusal {
    return this.refuse(access, 'to change') ?? this.turn(act)
  }

  /** Somebody is connected until the answer is called; undefined: too many are. `end`: ends who came with the key when it is changed. */
  hold(end?: (why: string) => void): (() => void) | undefined {
    const release = this.streams.hold(end)
    this.#setTimer()
    return release
  }

  openStream({ key }: Access, watch: WatchAnswer['watch']): ReadableStream<Uint8Array> {
    const stream = this.streams.open(watch, key !== undefined)
    // the first who watches starts the timer: the turn ended with nobody connected
    this.#setTimer()
    return stream
  }

  /** Somebody follows the session over a WebSocket from here on. */
  openLive(access: Access): Response | Refusal {
    return this.look(access, (cluster) =>
      this.viewers.open(access, this.birth!, this.#clock ?? standing(cluster)),
    )
  }

  /** Changes what is said of the session. */
  amend(changes: Partial<Pick<Birth, 'title' | 'description' | 'keyHash' | 'settings'>>): void {
    this.viewers.tellSession(this.store.amend(changes))
  }

  /** From now on simulated things take so long; what is under way keeps its end. */
  setDelays(delays: DelaysRequest): void {
    const settings = withDelays(this.birth!.settings, delays)
    this.turn((cluster) => cluster.setDelays(settingsOf(settings).delays))
    this.amend({ settings })
  }

  /** Another key than the one before. Whoever is connected with that one is no longer. */
  changeKey(key: string): void {
    this.amend({ keyHash: hashOf(key).toString('hex') })
    const { reason } = GONE.key
    this.viewers.dismissAll(GONE.key, ({ canEdit }) => canEdit)
    this.streams.closeKeyed(reason)
    this.computer.endKeyed(reason)
  }

  /** What the clock says; within a turn. */
  clockDocument(cluster: Cluster): ClockDocument {
    return clockDocument(cluster, cluster === this.#cluster ? this.#clock! : standing(cluster))
  }

  /** Sets the clock; within a turn. */
  callClock(cluster: Cluster, call: ClockCall): ClockAnswer | ClockProblem {
    return callClock(cluster, this.#clock!, call)
  }

  /** Lets go of everything in memory: the session is deleted. */
  forget(): void {
    this.viewers.dismissAll(GONE.deleted)
    this.computer.drop('the session was deleted')
    this.streams.closeAll()
    this.#cluster = undefined
    this.#past = undefined
    this.store.forget()
  }

  /**
   * One turn: time passes, something is done, everything is stored, watches are told. A turn that fails leaves nothing behind: what it
   * changed in memory is dropped, and the next one begins with what is stored.
   */
  turn<T>(act: (cluster: Cluster) => T): T {
    if (this.birth?.snapshot !== undefined) return this.#lookAtSnapshot(act)
    try {
      const { cluster, clock } = this.#open()
      const before = clock.state
      cluster.advance(clock.advance(Date.now(), this.streams.count > 0), RUNS_PER_TURN)
      clock.setTo(cluster.now)
      const result = act(cluster)
      this.#save(cluster, clock)
      cluster.flushWatches()
      this.viewers.afterTurn(cluster)
      if (clock.isChangedSince(before)) this.viewers.tellClock(clock)
      this.#setTimer()
      this.computer.afterTurn()
      return result
    } catch (error) {
      this.streams.closeAll()
      this.#cluster = undefined
      this.computer.drop('a defect of this server; it was logged')
      throw error
    }
  }

  /** The cluster as it was at a revision; the one that was asked for last is kept. */
  #pastAt(revision: number): Cluster | Refusal {
    if (this.#past?.revision === revision) return this.#past
    const { snapshot } = this.birth!
    if (snapshot !== undefined) {
      if (revision === snapshot.revision) return this.turn((cluster) => cluster)
      const refusal = revision < snapshot.revision ? 'compacted' : 'not yet'
      return { refusal, revision, oldest: snapshot.revision, newest: snapshot.revision }
    }
    const state = this.turn((cluster) => {
      const found = cluster.stateAt(revision)
      if (typeof found === 'object') return found
      return { refusal: found, revision, oldest: cluster.oldest, newest: cluster.revision }
    })
    if (isRefusal(state)) return state
    return (this.#past = this.#still(state))
  }

  #still(state: ClusterState): Cluster {
    const { seed, settings, createdAt } = this.birth!
    return new Cluster({ seed, settings: settingsOf(settings), createdAt, state, isStill: true })
  }

  /** Who follows a snapshot is told what there is. */
  #lookAtSnapshot<T>(act: (cluster: Cluster) => T): T {
    this.#past ??= this.#still(readKept(this.store.snapshotBytes(), this.#id, this.#dictionary!))
    const result = act(this.#past)
    this.viewers.afterTurn(this.#past)
    return result
  }

  #open(): { readonly cluster: Cluster; readonly clock: SessionClock } {
    if (this.#cluster !== undefined && this.#clock !== undefined)
      return { cluster: this.#cluster, clock: this.#clock }
    const { seed, settings, createdAt, bornAt = createdAt } = this.birth!
    const { moment } = this.store
    const options = { seed, settings: settingsOf(settings), createdAt: bornAt }
    this.#cluster =
      moment === undefined
        ? new Cluster(options)
        : new Cluster({ ...options, state: this.store.load(moment) })
    if (moment === undefined) furnish(this.#cluster, settings)
    // a cluster that was never stored is as old as it was at its birth, however late somebody looks
    this.#clock =
      moment === undefined
        ? new SessionClock(createdAt, Date.now(), { isRunning: settings.paused !== true })
        : new SessionClock(moment.session, moment.real, moment)
    return { cluster: this.#cluster, clock: this.#clock }
  }

  /** For the next thing that happens by itself, as long as somebody is connected. */
  #setTimer(): void {
    const next = this.#cluster?.nextNews()
    const delay = next === undefined ? undefined : this.#clock?.delayUntil(next)
    const isFar = delay !== undefined && delay > SHORT_WAIT_MS
    // a timer keeps a session awake that has viewers only
    if (isFar && this.streams.mayRest && this.viewers.count > 0)
      this.#platform.wakeAt(Date.now() + delay)
    this.streams.wakeIn(isFar && this.streams.mayRest ? undefined : delay)
  }

  /** Something may be due. */
  wake(): void {
    if (this.birth !== undefined) this.turn(() => undefined)
  }

  #save(cluster: Cluster, clock: SessionClock): void {
    const changes = cluster.takeChanges()
    const isChanged = this.store.isConcerned(changes)
    if (!isChanged && !this.computer.isChanged && !clock.mustStore) return
    this.store.save(cluster, changes, clock.state, () => this.computer.store())
    cluster.compact(this.store.compacted)
    clock.markStored()
  }
}

/** The clock of a cluster that is only looked at. */
const standing = (cluster: Cluster): SessionClock =>
  new SessionClock(cluster.now, 0, { isRunning: false })
