import type { Pod } from '#api/core/v1/pod/types.ts'
import type { UserInfo } from '#api/strategy.ts'
import type { JsonObject, KubeObject } from '#apimachinery/object.ts'
import type { Changes, Cluster } from '#cluster.ts'
import type { Revision } from '#etcd/etcd.ts'
import type { ApiAnswer } from '#kube-apiserver/endpoints/http.ts'
import { apiVersionOf, sharedResources } from '#kube-apiserver/resources.ts'
import { tablesDocument } from '#network/tables-document.ts'
import type { Fault } from '#runner.ts'
import { settingsOf, type SettingsRequest } from '#settings.ts'
import { ExecSession } from '#world/container/container-session.ts'
import { StoredCluster } from './stored-cluster.ts'

export interface ScriptOptions {
  readonly seed?: number
  readonly settings?: SettingsRequest
  /** The cluster is thrown away and made again before every turn; time passes from one deadline to the next, each a turn of its own. */
  readonly rebuilt?: boolean
  /** What is made again lets its components look at it only when somebody needs them. */
  readonly idle?: boolean
  /** Time passes from one deadline to the next, each a turn of its own. */
  readonly stepped?: boolean
  /** Called after every turn, with what it changed. */
  readonly onTurn?: (cluster: Cluster, changes: Changes) => void
}

interface Call {
  readonly query?: readonly (readonly [string, string])[]
  readonly contentType?: string
  readonly accept?: string
  readonly user?: UserInfo
}

/** An object as a test writes it. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly [key: string]: unknown
  }
  readonly [key: string]: unknown
}

export type Script = (cluster: ScriptedCluster) => void

const CREATED_AT = Date.parse('2026-01-01T00:00:00Z')
const ADMINISTRATOR: UserInfo = {
  username: 'kubernetes-admin',
  groups: ['system:masters', 'system:authenticated'],
}

/** The path of an object's API, of the object itself or, without a name, of its collection. */
export const pathOf = (manifest: Manifest, withName = true): string => {
  const { apiVersion, kind, metadata } = manifest
  const resource = sharedResources()
    .all()
    .find((candidate) => candidate.kind === kind && apiVersionOf(candidate) === apiVersion)
  if (resource === undefined) throw new Error(`no resource has kind ${kind} of ${apiVersion}`)
  const root = resource.group === '' ? `/api/${apiVersion}` : `/apis/${apiVersion}`
  const scope = resource.namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : ''
  return `${root}${scope}/${resource.plural}${withName ? `/${metadata.name}` : ''}`
}

/** What happened in a turn, as text. */
const describeChanges = ({ revisions, memory, randomPosition, now }: Changes): string[] => [
  ...revisions.map(
    ({ revision, resource, namespace, name, object, at, by }) =>
      `${revision} ${at} ${by} ${resource} ${namespace}/${name} ${JSON.stringify(object)}`,
  ),
  ...memory.map(([key, value]) => `memory ${key} ${value}`),
  `chance ${randomPosition} time ${now}`,
]

/** The leaves in which two documents differ. */
const changedPaths = (path: string, a: unknown, b: unknown): string[] => {
  if (JSON.stringify(a) === JSON.stringify(b)) return []
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return [`${path}: ${JSON.stringify(a)} -> ${JSON.stringify(b)}`]
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].flatMap((key) =>
    changedPaths(`${path}.${key}`, (a as JsonObject)[key], (b as JsonObject)[key]),
  )
}

const describeWrite = ({ resource, namespace, name, object, previous }: Revision): string => {
  const changes =
    previous === undefined ? JSON.stringify(object) : changedPaths('', previous, object)
  return `${resource} ${namespace}/${name} ${String(changes)}`
}

/** A cluster that a script of requests and waits is run against. Everything it says and writes is kept as text. */
export class ScriptedCluster {
  /** Requests and answers, in order. */
  readonly transcript: string[] = []
  /** All revisions, the memory and the position of chance, after each request or wait. */
  readonly log: string[] = []
  /** Why each revision was written, and after how many random numbers: a cluster that was made again need not know. */
  readonly causes: string[] = []
  /** What clusters wrote when they were made again. They should not. */
  readonly idleWrites: string[] = []
  /** Defects that components ran into. */
  readonly faults: Fault[] = []
  readonly #stored: StoredCluster
  readonly #rebuilt: boolean
  readonly #idle: boolean
  readonly #isStepped: boolean
  readonly #onTurn: ScriptOptions['onTurn']
  #now = CREATED_AT
  #step = ''

