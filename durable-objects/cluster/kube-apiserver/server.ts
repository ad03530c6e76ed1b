import type { UserInfo } from '#api/strategy.ts'
import {
  methodNotAllowed,
  noSuchPath,
  notFound,
  StatusError,
  type Status,
} from '#apimachinery/status-error.ts'
import type { Attributes } from '#kube-apiserver/authorization/attributes.ts'
import {
  impersonatedUser,
  impersonationChecks,
} from '#kube-apiserver/authorization/impersonation.ts'
import { discover } from '#kube-apiserver/discovery/discovery.ts'
import { openapi } from '#kube-apiserver/discovery/openapi.ts'
import { versionInfo } from '#kube-apiserver/discovery/version.ts'
import { viewOf, type ResourceRequest } from '#kube-apiserver/endpoints/context.ts'
import { objectAnswer } from '#kube-apiserver/endpoints/form.ts'
import {
  jsonAnswer,
  type Answer,
  type ApiAnswer,
  type ApiRequest,
} from '#kube-apiserver/endpoints/http.ts'
import { list } from '#kube-apiserver/endpoints/list.ts'
import { patch } from '#kube-apiserver/endpoints/patch.ts'
import { pathSegments, resourcePath, type ResourcePath } from '#kube-apiserver/endpoints/path.ts'
import { subresource } from '#kube-apiserver/endpoints/subresources.ts'
import { isWatch, watch, type WatchHub } from '#kube-apiserver/endpoints/watch.ts'
import { deleteCollection, deleteOne, post, put } from '#kube-apiserver/endpoints/write.ts'
import { virtualResource } from '#kube-apiserver/endpoints/virtual-resources.ts'
import type { RegistryContext } from '#kube-apiserver/registry/registry.ts'
import { groupResourceOf, groups } from '#kube-apiserver/resources.ts'

/** Who may do what. Throws Forbidden. */
export interface Authorizer {
  authorize(user: UserInfo, attributes: Attributes): void
}

export interface ServerParts {
  readonly context: RegistryContext
  readonly hub: WatchHub
  readonly authorizer: Authorizer
}

const ENDPOINTS_WARNING =
  'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'

/** Answers a request as a real API server does: every refusal is a Status, and there is no other way out. */
export const serve = (parts: ServerParts, request: ApiRequest): ApiAnswer => {
  const warnings: string[] = []
  try {
    return withWarnings(route(parts, request, warnings), warnings)
  } catch (error) {
    if (error instanceof StatusError) return withWarnings(failure(error.status), warnings)
    throw error
  }
}

const failure = (status: Status): Answer => {
  const retryAfter = status.details?.retryAfterSeconds
  const answer = jsonAnswer(status.code, status)
  return retryAfter === undefined
    ? answer
    : { ...answer, headers: [['retry-after', String(retryAfter)]] }
}

/** The warnings as headers (RFC 9111 5.5, code 299). */
const withWarnings = (answer: ApiAnswer, warnings: readonly string[]): ApiAnswer => {
  if (warnings.length === 0) return answer
  const headers = [...new Set(warnings)].map(
    (text) => ['warning', `299 - "${headerText(text)}"`] as const,
  )
  return { ...answer, headers: [...(answer.headers ?? []), ...headers] }
}

