import type { ReplicaSet } from '#api/apps/v1/replica-set/types.ts'
import { defaultPodTemplateSpec } from '#api/core/v1/pod/defaults.ts'
import { assign, fill } from '#apimachinery/object.ts'

/** kubernetes: pkg/apis/apps/v1/defaults.go SetDefaults_ReplicaSet */
export const defaultReplicaSet = (replicaSet: ReplicaSet): ReplicaSet => {
  const template = defaultPodTemplateSpec(replicaSet.spec.template)
  return assign(replicaSet, { spec: fill(assign(replicaSet.spec, { template }), { replicas: 1 }) })
}
