import { decodeBase64, encodeBase64 } from '#apimachinery/base64.ts'
import { errorText, invalidValue } from '#apimachinery/field-error.ts'
import { parseJson } from '#apimachinery/json.ts'
import { quoteByte } from '#apimachinery/json-scanner.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import { plainError } from '#apimachinery/patch/patch-error.ts'
import { badRequest, expired, StatusError } from '#apimachinery/status-error.ts'
import { decodeUtf8Loosely, encodeUtf8 } from '#apimachinery/utf8.ts'
import { COMPACTED, type Etcd, storageKey } from '#etcd/etcd.ts'
import { viewOf, type ResourceRequest } from '#kube-apiserver/endpoints/context.ts'
import { listAnswer, type ListMeta } from '#kube-apiserver/endpoints/form.ts'
import type { Answer } from '#kube-apiserver/endpoints/http.ts'
import {
  checkListOptions,
  listOptionsOf,
  type ListOptions,
} from '#kube-apiserver/endpoints/list-options.ts'
import { selectionOf, type Selection } from '#kube-apiserver/endpoints/selection.ts'
import { readAllStored } from '#kube-apiserver/resources.ts'

const EXPIRED_CONTINUE =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.'

/** A resourceVersion, or why it is none in the words of Go's parser. kubernetes: apiserver pkg/storage/api_object_versioner.go */
const parseRevision = (text: string): number | { readonly problem: string } => {
  if (/^\d{1,20}$/.test(text) && BigInt(text) < 2n ** 64n) return Number(text)
  const why = /^\d+$/.test(text) ? 'value out of range' : 'invalid syntax'
  const detail = `strconv.ParseUint: parsing ${JSON.stringify(text)}: ${why}`
  return { problem: errorText(invalidValue('resourceVersion', text, detail)) }
}

/** A resourceVersion in the query of a get or watch. */
export const servedRevision = (text: string): number => {
  const revision = parseRevision(text)
  if (typeof revision === 'number') return revision
  throw plainError(revision.problem)
}

/** A resourceVersion in the query of a list. */
const revisionOf = (text: string): number => {
  const revision = parseRevision(text)
  if (typeof revision === 'number') return revision
  throw badRequest(`invalid resource version: ${revision.problem}`)
}

interface ContinueToken {
  /** The list's revision; -1: any. */
  readonly rv: number
  /** The key after which to go on. */
  readonly start: string
}

const encodeToken = (token: ContinueToken): string =>
  encodeBase64(
    encodeUtf8(JSON.stringify({ v: 'meta.k8s.io/v1', rv: token.rv, start: `${token.start}\0` })),
  )
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')

/** kubernetes: apiserver pkg/storage/continue.go DecodeContinue */
const decodeToken = (text: string): ContinueToken => {
  const refuse = (why: string): StatusError =>
    badRequest(`invalid continue token: continue key is not valid: ${why}`)
  let value: unknown
  try {
    const base64 = text.replaceAll('-', '+').replaceAll('_', '/')
    const bytes = decodeBase64(base64 + '='.repeat((4 - (base64.length % 4)) % 4))
    const [first = 0] = bytes
    // random text decodes to bytes that begin no character
    if (first >= 0x80)
      throw new Error(`invalid character ${quoteByte(first)} looking for beginning of value`)
    value = parseJson(decodeUtf8Loosely(bytes)).value
  } catch (error) {
    throw refuse((error as Error).message)
  }
  const { v, rv, start } = (typeof value === 'object' && value !== null ? value : {}) as {
    v?: unknown
    rv?: unknown
    start?: unknown
  }
  if (v !== 'meta.k8s.io/v1')
    throw refuse(
      `server does not recognize this encoded version "${typeof v === 'string' ? v : ''}"`,
    )
  if (rv === 0 || typeof rv !== 'number' || !Number.isSafeInteger(rv))
    throw refuse('incorrect encoded start resourceVersion (version meta.k8s.io/v1)')
  if (typeof start !== 'string' || start === '')
    throw refuse('encoded start key empty (version meta.k8s.io/v1)')
  return { rv, start: start.replace(/\0$/, '') }
}

/** Upstream compacts its store every five minutes; a store of ours keeps its history as long as nothing happens. */
const COMPACT_INTERVAL = 5 * 60_000
const MAX_REMEMBERED = 100

/** When pages of a revision that was the newest were last begun. A store made again has no history, so it needs no such memory either. */
const begun = new WeakMap<Etcd, Map<number, number>>()

