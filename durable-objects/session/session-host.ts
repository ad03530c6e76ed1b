// One session between its storage and its cluster: who may, what is opened when, and the turns.
import { timingSafeEqual } from 'node:crypto'
import { Cluster } from '../cluster/cluster.ts'
import type { WatchAnswer } from '../cluster/kube-apiserver/endpoints/http.ts'
import { settingsOf } from '../cluster/settings.ts'
import { RevisionStore, STORED_FORMAT, type Storage } from '../revision-store.ts'
import { SessionClock } from '../session-clock.ts'
import type { Access, Refusal } from './access.ts'
import { type Birth, furnish, hashOf, type Moment } from './birth.ts'
import { HomeStore, type HomeSql } from './computer/home-store.ts'
import { SessionComputer } from './computer/session-computer.ts'
import { WatchStreams } from './watch-streams.ts'

/** What a call may need of the link that it came with. */
type Need = 'to look' | 'to change'

/**
 * What a session consists of. Memory may go at any moment between two turns; everything that was acknowledged is in the storage. It
 * knows no Kubernetes.
 */
export class SessionHost {
  readonly streams = new WatchStreams(() => this.#tick())
  readonly computer: SessionComputer
  readonly #store: RevisionStore
  #birth: Birth | undefined
  #cluster: Cluster | undefined
  #clock: SessionClock | undefined

  /** `id`: the session's. */
  constructor(storage: Storage & { readonly sql: HomeSql }, id: string) {
    this.#store = new RevisionStore(storage)
    this.computer = new SessionComputer({
      turn: (act) => this.turn(act),
      hold: () => this.hold(),
      store: new HomeStore(storage.sql),
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

  /** What the session was made as; undefined: there is none. */
  get birth(): Birth | undefined {
    if (this.#birth !== undefined || !this.#store.exists) return this.#birth
    const birth = JSON.parse(this.#store.getValue('birth')!) as Birth
    if (birth.format > STORED_FORMAT)
      throw new Error(
        `the session was stored in format ${birth.format}; this server knows ${STORED_FORMAT}`,
      )
    return (this.#birth = birth)
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
    return this.refuse(access) ?? this.turn(act)
  }

  /** Does something that needs the key. */
  change<T>(access: Access, act: (cluster: Cluster) => T): T | Refusal {
    return this.refuse(access, 'to change') ?? this.turn(act)
  }

  /** Somebody is connected until the answer is called; undefined: too many are. */
  hold(): (() => void) | undefined {
    const release = this.streams.hold()
    this.#setTimer()
    return release
  }

  openStream(watch: WatchAnswer['watch']): ReadableStream<Uint8Array> {
    const stream = this.streams.open(watch)
    // the first who watches starts the timer: the turn ended with nobody connected
    this.#setTimer()
    return stream
  }

  /** Lets go of everything in memory: the session is deleted. */
  forget(): void {
    this.computer.drop('the session was deleted')
    this.streams.closeAll()
    this.#cluster = undefined
    this.#birth = undefined
  }

  /**
   * One turn: time passes, something is done, everything is stored, watches are told. A turn that fails leaves nothing behind: what it
   * changed in memory is dropped, and the next one begins with what is stored.
   */
  turn<T>(act: (cluster: Cluster) => T): T {
    try {
      const { cluster, clock } = this.#open()
      cluster.advance(clock.advance(Date.now(), this.streams.count > 0))
      const result = act(cluster)
      this.#save(cluster, clock)
      cluster.flushWatches()
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

  #moment(): Moment | undefined {
    const text = this.#store.getValue('moment')
    return text === undefined ? undefined : (JSON.parse(text) as Moment)
  }

  #open(): { readonly cluster: Cluster; readonly clock: SessionClock } {
    if (this.#cluster !== undefined && this.#clock !== undefined)
      return { cluster: this.#cluster, clock: this.#clock }
    const { seed, settings, createdAt } = this.birth!
    const moment = this.#moment()
    const options = { seed, settings: settingsOf(settings), createdAt }
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
        ? new SessionClock(createdAt, Date.now())
        : new SessionClock(moment.session, moment.real, moment)
    return { cluster: this.#cluster, clock: this.#clock }
  }

  /** For the next thing that happens by itself, as long as somebody is connected. */
  #setTimer(): void {
    const next = this.#cluster?.nextNews()
    this.streams.wakeIn(next === undefined ? undefined : this.#clock?.delayUntil(next))
  }

  #tick(): void {
    if (this.#birth !== undefined) this.turn(() => undefined)
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
    clock.markStored()
  }
}
