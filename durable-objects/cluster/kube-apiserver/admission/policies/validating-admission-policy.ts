// kubernetes: apiserver pkg/admission/plugin/policy/validating/dispatcher.go
import type { ValidatingAdmissionPolicyBinding } from '#api/admissionregistration/v1/validating-admission-policy-binding/types.ts'
import type { ValidatingAdmissionPolicy } from '#api/admissionregistration/v1/validating-admission-policy/types.ts'
import { StatusError } from '#apimachinery/status-error.ts'
import {
  refuse,
  type AdmissionContext,
  type AdmissionPlugin,
} from '#kube-apiserver/admission/plugin.ts'
import { denialsOf, type Denial } from '#kube-apiserver/admission/policies/evaluation.ts'
import { matchesResources } from '#kube-apiserver/admission/policies/matching.ts'
import { ConfigurationError, parametersOf } from '#kube-apiserver/admission/policies/parameters.ts'
import type { Reader } from '#kube-apiserver/reader.ts'
import type { AdmissionRequest } from '#kube-apiserver/registry/operation.ts'

const POLICIES = 'validatingadmissionpolicies.admissionregistration.k8s.io'
const BINDINGS = 'validatingadmissionpolicybindings.admissionregistration.k8s.io'
/** What says who is asked is not asked about. */
const EXEMPT = 'admissionregistration.k8s.io'

const CODES: Readonly<Record<string, number>> = {
  Unauthorized: 401,
  Forbidden: 403,
  RequestEntityTooLarge: 413,
  Invalid: 422,
}

const denials = (
  policy: ValidatingAdmissionPolicy,
  { spec }: ValidatingAdmissionPolicyBinding,
  request: AdmissionRequest,
  reader: Reader,
): readonly Denial[] => {
  try {
    return parametersOf(policy.spec.paramKind, spec.paramRef, request.namespace, reader).flatMap(
      (params) => denialsOf(policy, request, params, reader),
    )
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    return policy.spec.failurePolicy === 'Ignore'
      ? []
      : [{ message: error.message, reason: 'Invalid' }]
  }
}

const refusal = (request: AdmissionRequest, text: string, { reason }: Denial): StatusError => {
  const { status } = refuse(request, text)
  const code = CODES[reason] ?? 422
  return new StatusError(code, reason, status.message ?? '', {
    ...status.details,
    causes: [{ message: text }],
  })
}

export const validatingAdmissionPolicy = ({ reader }: AdmissionContext): AdmissionPlugin => ({
  name: 'ValidatingAdmissionPolicy',
  validate: (request) => {
    const bindings = reader.list(BINDINGS) as readonly ValidatingAdmissionPolicyBinding[]
    if (bindings.length === 0 || request.resource.group === EXEMPT) return
    let first: StatusError | undefined
    for (const binding of bindings) {
      const policy = reader.get(POLICIES, '', binding.spec.policyName) as
        | ValidatingAdmissionPolicy
        | undefined
      const isAsked =
        policy !== undefined &&
        matchesResources(policy.spec.matchConstraints, request, reader, true) &&
        matchesResources(binding.spec.matchResources, request, reader, false)
      if (!isAsked) continue
      const names = `'${policy.metadata.name}' with binding '${binding.metadata.name}'`
      for (const denial of denials(policy, binding, request, reader)) {
        if (binding.spec.validationActions.includes('Warn'))
          request.warnings.push(
            `Validation failed for ValidatingAdmissionPolicy ${names}: ${denial.message}`,
          )
        if (binding.spec.validationActions.includes('Deny'))
          first ??= refusal(
            request,
            `ValidatingAdmissionPolicy ${names} denied request: ${denial.message}`,
            denial,
          )
      }
    }
    if (first !== undefined) throw first
  },
})
