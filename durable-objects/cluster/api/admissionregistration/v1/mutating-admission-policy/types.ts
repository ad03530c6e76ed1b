// Made from the API's facts by scripts/generate-types.mjs.
import type {
  MatchCondition,
  MatchResources,
  ParamKind,
  Variable,
} from '#api/admissionregistration/v1/shared-types.ts'
import type { ObjectMeta } from '#apimachinery/object.ts'

export interface ApplyConfiguration {
  readonly expression?: string
}

export interface JSONPatch {
  readonly expression?: string
}

export interface MutatingAdmissionPolicy {
  readonly apiVersion: 'admissionregistration.k8s.io/v1'
  readonly kind: 'MutatingAdmissionPolicy'
  readonly metadata: ObjectMeta
  readonly spec: MutatingAdmissionPolicySpec
}

export interface MutatingAdmissionPolicySpec {
  readonly failurePolicy?: 'Fail' | 'Ignore'
  readonly matchConditions?: readonly MatchCondition[]
  readonly matchConstraints?: MatchResources
  readonly mutations?: readonly Mutation[]
  readonly paramKind?: ParamKind
  readonly reinvocationPolicy?: 'IfNeeded' | 'Never'
  readonly variables?: readonly Variable[]
}

export interface Mutation {
  readonly applyConfiguration?: ApplyConfiguration
  readonly jsonPatch?: JSONPatch
  readonly patchType: 'ApplyConfiguration' | 'JSONPatch'
}
