import type { UserInfo } from '#api/strategy.ts'
import { own } from '#apimachinery/object.ts'
import {
  methodNotAllowed,
  methodNotSupported,
  noSuchPath,
  StatusError,
} from '#apimachinery/status-error.ts'
import { answerMetrics } from '#kube-apiserver/aggregator/metrics-api.ts'
import {
  isAvailable,
  remoteGroups,
  remoteService,
  unavailable,
} from '#kube-apiserver/aggregator/remote.ts'
import type { Attributes } from '#kube-apiserver/authorization/attributes.ts'
import {
  impersonatedUser,
  impersonationChecks,
} from '#kube-apiserver/authorization/impersonation.ts'
import { discover } from '#kube-apiserver/discovery/discovery.ts'
import { openapi } from '#kube-apiserver/discovery/openapi.ts'
import { openidDocument } from '#kube-apiserver/discovery/openid.ts'
import { countRequest, healthMetrics, metrics } from '#kube-apiserver/metrics.ts'
import { rootPaths } from '#kube-apiserver/discovery/root-paths.ts'
import { versionInfo } from '#kube-apiserver/discovery/version.ts'
import type { ResourceRequest } from '#kube-apiserver/endpoints/context.ts'
import { checkTimeout } from '#kube-apiserver/endpoints/deadline.ts'
import { failure, inYaml } from '#kube-apiserver/endpoints/failure.ts'
import { get } from '#kube-apiserver/endpoints/get.ts'
import { health } from '#kube-apiserver/endpoints/health.ts'
import {
  indentedAnswer,
  pageNotFound,
  queryFlag,
  queryValue,
  type Answer,
  type ApiAnswer,
  type ApiRequest,
} from '#kube-apiserver/endpoints/http.ts'
import { list } from '#kube-apiserver/endpoints/list.ts'
import { patch } from '#kube-apiserver/endpoints/patch.ts'
import { connect, type ConnectKind, isConnection } from '#kube-apiserver/endpoints/connect.ts'
import { proxied } from '#kube-apiserver/endpoints/proxy.ts'
import { podLog } from '#kube-apiserver/endpoints/pod-log.ts'
import type { LogStreams } from '#kube-apiserver/endpoints/log-streams.ts'
import { pathSegments, resourcePath, type ResourcePath } from '#kube-apiserver/endpoints/path.ts'
import { presented } from '#kube-apiserver/endpoints/pretty.ts'
import { attributesOf } from '#kube-apiserver/endpoints/request-info.ts'
import { subresource } from '#kube-apiserver/endpoints/subresources.ts'
import { virtualResource } from '#kube-apiserver/endpoints/virtual-resources.ts'
import { watch, type WatchHub } from '#kube-apiserver/endpoints/watch.ts'
import { deleteCollection, deleteOne, post, put } from '#kube-apiserver/endpoints/write.ts'
import type { Kubelets } from '#client/kubelets.ts'
import type { Measurements } from '#client/metrics.ts'
import type { RegistryContext } from '#kube-apiserver/registry/registry.ts'
import {
  type GroupDiscovery,
  groupResourceOf,
  subresourceOf,
  type Resource,
} from '#kube-apiserver/resources.ts'

/** Who may do what. Throws Forbidden. */
export interface Authorizer {
  authorize(user: UserInfo, attributes: Attributes): void
}

export interface ServerParts {
  readonly context: RegistryContext
  readonly hub: WatchHub
  readonly authorizer: Authorizer
  readonly kubelets: Kubelets
  readonly logs: LogStreams
  readonly measured: Measurements
  /** Called before anything is done that takes more than the store: a cluster that has just been made again reads no more than it must. */
  readonly begin: () => void
}

/** What comes up on the way to an answer. */
interface Trail {
  readonly warnings: string[]
  /** What was asked for of what is served. */
  path?: ResourcePath
}

/** What every request for these is warned of. */
const DEPRECATIONS: Readonly<Record<string, string>> = {
  componentstatuses: 'v1 ComponentStatus is deprecated in v1.19+',
  endpoints: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
}

/** Answers a request as a real API server does: every refusal is a Status, and there is no other way out. */
export const serve = (parts: ServerParts, request: ApiRequest): ApiAnswer => {
  const trail: Trail = { warnings: [] }
  const answer = withWarnings(answered(parts, request, trail), trail.warnings)
  if (trail.path !== undefined) countRequest(parts.context.etcd, request, trail.path, answer.status)
  return answer
}

