// The resources that are only questions. kubernetes: pkg/registry/authorization, pkg/registry/authentication
import { ISSUER } from '#api/core/v1/service-account/token-text.ts'
import type { UserInfo } from '#api/strategy.ts'
import { invalidValue, type FieldError } from '#apimachinery/field-error.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import { badRequest, invalid } from '#apimachinery/status-error.ts'
import { formatTime } from '#apimachinery/time.ts'
import type { Attributes } from '#kube-apiserver/authorization/attributes.ts'
import type { ClusterAuthorizer } from '#kube-apiserver/authorization/authorizer.ts'
import { rulesFor } from '#kube-apiserver/authorization/rbac.ts'
import { tokenUser } from '#kube-apiserver/authorization/token.ts'
import type { Reader } from '#kube-apiserver/reader.ts'

export interface ReviewContext {
  readonly reader: Reader
  readonly authorizer: ClusterAuthorizer
  /** Milliseconds. */
  readonly now: number
  /** The namespace in the request's path; '' for reviews of the cluster's scope. */
  readonly namespace: string
}

/** Answers a review with the review and its status. Throws StatusError. */
export type Review = (object: KubeObject, user: UserInfo, context: ReviewContext) => KubeObject

interface AccessReview extends KubeObject {
  readonly spec?: {
    readonly resourceAttributes?: {
      readonly namespace?: string
      readonly verb?: string
      readonly group?: string
      readonly version?: string
      readonly resource?: string
      readonly subresource?: string
      readonly name?: string
    }
    readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string }
    readonly user?: string
    readonly groups?: readonly string[]
    readonly uid?: string
    readonly extra?: Readonly<Record<string, readonly string[]>>
  }
}

const withStatus = (object: KubeObject, status: object): KubeObject =>
  ({ ...object, status }) as KubeObject

/** kubernetes: pkg/apis/authorization/validation/validation.go */
const attributeErrors = ({ spec }: AccessReview): readonly FieldError[] => {
  const { resourceAttributes, nonResourceAttributes } = spec ?? {}
  if (resourceAttributes !== undefined && nonResourceAttributes !== undefined)
    return [
      invalidValue(
        'spec.nonResourceAttributes',
        nonResourceAttributes,
        'cannot be specified in combination with resourceAttributes',
      ),
    ]
  return resourceAttributes === undefined && nonResourceAttributes === undefined
    ? [
        invalidValue(
          'spec.resourceAttributes',
          undefined,
          'exactly one of nonResourceAttributes or resourceAttributes must be specified',
        ),
      ]
    : []
}

const subjectErrors = ({ spec }: AccessReview): readonly FieldError[] =>
  (spec?.user ?? '') === '' && (spec?.groups ?? []).length === 0
    ? [
        invalidValue(
          'spec.user',
          spec?.user ?? '',
          'at least one of user or group must be specified',
        ),
      ]
    : []

const attributesOf = ({ spec }: AccessReview): Attributes => {
  const asked = spec?.resourceAttributes
  if (asked === undefined) {
    const { path = '', verb = '' } = spec?.nonResourceAttributes ?? {}
    return { path, verb }
  }
  const {
    verb = '',
    group = '',
    resource = '',
    subresource = '',
    namespace = '',
    name = '',
  } = asked
  return { verb, group, resource, subresource, namespace, name }
}

const subjectOf = ({ spec }: AccessReview): UserInfo => ({
  username: spec?.user ?? '',
  groups: spec?.groups ?? [],
  ...(spec?.uid === undefined ? {} : { uid: spec.uid }),
  ...(spec?.extra === undefined ? {} : { extra: spec.extra }),
})

const answer = (
  review: AccessReview,
  user: UserInfo,
  { authorizer }: ReviewContext,
): KubeObject => {
  const { allowed, reason } = authorizer.decide(user, attributesOf(review))
  return withStatus(review, { allowed, ...(reason === '' ? {} : { reason }) })
}

const check = (kind: string, errors: readonly FieldError[]): void => {
  if (errors.length > 0) throw invalid({ group: 'authorization.k8s.io', kind }, '', errors)
}

