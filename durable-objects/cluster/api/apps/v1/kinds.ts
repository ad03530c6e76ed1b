import { controllerRevisionRow } from '#api/apps/v1/controller-revision/columns.ts'
import { controllerRevisionStrategy } from '#api/apps/v1/controller-revision/strategy.ts'
import type { ControllerRevision } from '#api/apps/v1/controller-revision/types.ts'
import { daemonSetRow } from '#api/apps/v1/daemon-set/columns.ts'
import { daemonSetStrategy } from '#api/apps/v1/daemon-set/strategy.ts'
import type { DaemonSet } from '#api/apps/v1/daemon-set/types.ts'
import { deploymentRow } from '#api/apps/v1/deployment/columns.ts'
import { deploymentStrategy } from '#api/apps/v1/deployment/strategy.ts'
import type { Deployment } from '#api/apps/v1/deployment/types.ts'
import { replicaSetRow } from '#api/apps/v1/replica-set/columns.ts'
import { replicaSetStrategy } from '#api/apps/v1/replica-set/strategy.ts'
import type { ReplicaSet } from '#api/apps/v1/replica-set/types.ts'
import { statefulSetRow } from '#api/apps/v1/stateful-set/columns.ts'
import { statefulSetStrategy } from '#api/apps/v1/stateful-set/strategy.ts'
import type { StatefulSet } from '#api/apps/v1/stateful-set/types.ts'
import { kind, type KindBehaviour } from '#api/strategy.ts'

export const appsKinds: Readonly<Record<string, KindBehaviour>> = {
  'controllerrevisions.apps': kind<ControllerRevision>({
    strategy: controllerRevisionStrategy,
    row: controllerRevisionRow,
  }),
  'daemonsets.apps': kind<DaemonSet>({ strategy: daemonSetStrategy, row: daemonSetRow }),
  'deployments.apps': kind<Deployment>({ strategy: deploymentStrategy, row: deploymentRow }),
  'replicasets.apps': kind<ReplicaSet>({ strategy: replicaSetStrategy, row: replicaSetRow }),
  'statefulsets.apps': kind<StatefulSet>({ strategy: statefulSetStrategy, row: statefulSetRow }),
}
