import { DurableObject } from 'cloudflare:workers'
import type { Cluster } from './cluster/cluster.ts'
import type { ApiRequest } from './cluster/kube-apiserver/endpoints/http.ts'
import { applyManifests, type ApplyOutcome } from './cluster/manifests/apply.ts'
import { beginWith, type Beginning } from './cluster/manifests/import.ts'
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
import { type Access, isRefusal, type Refusal } from './session/access.ts'
import { type Birth, hashOf } from './session/birth.ts'
import type { ClockAnswer, ClockCall, ClockProblem } from './session/clock-call.ts'
import type { ClockDocument } from './session/clock-document.ts'
import { descriptionOf, type SessionDescription } from './session/description.ts'
import { diagnosisAnswer, type DiagnosisAnswer } from './session/diagnosis.ts'
import { adoptCopy, type Copy, copyOf, type SessionMade } from './session/fork.ts'
import {
  answerHistory,
  type Format,
  type HistoryCall,
  type HistoryProblem,
  type HistoryText,
} from './session/history-calls.ts'
import { answerRequest, answerSocket, type KubernetesAnswer } from './session/kubernetes-call.ts'
import { liveWatch } from './session/live/stream.ts'
import type { Presence } from './session/live/viewers.ts'
import { SessionHost } from './session/session-host.ts'
import type { Amendments, CreateOptions, ForkOptions } from './session/session-options.ts'
import {
  adoptForeign,
  makerWith,
  type SnapshotMade,
  type SnapshotToKeep,
  toKeep,
  writeState,
} from './session/snapshot-calls.ts'
import type { SnapshotRefusal } from './session/snapshot/kept-snapshot.ts'
import { isSnapshotId } from './session/snapshot/snapshot-id.ts'
import { userOf } from './session/users.ts'
import { socketRequestOf } from './session/streams/sockets.ts'
import type { FilesAnswer, FilesCall } from './workstation/home-files.ts'

export type { FilesAnswer, FilesCall } from './workstation/home-files.ts'
export type { SocketRequest } from './session/streams/sockets.ts'
export type { ApplyOutcome } from './cluster/manifests/apply.ts'
export type { TraceDocument, TraceRefusal } from './cluster/world/trace-document.ts'
export type { Access, Refusal, RevisionRefusal } from './session/access.ts'
export type { SnapshotRefusal } from './session/snapshot/kept-snapshot.ts'
export type { HistoryCall } from './session/history-calls.ts'
export type { SessionMade } from './session/fork.ts'
export type { LiveRequest } from './session/live/viewers.ts'
export type { SessionDescription } from './session/description.ts'

/** Where sessions find each other. */
interface Environment {
  readonly SESSIONS: DurableObjectNamespace<ClusterSession>
}

const refusalResponse = (refusal: Refusal): Response =>
  Response.json(refusal, { headers: { 'x-refusal': 'true' } })

const UNUSED_DAYS_MS = 90 * 86_400_000
const UNFINISHED_MS = 3_600_000

/** A session as the edge sees it: one call, one turn. */
export class ClusterSession extends DurableObject<Environment> {
  readonly #host: SessionHost
  /** When the platform wakes it at the latest, as far as is known. */
  #alarmAt = Infinity

  constructor(context: DurableObjectState, environment: Environment) {
    super(context, environment)
    const id = context.id.name ?? ''
    this.#host = new SessionHost(context.storage, id, {
      sockets: context,
      wakeAt: (real) => context.waitUntil(this.#wakeAt(real)),
    })
    if (isSnapshotId(id)) void context.blockConcurrencyWhile(() => this.#host.prepareSnapshot())
  }