const answered = (parts: ServerParts, request: ApiRequest, trail: Trail): ApiAnswer => {
  try {
    return route(parts, request, trail)
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    return presented(request, failure(request, error.status))
  }
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

const route = (parts: ServerParts, request: ApiRequest, trail: Trail): ApiAnswer => {
  const segments = pathSegments(request.path)
  const [first = ''] = segments
  const path = first === 'api' || first === 'apis' ? resourcePath(segments) : undefined
  checkTimeout(request, path)
  if (request.method !== 'GET' || (path !== undefined && path.subresource !== '')) parts.begin()
  const user = impersonated(parts, request)
  const healthy = health(segments, request)
  // anybody may ask how the server is, but not for the single checks
  if (healthy !== undefined && segments.length === 1) return healthy
  if (path !== undefined) return routeResource(parts, request, path, user, trail)
  parts.authorizer.authorize(user, { verb: request.method.toLowerCase(), path: request.path })
  return healthy ?? routePath(parts, request, segments)
}

/** What is no resource's. */
const routePath = (
  { context }: ServerParts,
  request: ApiRequest,
  segments: readonly string[],
): Answer => {
  if (request.path === '/metrics') return metrics(request, context)
  if (request.path === '/metrics/slis') return healthMetrics()
  const groups = groupsOf(context)
  const [first = '', second, third] = segments
  if (first === '') return indentedAnswer(200, { paths: rootPaths(groups) })
  if (first === 'openapi') return openapi(context.resources, segments, request.accept)
  const document = openidDocument(segments, request)
  if (document !== undefined) return document
  const isVersion = first === 'version'
  const isDiscovery = first === 'api' || (first === 'apis' && (second ?? '') === '')
  const isGroup = first === 'apis' && groups.some(({ metadata }) => metadata.name === second)
  if (!isVersion && !isDiscovery && !isGroup) return pageNotFound()
  if (isVersion && second !== undefined) throw noSuchPath()
  if (request.method !== 'GET') throw methodNotAllowed()
  if (isVersion) return indentedAnswer(200, versionInfo)
  const remote = third === undefined ? undefined : remoteService(context.etcd, second!, third)
  if (remote !== undefined && !isAvailable(remote)) return unavailable()
  return presented(request, inYaml(request, discover(context.resources, groups, segments, request)))
}

/** What this server serves, and what others serve. */
const groupsOf = ({ resources, etcd }: RegistryContext): readonly GroupDiscovery[] => {
  const remote = remoteGroups(etcd)
  return remote.length === 0 ? resources.groups() : [...resources.groups(), ...remote]
}

const routeResource = (
  parts: ServerParts,
  request: ApiRequest,
  path: ResourcePath,
  user: UserInfo,
  trail: Trail,
): ApiAnswer => {
  const { context, authorizer } = parts
  const { warnings } = trail
  // what is not served is refused, too, to those who may not even ask
  authorizer.authorize(user, attributesOf(request, path))
  const resource = context.resources.at(path.group, path.version, path.plural)
  if (resource === undefined)
    return servedElsewhere(parts, { context, request, path, user, warnings })
  // what is not served is not counted: anybody could name anything
  if (path.subresource === '' || subresourceOf(resource, path.subresource) !== undefined)
    trail.path = path
  const warning = resource.custom?.deprecation ?? own(DEPRECATIONS, resource.name)
  if (warning !== undefined) warnings.push(warning)
  const target: ResourceRequest = { context, request, path, resource, user, warnings }
  const isNamespaced = resource.namespaced
  if (!isNamespaced && path.namespace !== '') throw noSuchPath()
  const virtual = virtualResource(target)
  if (virtual !== undefined) return presented(request, virtual)
  if (isNamespaced && path.namespace === '' && path.name !== '') throw noSuchPath()
  const answer = answerOf(parts, target)
  return 'watch' in answer ? answer : presented(request, answer)
}

/** Another server may answer. Of what nobody serves only a path within a group of the API is refused by the API. */
const servedElsewhere = (
  { context, measured, begin }: ServerParts,
  target: Omit<ResourceRequest, 'resource'>,
): Answer => {
  const { group, version } = target.path
  const remote = remoteService(context.etcd, group, version)
  if (remote !== undefined) {
    if (!isAvailable(remote)) return unavailable()
    begin()
    return presented(target.request, answerMetrics(target, measured))
  }
  if (groupsOf(context).some(({ metadata }) => (metadata.name ?? '') === group)) throw noSuchPath()
  return pageNotFound()
}

const answerOf = (parts: ServerParts, target: ResourceRequest): ApiAnswer => {
  const { path } = target
  if (path.isWatch === true) return oldWatch(parts, target)
  if (path.subresource === 'log') return servedLog(parts, target)
  if (path.subresource === 'proxy') return servedProxy(parts, target)
  if (isConnection(path.subresource)) return servedConnection(parts, target, path.subresource)
  if (path.subresource !== '') return subresource(target)
  return path.name === '' ? collection(parts, target) : single(target)
}

const servedLog = ({ kubelets, logs }: ServerParts, target: ResourceRequest): ApiAnswer => {
  if (subresourceOf(target.resource, 'log') === undefined) throw noSuchPath()
  if (target.request.method !== 'GET') throw methodNotAllowed()
  return podLog(target, kubelets, logs)
}

const servedProxy = ({ kubelets }: ServerParts, target: ResourceRequest): ApiAnswer => {
  if (subresourceOf(target.resource, 'proxy') === undefined) throw noSuchPath()
  return proxied(target, kubelets)
}

const servedConnection = (
  { kubelets }: ServerParts,
  target: ResourceRequest,
  kind: ConnectKind,
): ApiAnswer => {
  const { method } = target.request
  if (subresourceOf(target.resource, kind) === undefined) throw noSuchPath()
  if (method !== 'GET' && method !== 'POST') throw methodNotAllowed()
  return connect(target, kind, kubelets)
}

/** A watch by its path: of the collection or, by name, of one of its objects. */
const oldWatch = ({ hub }: ServerParts, target: ResourceRequest): ApiAnswer => {
  const { request, resource, path } = target
  if (!resource.discovery.verbs.includes('watch') || path.subresource !== '') throw noSuchPath()
  if (request.method !== 'GET') throw methodNotAllowed()
  const rest = request.query.filter(([key]) => key !== 'watch' && key !== 'fieldSelector')
  const selected =
    path.name === '' ? (queryValue(request, 'fieldSelector') ?? '') : `metadata.name=${path.name}`
  const query = [...rest, ['watch', 'true'] as const, ['fieldSelector', selected] as const]
  return watch({ ...target, request: { ...request, query } }, hub)
}

/** The user that the request speaks for, if it may. */
const impersonated = ({ authorizer }: ServerParts, request: ApiRequest): UserInfo => {
  const { impersonate, user } = request
  if (impersonate === undefined) return user
  for (const check of impersonationChecks(impersonate)) authorizer.authorize(user, check)
  return impersonatedUser(impersonate)
}

const collection = ({ hub }: ServerParts, target: ResourceRequest): ApiAnswer => {
  const { context, request, resource, path } = target
  const can = (verb: string): boolean => resource.discovery.verbs.includes(verb)
  // without a namespace only lists and watches are served of what lives in one
  const isAcross = resource.namespaced && path.namespace === ''
  switch (request.method) {
    case 'GET':
      if (!can('list')) break
      if (!queryFlag(request, 'watch')) return list(target)
      if (can('watch')) return watch(target, hub)
      throw methodNotSupported(groupResourceOf(resource), 'watch')
    case 'POST':
      if (context.resources.isTerminating(resource)) throw terminating(resource)
      if (can('create') && !isAcross) return post(target)
      break
    case 'DELETE':
      if (can('deletecollection') && !isAcross) return deleteCollection(target)
      break
  }
  throw methodNotAllowed()
}

/** kubernetes: apiextensions pkg/apiserver/customresource_handler.go serveResource */
const terminating = (resource: Resource): StatusError => {
  const { details } = methodNotSupported(groupResourceOf(resource), 'create').status
  const message = 'create not allowed while custom resource definition is terminating'
  return new StatusError(405, 'MethodNotAllowed', message, details)
}

const single = (target: ResourceRequest): Answer => {
  const { request, resource } = target
  const can = (verb: string): boolean => resource.discovery.verbs.includes(verb)
  switch (request.method) {
    case 'GET':
      if (can('get')) return get(target)
      break
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
