import { timingSafeEqual } from 'node:crypto'
import { DurableObject } from 'cloudflare:workers'
import { Cluster } from './cluster/cluster.ts'
import type { ApiAnswer, ApiRequest, WatchAnswer } from './cluster/kube-apiserver/endpoints/http.ts'
import { settingsOf, type SettingsRequest } from './cluster/settings.ts'
import { applyManifests, type ApplyOutcome } from './cluster/manifests/apply.ts'
import { exportObjects } from './cluster/manifests/export.ts'
import { stateDocument } from './cluster/manifests/state.ts'
import {
  tablesDocument,
  type TablesDocument,
  type TablesQuery,
} from './cluster/network/tables-document.ts'
import {
  requestsDocument,
  traceDocument,
  type TraceDocument,
  type TraceFormat,
  type TraceRefusal,
} from './cluster/world/trace-document.ts'
import { bodyOf } from './session/answer-body.ts'
import { type Birth, furnish, hashOf, type Moment } from './session/birth.ts'
import { descriptionOf, type SessionDescription } from './session/description.ts'
import { diagnosisAnswer, type DiagnosisAnswer } from './session/diagnosis.ts'
import { HomeStore } from './session/computer/home-store.ts'
import { SessionComputer } from './session/computer/session-computer.ts'
import { liveWatch } from './session/live.ts'
import { ADMINISTRATOR, VIEWER } from './session/users.ts'
import { WatchStreams } from './session/watch-streams.ts'
import { RevisionStore, STORED_FORMAT } from './revision-store.ts'
import { containerProcess } from './session/streams/container-process.ts'
import { forwardedPod } from './session/streams/forwarded-pod.ts'
import { openLogSocket, openWatchSocket } from './session/streams/listening-sockets.ts'
import { offeredProtocols, openSocket, socketRequestOf } from './session/streams/sockets.ts'
import { SessionClock } from './session-clock.ts'
import type { FilesAnswer, FilesCall } from './workstation/home-files.ts'

export type { FilesAnswer, FilesCall } from './workstation/home-files.ts'
export type { SocketRequest } from './session/streams/sockets.ts'
export type { ApplyOutcome } from './cluster/manifests/apply.ts'
export type { TraceDocument, TraceRefusal } from './cluster/world/trace-document.ts'

/** Why a call on a session is not answered. */
export type Refusal = 'no such session' | 'wrong key' | 'key needed'

export interface CreateOptions extends SettingsRequest {
  readonly title?: string | undefined
  readonly key: string
  readonly seed: number
}

export type { SessionDescription } from './session/description.ts'

export interface KubernetesAnswer {
  readonly status: number
  readonly contentType: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string | Uint8Array | ReadableStream<Uint8Array>
}

const LOG_PATH = /\/pods\/[^/]+\/log$/
const UNUSED_DAYS_MS = 90 * 86_400_000
/**
 * A session: storage, timer and streams around one Cluster. It knows no Kubernetes. Memory may go at any moment between two turns;
 * everything that was acknowledged is in SQLite.
 */
export class ClusterSession extends DurableObject {
  readonly #store: RevisionStore
  readonly #streams = new WatchStreams(() => this.#tick())
  readonly #computer: SessionComputer
  #birth: Birth | undefined
  #cluster: Cluster | undefined
  #clock: SessionClock | undefined

