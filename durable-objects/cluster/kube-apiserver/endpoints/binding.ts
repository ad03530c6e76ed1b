import type { Binding } from '#api/core/v1/binding/types.ts'
import { schemaOf } from '#api/schemas.ts'
import { errorText, notSupported, requiredValue } from '#apimachinery/field-error.ts'
import { plainError } from '#apimachinery/patch/patch-error.ts'
import { badRequest, methodNotAllowed } from '#apimachinery/status-error.ts'
import { decodeBody } from '#kube-apiserver/endpoints/body.ts'
import { operationOf, type ResourceRequest } from '#kube-apiserver/endpoints/context.ts'
import { successAnswer, type Answer } from '#kube-apiserver/endpoints/http.ts'
import { bindTo } from '#kube-apiserver/registry/binding.ts'

const EXPECTED = { group: '', version: 'v1', kind: 'Binding' }

/** kubernetes: pkg/apis/core/validation/validation.go ValidatePodBinding */
const checkTarget = ({ target }: Binding): void => {
  const { kind = '', name = '' } = target ?? {}
  const errors = [
    ...(kind === '' || kind === 'Node'
      ? []
      : [notSupported('target.kind', kind, ['Node', '<empty>'])]),
    ...(name === '' ? [requiredValue('target.name')] : []),
  ].map(errorText)
  if (errors.length > 0)
    throw plainError(errors.length === 1 ? errors[0]! : `[${errors.join(', ')}]`)
}

const readBinding = ({ request, warnings }: ResourceRequest): Binding =>
  decodeBody(
    request,
    { ...EXPECTED, schema: schemaOf('io.k8s.api.core.v1.Binding') },
    warnings,
  ) as Binding

const bind = (target: ResourceRequest, binding: Binding): Answer => {
  checkTarget(binding)
  const { context, path } = target
  bindTo(context, path.namespace, binding, operationOf(target, 'CreateOptions').dryRun)
  return successAnswer(201)
}

/** POST to pods/NAME/binding. */
export const bindPod = (target: ResourceRequest): Answer => {
  const binding = readBinding(target)
  if (binding.metadata.name !== target.path.name)
    throw badRequest('name in URL does not match name in Binding object')
  return bind(target, binding)
}

/** POST to bindings, which are never stored. */
export const postBinding = (target: ResourceRequest): Answer => {
  const { request, path } = target
  if (request.method !== 'POST' || path.name !== '' || path.namespace === '')
    throw methodNotAllowed()
  return bind(target, readBinding(target))
}
