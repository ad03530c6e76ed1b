import type { UserInfo } from '#api/strategy.ts'
import type { Client } from '#client/client.ts'
import {
  forbiddenError,
  type Attributes,
  type Decision,
} from '#kube-apiserver/authorization/attributes.ts'
import { decide } from '#kube-apiserver/authorization/rbac.ts'
import type { Reader } from '#kube-apiserver/reader.ts'

/** Decides who may do what. */
export interface ClusterAuthorizer {
  /** Throws Forbidden, in the words of a real server. */
  authorize(user: UserInfo, attributes: Attributes): void
  decide(user: UserInfo, attributes: Attributes): Decision
}

const SUPERUSERS = 'system:masters'

/** Who holds a session's view link. There is no object for this: a real cluster has none, and the lists of roles are as there. */
const VIEWERS = 'kubarium:viewers'
const LOOKING: ReadonlySet<string> = new Set(['get', 'list', 'watch'])
const LOOKED_AT: ReadonlySet<string> = new Set(['', 'status', 'scale', 'log'])

/** A view link reads everything but what Secrets hold. */
const isLook = (attributes: Attributes): boolean =>
  'resource' in attributes &&
  LOOKING.has(attributes.verb) &&
  LOOKED_AT.has(attributes.subresource ?? '') &&
  !(attributes.group === '' && attributes.resource === 'secrets')

export const authorizerOver = (reader: Reader): ClusterAuthorizer => {
  // Superusers are let in before RBAC, so that nobody can lock themselves out.
  const decision = (user: UserInfo, attributes: Attributes): Decision =>
    user.groups.includes(SUPERUSERS) || (user.groups.includes(VIEWERS) && isLook(attributes))
      ? { allowed: true, reason: '' }
      : decide(reader, user, attributes)
  return {
    decide: decision,
    authorize: (user, attributes) => {
      const { allowed, reason } = decision(user, attributes)
      if (!allowed) throw forbiddenError(user, attributes, reason)
    },
  }
}

export const authorizer = (client: Client): ClusterAuthorizer => authorizerOver(client.dynamic)
