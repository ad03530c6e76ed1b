// kubernetes: pkg/registry/apps/replicaset/strategy.go
import { defaultReplicaSet } from '#api/apps/v1/replica-set/defaults.ts'
import type { ReplicaSet } from '#api/apps/v1/replica-set/types.ts'
import {
  validateReplicaCounts,
  validateReplicaSet,
  validateReplicaSetUpdate,
} from '#api/apps/v1/replica-set/validation.ts'
import { keepSpec, keepStatus } from '#api/apps/v1/spec-kept.ts'
import { workloadCreateWarnings, workloadUpdateWarnings } from '#api/apps/v1/workload-warnings.ts'
import { scaleAccess } from '#api/autoscaling/v1/scale/access.ts'
import type { Strategy } from '#api/strategy.ts'
import { assign } from '#apimachinery/object.ts'

export const replicaSetStrategy: Strategy<ReplicaSet> = {
  defaults: defaultReplicaSet,
  prepareForCreate: (replicaSet) => assign(replicaSet, { status: { replicas: 0 } }),
  validate: validateReplicaSet,
  warningsOnCreate: workloadCreateWarnings,
  prepareForUpdate: keepStatus,
  validateUpdate: validateReplicaSetUpdate,
  warningsOnUpdate: workloadUpdateWarnings,
  status: { prepareForUpdate: keepSpec, validateUpdate: validateReplicaCounts },
  scale: scaleAccess<ReplicaSet>(),
}
