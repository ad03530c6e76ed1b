import { ClusterMemory } from '#cluster-memory.ts'
import { bootstrap } from '#bootstrap/bootstrap.ts'
import type { Changes, ClusterOptions, ClusterState, Rest } from '#cluster-state.ts'
import { ClusterPast, type NoState, onlyLookedAt } from '#cluster-past.ts'
import { runComponents } from '#component-parts.ts'
import { components } from '#components.ts'
import { changeDelays, liveSettings } from '#live-settings.ts'
import type { KubeObject, Mutable } from '#apimachinery/object.ts'
import {
  client as clientName,
  component as componentName,
  newOrigin,
  type Origin,
} from '#apimachinery/origin.ts'
import type { Client } from '#client/client.ts'
import type { Diagnosis } from '#diagnosis/cause.ts'
import type { Attempt } from '#diagnosis/context.ts'
import { diagnose } from '#diagnosis/diagnose.ts'
import { Random } from '#environment.ts'
import { Etcd, type Revision } from '#etcd/etcd.ts'
import { metricsClient } from '#kube-apiserver/aggregator/metrics-api.ts'
import { authorizer } from '#kube-apiserver/authorization/authorizer.ts'
import { versionInfo } from '#kube-apiserver/discovery/version.ts'
import type { ApiAnswer, ApiRequest } from '#kube-apiserver/endpoints/http.ts'
import { managerOf } from '#kube-apiserver/endpoints/context.ts'
import { KeptTexts } from '#kube-apiserver/endpoints/kept-texts.ts'
import { LogStreams } from '#kube-apiserver/endpoints/log-streams.ts'
import { keepTexts, storedText } from '#kube-apiserver/endpoints/stored-texts.ts'
import { WatchHub } from '#kube-apiserver/endpoints/watch.ts'
import { internalClient } from '#kube-apiserver/internal-client.ts'
import { measurementsOf } from '#kubelet/measurements.ts'
import { kubeletsOf } from '#kubelet/kubelet-server.ts'
import { PodWorker } from '#kubelet/pod-worker.ts'
import { KubeProxies, type NodeTables } from '#kube-proxy/proxies.ts'
import type { ManyRequests } from '#network/read-request.ts'
import { type RequestsResult, sendRequests } from '#network/requests.ts'
import { trace } from '#network/trace-request.ts'
import type { Trace, TraceRequest } from '#network/trace.ts'
import type { Resource } from '#kube-apiserver/resources.ts'
import { serve, type ServerParts } from '#kube-apiserver/server.ts'
import { API_SERVER, createAny, registryContext } from '#registry-context.ts'
import type { Fault, Runner } from '#runner.ts'
import type { Delays, Settings } from '#settings.ts'
import type { ContainerSession, SessionNews } from '#world/container/container-session.ts'
import { diagnosisFacts } from '#world/diagnosis-facts.ts'
import { callFromControlPlane } from '#world/control-plane.ts'
import { type ClusterWorld, Worlds } from '#world/world.ts'

export type { Changes, ClusterOptions, ClusterState } from '#cluster-state.ts'

/**
 * A whole cluster: a pure state machine. Requests and time go in, answers and changes come out; the same seed, requests and times give
 * the same bytes. It does no I/O and keeps nothing that it could not be made again without.
 */
export class Cluster {
  readonly settings: Settings
  readonly #etcd: Etcd
  readonly #memory: ClusterMemory
  readonly #past: ClusterPast
  readonly #random: Random
  readonly #origin: Origin
  readonly #hub = new WatchHub()
  readonly #logs = new LogStreams(() => this.#now)
  readonly #parts: ServerParts
  readonly #runner: Runner
  readonly #proxies: KubeProxies
  readonly #worlds: Worlds
  readonly #client: Client
  readonly #seed: number
  readonly #texts = new KeptTexts()
  #now: number
  #pending: Revision[] = []
  /** Of a cluster that is only looked at: the position of chance, whatever is asked. */
  #stillAt: number | undefined
  /** It was at rest when it was stored, and nobody has needed its components since: they have not looked at it. */
  #rest: { readonly since: number; readonly rest: Rest } | undefined