  constructor(options: ScriptOptions = {}) {
    const { seed = 1, settings = {}, rebuilt = false, stepped = rebuilt, onTurn } = options
    this.#isStepped = stepped
    this.#onTurn = onTurn
    this.#rebuilt = rebuilt
    this.#idle = options.idle === true
    this.#stored = new StoredCluster({
      seed,
      settings: settingsOf(settings),
      createdAt: CREATED_AT,
    })
    const birth = this.#stored.save()
    this.#log([birth])
    this.#onTurn?.(this.cluster, birth)
  }

  get cluster(): Cluster {
    return this.#stored.cluster
  }

  request(method: string, path: string, body?: unknown, call: Call = {}): unknown {
    this.#step = `${method} ${path}`
    const [answer, changes] = this.#turn(() =>
      this.cluster.handle({
        method,
        path,
        query: call.query ?? [],
        accept: call.accept ?? 'application/json',
        contentType: call.contentType ?? 'application/json',
        userAgent: 'kubectl/v1.36.3 (linux/amd64) kubernetes/abcdef0',
        body: body === undefined ? '' : JSON.stringify(body),
        user: call.user ?? ADMINISTRATOR,
      }),
    )
    this.#log([changes])
    const text = textOf(answer)
    this.transcript.push(
      `${this.#step}\n${answer.status} ${answer.contentType} ${JSON.stringify(answer.headers)}\n${text}`,
    )
    return answer.contentType === 'application/json' && !('watch' in answer)
      ? JSON.parse(text)
      : text
  }

  create(manifest: Manifest): void {
    this.request('POST', pathOf(manifest, false), manifest)
  }

  delete(manifest: Manifest, options?: unknown): void {
    this.request('DELETE', pathOf(manifest), options)
  }

  patch(manifest: Manifest, patch: unknown, subresource = ''): void {
    this.request('PATCH', `${pathOf(manifest)}${subresource}`, patch, {
      contentType: 'application/strategic-merge-patch+json',
    })
  }

  merge(manifest: Manifest, patch: unknown, subresource = ''): void {
    this.request('PATCH', `${pathOf(manifest)}${subresource}`, patch, {
      contentType: 'application/merge-patch+json',
    })
  }

  apply(manifest: Manifest, manager: string, force = false): void {
    this.request('PATCH', pathOf(manifest), manifest, {
      contentType: 'application/apply-patch+yaml',
      query: [
        ['fieldManager', manager],
        ['force', String(force)],
      ],
    })
  }

  get(path: string): unknown {
    return this.request('GET', path)
  }

  list(path: string): readonly KubeObject[] {
    return (this.request('GET', path) as { items: readonly KubeObject[] }).items
  }

  table(path: string): void {
    this.request('GET', path, undefined, {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
    })
  }

  /** Everything that a watch from `revision` on tells at once. */
  watch(path: string, revision: number): void {
    this.request('GET', path, undefined, {
      query: [
        ['watch', 'true'],
        ['resourceVersion', String(revision)],
      ],
    })
  }

  /** What kube-proxy wrote on every node, read from a cluster that nobody has asked before if it is one that is made again. */
  tables(): void {
    if (this.#rebuilt) this.#rebuild()
    for (const { metadata } of this.cluster.objects('nodes')) {
      const name = metadata.name!
      const tables = this.cluster.tablesOf(name)!
      const { text } = tablesDocument(name, tables, {})
      this.transcript.push(`tables of ${name}: ${tables.mode} ${tables.sync}\n${text}`)
    }
  }

  /** Runs a command in a Pod's container that ends at once. */
  exec(name: string, container: string, command: readonly string[]): void {
    this.#step = `exec ${name} ${command.join(' ')}`
    const [news, changes] = this.#turn(() => {
      const pod = this.cluster.objects('pods').find(({ metadata }) => metadata.name === name) as Pod
      return this.cluster.look(
        new ExecSession({ pod, container, command, stdin: false, tty: false }),
      )
    })
    this.#log([changes])
    this.transcript.push(`${this.#step}\n${JSON.stringify(news)}`)
  }

  advance(milliseconds: number): void {
    this.#step = `+${milliseconds} ms`
    this.#now += milliseconds
    const turns: Changes[] = []
    for (let next = this.#nextTurn(); next < this.#now; next = this.#nextTurn())
      turns.push(this.#turn(() => this.cluster.advance(next))[1])
    turns.push(this.#turn(() => this.cluster.advance(this.#now))[1])
    this.#log(turns)
  }

  /** What there is in the end. */
  finish(): string {
    this.cluster.advance(this.#now)
    const deadline = this.cluster.nextDeadline()
    return [
      `next ${deadline === undefined ? 'never' : deadline - this.#now}`,
      JSON.stringify(this.cluster.state(), undefined, 1),
    ].join('\n')
  }

  #nextTurn(): number {
    return this.#isStepped ? (this.cluster.nextDeadline() ?? Infinity) : Infinity
  }

  #turn<T>(act: () => T): [T, Changes] {
    if (this.#rebuilt) this.#rebuild()
    const known = this.cluster.faults.length
    const result = act()
    const changes = this.#stored.save()
    this.cluster.flushWatches()
    this.faults.push(...this.cluster.faults.slice(known))
    this.#onTurn?.(this.cluster, changes)
    return [result, changes]
  }

  #rebuild(): void {
    const { randomPosition } = this.cluster.takeChanges()
    const deadline = this.cluster.nextDeadline()
    this.#stored.rebuild(this.#idle)
    const changes = this.#stored.save()
    const written = [
      ...changes.revisions.map(describeWrite),
      ...changes.memory.map(([key, value]) => `memory ${key} ${value}`),
    ]
    if (changes.randomPosition !== randomPosition) written.push('drew random numbers')
    if (this.cluster.nextDeadline() !== deadline)
      written.push(`next deadline ${this.cluster.nextDeadline()} instead of ${deadline}`)
    if (written.length > 0) this.idleWrites.push(`before ${this.#step}:`, ...written)
  }

  #log(turns: readonly Changes[]): void {
    const last = turns.at(-1)!
    for (const { cause, random } of turns.flatMap(({ revisions }) => revisions))
      this.causes.push(`${cause?.revision} ${cause?.due} ${random}`)
    const memory = new Map(turns.flatMap((turn) => turn.memory))
    this.log.push(
      this.#step,
      ...describeChanges({
        ...last,
        revisions: turns.flatMap((turn) => turn.revisions),
        memory: [...memory].sort(([a], [b]) => (a < b ? -1 : 1)),
      }),
    )
  }
}

const textOf = (answer: ApiAnswer): string => {
  if (!('watch' in answer)) return answer.body.join('')
  const lines: string[] = []
  answer.watch.start(
    (text) => lines.push(text),
    () => undefined,
  )
  answer.watch.close()
  return lines.join('')
}
