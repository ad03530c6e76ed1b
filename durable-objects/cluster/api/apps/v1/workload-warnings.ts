import type { PodTemplateSpec } from '#api/core/v1/pod-template/spec-types.ts'
import { nameWarnings, podTemplateWarnings } from '#api/core/v1/pod/warnings.ts'
import type { KubeObject } from '#apimachinery/object.ts'

interface Workload extends KubeObject {
  readonly spec: { readonly template?: PodTemplateSpec }
}

/** For workloads whose name becomes part of the Pods' host names. */
export const workloadCreateWarnings = (workload: Workload): readonly string[] => [
  ...nameWarnings(workload.metadata.name, 'Pod names and hostnames'),
  ...workloadWarnings(workload),
]

export const workloadWarnings = ({ spec }: Workload): readonly string[] =>
  podTemplateWarnings(spec.template, 'spec.template')

/** Only a changed spec is worth a warning. */
export const workloadUpdateWarnings = (workload: Workload, old: Workload): readonly string[] =>
  workload.spec === old.spec || workload.metadata.generation === old.metadata.generation
    ? []
    : workloadWarnings(workload)
