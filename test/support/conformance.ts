// What Kubernetes' end-to-end framework gives its specs, for a cluster in this process. kubernetes: test/e2e/framework
import { expect } from 'vitest'
import type { ResourceTypes } from '#api/resource-types.ts'
import type { KubeObject, ObjectMeta } from '#apimachinery/object.ts'
import type { Status } from '#apimachinery/status-error.ts'
import type { WatchAnswer } from '#kube-apiserver/endpoints/http.ts'
import { sharedResources, type Resource } from '#kube-apiserver/resources.ts'
import type { SettingsRequest } from '#settings.ts'
import { RawApi, type RawAnswer } from './raw-api.ts'

type Name = keyof ResourceTypes | (string & {})
type Of<R extends Name> = R extends keyof ResourceTypes ? ResourceTypes[R] : KubeObject
type PatchType = 'strategic' | 'merge' | 'json'

export interface ListOf<T> {
  readonly metadata: {
    readonly resourceVersion: string
    readonly continue?: string
    readonly remainingItemCount?: number
  }
  readonly items: readonly T[]
}

export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: T
}

/** What a spec was refused. */
export class Refused extends Error {
  readonly answer: RawAnswer

  constructor(what: string, answer: RawAnswer) {
    super(`${what}: ${answer.status} ${answer.text}`)
    this.answer = answer
  }

  get status(): Status {
    return this.answer.body as unknown as Status
  }
}

export interface Where {
  readonly namespace?: string
  readonly subresource?: string
  /** The query: `labelSelector=a=b&limit=5`. */
  readonly query?: string
}

const PATCH_TYPES: Readonly<Record<PatchType, string>> = {
  strategic: 'application/strategic-merge-patch+json',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
}

/** One cluster and, for each spec, a Namespace of its own. */
export class Framework {
  readonly api: RawApi
  namespace = 'default'
  #namespaces = 0

  constructor(settings: SettingsRequest = {}) {
    this.api = new RawApi({ template: 'default', delays: 'instant', ...settings })
  }

  /** What stands before each spec: a Namespace, its ServiceAccount and its ConfigMap. The spec before takes its own with it. */
  begin(base: string): void {
    const last = this.namespace
    if (last !== 'default') {
      this.delete('namespaces', last)
      this.until(`the end of ${last}`, () => this.find('namespaces', last) === undefined, 600)
    }
    this.namespace = this.newNamespace(base)
  }

  newNamespace(base: string): string {
    this.#namespaces += 1
    const name = `${base}-${1000 + this.#namespaces}`
    this.create('namespaces', {
      metadata: {
        name,
        labels: { 'e2e-framework': base, 'pod-security.kubernetes.io/enforce': 'privileged' },
      },
    })
    this.until('the default ServiceAccount', () =>
      this.find('serviceaccounts', 'default', { namespace: name }),
    )
    this.until('kube-root-ca.crt', () =>
      this.find('configmaps', 'kube-root-ca.crt', { namespace: name }),
    )
    return name
  }

  /** Asks each second of the session's time until there is an answer. */
  until<T>(what: string, ask: () => T | undefined | null | false, seconds = 120): T {
    for (let waited = 0; waited <= seconds; waited += 1) {
      const answer = ask()
      if (answer !== undefined && answer !== null && answer !== false) return answer
      this.sleep(1)
    }
    throw new Error(`waited ${seconds} s for ${what}`)
  }

  sleep(seconds: number): void {
    const { cluster } = this.api
    cluster.advance(cluster.now + seconds * 1000)
    cluster.flushWatches()
  }

  path(name: Name, object: string | undefined = '', where: Where = {}): string {
    const resource = resourceNamed(name)
    const { namespace = this.namespace, subresource = '', query = '' } = where
    const group = resource.group === '' ? '/api' : `/apis/${resource.group}`
    const inNamespace = resource.namespaced && namespace !== '' ? `/namespaces/${namespace}` : ''
    const one = [object, subresource].filter((part) => part !== '').map((part) => `/${part}`)
    const asked = query === '' ? '' : `?${query}`
    return `${group}/${resource.version}${inNamespace}/${resource.plural}${one.join('')}${asked}`
  }

  /** Sends a request and takes nothing but success for an answer. */
  ask(method: string, url: string, body: object | string = '', contentType?: string): unknown {
    const answer = this.api.send(
      method,
      url,
      body,
      contentType === undefined ? {} : { contentType },
    )
    this.api.cluster.flushWatches()
    if (answer.status >= 300) throw new Refused(`${method} ${url}`, answer)
    return answer.body
  }

  /** Sends what must be refused, and tells how it was. */
  refused(act: () => unknown): Status {
    try {
      act()
    } catch (error) {
      if (error instanceof Refused) return error.status
      throw error
    }
    throw new Error('was not refused')
  }

  create<R extends Name>(
    name: R,
    body: object,
    where: Where & { readonly of?: string } = {},
  ): Of<R> {
    const { group, version, kind } = resourceNamed(name)
    const apiVersion = group === '' ? version : `${group}/${version}`
    const whole = { apiVersion, kind, ...body }
    return this.ask('POST', this.path(name, where.of ?? '', where), whole) as Of<R>
  }

  get<R extends Name>(name: R, object: string | undefined, where: Where = {}): Of<R> {
    return this.ask('GET', this.path(name, object, where)) as Of<R>
  }

  /** As `get`; undefined if there is none. */
  find<R extends Name>(name: R, object: string | undefined, where: Where = {}): Of<R> | undefined {
    try {
      return this.get(name, object, where)
    } catch (error) {
      if (error instanceof Refused && error.answer.status === 404) return undefined
      throw error
    }
  }

