import type { KubeObject, StringMap } from '#apimachinery/object.ts'
import { StatusError, type Status } from '#apimachinery/status-error.ts'
import { assign, equal } from '#apimachinery/object.ts'
import { decode } from '#apimachinery/schema/decode.ts'
import { COMPACTED, type Revision } from '#etcd/etcd.ts'
import { notAcceptable, viewOf, type ResourceRequest } from '#kube-apiserver/endpoints/context.ts'
import { objectParts, type View } from '#kube-apiserver/endpoints/form.ts'
import { goJson, type WatchAnswer } from '#kube-apiserver/endpoints/http.ts'
import { customJson, objectJson, partialJson } from '#kube-apiserver/endpoints/serialize.ts'
import { servedRevision } from '#kube-apiserver/endpoints/list.ts'
import {
  checkListOptions,
  listOptionsOf,
  type ListOptions,
} from '#kube-apiserver/endpoints/list-options.ts'
import { selectionOf, type Selection } from '#kube-apiserver/endpoints/selection.ts'
import {
  apiVersionOf,
  readAllStored,
  readStored,
  type Resource,
} from '#kube-apiserver/resources.ts'

const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io'
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end'

/** Hands the writes of a turn to the watches, once they are stored. */
export class WatchHub {
  readonly #subscribers = new Set<(revision: Revision) => void>()
  #pending: Revision[] = []

