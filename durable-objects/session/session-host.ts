// One session between its storage and its cluster: who may, what is opened when, and the turns.
import { timingSafeEqual } from 'node:crypto'
import { Cluster } from '../cluster/cluster.ts'
import type { WatchAnswer } from '../cluster/kube-apiserver/endpoints/http.ts'
import { type DelaysRequest, settingsOf, withDelays } from '../cluster/settings.ts'
import { RevisionStore, STORED_FORMAT, type Storage } from '../revision-store.ts'
import { SessionClock } from '../session-clock.ts'
import { type Access, isRefusal, type Refusal } from './access.ts'
import { type Birth, furnish, hashOf, type Moment } from './birth.ts'
import {
  callClock,
  type ClockAnswer,
  type ClockCall,
  type ClockProblem,
  RUNS_PER_TURN,
} from './clock-call.ts'
import { clockDocument, type ClockDocument } from './clock-document.ts'
import { HomeStore, type HomeSql } from './computer/home-store.ts'
import { SessionComputer } from './computer/session-computer.ts'
import { type State, stateForViewers, type StateHead, type StatePart } from './state-source.ts'
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

/** What a call may need of the link that it came with. */
type Need = 'to look' | 'to change'

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
  readonly #store: RevisionStore
  readonly #home: HomeStore
  readonly #platform: Platform
  #birth: Birth | undefined
  #cluster: Cluster | undefined
  #clock: SessionClock | undefined
  #past: Cluster | undefined

  /** `id`: the session's. */
  constructor(storage: Storage & { readonly sql: HomeSql }, id: string, platform: Platform) {
    this.#platform = platform
    this.viewers = new Viewers({ platform: platform.sockets, turn: (act) => this.turn(act) })
    this.#store = new RevisionStore(storage)
    this.#home = new HomeStore(storage.sql)
    this.computer = new SessionComputer({
      turn: (act) => this.turn(act),
      hold: () => this.hold(),
      store: this.#home,
      clock: () => this.#clock,
      session: id,
    })
  }

  /** Stores what the session is made as. Its cluster is made when somebody first looks at it. */
  bear(birth: Omit<Birth, 'format'>): void {
    this.#birth = { format: STORED_FORMAT, ...birth }
    this.#store.transaction(() => {
      this.#store.createTables()
      this.#store.setValue('birth', JSON.stringify(this.#birth))
    })
  }

  /** Makes the session of another one's state, which comes in parts. Until `head` is there, there is no session. */
  adopt(birth: Omit<Birth, 'format' | 'settings' | 'seed'>) {
    this.#store.transaction(() => this.#store.createTables())
    const takePart = (part: StatePart): void =>
      this.#store.transaction(() => {
        if (part.kind === 'rows') this.#store.adopt(part.rows)
        else if (part.kind === 'memory') this.#store.adoptMemory(part.memory)
        else this.#home.save(part.files.map((file) => ({ path: file.path, file })))
      })
    const finish = (head: StateHead): void => {
      const { settings, seed, bornAt, now, randomPosition, revision } = head
      this.#birth = { format: STORED_FORMAT, ...birth, bornAt, settings, seed }
      const moment: Moment = { session: now, real: Date.now(), randomPosition }
      this.#store.transaction(() => {
        this.#store.setValue('compacted', String(revision))
        this.#store.setValue('moment', JSON.stringify(moment))
        this.#store.setValue('birth', JSON.stringify(this.#birth))
      })
    }
    return { takePart, finish }
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
      files: this.#home.load(),
    }
    return access.key === undefined ? stateForViewers(state) : state
  }

  /** What the session was made as; undefined: there is none. */
  get birth(): Birth | undefined {
    if (this.#birth !== undefined || !this.#store.exists) return this.#birth
    const text = this.#store.getValue('birth')
    // it is written last: what is still being copied is no session yet
    if (text === undefined) return undefined
    const birth = JSON.parse(text) as Birth
    if (birth.format > STORED_FORMAT)
      throw new Error(
        `the session was stored in format ${birth.format}; this server knows ${STORED_FORMAT}`,
      )
    if (birth.format < STORED_FORMAT) return (this.#birth = this.#migrate(birth))
    return (this.#birth = birth)
  }

  /** Undefined while nobody has looked at the session yet. */
  get sessionClock(): SessionClock | undefined {
    return this.#clock
  }

  /** When it was used last, in real time. */
  get usedAt(): number {
    return this.#moment()?.real ?? this.birth?.createdAt ?? 0
  }

  refuse({ key, at }: Access, need: Need = 'to look'): Refusal | undefined {
    const { birth } = this
    if (birth === undefined) return 'no such session'
    if (need === 'to change' && at !== undefined) return 'read-only'
    if (key === undefined) return need === 'to change' ? 'key needed' : undefined
    return timingSafeEqual(hashOf(key), Buffer.from(birth.keyHash, 'hex')) ? undefined : 'wrong key'
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
    return this.look(access, () => this.viewers.open(access, this.birth!, this.#clock!))
  }

  /** Changes what is said of the session. */
  amend(changes: Partial<Pick<Birth, 'title' | 'description' | 'keyHash' | 'settings'>>): void {
    this.#birth = { ...this.birth!, ...changes }
    this.#store.transaction(() => this.#store.setValue('birth', JSON.stringify(this.#birth)))
    this.viewers.tellSession(this.#birth)
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
    return clockDocument(cluster, this.#clock!)
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
    this.#birth = undefined
  }

  /**
   * One turn: time passes, something is done, everything is stored, watches are told. A turn that fails leaves nothing behind: what it
   * changed in memory is dropped, and the next one begins with what is stored.
   */
  turn<T>(act: (cluster: Cluster) => T): T {
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
    const state = this.turn((cluster) => {
      const found = cluster.stateAt(revision)
      if (typeof found === 'object') return found
      return { refusal: found, revision, oldest: cluster.oldest, newest: cluster.revision }
    })
    if (isRefusal(state)) return state
    const { seed, settings, createdAt } = this.birth!
    return (this.#past = new Cluster({
      seed,
      settings: settingsOf(settings),
      createdAt,
      state,
      isStill: true,
    }))
  }

  #migrate(birth: Birth): Birth {
    const migrated = { ...birth, format: STORED_FORMAT }
    this.#store.transaction(() => {
      this.#store.migrate(birth.format)
      this.#store.setValue('birth', JSON.stringify(migrated))
    })
    return migrated
  }

  #moment(): Moment | undefined {
    const text = this.#store.getValue('moment')
    return text === undefined ? undefined : (JSON.parse(text) as Moment)
  }

  #open(): { readonly cluster: Cluster; readonly clock: SessionClock } {
    if (this.#cluster !== undefined && this.#clock !== undefined)
      return { cluster: this.#cluster, clock: this.#clock }
    const { seed, settings, createdAt, bornAt = createdAt } = this.birth!
    const moment = this.#moment()
    const options = { seed, settings: settingsOf(settings), createdAt: bornAt }
    this.#cluster =
      moment === undefined
        ? new Cluster(options)
        : new Cluster({
            ...options,
            state: this.#store.load(moment.session, moment.randomPosition),
          })
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
    const isChanged = changes.revisions.length > 0 || changes.memory.length > 0
    if (!isChanged && !this.computer.isChanged && !clock.mustStore) return
    const moment: Moment = {
      ...clock.state,
      randomPosition: changes.randomPosition,
    }
    this.#store.transaction(() => {
      this.#store.append(changes, (revision) => cluster.storedText(revision))
      this.#store.setValue('moment', JSON.stringify(moment))
      this.computer.store()
    })
    cluster.compact(this.#store.compacted)
    clock.markStored()
  }
}
