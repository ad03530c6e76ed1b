// Made from the API's facts by scripts/generate-types.mjs.
import type { MatchResources, ParamRef } from '#api/admissionregistration/v1/shared-types.ts'
import type { ObjectMeta } from '#apimachinery/object.ts'

export interface MutatingAdmissionPolicyBinding {
  readonly apiVersion: 'admissionregistration.k8s.io/v1'
  readonly kind: 'MutatingAdmissionPolicyBinding'
  readonly metadata: ObjectMeta
  readonly spec: MutatingAdmissionPolicyBindingSpec
}

export interface MutatingAdmissionPolicyBindingSpec {
  readonly matchResources?: MatchResources
  readonly paramRef?: ParamRef
  readonly policyName?: string
}
