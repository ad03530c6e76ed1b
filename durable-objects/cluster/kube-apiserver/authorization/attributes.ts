import type { UserInfo } from '#api/strategy.ts'
import { forbidden, type StatusError } from '#apimachinery/status-error.ts'
import { quote } from '#apimachinery/field-error.ts'

/** What somebody wants to do with a resource. */
export interface ResourceAttributes {
  readonly verb: string
  readonly group: string
  readonly resource: string
  readonly subresource: string
  /** '' at the scope of the cluster, or of all namespaces. */
  readonly namespace: string
  readonly name: string
}

/** What somebody wants to do with a path that is no resource's. */
export interface PathAttributes {
  readonly verb: string
  readonly path: string
}

export type Attributes = ResourceAttributes | PathAttributes

/** Whether, and why. A reason for a refusal is what kept the authorizer from knowing better. */
export interface Decision {
  readonly allowed: boolean
  readonly reason: string
}

export const isResourceRequest = (attributes: Attributes): attributes is ResourceAttributes =>
  'resource' in attributes

/** kubernetes: apiserver pkg/endpoints/handlers/responsewriters/errors.go forbiddenMessage */
const refusal = (user: UserInfo, attributes: Attributes): string => {
  const who = `User ${quote(user.username)} cannot ${attributes.verb}`
  if (!isResourceRequest(attributes)) return `${who} path ${quote(attributes.path)}`
  const { group, resource, subresource, namespace } = attributes
  const what = subresource === '' ? resource : `${resource}/${subresource}`
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${quote(namespace)}`
  return `${who} resource ${quote(what)} in API group ${quote(group)} ${where}`
}

export const forbiddenError = (
  user: UserInfo,
  attributes: Attributes,
  reason: string,
): StatusError => {
  const { group, resource, name } = isResourceRequest(attributes)
    ? attributes
    : { group: '', resource: '', name: '' }
  const message = refusal(user, attributes)
  return forbidden({ group, resource }, name, reason === '' ? message : `${message}: ${reason}`)
}
