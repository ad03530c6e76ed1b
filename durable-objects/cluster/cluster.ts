import { eventRecorder } from '#client/events.ts'
import type { Component, ComponentDefinition } from '#client/component.ts'
import { WorkQueue } from '#client/work-queue.ts'
import { ClusterMemory } from '#cluster-memory.ts'
import { bootstrap } from '#bootstrap/bootstrap.ts'
import type { Changes, ClusterOptions, ClusterState } from '#cluster-state.ts'
import { components } from '#components.ts'
import { changeDelays, liveSettings } from '#live-settings.ts'
import type { KubeObject } from '#apimachinery/object.ts'
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
import { COMPACTED, Etcd, type Revision } from '#etcd/etcd.ts'
import { metricsClient } from '#kube-apiserver/aggregator/metrics-api.ts'
import { authorizer } from '#kube-apiserver/authorization/authorizer.ts'
import { versionInfo } from '#kube-apiserver/discovery/version.ts'
import type { ApiAnswer, ApiRequest } from '#kube-apiserver/endpoints/http.ts'
import { managerOf } from '#kube-apiserver/endpoints/context.ts'
import { KeptTexts } from '#kube-apiserver/endpoints/kept-texts.ts'
import { LogStreams } from '#kube-apiserver/endpoints/log-streams.ts'
import { keepTexts, storedText } from '#kube-apiserver/endpoints/stored-texts.ts'
import { WatchHub } from '#kube-apiserver/endpoints/watch.ts'
import { internalClient, type ClientIdentity } from '#kube-apiserver/internal-client.ts'
import type { RegistryContext } from '#kube-apiserver/registry/registry.ts'
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
import { Runner, type Fault } from '#runner.ts'
import type { Delays, Settings } from '#settings.ts'
import type { ContainerSession, SessionNews } from '#world/container/container-session.ts'
import { diagnosisFacts } from '#world/diagnosis-facts.ts'
import { callFromControlPlane } from '#world/control-plane.ts'
import { type ClusterWorld, Worlds } from '#world/world.ts'

export type { Changes, ClusterOptions, ClusterState } from '#cluster-state.ts'

const COMPONENT_GROUPS = ['system:masters', 'system:serviceaccounts', 'system:authenticated']

/**
 * A whole cluster: a pure state machine. Requests and time go in, answers and changes come out; the same seed, requests and times give
 * the same bytes. It does no I/O and keeps nothing that it could not be made again without.
 */
export class Cluster {
  readonly settings: Settings
  readonly #etcd: Etcd
  readonly #memory: ClusterMemory
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
    this.#memory = new ClusterMemory(state?.memory)
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
    }
    const metrics = metricsClient(this.#client, measured)
    const names = new Map<Component, string>()
    const parts = components(settings, () => this.world(), metrics).map((definition) => {
      const part = this.#component(context, definition)
      names.set(part, componentName(actorOf(definition)))
      return part
    })
    this.#runner = new Runner(parts, this.#origin, (part) => names.get(part)!)
    this.#proxies = parts.find((part) => part instanceof KubeProxies)!
    const kubelets = parts.find((part) => part instanceof PodWorker)!
    this.#worlds = this.#worldsOf(kubelets)
    this.#proxies.forgetWith((node, isMeant) => this.#worlds.connections.forget(node, isMeant))
    keepTexts(this.#texts, context, state?.etcd.objects ?? [])
    this.#as(componentName('kube-apiserver'))
    if (state === undefined)
      bootstrap((resource, object) => createAny(context, resource, object), settings)
    this.#runner.resync()
    this.#runner.settle()
  }

  /** The session's time, in milliseconds since the epoch. */
  get now(): number {
    return this.#now
  }

  get revision(): number {
    return this.#etcd.revision
  }

  /** The writes that are remembered, oldest first. */
  revisions(): readonly Revision[] {
    const kept = this.#etcd.since(this.#etcd.compactedRevision)
    return kept === COMPACTED ? [] : kept
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
    return this.#proxies.tablesOf(node)
  }

  /** When the proxies write what has changed, in milliseconds since the epoch; undefined if they have. */
  get proxySyncDue(): number | undefined {
    return this.#proxies.due
  }

  /** What happens in a world that `leavesNoTrace` does not stay: neither connections nor the position of chance. */
  world(leavesNoTrace = false): ClusterWorld {
    const random = leavesNoTrace ? new Random(this.#seed, this.#random.position) : this.#random
    return this.#worlds.look({ random: () => random.next(), leavesNoTrace })
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
    this.#runner.settle()
    return answer
  }

  /**
   * Lets time pass up to `now`, doing what falls due at the moment it falls due. Once components have run `budget` times it stands at that
   * moment, before `now`.
   */
  advance(now: number, budget = Infinity): void {
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
    return this.#runner.nextDeadline()
  }

  /** When somebody who is connected is told something next. */
  nextNews(): number | undefined {
    const moments = [this.#runner.nextDeadline(), this.#logs.nextAt()].filter(
      (moment) => moment !== undefined,
    )
    return moments.length === 0 ? undefined : Math.min(...moments)
  }

  /** What happened since the last call. */
  takeChanges(): Changes {
    this.#worlds.store()
    const revisions = this.#pending
    this.#pending = []
    return {
      revisions,
      memory: this.#memory.takeChanges(),
      randomPosition: this.#random.position,
      now: this.#now,
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
    const objects = this.#etcd
      .resources()
      .flatMap((resource) => this.#etcd.list(resource).map((object) => ({ resource, object })))
    return {
      etcd: {
        revision: this.#etcd.revision,
        compactedRevision: this.#etcd.revision,
        objects,
        history: [],
      },
      memory: this.#memory.entries(''),
      randomPosition: this.#random.position,
      now: this.#now,
    }
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

  /** Whatever is written now is written by them, and because they wanted it. */
  #as(by: string): void {
    this.#origin.by = by
    this.#origin.cause = undefined
  }

  #component(context: RegistryContext, definition: ComponentDefinition): Component {
    const identity: ClientIdentity = {
      user: { username: definition.username, groups: COMPONENT_GROUPS },
      manager: definition.manager,
    }
    const client = internalClient(context, identity)
    return definition.create({
      client,
      queue: new WorkQueue(definition.name, context.now, this.#memory, this.#origin),
      memory: this.#memory,
      random: this.#random,
      events: eventRecorder(client, this.#random),
      settings: this.settings,
    })
  }
}

/** Processes that hold many controllers are not said to have done anything: the controllers are. */
const actorOf = ({ name, manager }: ComponentDefinition): string =>
  PROCESSES.has(manager) ? manager : name

const PROCESSES: ReadonlySet<string> = new Set([
  'kube-apiserver',
  'kube-scheduler',
  'kube-proxy',
  'kubelet',
])