// A header holds printable ASCII; other characters are sent as question marks. At most 16 kB go into one header.
const headerText = (text: string): string =>
  text
    .slice(0, 4096)
    .replace(/["\\]/g, '\\$&')
    .replace(/[^\x20-\x7e]/g, '?')

const HEALTHY = new Set(['healthz', 'livez', 'readyz'])

const route = (parts: ServerParts, request: ApiRequest, warnings: string[]): ApiAnswer => {
  const segments = pathSegments(request.path)
  const [first = ''] = segments
  if (HEALTHY.has(first))
    return { status: 200, contentType: 'text/plain; charset=utf-8', body: ['ok'] }
  const path = first === 'api' || first === 'apis' ? resourcePath(segments) : undefined
  const user = impersonated(parts, request)
  if (path !== undefined) return routeResource(parts, request, path, user, warnings)
  parts.authorizer.authorize(user, { verb: request.method.toLowerCase(), path: request.path })
  if (first === 'version') return jsonAnswer(200, versionInfo)
  if (first === 'openapi') return openapi(groups, segments, request.accept)
  if (first === '')
    return jsonAnswer(200, {
      paths: [
        '/api',
        '/api/v1',
        '/apis',
        '/healthz',
        '/livez',
        '/openapi/v3',
        '/readyz',
        '/version',
      ],
    })
  if (first !== 'api' && first !== 'apis') throw noSuchPath()
  if (request.method !== 'GET' && request.method !== 'HEAD') throw methodNotAllowed()
  return discover(groups, segments, request)
}

const routeResource = (
  parts: ServerParts,
  request: ApiRequest,
  path: ResourcePath,
  user: UserInfo,
  warnings: string[],
): ApiAnswer => {
  const { context, authorizer } = parts
  const resource = context.resources.at(path.group, path.version, path.plural)
  const isNamespace = path.group === '' && path.plural === 'namespaces'
  const attributes = {
    verb: verbOf(request, path),
    group: path.group,
    resource: path.plural,
    subresource: path.subresource,
    namespace: isNamespace ? path.name : path.namespace,
    name: path.name,
  }
  // what is not served is refused, too, to those who may not even ask
  authorizer.authorize(user, attributes)
  if (resource === undefined) throw noSuchPath()
  if (resource.name === 'endpoints') warnings.push(ENDPOINTS_WARNING)
  const target: ResourceRequest = { context, request, path, resource, user, warnings }
  const isNamespaced = resource.namespaced
  if (!isNamespaced && path.namespace !== '') throw noSuchPath()
  const virtual = virtualResource(target)
  if (virtual !== undefined) return virtual
  if (isNamespaced && path.namespace === '' && path.name !== '') throw noSuchPath()
  if (path.subresource !== '') return subresource(target)
  return path.name === '' ? collection(parts, target) : single(parts, target)
}

/** kubernetes: apiserver pkg/endpoints/request/requestinfo.go */
export const verbOf = (request: ApiRequest, path: ResourcePath): string => {
  switch (request.method) {
    case 'POST':
      return 'create'
    case 'PUT':
      return 'update'
    case 'PATCH':
      return 'patch'
    case 'DELETE':
      return path.name === '' ? 'deletecollection' : 'delete'
    default:
      if (
        request.query.some(([key, value]) => key === 'watch' && value !== 'false' && value !== '0')
      )
        return 'watch'
      return path.name === '' ? 'list' : 'get'
  }
}

/** The user that the request speaks for, if it may. */
const impersonated = ({ authorizer }: ServerParts, request: ApiRequest): UserInfo => {
  const { impersonate, user } = request
  if (impersonate === undefined) return user
  for (const check of impersonationChecks(impersonate)) authorizer.authorize(user, check)
  return impersonatedUser(impersonate)
}

const collection = ({ hub }: ServerParts, target: ResourceRequest): ApiAnswer => {
  const { request, resource, path } = target
  const can = (verb: string): boolean => resource.discovery.verbs.includes(verb)
  // without a namespace only lists and watches are served of what lives in one
  const isAcross = resource.namespaced && path.namespace === ''
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      if (isWatch(target) && can('watch')) return watch(target, hub)
      if (can('list')) return list(target)
      break
    case 'POST':
      if (can('create') && !isAcross) return post(target)
      break
    case 'DELETE':
      if (can('deletecollection') && !isAcross) return deleteCollection(target)
      break
  }
  throw methodNotAllowed()
}

const single = ({ hub }: ServerParts, target: ResourceRequest): ApiAnswer => {
  const { context, request, resource, path } = target
  const can = (verb: string): boolean => resource.discovery.verbs.includes(verb)
  switch (request.method) {
    case 'GET':
    case 'HEAD': {
      if (isWatch(target) && can('watch')) {
        const named = {
          ...request,
          query: [...request.query, ['fieldSelector', `metadata.name=${path.name}`] as const],
        }
        return watch({ ...target, request: named }, hub)
      }
      if (!can('get')) break
      const view = viewOf(target)
      const object = context.etcd.get(resource.name, path.namespace, path.name)
      if (object === undefined) throw notFound(groupResourceOf(resource), path.name)
      return objectAnswer(view, object)
    }
    case 'PUT':
      if (can('update')) return put(target)
      break
    case 'PATCH':
      if (can('patch')) return patch(target)
      break
    case 'DELETE':
      if (can('delete')) return deleteOne(target)
      break
  }
  throw methodNotAllowed()
}