  /** Makes the session. Its cluster is made when somebody first looks at it. */
  async create({
    key,
    title = '',
    description,
    seed,
    ...settings
  }: CreateOptions): Promise<SessionMade> {
    const createdAt = Date.now()
    this.#host.store.bear({
      title,
      ...(description === undefined ? {} : { description }),
      createdAt,
      seed,
      keyHash: hashOf(key).toString('hex'),
      settings,
    })
    await this.ctx.storage.setAlarm(createdAt + UNUSED_DAYS_MS)
    return { title, createdAt: new Date(createdAt).toISOString() }
  }

  /** The session's state as a stream, for another one that is made of it. */
  copy(access: Access): Copy | Refusal {
    return copyOf(this.#host, access, this.ctx.id.name ?? '')
  }

  /** Makes this session of another one. */
  async fork({ from, access, key }: ForkOptions): Promise<SessionMade | Refusal> {
    const copy = await this.env.SESSIONS.getByName(from).copy(access)
    if (isRefusal(copy)) return copy
    try {
      return await this.#adopt(() => adoptCopy(this.#host, copy, key))
    } finally {
      copy[Symbol.dispose]()
    }
  }

  /** Makes this session of a snapshot that somebody sent. */
  adoptSnapshot(
    base64url: string,
    options: { readonly key: string; readonly title?: string | undefined },
  ): Promise<SessionMade | SnapshotRefusal> {
    return this.#adopt(() => adoptForeign(this.#host, base64url, options))
  }

  /** What comes in parts is a session once it is whole. */
  async #adopt<T extends SessionMade | SnapshotRefusal>(act: () => Promise<T>): Promise<T> {
    // what is left when this server ends in the middle is cleared away
    await this.ctx.storage.setAlarm(Date.now() + UNFINISHED_MS)
    try {
      const made = await act()
      if ('problem' in made) await this.#forget()
      else await this.ctx.storage.setAlarm(Date.parse(made.createdAt) + UNUSED_DAYS_MS)
      return made
    } catch (error) {
      await this.#forget()
      throw error
    }
  }

  /** The state in few bytes. */
  async snapshotBytes(access: Access): Promise<Uint8Array | SnapshotRefusal | Refusal> {
    const written = await writeState(this.#host, access)
    return isRefusal(written) || 'problem' in written ? written : written.bytes
  }

  /** Keeps the state for ever, under its hash. */
  async snapshot(access: Access): Promise<SnapshotMade | SnapshotRefusal | Refusal> {
    const made = await toKeep(this.#host, access, this.ctx.id.name ?? '')
    if (isRefusal(made) || 'problem' in made) return made
    await this.env.SESSIONS.getByName(made.hash).keepSnapshot(made)
    return { hash: made.hash, revision: made.head.revision, size: made.bytes.length }
  }

  /** Is the snapshot of this name from here on. */
  keepSnapshot({ head, files, bytes, about }: SnapshotToKeep): void {
    this.#host.store.keepSnapshot({ head, files }, bytes, about)
  }

  /** Whether this is the session's key. */
  isKey(key: string): boolean {
    return this.#host.refuse({ key }) === undefined
  }

  /** A request to the session's Kubernetes API. Without a key it only looks. */
  kubernetes(access: Access, request: Omit<ApiRequest, 'user'>): KubernetesAnswer | Refusal {
    return answerRequest(this.#host, access, request)
  }

  /** A client that wants to go on as a WebSocket. */
  override async fetch(request: Request): Promise<Response> {
    const answer = this.#answerFetch(request)
    return answer instanceof Promise || answer instanceof Response
      ? answer
      : refusalResponse(answer)
  }

  #answerFetch(request: Request): Response | Promise<Response> | Refusal {
    const host = this.#host
    const asked = socketRequestOf(request)
    if ('request' in asked) return answerSocket(host, asked, request.headers)
    if ('live' in asked) return asked.at === undefined ? host.openLive(asked) : 'read-only'
    return host.refuse(asked, 'to be there') ?? host.computer.answer(asked, request)
  }

  /** What the session's clock says. */
  clock(access: Access): ClockDocument | Refusal {
    return this.#host.look(access, (cluster) => this.#host.clockDocument(cluster))
  }

  setClock(access: Access, call: ClockCall): ClockAnswer | ClockProblem | Refusal {
    return this.#host.change(access, (cluster) => this.#host.callClock(cluster, call))
  }

  /** The learner's files. */
  async files(access: Access, call: FilesCall): Promise<FilesAnswer | Refusal> {
    const isChange = call.act === 'write' || call.act === 'remove'
    const refusal = this.#host.refuse(access, isChange ? 'to change' : 'to look')
    return refusal ?? this.#host.computer.files(call)
  }

  /** What the page shows, as one stream of watch events. */
  live(access: Access): { readonly body: ReadableStream<Uint8Array> } | Refusal {
    const user = userOf(access)
    const watch = this.#host.look(access, (cluster) =>
      liveWatch((request) => cluster.handle({ ...request, user })),
    )
    return isRefusal(watch) ? watch : { body: this.#host.openStream(access, watch) }
  }

  describe(access: Access): (SessionDescription & { readonly presence: Presence }) | Refusal {
    const host = this.#host
    return host.look(access, (cluster) => ({
      ...descriptionOf(cluster, host.birth!, access, host.sessionClock),
      presence: host.viewers.presence,
    }))
  }

  /** Says something else of the session. */
  amend(access: Access, { title, description, delays }: Amendments): SessionDescription | Refusal {
    const refusal = this.#host.refuse(access, 'to change')
    if (refusal !== undefined) return refusal
    if (delays !== undefined) this.#host.setDelays(delays)
    if (title !== undefined || description !== undefined)
      this.#host.amend({
        ...(title === undefined ? {} : { title }),
        ...(description === undefined ? {} : { description }),
      })
    return this.describe(access)
  }

  /** From here on the session has another key. */
  changeKey(access: Access, key: string): 'changed' | Refusal {
    const refusal = this.#host.refuse(access, 'to change')
    if (refusal !== undefined) return refusal
    this.#host.changeKey(key)
    return 'changed'
  }

  override webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): void {
    this.#host.viewers.receive(socket, data)
  }

  override webSocketClose(socket: WebSocket): void {
    this.#host.viewers.left(socket)
  }

  override webSocketError(socket: WebSocket): void {
    this.#host.viewers.left(socket)
  }

  /** Deletes the session with all that it stored. */
  async remove(access: Access): Promise<'removed' | Refusal> {
    const { birth } = this.#host
    if (birth?.snapshot !== undefined) return this.#removeSnapshot(birth, access)
    const refusal = this.#host.refuse(access, 'to change')
    if (refusal !== undefined) return refusal
    await this.#forget()
    return 'removed'
  }

  /** It is gone when all who made it have deleted it. */
  async #removeSnapshot(birth: Birth, { key }: Access): Promise<'removed' | Refusal> {
    if (key === undefined) return 'key needed'
    const { SESSIONS } = this.env
    const maker = await makerWith(birth, key, (id) => SESSIONS.getByName(id).isKey(key))
    if (maker === undefined) return 'wrong key'
    const { revision, makers } = birth.snapshot!
    const others = makers.filter(({ session }) => session !== maker)
    if (others.length === 0) await this.#forget()
    else this.#host.store.amend({ snapshot: { revision, makers: others } })
    return 'removed'
  }

  apply(access: Access, manifests: string): ApplyOutcome | Refusal {
    return this.#host.change(access, (cluster) =>
      applyManifests(cluster, userOf(access), manifests),
    )
  }

  /** What the session begins with: manifests, or what another cluster printed. */
  begin(access: Access, text: string): Beginning | Refusal {
    return this.#host.change(access, (cluster) => beginWith(cluster, userOf(access), text))
  }

  export(access: Access, format: 'yaml' | 'json'): { readonly text: string } | Refusal {
    return this.#host.look(access, (cluster) => ({
      text: exportObjects(cluster, format, access.key !== undefined),
    }))
  }

  state(access: Access, format: 'yaml' | 'json'): { readonly text: string } | Refusal {
    return this.#host.look(access, (cluster) => ({ text: stateDocument(cluster, format) }))
  }

  /** What kube-proxy wrote on a node. */
  tables(
    access: Access,
    node: string,
    query: TablesQuery,
  ): TablesDocument | 'no such node' | Refusal {
    return this.#host.look(access, (cluster) => {
      const tables = cluster.tablesOf(node)
      return tables === undefined ? 'no such node' : tablesDocument(node, tables, query)
    })
  }

  /** Sends one request and tells its way. Who only looks leaves nothing behind. (`trace` is a name that workerd keeps for itself.) */
  follow(
    access: Access,
    body: string,
    format: TraceFormat,
  ): TraceDocument | TraceRefusal | Refusal {
    return this.#host.look(access, (cluster) =>
      traceDocument(worldFor(cluster, access), body, format),
    )
  }

  /** Sends many requests alike and tells how they spread. */
  requests(
    access: Access,
    body: string,
    format: TraceFormat,
  ): TraceDocument | TraceRefusal | Refusal {
    return this.#host.look(access, (cluster) =>
      requestsDocument(worldFor(cluster, access), body, format),
    )
  }

  /** What happened. It is told from now on back, also to who looks at the past. */
  history(
    { key }: Access,
    call: HistoryCall,
    format: Format,
  ): HistoryText | HistoryProblem | Refusal {
    return this.#host.look(key === undefined ? {} : { key }, (cluster) =>
      answerHistory(cluster, call, format, key !== undefined),
    )
  }

  /** Why a Service does not work. */
  diagnosis(
    access: Access,
    query: Readonly<Record<string, string>>,
    format: 'json' | 'yaml' | 'text',
  ): DiagnosisAnswer | Refusal {
    return this.#host.look(access, (cluster) => diagnosisAnswer(cluster, query, format))
  }

  /** Something is due for those who follow it while it sleeps. And once in 90 days: was the session used since? */
  override async alarm(): Promise<void> {
    this.#alarmAt = Infinity
    if (this.#host.birth === undefined) return this.#forget()
    if (this.#host.birth.snapshot !== undefined) return
    this.#host.viewers.sweep(Date.now())
    if (this.#host.viewers.count > 0) this.#host.wake()
    const { usedAt } = this.#host
    if (Date.now() - usedAt >= UNUSED_DAYS_MS) await this.#forget()
    else await this.#wakeAt(usedAt + UNUSED_DAYS_MS)
  }

  /** Who is woken too early looks again: only what comes before is written down. */
  async #wakeAt(real: number): Promise<void> {
    if (real >= this.#alarmAt) return
    this.#alarmAt = real
    await this.ctx.storage.setAlarm(real)
  }

  async #forget(): Promise<void> {
    this.#host.forget()
    await this.ctx.storage.deleteAlarm()
    await this.ctx.storage.deleteAll()
  }
}

/** Who only looks leaves nothing behind. */
const worldFor = (cluster: Cluster, { key, at }: Access) =>
  cluster.world(key === undefined || at !== undefined)
