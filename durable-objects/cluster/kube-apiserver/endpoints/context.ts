import type { UserInfo } from '#api/strategy.ts'
import { errorText, invalidValue } from '#apimachinery/field-error.ts'
import { badRequest, invalid, StatusError } from '#apimachinery/status-error.ts'
import { validateWriteOptions } from '#apimachinery/validation/options.ts'
import type { View } from '#kube-apiserver/endpoints/form.ts'
import { queryValue, type ApiRequest } from '#kube-apiserver/endpoints/http.ts'
import { negotiate } from '#kube-apiserver/endpoints/negotiate.ts'
import type { ResourcePath } from '#kube-apiserver/endpoints/path.ts'
import type { IncludeObject } from '#kube-apiserver/endpoints/table.ts'
import type { Operation } from '#kube-apiserver/registry/operation.ts'
import type { RegistryContext } from '#kube-apiserver/registry/registry.ts'
import type { Resource } from '#kube-apiserver/resources.ts'

/** A request that was found to be about a resource. */
export interface ResourceRequest {
  readonly context: RegistryContext
  readonly request: ApiRequest
  readonly path: ResourcePath
  readonly resource: Resource
  /** Who asks, impersonation considered. */
  readonly user: UserInfo
  /** Become Warning headers. */
  readonly warnings: string[]
}

const INCLUDES: ReadonlySet<string> = new Set(['None', 'Metadata', 'Object'])

/** What of its object each row of a table holds. kubernetes: apiserver pkg/endpoints/handlers/response.go optionsForTransform */
const includeOf = (request: ApiRequest): IncludeObject => {
  const include = queryValue(request, 'includeObject') || 'Metadata'
  if (INCLUDES.has(include)) return include as IncludeObject
  const error = invalidValue(
    'includeObject',
    include,
    "must be 'Metadata', 'Object', 'None', or empty",
  )
  throw badRequest(`Unable to convert to Table as requested: ${errorText(error)}`)
}

const MEDIA_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']

export const notAcceptable = (accepted: readonly string[]): StatusError =>
  new StatusError(
    406,
    'NotAcceptable',
    `only the following media types are accepted: ${accepted.join(', ')}`,
  )

/** In what form to answer. Throws NotAcceptable if the client takes none that there is. */
export const viewOf = ({ context, request, resource }: ResourceRequest, hasTable = true): View => {
  const form = negotiate(request.accept, hasTable)
  if (form === undefined) throw notAcceptable(MEDIA_TYPES)
  const include = form.as === 'Table' ? includeOf(request) : 'Metadata'
  return { resource, form, include, now: context.now() }
}

/** `kubectl/v1.36.3 (linux/amd64)…` is the manager `kubectl`. kubernetes: handlers.managerOrUserAgent */
export const managerOf = (request: ApiRequest): string => {
  const manager = queryValue(request, 'fieldManager') ?? ''
  if (manager !== '') return manager
  return [...(request.userAgent.split('/')[0] ?? '')].slice(0, 128).join('')
}

/** The `dryRun` values given, each as often as it stands in the query. */
export const dryRunOf = (request: ApiRequest): readonly string[] =>
  request.query.filter(([key]) => key === 'dryRun').map(([, value]) => value)

export const operationOf = (
  target: ResourceRequest,
  kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions',
): Operation => {
  const { request, resource, path, user, warnings } = target
  const dryRun = dryRunOf(request)
  if (kind !== 'PatchOptions') {
    const errors = validateWriteOptions({
      fieldManager: queryValue(request, 'fieldManager') ?? '',
      dryRun,
      fieldValidation: queryValue(request, 'fieldValidation') ?? '',
    })
    if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind }, '', errors)
  }
  const subresource =
    path.subresource === ''
      ? {}
      : { subresource: path.subresource as NonNullable<Operation['subresource']> }
  return {
    resource,
    namespace: path.namespace,
    user,
    manager: managerOf(request),
    dryRun: dryRun.length > 0,
    warnings,
    ...subresource,
  }
}
