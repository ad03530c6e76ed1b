import { schemaOf } from '#api/schemas.ts'
import { methodNotAllowed } from '#apimachinery/status-error.ts'
import { authorizerOver } from '#kube-apiserver/authorization/authorizer.ts'
import { reviews } from '#kube-apiserver/authorization/reviews.ts'
import { issueToken, type TokenRequest } from '#kube-apiserver/authorization/token.ts'
import { postBinding } from '#kube-apiserver/endpoints/binding.ts'
import { decodeBody } from '#kube-apiserver/endpoints/body.ts'
import { componentStatuses } from '#kube-apiserver/endpoints/component-statuses.ts'
import { operationOf, viewOf, type ResourceRequest } from '#kube-apiserver/endpoints/context.ts'
import { objectAnswer } from '#kube-apiserver/endpoints/form.ts'
import { jsonAnswer, type Answer } from '#kube-apiserver/endpoints/http.ts'

/** Answers a resource that is only a question and never stored; undefined if this is none. */
export const virtualResource = (target: ResourceRequest): Answer | undefined => {
  const { context, request, resource, path, user, warnings } = target
  if (resource.name === 'bindings') return postBinding(target)
  if (resource.name === 'componentstatuses') return componentStatuses(target)
  const review = Object.hasOwn(reviews, resource.name) ? reviews[resource.name] : undefined
  if (review === undefined) return undefined
  if (request.method !== 'POST' || path.name !== '') throw methodNotAllowed()
  const view = viewOf(target, false)
  operationOf(target, 'CreateOptions')
  const object = decodeBody(request, resource, warnings)
  const answered = review(object, user, {
    reader: context.etcd,
    authorizer: authorizerOver(context.etcd),
    now: context.now(),
    namespace: path.namespace,
  })
  return objectAnswer(view, answered, 201)
}

const TOKEN_REQUEST = { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' }

/** POST …/serviceaccounts/NAME/token */
export const createToken = (target: ResourceRequest): Answer => {
  const { context, request, path, warnings } = target
  const schema = schemaOf('io.k8s.api.authentication.v1.TokenRequest')
  const given = decodeBody(request, { ...TOKEN_REQUEST, schema }, warnings)
  operationOf(target, 'CreateOptions')
  const issued = issueToken(given as TokenRequest, path.namespace, path.name, {
    reader: context.etcd,
    random: context.random,
    now: context.now(),
  })
  return jsonAnswer(201, issued)
}
