// What is stored of a session: what it was made as, its cluster's revisions, its clock, the learner's files; or the bytes of a snapshot.
import type { Cluster } from '../cluster/cluster.ts'
import type { Changes, ClusterState } from '../cluster/cluster-state.ts'
import { RevisionStore, STORED_FORMAT, type Storage } from '../revision-store.ts'
import type { ClockState } from '../session-clock.ts'
import type { Birth, Moment } from './birth.ts'
import { HomeStore, type HomeSql } from './computer/home-store.ts'
import type { Maker } from './snapshot/kept-snapshot.ts'
import { SnapshotStore } from './snapshot/snapshot-store.ts'
import type { State, StateHead, StatePart } from './state-source.ts'

/** So many sessions may delete a snapshot that all of them made. */
const MOST_MAKERS = 20

export type SessionStorage = Storage & { readonly sql: HomeSql }

/** What a session is made of that comes from elsewhere. */
export interface Adoption {
  readonly takePart: (part: StatePart) => void
  /** Until this is called there is no session. */
  readonly finish: (head: StateHead) => void
}

export class SessionStore {
  readonly home: HomeStore
  readonly #revisions: RevisionStore
  readonly #snapshots: SnapshotStore
  #birth: Birth | undefined
  /** Until when the cluster rests, as it is stored. */
  #restsUntil = 0

  constructor(storage: SessionStorage) {
    this.home = new HomeStore(storage.sql)
    this.#revisions = new RevisionStore(storage)
    this.#snapshots = new SnapshotStore(storage.sql)
  }

  /** What the session was made as; undefined: there is none. */
  get birth(): Birth | undefined {
    if (this.#birth !== undefined || !this.#revisions.exists) return this.#birth
    const text = this.#revisions.getValue('birth')
    // it is written last: what is still being copied is no session yet
    if (text === undefined) return undefined
    const birth = JSON.parse(text) as Birth
    if (birth.format > STORED_FORMAT)
      throw new Error(
        `the session was stored in format ${birth.format}; this server knows ${STORED_FORMAT}`,
      )
    return birth.format < STORED_FORMAT ? this.#migrate(birth) : (this.#birth = birth)
  }

  /** Undefined: its cluster was never stored. */
  get moment(): Moment | undefined {
    const text = this.#revisions.getValue('moment')
    return text === undefined ? undefined : (JSON.parse(text) as Moment)
  }

  /** The oldest revision whose objects are kept. */
  get compacted(): number {
    return this.#revisions.compacted
  }

  /** Stores what the session is made as. */
  bear(birth: Omit<Birth, 'format'>): void {
    this.#revisions.transaction(() => {
      this.#revisions.createTables()
      this.#setBirth({ format: STORED_FORMAT, ...birth })
    })
  }

  /** Changes what is said of the session. */
  amend(changes: Partial<Birth>): Birth {
    const birth = { ...this.birth!, ...changes }
    this.#revisions.transaction(() => this.#setBirth(birth))
    return birth
  }

  /** Makes the session of another one's state, which comes in parts. */
  adopt(birth: Omit<Birth, 'format' | 'settings' | 'seed'>): Adoption {
    const revisions = this.#revisions
    revisions.transaction(() => revisions.createTables())
    return {
      takePart: (part) =>
        revisions.transaction(() => {
          if (part.kind === 'rows') revisions.adopt(part.rows)
          else if (part.kind === 'memory') revisions.adoptMemory(part.memory)
          else this.#saveHome(part.files)
        }),
      finish: ({ settings, seed, bornAt, now, randomPosition, revision }) => {
        const moment: Moment = { session: now, real: Date.now(), randomPosition }
        revisions.transaction(() => {
          revisions.setValue('compacted', String(revision))
          revisions.setValue('moment', JSON.stringify(moment))
          this.#setBirth({ format: STORED_FORMAT, ...birth, bornAt, settings, seed })
        })
      },
    }
  }

  /** Keeps a snapshot, or that one more has made it. */
  keepSnapshot(
    { head, files }: Pick<State, 'head' | 'files'>,
    bytes: Uint8Array,
    { maker, ...said }: Pick<Birth, 'title' | 'description'> & { readonly maker: Maker },
  ): void {
    const { birth } = this
    const others = birth?.snapshot?.makers ?? []
    const makers = [...others.filter(({ session }) => session !== maker.session), maker]
    const snapshot = { revision: head.revision, makers: makers.slice(-MOST_MAKERS) }
    const { settings, seed, bornAt } = head
    const made = { createdAt: Date.now(), settings, seed, bornAt, keyHash: '' }
    this.#revisions.transaction(() => {
      if (birth === undefined) {
        this.#revisions.createTables()
        this.#snapshots.save(bytes)
        if (files !== undefined) this.#saveHome(files)
      }
      this.#setBirth({ ...(birth ?? { format: STORED_FORMAT, ...made, ...said }), snapshot })
    })
  }

  snapshotBytes(): Uint8Array {
    return this.#snapshots.load()
  }

  load({ session, randomPosition, rest }: Moment): ClusterState {
    const state = this.#revisions.load(session, randomPosition)
    this.#restsUntil = rest === undefined ? 0 : (rest.until ?? Infinity)
    return rest === undefined ? state : { ...state, rest }
  }

  /** Whether a turn has changed what is stored of the cluster. */
  isConcerned({ revisions, memory, rest: { until = Infinity } }: Changes): boolean {
    // what falls due earlier than is stored would be missed by a cluster that rests
    return revisions.length > 0 || memory.length > 0 || until < this.#restsUntil
  }

  /** What a turn changed, in one transaction. `alongside`: what else is stored with it. */
  save(cluster: Cluster, changes: Changes, clock: ClockState, alongside: () => void): void {
    const { randomPosition, rest } = changes
    this.#restsUntil = rest.until ?? Infinity
    const moment: Moment = { ...clock, randomPosition, rest }
    this.#revisions.transaction(() => {
      this.#revisions.append(changes, (revision) => cluster.storedText(revision))
      this.#revisions.setValue('moment', JSON.stringify(moment))
      alongside()
    })
  }

  /** The session was deleted. */
  forget(): void {
    this.#birth = undefined
  }

  #saveHome(files: NonNullable<State['files']>): void {
    this.home.save(files.map((file) => ({ path: file.path, file })))
  }

  /** Called inside a transaction. */
  #setBirth(birth: Birth): void {
    this.#revisions.setValue('birth', JSON.stringify(birth))
    this.#birth = birth
  }

  #migrate(birth: Birth): Birth {
    const migrated = { ...birth, format: STORED_FORMAT }
    this.#revisions.transaction(() => {
      this.#revisions.migrate(birth.format)
      this.#setBirth(migrated)
    })
    return migrated
  }
}