  constructor(options: ClusterOptions) {
    const { state, seed, createdAt } = options
    const settings = liveSettings(options.settings, state?.memory)
    this.settings = settings
    this.#now = state?.now ?? createdAt
    this.#seed = seed
    this.#random = new Random(seed, state?.randomPosition)
    this.#origin = newOrigin(
      () => this.#now,
      () => this.#random.position,
    )
    this.#etcd = new Etcd(state?.etcd, this.#origin)
    // what happens after a turn's last revision belongs to it, what happens in turns without any to the next
    this.#memory = new ClusterMemory(
      state?.memory,
      state?.memoryPast,
      () => this.#etcd.revision + (this.#pending.length > 0 ? 0 : 1),
    )
    this.#past = new ClusterPast(this.#etcd, this.#memory, state)
    this.#etcd.onRevision((revision) => {
      this.#pending.push(revision)
      this.#hub.add(revision)
    })
    const context = registryContext({
      etcd: this.#etcd,
      settings,
      random: this.#random,
      now: this.#origin.now,
    })
    this.#client = internalClient(context, API_SERVER)
    const measured = measurementsOf(this.#client, () => this.#worlds)
    this.#parts = {
      context,
      hub: this.#hub,
      authorizer: authorizer(internalClient(context, API_SERVER)),
      kubelets: kubeletsOf(
        { client: internalClient(context, API_SERVER), memory: this.#memory, settings },
        (call) => callFromControlPlane(this.world(), call),
      ),
      logs: this.#logs,
      measured,
      begin: () => this.#begin(),
    }
    const { parts, runner } = runComponents(
      { context, memory: this.#memory, random: this.#random, origin: this.#origin, settings },
      components(settings, () => this.world(), metricsClient(this.#client, measured)),
    )
    this.#runner = runner
    this.#proxies = parts.find((part) => part instanceof KubeProxies)!
    const kubelets = parts.find((part) => part instanceof PodWorker)!
    this.#worlds = this.#worldsOf(kubelets)
    this.#proxies.forgetWith((node, isMeant) => this.#worlds.connections.forget(node, isMeant))
    this.#etcd.onTexts((objects) => keepTexts(this.#texts, context, objects))
    this.#as(componentName('kube-apiserver'))
    if (state === undefined)
      bootstrap((resource, object) => createAny(context, resource, object), settings)
    this.#rest = state?.rest && { since: state.now, rest: state.rest }
    if (options.isStill === true) this.#stop()
    if (this.#rest === undefined) this.#runner.begin()
  }

  /** The session's time, in milliseconds since the epoch. */
  get now(): number {
    return this.#now
  }

  get revision(): number {
    return this.#etcd.revision
  }

  /** The oldest revision whose state can be shown. */
  get oldest(): number {
    return this.#past.oldest
  }

  /** The writes that are kept, oldest first. */
  revisions(): readonly Revision[] {
    return this.#past.revisions()
  }

  /** What a cluster is made of that is as this one was at a revision. */
  stateAt(revision: number): ClusterState | NoState {
    return this.#past.stateAt(revision)
  }

  /** Nobody asks for what was before this revision any more. */
  compact(revision: number): void {
    this.#past.compact(revision)
  }

  /** How many objects of a resource there are. */
  count(resource: string): number {
    return this.#etcd.count(resource)
  }

  /** The resources that have objects. */
  resources(): readonly string[] {
    return this.#etcd.resources()
  }

  /** What is served, in all versions. */
  served(): readonly Resource[] {
    return this.#parts.context.resources.all()
  }

  /** All objects of a resource, sorted by key. */
  objects(resource: string): readonly KubeObject[] {
    return this.#etcd.list(resource)
  }

  get faults(): readonly Fault[] {
    return this.#runner.faults
  }

  /** How many watches are open. */
  get watchers(): number {
    return this.#hub.watchers
  }

  /** What kube-proxy wrote on a node; undefined if there is no such Node. */
  tablesOf(node: string): NodeTables | undefined {
    this.#begin()
    return this.#proxies.tablesOf(node)
  }

  /** When the proxies write what has changed, in milliseconds since the epoch; undefined if they have. */
  get proxySyncDue(): number | undefined {
    this.#begin()
    return this.#proxies.due
  }

  /** What happens in a world that `leavesNoTrace` does not stay: neither connections nor the position of chance. */
  world(leavesNoTrace = false): ClusterWorld {
    this.#begin()
    const isCopy = leavesNoTrace || this.#stillAt !== undefined
    const position = this.#stillAt ?? this.#random.position
    const random = isCopy ? new Random(this.#seed, position) : this.#random
    return this.#worlds.look({ random: () => random.next(), leavesNoTrace: isCopy })
  }

  /** Why a Service does not work; undefined if there is none of that name. Changes nothing. */
  diagnose(namespace: string, name: string, attempt: Attempt): Diagnosis | undefined {
    const client = this.#client
    const service = client.get('services', namespace, name)
    if (service === undefined) return undefined
    const proxySync = (node: string) => this.#proxies.syncOf(node)
    const proxyProblem = this.#proxies.problem
    const facts = diagnosisFacts(this.#worlds.parts)
    const world = this.world(true)
    return diagnose({ client, world, proxySync, proxyProblem, facts, service, attempt })
  }

  /** Lets somebody's program in a container run as far as it can at this moment. */
  look(session: ContainerSession): SessionNews {
    this.#as(componentName('kubelet'))
    this.#etcd.mustBeWritable()
    const news = session.look(this.#worlds, this.world())
    this.#runner.settle()
    return news
  }

  /** Sends one request and tells its way, hop by hop. */
  trace(request: TraceRequest, leavesNoTrace = false): Trace {
    this.#as(componentName('kubelet'))
    const told = trace(this.world(leavesNoTrace), request)
    // a program may have ended itself over its answer
    this.#runner.settle()
    return told
  }

  /** Sends many requests alike and tells how they spread. */
  requests(many: ManyRequests, leavesNoTrace = false): RequestsResult {
    this.#as(componentName('kubelet'))
    const result = sendRequests(this.world(leavesNoTrace), many)
    this.#runner.settle()
    return result
  }

  /** Answers a request, then lets the cluster settle. The effects are there before the next request. */
  handle(request: ApiRequest): ApiAnswer {
    const user = request.impersonate?.user ?? request.user.username
    this.#as(clientName(user, managerOf(request)))
    const answer = serve(this.#parts, request)
    if (this.#rest === undefined) this.#runner.settle()
    return answer
  }

  /**
   * Lets time pass up to `now`, doing what falls due at the moment it falls due. Once components have run `budget` times it stands at that
   * moment, before `now`.
   */
  advance(now: number, budget = Infinity): void {
    if (this.#stillAt !== undefined) return
    if ((this.#rest?.rest.until ?? Infinity) <= now) this.#begin()
    const most = this.#runner.runs + budget
    for (
      let due = this.#runner.nextDeadline();
      due !== undefined && due <= now;
      due = this.#runner.nextDeadline()
    ) {
      if (this.#runner.runs >= most) return
      this.#now = Math.max(this.#now, due)
      this.#runner.promote(this.#now)
      this.#runner.settle()
    }
    this.#now = Math.max(this.#now, now)
  }

  /** How often components have run since the cluster was made. */
  get runs(): number {
    return this.#runner.runs
  }

  /** From now on. What is under way keeps its end. */
  setDelays(delays: Delays): void {
    this.#begin()
    changeDelays(this.settings, this.#memory, delays, this.#now)
    this.#runner.reconsiderDelays()
    this.#runner.settle()
  }

  /** What was written after `revision` since `takeChanges` was called last, oldest first. */
  writtenAfter(revision: number): readonly Revision[] {
    const first = this.#pending[0]?.revision ?? 0
    return this.#pending.slice(Math.max(0, revision + 1 - first))
  }

  /** When the next thing happens by itself, or undefined: the cluster is at rest. */
  nextDeadline(): number | undefined {
    return this.#rest === undefined ? this.#runner.nextDeadline() : this.#rest.rest.until
  }

  /** When somebody who is connected is told something next. */
  nextNews(): number | undefined {
    if (this.#stillAt !== undefined) return undefined
    const moments = [this.nextDeadline(), this.#logs.nextAt()].filter(
      (moment) => moment !== undefined,
    )
    return moments.length === 0 ? undefined : Math.min(...moments)
  }

  /** What happened since the last call. */
  takeChanges(): Changes {
    this.#worlds.store()
    const revisions = this.#pending
    // who goes on from a turn's last revision has the chances of the turn's end
    const last: Mutable<Revision> | undefined = revisions.at(-1)
    if (last !== undefined) last.random = this.#random.position
    this.#pending = []
    return {
      revisions,
      memory: this.#memory.takeChanges(),
      memoryPast: this.#memory.takePast(),
      oldest: this.#past.oldest,
      randomPosition: this.#random.position,
      now: this.#now,
      rest: this.#rest?.rest ?? this.#runner.rest(),
    }
  }

  /** What is stored of a revision: the text that lists and watches send, too, made once. Undefined if its key was deleted. */
  storedText(revision: Revision): string | undefined {
    return storedText(this.#texts, this.#parts.context, revision, this.#hub.watchers > 0)
  }

  /** How many bytes the texts take that are kept for lists. */
  get textBytes(): number {
    return this.#texts.bytes
  }

  /** Tells the watches what happened: called when it was stored. */
  flushWatches(): void {
    this.#hub.flush()
    this.#texts.endTurn()
    this.#logs.flush()
  }

  /** Everything there is, to make the cluster again. History is left out: its watches answer 410 and list anew. */
  state(): ClusterState {
    this.#worlds.store()
    return this.#past.present(this.#now, this.#random.position)
  }

  #worldsOf(kubelets: PodWorker): Worlds {
    return new Worlds({
      client: this.#client,
      memory: this.#memory,
      settings: this.settings,
      version: versionInfo,
      tablesOf: (node) => this.#proxies.tablesOf(node),
      proxySyncOf: (node) => this.#proxies.syncOf(node),
      staleAt: (node, packet) => this.#proxies.staleAt(node, packet),
      written: (pod, write) => kubelets.written(pod, write),
      end: (pod, container, at, exitCode) => kubelets.end(pod, container, at, exitCode),
    })
  }

  /**
   * Lets the components look at everything, as of the moment at which it was stored. They find it as they left it: until something falls
   * due or is written, nobody can tell whether they did.
   */
  #begin(): void {
    if (this.#rest === undefined) return
    const { now } = this
    const { since, rest } = this.#rest
    this.#now = since
    this.#rest = undefined
    this.#runner.begin(rest)
    this.#now = now
  }

  #stop(): void {
    this.#stillAt = this.#random.position
    this.#etcd.refuseWrites(() => onlyLookedAt(this.#etcd.revision))
    this.#runner.stop()
  }

  /** Whatever is written now is written by them, and because they wanted it. */
  #as(by: string): void {
    this.#origin.by = by
    this.#origin.cause = undefined
  }
}
