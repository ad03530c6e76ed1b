import { DurableObject } from 'cloudflare:workers'
import type { Cluster } from './cluster/cluster.ts'
import type { ApiAnswer, ApiRequest } from './cluster/kube-apiserver/endpoints/http.ts'
import type { SettingsRequest } from './cluster/settings.ts'
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
import type { Access, Refusal } from './session/access.ts'
import { bodyOf } from './session/answer-body.ts'
import { hashOf } from './session/birth.ts'
import { descriptionOf, type SessionDescription } from './session/description.ts'
import { diagnosisAnswer, type DiagnosisAnswer } from './session/diagnosis.ts'
import { liveWatch } from './session/live.ts'
import { SessionHost } from './session/session-host.ts'
import { userOf } from './session/users.ts'
import { containerProcess } from './session/streams/container-process.ts'
import { forwardedPod } from './session/streams/forwarded-pod.ts'
import { openLogSocket, openWatchSocket } from './session/streams/listening-sockets.ts'
import { offeredProtocols, openSocket, socketRequestOf } from './session/streams/sockets.ts'
import type { FilesAnswer, FilesCall } from './workstation/home-files.ts'

export type { FilesAnswer, FilesCall } from './workstation/home-files.ts'
export type { SocketRequest } from './session/streams/sockets.ts'
export type { ApplyOutcome } from './cluster/manifests/apply.ts'
export type { TraceDocument, TraceRefusal } from './cluster/world/trace-document.ts'
export type { Access, Refusal, RevisionRefusal } from './session/access.ts'
export type { SessionDescription } from './session/description.ts'

export interface CreateOptions extends SettingsRequest {
  readonly title?: string | undefined
  readonly key: string
  readonly seed: number
}

export interface KubernetesAnswer {
  readonly status: number
  readonly contentType: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string | Uint8Array | ReadableStream<Uint8Array>
}

const LOG_PATH = /\/pods\/[^/]+\/log$/
const UNUSED_DAYS_MS = 90 * 86_400_000

/** A session as the edge sees it: one call, one turn. */
export class ClusterSession extends DurableObject {
  readonly #host: SessionHost

  constructor(context: DurableObjectState, environment: unknown) {
    super(context, environment as never)
    this.#host = new SessionHost(context.storage, context.id.name ?? '')
  }

  /** Makes the session. Its cluster is made when somebody first looks at it. */
  async create({
    key,
    title = '',
    seed,
    ...settings
  }: CreateOptions): Promise<{ readonly title: string; readonly createdAt: string }> {
    const createdAt = Date.now()
    this.#host.bear({ title, createdAt, seed, keyHash: hashOf(key).toString('hex'), settings })
    await this.ctx.storage.setAlarm(createdAt + UNUSED_DAYS_MS)
    return { title, createdAt: new Date(createdAt).toISOString() }
  }

  /** A request to the session's Kubernetes API. Without a key it only looks. */
  kubernetes(access: Access, request: Omit<ApiRequest, 'user'>): KubernetesAnswer | Refusal {
    const answer = this.#host.look(access, (cluster) =>
      cluster.handle({ ...request, user: userOf(access) }),
    )
    return isAnswer(answer) ? this.#toAnswer(answer) : answer
  }

  /** A client of the Kubernetes API that wants to go on as a WebSocket. */
  override fetch(request: Request): Response | Promise<Response> {
    const host = this.#host
    const asked = socketRequestOf(request)
    const refusal = host.refuse(asked)
    if (refusal !== undefined) return Response.json(refusal, { headers: { 'x-refusal': 'true' } })
    if ('computer' in asked) return host.computer.answer(asked, request)
    const user = userOf(asked)
    const answer = host.turn((cluster) => cluster.handle({ ...asked.request, user }))
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
      podOf: ({ pod }) => forwardedPod(pod, (act) => host.turn(act)),
      processOf: (of) => containerProcess(of, (act) => host.turn(act)),
      hold: () => host.hold(),
    })
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
    return typeof watch === 'object' && 'start' in watch
      ? { body: this.#host.openStream(watch) }
      : watch
  }

  describe(access: Access): SessionDescription | Refusal {
    return this.#host.look(access, (cluster) => descriptionOf(cluster, this.#host.birth!, access))
  }

  /** Deletes the session with all that it stored. */
  async remove(access: Access): Promise<'removed' | Refusal> {
    const refusal = this.#host.refuse(access, 'to change')
    if (refusal !== undefined) return refusal
    await this.#forget()
    return 'removed'
  }

  apply(access: Access, manifests: string): ApplyOutcome | Refusal {
    return this.#host.change(access, (cluster) =>
      applyManifests(cluster, userOf(access), manifests),
    )
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

  /** Why a Service does not work. */
  diagnosis(
    access: Access,
    query: Readonly<Record<string, string>>,
    format: 'json' | 'yaml' | 'text',
  ): DiagnosisAnswer | Refusal {
    return this.#host.look(access, (cluster) => diagnosisAnswer(cluster, query, format))
  }

  /** Once in 90 days: was the session used since? */
  override async alarm(): Promise<void> {
    if (this.#host.birth === undefined) return
    const { usedAt } = this.#host
    if (Date.now() - usedAt >= UNUSED_DAYS_MS) await this.#forget()
    else await this.ctx.storage.setAlarm(usedAt + UNUSED_DAYS_MS)
  }

  async #forget(): Promise<void> {
    this.#host.forget()
    await this.ctx.storage.deleteAlarm()
    await this.ctx.storage.deleteAll()
  }

  #toAnswer(answer: ApiAnswer): KubernetesAnswer {
    const { status, contentType, headers = [] } = answer
    if ('watch' in answer)
      return { status, contentType, headers, body: this.#host.openStream(answer.watch) }
    return {
      status,
      contentType,
      headers,
      body: answer.bytes ?? bodyOf(answer.body),
    }
  }
}

const isAnswer = (answer: ApiAnswer | Refusal): answer is ApiAnswer =>
  typeof answer === 'object' && 'contentType' in answer

/** Who only looks leaves nothing behind. */
const worldFor = (cluster: Cluster, { key }: Access) => cluster.world(key === undefined)