const beginPages = ({ etcd, now }: ResourceRequest['context']): void => {
  const moments = begun.get(etcd) ?? new Map<number, number>()
  begun.set(etcd, moments)
  moments.delete(etcd.revision)
  moments.set(etcd.revision, now())
  for (const oldest of moments.keys())
    if (moments.size > MAX_REMEMBERED) moments.delete(oldest)
    else break
}

const isOutdated = (context: ResourceRequest['context'], { rv }: ContinueToken): boolean => {
  const moment = begun.get(context.etcd)?.get(rv)
  return moment !== undefined && context.now() - moment > COMPACT_INTERVAL
}

/** GET of a collection. kubernetes: apiserver pkg/endpoints/handlers/get.go ListResource, pkg/storage/etcd3/store.go GetList */
export const list = (target: ResourceRequest): Answer => {
  const view = viewOf(target)
  const options = listOptionsOf(target.request)
  const selection = selectionOf(target.resource, options)
  checkListOptions(options)
  const { objects, metadata } = page(target, options, selection)
  return listAnswer(view, objects, metadata)
}

interface Page {
  readonly objects: readonly KubeObject[]
  readonly metadata: ListMeta
}

const page = (target: ResourceRequest, options: ListOptions, selection: Selection): Page => {
  const { context } = target
  const { resourceVersion: asked, continue: continueText } = options
  const limit = Math.max(0, options.limit)
  if (continueText === '') {
    const exact = options.resourceVersionMatch === 'Exact'
    const revision = asked === '' ? 0 : revisionOf(asked)
    if (revision > context.etcd.revision) throw tooLarge(revision, context.etcd.revision)
    if (exact && revision > 0)
      return cut(snapshot(target, selection, revision, undefined), revision, limit, selection)
    if (limit > 0) beginPages(context)
    return cut(current(target, selection), context.etcd.revision, limit, selection)
  }
  if (asked !== '' && asked !== '0')
    throw badRequest('specifying resource version is not allowed when using continue')
  const token = decodeToken(continueText)
  if (token.rv < 0) beginPages(context)
  const revision = token.rv < 0 ? context.etcd.revision : token.rv
  if (revision > context.etcd.revision) throw tooLarge(revision, context.etcd.revision)
  const objects = snapshot(target, selection, revision, token).filter(
    (object) => storageKey(object) > token.start,
  )
  return cut(objects, revision, limit, selection)
}

/** The store has not come so far. */
export const tooLarge = (asked: number, current: number): StatusError =>
  new StatusError(504, 'Timeout', `Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  })

const current = (
  { context, resource, path }: ResourceRequest,
  selection: Selection,
): readonly KubeObject[] => {
  const namespace =
    resource.namespaced && path.namespace !== '' ? { namespace: path.namespace } : {}
  const found = readAllStored(
    resource,
    context.etcd.list(resource.name, { ...namespace, labels: selection.labels }),
  )
  return selection.isEverything ? found : found.filter(selection.matches)
}

const snapshot = (
  { context, resource, path }: ResourceRequest,
  selection: Selection,
  revision: number,
  token: ContinueToken | undefined,
): readonly KubeObject[] => {
  const namespace = resource.namespaced && path.namespace !== '' ? path.namespace : undefined
  const isGone = token !== undefined && isOutdated(context, token)
  const found = isGone ? COMPACTED : context.etcd.listAt(resource.name, namespace, revision)
  if (found !== COMPACTED) return readAllStored(resource, found).filter(selection.matches)
  if (token === undefined) throw expired(`The resourceVersion for the provided list is too old.`)
  const { status } = expired(EXPIRED_CONTINUE)
  const error = new StatusError(410, 'Expired', status.message ?? '')
  Object.assign(error.status.metadata, { continue: encodeToken({ rv: -1, start: token.start }) })
  throw error
}

const cut = (
  objects: readonly KubeObject[],
  revision: number,
  limit: number,
  selection: Selection,
): Page => {
  const resourceVersion = String(revision)
  if (limit === 0 || objects.length <= limit) return { objects, metadata: { resourceVersion } }
  const taken = objects.slice(0, limit)
  const last = taken.at(-1)!
  return {
    objects: taken,
    metadata: {
      resourceVersion,
      continue: encodeToken({ rv: revision, start: storageKey(last) }),
      // how many remain is not known when a selector filters them
      ...(selection.isEverything ? { remainingItemCount: objects.length - limit } : {}),
    },
  }
}