  list<R extends Name>(name: R, where: Where = {}): ListOf<Of<R>> {
    return this.ask('GET', this.path(name, '', where)) as ListOf<Of<R>>
  }

  items<R extends Name>(name: R, labelSelector = '', where: Where = {}): readonly Of<R>[] {
    const query = labelSelector === '' ? '' : `labelSelector=${encodeURIComponent(labelSelector)}`
    return this.list(name, { query, ...where }).items
  }

  update<R extends Name>(
    name: R,
    object: { readonly metadata: ObjectMeta },
    where: Where = {},
  ): Of<R> {
    return this.ask('PUT', this.path(name, object.metadata.name, where), object) as Of<R>
  }

  /** Reads, changes and writes an object, as `RetryOnConflict` does. */
  change<R extends Name>(
    name: R,
    object: string | undefined,
    change: (object: Of<R>) => object,
    where: Where = {},
  ): Of<R> {
    const { subresource: _, ...without } = where
    const old = this.get(name, object, without)
    return this.update(name, { ...old, ...change(old) }, where)
  }

  patch<R extends Name>(
    name: R,
    object: string | undefined,
    patch: object,
    where: Where & { readonly type?: PatchType } = {},
  ): Of<R> {
    const url = this.path(name, object, where)
    return this.ask('PATCH', url, patch, PATCH_TYPES[where.type ?? 'strategic']) as Of<R>
  }

  delete(name: Name, object: string | undefined, options: object = {}, where: Where = {}): void {
    this.ask('DELETE', this.path(name, object, where), options)
  }

  deleteCollection(
    name: Name,
    labelSelector: string,
    options: object = {},
    where: Where = {},
  ): void {
    const query = `labelSelector=${encodeURIComponent(labelSelector)}`
    this.ask('DELETE', this.path(name, '', { query, ...where }), options)
  }

  /** Opens a watch that goes on until the spec ends. */
  watch<R extends Name>(name: R, query = '', where: Where = {}): Watching<Of<R>> {
    const url = this.path(name, '', { ...where, query: `watch=true&${query}` })
    return new Watching(this, this.api.openWatch(url))
  }

  /** Waits for the first event since a resource version that is meant. kubernetes: client-go tools/watch/until.go Until */
  watchUntil<R extends Name>(
    what: string,
    name: R,
    query: string,
    isMeant: (event: WatchEvent<Of<R>>) => boolean,
    where: Where = {},
  ): WatchEvent<Of<R>> {
    const watching = this.watch(name, query, where)
    const event = watching.next(what, isMeant)
    watching.close()
    return event
  }
}

/** An open watch: events are taken from it in their order, each once. */
export class Watching<T> {
  readonly events: WatchEvent<T>[] = []
  readonly #framework: Framework
  readonly #watch: WatchAnswer['watch']
  #taken = 0

  constructor(framework: Framework, answer: WatchAnswer) {
    this.#framework = framework
    this.#watch = answer.watch
    this.#watch.start(
      (text) => {
        for (const line of text.split('\n'))
          if (line !== '') this.events.push(JSON.parse(line) as WatchEvent<T>)
      },
      () => undefined,
    )
  }

  /** Takes events up to and with the first that is meant. */
  next(
    what: string,
    isMeant: (event: WatchEvent<T>) => boolean = () => true,
    seconds = 120,
  ): WatchEvent<T> {
    return this.#framework.until(
      what,
      () => {
        while (this.#taken < this.events.length) {
          const event = this.events[this.#taken]!
          this.#taken += 1
          if (isMeant(event)) return event
        }
        return undefined
      },
      seconds,
    )
  }

  /** What came that nobody took, within so many seconds. */
  rest(seconds: number): readonly WatchEvent<T>[] {
    this.#framework.sleep(seconds)
    return this.events.slice(this.#taken)
  }

  close(): void {
    this.#watch.close()
  }
}

const resourceNamed = (name: string): Resource => {
  const resource = sharedResources().named(name)
  if (resource === undefined) throw new Error(`no resource ${name}`)
  return resource
}

/**
 * Adds a condition by an update of the status, puts another in its place by a merge patch, and sees both through a watch: what the specs
 * "should validate … Status endpoints" of workloads do.
 */
export const withStatusConditions = (
  f: Framework,
  name: Name,
  object: string,
  watched: string,
): void => {
  const status = { subresource: 'status' }
  const isThere = (wanted: string) => (event: { readonly object: object }) =>
    conditionsOf(event.object).some(({ type }) => type === wanted)
  const update = {
    type: 'StatusUpdate',
    status: 'True',
    reason: 'E2E',
    message: 'Set from e2e test',
  }
  const changed: object = f.change(
    name,
    object,
    (old: object) => ({
      status: {
        ...('status' in old ? (old.status as object) : {}),
        conditions: [...conditionsOf(old), update],
      },
    }),
    status,
  )
  expect(conditionsOf(changed)).toContainEqual(expect.objectContaining(update))
  f.watchUntil('the update', name, watched, isThere('StatusUpdate'))
  const patch = { status: { conditions: [{ type: 'StatusPatched', status: 'True' }] } }
  const patched: object = f.patch(name, object, patch, { ...status, type: 'merge' })
  expect(conditionsOf(patched).map(({ type }) => type)).toEqual(['StatusPatched'])
  f.watchUntil('the patch', name, watched, isThere('StatusPatched'))
}

interface AnyCondition {
  readonly type: string
}

const conditionsOf = (object: object): readonly AnyCondition[] =>
  (object as { readonly status?: { readonly conditions?: readonly AnyCondition[] } }).status
    ?.conditions ?? []