  constructor(context: DurableObjectState, environment: unknown) {
    super(context, environment as never)
    this.#store = new RevisionStore(context.storage)
    this.#computer = new SessionComputer({
      turn: (act) => this.#turn(act),
      hold: () => this.#hold(),
      store: new HomeStore(context.storage.sql),
      session: context.id.name ?? '',
    })
  }

  /** Makes the session. Its cluster is made when somebody first looks at it. */
  async create({
    key,
    title = '',
    seed,
    ...settings
  }: CreateOptions): Promise<{ readonly title: string; readonly createdAt: string }> {
    const createdAt = Date.now()
    const birth: Birth = {
      format: STORED_FORMAT,
      title,
      createdAt,
      seed,
      keyHash: hashOf(key).toString('hex'),
      settings,
    }
    this.#store.transaction(() => {
      this.#store.createTables()
      this.#store.setValue('birth', JSON.stringify(birth))
    })
    this.#birth = birth
    await this.ctx.storage.setAlarm(createdAt + UNUSED_DAYS_MS)
    return { title, createdAt: new Date(createdAt).toISOString() }
  }

  /** A request to the session's Kubernetes API. Without a key it only looks. */
  kubernetes(
    key: string | undefined,
    request: Omit<ApiRequest, 'user'>,
  ): KubernetesAnswer | Refusal {
    const refusal = this.#refuse(key)
    if (refusal !== undefined) return refusal
    const answer = this.#turn((cluster) =>
      cluster.handle({ ...request, user: key === undefined ? VIEWER : ADMINISTRATOR }),
    )
    return this.#toAnswer(answer)
  }

  /** A client of the Kubernetes API that wants to go on as a WebSocket. */
  override fetch(request: Request): Response | Promise<Response> {
    const asked = socketRequestOf(request)
    const refusal = this.#refuse(asked.key)
    if (refusal !== undefined) return new Response(refusal, { status: 401 })
    if ('computer' in asked) return this.#computer.answer(asked, request)
    const user = asked.key === undefined ? VIEWER : ADMINISTRATOR
    const answer = this.#turn((cluster) => cluster.handle({ ...asked.request, user }))
    const offered = offeredProtocols(request.headers)
    const isLog = LOG_PATH.test(asked.request.path)
    if ('watch' in answer || (isLog && answer.status === 200)) {
      const { body } = this.#toAnswer(answer)
      return isLog ? openLogSocket(offered, body) : openWatchSocket(body)
    }
    const { status, contentType, body, connection } = answer
    if (connection === undefined)
      return new Response(body.join(''), { status, headers: { 'content-type': contentType } })
    return openSocket(offered, {
      connection,
      podOf: ({ pod }) => forwardedPod(pod, (act) => this.#turn(act)),
      processOf: (of) => containerProcess(of, (act) => this.#turn(act)),
      hold: () => this.#hold(),
    })
  }

  /** Somebody is connected until the answer is called. */
  #hold(): (() => void) | undefined {
    const release = this.#streams.hold()
    this.#setTimer()
    return release
  }

  /** The learner's files. */
  async files(key: string | undefined, call: FilesCall): Promise<FilesAnswer | Refusal> {
    const refusal = this.#refuse(key, call.act === 'write' || call.act === 'remove')
    return refusal ?? this.#computer.files(call)
  }

  /** What the page shows, as one stream of watch events. */
  live(key: string | undefined): { readonly body: ReadableStream<Uint8Array> } | Refusal {
    const refusal = this.#refuse(key)
    if (refusal !== undefined) return refusal
    const user = key === undefined ? VIEWER : ADMINISTRATOR
    const watch = this.#turn((cluster) =>
      liveWatch((request) => cluster.handle({ ...request, user })),
    )
    return { body: this.#openStream(watch) }
  }

  describe(key: string | undefined): SessionDescription | Refusal {
    const refusal = this.#refuse(key)
    if (refusal !== undefined) return refusal
    const access = key === undefined ? 'view' : 'edit'
    return this.#turn((cluster) => descriptionOf(cluster, this.#birth!, access))
  }

  /** Deletes the session with all that it stored. */
  async remove(key: string | undefined): Promise<'removed' | Refusal> {
    const refusal = this.#refuse(key, true)
    if (refusal !== undefined) return refusal
    await this.#forget()
    return 'removed'
  }

  apply(key: string | undefined, manifests: string): ApplyOutcome | Refusal {
    const refusal = this.#refuse(key, true)
    return refusal ?? this.#turn((cluster) => applyManifests(cluster, ADMINISTRATOR, manifests))
  }

  export(key: string | undefined, format: 'yaml' | 'json'): { readonly text: string } | Refusal {
    const refusal = this.#refuse(key)
    return (
      refusal ??
      this.#turn((cluster) => ({ text: exportObjects(cluster, format, key !== undefined) }))
    )
  }

  state(key: string | undefined, format: 'yaml' | 'json'): { readonly text: string } | Refusal {
    const refusal = this.#refuse(key)
    return refusal ?? this.#turn((cluster) => ({ text: stateDocument(cluster, format) }))
  }

  /** What kube-proxy wrote on a node. */
  tables(
    key: string | undefined,
    node: string,
    query: TablesQuery,
  ): TablesDocument | 'no such node' | Refusal {
    const refusal = this.#refuse(key)
    if (refusal !== undefined) return refusal
    return this.#turn((cluster) => {
      const tables = cluster.tablesOf(node)
      return tables === undefined ? 'no such node' : tablesDocument(node, tables, query)
    })
  }

  /** Sends one request and tells its way. Who only looks leaves nothing behind. (`trace` is a name that workerd keeps for itself.) */
  follow(
    key: string | undefined,
    body: string,
    format: TraceFormat,
  ): TraceDocument | TraceRefusal | Refusal {
    const refusal = this.#refuse(key)
    return (
      refusal ??
      this.#turn((cluster) => traceDocument(cluster.world(key === undefined), body, format))
    )
  }

  /** Sends many requests alike and tells how they spread. */
  requests(
    key: string | undefined,
    body: string,
    format: TraceFormat,
  ): TraceDocument | TraceRefusal | Refusal {
    const refusal = this.#refuse(key)
    return (
      refusal ??
      this.#turn((cluster) => requestsDocument(cluster.world(key === undefined), body, format))
    )
  }

  /** Why a Service does not work. */
  diagnosis(
    key: string | undefined,
    query: Readonly<Record<string, string>>,
    format: 'json' | 'yaml' | 'text',
  ): DiagnosisAnswer | Refusal {
    const refusal = this.#refuse(key)
    return refusal ?? this.#turn((cluster) => diagnosisAnswer(cluster, query, format))
  }

  /** Once in 90 days: was the session used since? */
  override async alarm(): Promise<void> {
    if (!this.#store.exists) return
    const { real } = this.#moment() ?? { real: this.#loadBirth()!.createdAt }
    if (Date.now() - real >= UNUSED_DAYS_MS) await this.#forget()
    else await this.ctx.storage.setAlarm(real + UNUSED_DAYS_MS)
  }

  async #forget(): Promise<void> {
    this.#computer.drop('the session was deleted')
    this.#streams.closeAll()
    this.#cluster = undefined
    this.#birth = undefined
    await this.ctx.storage.deleteAlarm()
    await this.ctx.storage.deleteAll()
  }

  #refuse(key: string | undefined, needsKey = false): Refusal | undefined {
    const birth = this.#loadBirth()
    if (birth === undefined) return 'no such session'
    if (key === undefined) return needsKey ? 'key needed' : undefined
    return timingSafeEqual(hashOf(key), Buffer.from(birth.keyHash, 'hex')) ? undefined : 'wrong key'
  }

  #loadBirth(): Birth | undefined {
    if (this.#birth !== undefined || !this.#store.exists) return this.#birth
    const birth = JSON.parse(this.#store.getValue('birth')!) as Birth
    if (birth.format > STORED_FORMAT)
      throw new Error(
        `the session was stored in format ${birth.format}; this server knows ${STORED_FORMAT}`,
      )
    return (this.#birth = birth)
  }

  #moment(): Moment | undefined {
    const text = this.#store.getValue('moment')
    return text === undefined ? undefined : (JSON.parse(text) as Moment)
  }

  #open(): { readonly cluster: Cluster; readonly clock: SessionClock } {
    if (this.#cluster !== undefined && this.#clock !== undefined)
      return { cluster: this.#cluster, clock: this.#clock }
    const { seed, settings, createdAt } = this.#birth!
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
        : new SessionClock(moment.session, moment.real)
    return { cluster: this.#cluster, clock: this.#clock }
  }

  /**
   * One turn: time passes, something is done, everything is stored, watches are told. A turn that fails leaves nothing behind: what it
   * changed in memory is dropped, and the next one begins with what is stored.
   */
  #turn<T>(act: (cluster: Cluster) => T): T {
    try {
      const { cluster, clock } = this.#open()
      cluster.advance(clock.advance(Date.now(), this.#streams.count > 0))
      const result = act(cluster)
      this.#save(cluster, clock)
      cluster.flushWatches()
      this.#setTimer()
      this.#computer.afterTurn()
      return result
    } catch (error) {
      this.#streams.closeAll()
      this.#cluster = undefined
      this.#computer.drop('a defect of this server; it was logged')
      throw error
    }
  }

  /** For the next thing that happens by itself, as long as somebody is connected. */
  #setTimer(): void {
    this.#streams.wakeAt(this.#cluster?.nextNews(), this.#clock?.session ?? 0)
  }

  #tick(): void {
    if (this.#birth !== undefined) this.#turn(() => undefined)
  }

  #save(cluster: Cluster, clock: SessionClock): void {
    const changes = cluster.takeChanges()
    const isChanged = changes.revisions.length > 0 || changes.memory.length > 0
    if (!isChanged && !this.#computer.isChanged && !clock.mustStore) return
    const moment: Moment = {
      session: clock.session,
      real: clock.real,
      randomPosition: changes.randomPosition,
    }
    this.#store.transaction(() => {
      this.#store.append(changes, (revision) => cluster.storedText(revision))
      this.#store.setValue('moment', JSON.stringify(moment))
      this.#computer.store()
    })
    clock.markStored()
  }

  #openStream(watch: WatchAnswer['watch']): ReadableStream<Uint8Array> {
    const stream = this.#streams.open(watch)
    // the first who watches starts the timer: the turn ended with nobody connected
    this.#setTimer()
    return stream
  }

  #toAnswer(answer: ApiAnswer): KubernetesAnswer {
    const { status, contentType, headers = [] } = answer
    if ('watch' in answer)
      return { status, contentType, headers, body: this.#openStream(answer.watch) }
    return {
      status,
      contentType,
      headers,
      body: answer.bytes ?? bodyOf(answer.body),
    }
  }
}