  add(revision: Revision): void {
    if (this.#subscribers.size > 0) this.#pending.push(revision)
  }

  /** From here on: who begins in the middle of a turn knows what was written before. */
  subscribe(tell: (revision: Revision) => void): () => void {
    const known = this.#pending.at(-1)?.revision ?? 0
    const subscriber = (revision: Revision): void => {
      if (revision.revision > known) tell(revision)
    }
    this.#subscribers.add(subscriber)
    return () => this.#subscribers.delete(subscriber)
  }

  get watchers(): number {
    return this.#subscribers.size
  }

  /** Called by the host after it stored what happened. */
  flush(): void {
    const pending = this.#pending
    this.#pending = []
    for (const revision of pending) for (const subscriber of this.#subscribers) subscriber(revision)
  }
}

/** How one revision looks through a selection: what comes into view is ADDED, what leaves it is DELETED. */
const eventOf = (
  resource: Resource,
  revision: Revision,
  selection: Selection,
): { readonly type: string; readonly object: KubeObject } | undefined => {
  const object = revision.object === undefined ? undefined : readStored(resource, revision.object)
  const previous =
    revision.previous === undefined ? undefined : readStored(resource, revision.previous)
  const isIn = object !== undefined && selection.matches(object)
  const wasIn = previous !== undefined && selection.matches(previous)
  if (isIn) return { type: wasIn ? 'MODIFIED' : 'ADDED', object }
  return wasIn ? { type: 'DELETED', object: lastOf(previous, revision) } : undefined
}

let gone: { readonly previous: KubeObject; readonly object: KubeObject } | undefined

/** What went, with the revision that took it away. All watches are told one after the other: they get the very same. */
const lastOf = (previous: KubeObject, { revision }: Revision): KubeObject => {
  const resourceVersion = String(revision)
  if (gone?.previous === previous && gone.object.metadata.resourceVersion === resourceVersion)
    return gone.object
  const metadata = assign(previous.metadata, { resourceVersion })
  gone = { previous, object: assign(previous, { metadata }) }
  return gone.object
}

const expiredStatus = (): Status =>
  new StatusError(410, 'Expired', 'too old resource version').status

interface Plan {
  readonly initial: readonly KubeObject[]
  readonly past: readonly Revision[]
  readonly bookmark: boolean
  readonly error?: Status
}

// Where a watch begins. kubernetes: apiserver pkg/storage/cacher Watch
const plan = (target: ResourceRequest, options: ListOptions, selection: Selection): Plan => {
  const { context, resource, path } = target
  const { resourceVersion, sendInitialEvents } = options
  const from = resourceVersion === '' ? 0 : servedRevision(resourceVersion)
  if (sendInitialEvents === true || from === 0) {
    if (sendInitialEvents === false) return { initial: [], past: [], bookmark: false }
    const namespace =
      resource.namespaced && path.namespace !== '' ? { namespace: path.namespace } : {}
    const initial = readAllStored(resource, context.etcd.list(resource.name, namespace)).filter(
      selection.matches,
    )
    return {
      initial,
      past: [],
      bookmark: sendInitialEvents === true && options.allowWatchBookmarks,
    }
  }
  const past = context.etcd.since(from)
  if (past === COMPACTED)
    return {
      initial: [],
      past: [],
      bookmark: false,
      error: {
        ...expiredStatus(),
        message: `too old resource version: ${from} (${context.etcd.compactedRevision})`,
      },
    }
  return { initial: [], past, bookmark: false }
}

/** GET with watch=true. kubernetes: apiserver pkg/endpoints/handlers/watch.go */
export const watch = (target: ResourceRequest, hub: WatchHub): WatchAnswer => {
  const { context, request, resource, path } = target
  const view = viewOf(target)
  if (view.form.yaml)
    throw notAcceptable([
      'application/json;stream=watch',
      'application/vnd.kubernetes.protobuf;stream=watch',
    ])
  const options = listOptionsOf(request)
  const selection = selectionOf(resource, options)
  checkListOptions(options)
  const begin = plan(target, options, selection)
  const concerns = (revision: Revision): boolean =>
    revision.resource === resource.name &&
    (path.namespace === '' || !resource.namespaced || revision.namespace === path.namespace)
  const { timeoutSeconds: seconds = 0 } = options
  let unsubscribe: (() => void) | undefined
  return {
    status: 200,
    contentType: view.form.contentType,
    watch: {
      start: (send, end) => {
        const write = writer(view, context.now, send)
        for (const object of begin.initial) write('ADDED', object)
        if (begin.bookmark) send(bookmarkLine(target, view, { [INITIAL_EVENTS_END]: 'true' }))
        if (begin.error !== undefined) {
          send(`${goJson({ type: 'ERROR', object: begin.error })}\n`)
          end()
          return
        }
        const tell = (revision: Revision): void => {
          const event = concerns(revision) ? eventOf(resource, revision, selection) : undefined
          if (event !== undefined) write(event.type, event.object)
          if (isReplaced(target, revision)) end()
        }
        for (const revision of begin.past) tell(revision)
        unsubscribe = hub.subscribe(tell)
      },
      close: () => unsubscribe?.(),
      ...(seconds > 0 ? { timeoutSeconds: seconds } : {}),
      ...(options.allowWatchBookmarks ? { bookmark: () => bookmarkLine(target, view) } : {}),
    },
  }
}

interface Line {
  readonly type: string
  readonly object: KubeObject
  readonly view: View
  readonly withColumns: boolean
  readonly text: string
}

let lastLine: Line | undefined

/** Whether an event reads the same in both views. Only tables tell of time. */
const isAlike = (a: View, b: View): boolean =>
  a.resource === b.resource &&
  a.form.as === b.form.as &&
  a.include === b.include &&
  (a.now === b.now || a.form.as !== 'Table')

/** An event as a line. Those who watch the same are told one after the other, so that the last line is the next one's too. */
const lineOf = (view: View, type: string, object: KubeObject, withColumns: boolean): string => {
  const isLast =
    lastLine?.object === object &&
    lastLine.type === type &&
    lastLine.withColumns === withColumns &&
    isAlike(lastLine.view, view)
  if (!isLast) {
    const json = objectParts(view, object, withColumns).join('')
    const text = `{"type":"${type}","object":${json}}\n`
    lastLine = { type, object, view, withColumns, text }
  }
  return lastLine!.text
}

/** A watch of custom resources ends when their definition changes or goes: who watches asks again, and sees what there is then. */
const isReplaced = ({ resource }: ResourceRequest, revision: Revision): boolean => {
  if (revision.resource !== DEFINITIONS || revision.name !== resource.custom?.definition)
    return false
  const [now, before] = [revision.object, revision.previous] as readonly (Definition | undefined)[]
  return !(equal(now?.spec, before?.spec) && equal(namesOf(now), namesOf(before)))
}

interface Definition {
  readonly spec: unknown
  readonly status?: { readonly acceptedNames?: unknown }
}

const namesOf = (definition: Definition | undefined): unknown => definition?.status?.acceptedNames

const writer = (view: View, now: () => number, send: (text: string) => void) => {
  const isTable = view.form.as === 'Table'
  let withColumns = isTable
  return (type: string, object: KubeObject): void => {
    send(lineOf(isTable ? { ...view, now: now() } : view, type, object, withColumns))
    withColumns = false
  }
}

/** Tells a watcher up to which revision it has seen everything. */
const bookmarkLine = (
  { context, resource }: ResourceRequest,
  view: View,
  annotations?: StringMap,
): string => {
  const mark: KubeObject = {
    kind: resource.kind,
    apiVersion: apiVersionOf(resource),
    metadata: {
      resourceVersion: String(context.etcd.revision),
      ...(annotations === undefined ? {} : { annotations }),
    },
  }
  const write =
    view.form.as !== 'object'
      ? partialJson
      : resource.custom === undefined
        ? objectJson
        : customJson
  return `{"type":"BOOKMARK","object":${write(empty(mark, resource))}}\n`
}

/** With what Go writes of a struct that holds nothing. */
const empty = (object: KubeObject, { schema, custom }: Resource): KubeObject =>
  schema === undefined || custom !== undefined
    ? object
    : (decode(object, schema).object as unknown as KubeObject)
