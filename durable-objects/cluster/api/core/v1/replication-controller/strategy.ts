// kubernetes: pkg/registry/core/replicationcontroller/strategy.go
import { validateReplicaCounts } from '#api/apps/v1/replica-set/validation.ts'
import { keepSpec, keepStatus } from '#api/apps/v1/spec-kept.ts'
import { workloadCreateWarnings, workloadUpdateWarnings } from '#api/apps/v1/workload-warnings.ts'
import { defaultReplicationController } from '#api/core/v1/replication-controller/defaults.ts'
import type { ReplicationController } from '#api/core/v1/replication-controller/types.ts'
import { validateReplicationController } from '#api/core/v1/replication-controller/validation.ts'
import type { ScaleAccess, Strategy } from '#api/strategy.ts'
import { selectorFromMap, selectorText } from '#apimachinery/labels.ts'
import { assign } from '#apimachinery/object.ts'

const scale: ScaleAccess<ReplicationController> = {
  replicas: ({ spec }) => spec.replicas ?? 0,
  statusReplicas: ({ status }) => status?.replicas ?? 0,
  selector: ({ spec }) => selectorText(selectorFromMap(spec.selector ?? {})),
  withReplicas: (controller, replicas) =>
    assign(controller, { spec: assign(controller.spec, { replicas }) }),
}

export const replicationControllerStrategy: Strategy<ReplicationController> = {
  defaults: defaultReplicationController,
  prepareForCreate: (controller) => assign(controller, { status: { replicas: 0 } }),
  validate: validateReplicationController,
  warningsOnCreate: workloadCreateWarnings,
  prepareForUpdate: keepStatus,
  validateUpdate: validateReplicationController,
  warningsOnUpdate: workloadUpdateWarnings,
  status: { prepareForUpdate: keepSpec, validateUpdate: validateReplicaCounts },
  // As it was before there was a garbage collector; kubectl asks for Background.
  defaultPropagation: 'Orphan',
  selectableFields: ({ status }) => ({ 'status.replicas': `${status?.replicas ?? 0}` }),
  scale,
}