const selfSubjectAccessReview: Review = (object, user, context) => {
  check('SelfSubjectAccessReview', attributeErrors(object))
  return answer(object, user, context)
}

const subjectAccessReview: Review = (object, _user, context) => {
  const review: AccessReview = object
  check('SubjectAccessReview', [...attributeErrors(review), ...subjectErrors(review)])
  return answer(review, subjectOf(review), context)
}

const localSubjectAccessReview: Review = (object, _user, context) => {
  const review: AccessReview = object
  const { spec } = review
  const namespace = review.metadata.namespace ?? ''
  const asked = spec?.resourceAttributes?.namespace ?? ''
  check('LocalSubjectAccessReview', [
    ...attributeErrors(review),
    ...subjectErrors(review),
    ...(spec?.resourceAttributes !== undefined && asked !== namespace
      ? [invalidValue('spec.resourceAttributes.namespace', asked, 'must match metadata.namespace')]
      : []),
    ...(spec?.nonResourceAttributes === undefined
      ? []
      : [
          invalidValue(
            'spec.nonResourceAttributes',
            spec.nonResourceAttributes,
            'disallowed on this kind of request',
          ),
        ]),
  ])
  if (context.namespace === '') throw badRequest('namespace is required on this type: ')
  if (context.namespace !== asked)
    throw badRequest(`spec.resourceAttributes.namespace must match namespace: ${context.namespace}`)
  return answer(review, subjectOf(review), context)
}

const selfSubjectRulesReview: Review = (object, user, { reader }) => {
  const { spec } = object as KubeObject & { readonly spec?: { readonly namespace?: string } }
  const namespace = spec?.namespace ?? ''
  if (namespace === '') throw badRequest('no namespace on request')
  const { rules, error } = rulesFor(reader, user, namespace)
  return withStatus(object, {
    resourceRules: rules
      .filter(({ resources = [] }) => resources.length > 0)
      .map(({ verbs, apiGroups = [], resources = [], resourceNames = [] }) => ({
        verbs,
        apiGroups,
        resources,
        ...(resourceNames.length === 0 ? {} : { resourceNames }),
      })),
    nonResourceRules: rules
      .filter(({ nonResourceURLs = [] }) => nonResourceURLs.length > 0)
      .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
    incomplete: error !== '',
    ...(error === '' ? {} : { evaluationError: error }),
  })
}

const userInfo = ({ username, uid, groups, extra }: UserInfo): object => ({
  username,
  ...(uid === undefined ? {} : { uid }),
  ...(groups.length === 0 ? {} : { groups }),
  ...(extra === undefined ? {} : { extra }),
})

const selfSubjectReview: Review = (object, user, { now }) =>
  withStatus(
    { ...object, metadata: { ...object.metadata, creationTimestamp: formatTime(now) } },
    { userInfo: userInfo(user) },
  )

const tokenReview: Review = (object, _user, { reader, now }) => {
  const { spec } = object as KubeObject & {
    readonly spec?: { readonly token?: string; readonly audiences?: readonly string[] }
  }
  const token = spec?.token ?? ''
  if (token === '') throw badRequest('token is required for TokenReview in authentication')
  const audiences = spec?.audiences ?? []
  const found = tokenUser(token, { reader, now }, audiences.length === 0 ? [ISSUER] : audiences)
  return withStatus(
    object,
    'error' in found
      ? { user: {}, error: found.error }
      : { authenticated: true, user: userInfo(found.user), audiences: found.audiences },
  )
}

/** By resource name. */
export const reviews: Readonly<Record<string, Review>> = {
  'selfsubjectaccessreviews.authorization.k8s.io': selfSubjectAccessReview,
  'subjectaccessreviews.authorization.k8s.io': subjectAccessReview,
  'localsubjectaccessreviews.authorization.k8s.io': localSubjectAccessReview,
  'selfsubjectrulesreviews.authorization.k8s.io': selfSubjectRulesReview,
  'selfsubjectreviews.authentication.k8s.io': selfSubjectReview,
  'tokenreviews.authentication.k8s.io': tokenReview,
}
