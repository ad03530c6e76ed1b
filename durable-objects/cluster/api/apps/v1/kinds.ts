import { deploymentRow } from '#api/apps/v1/deployment/columns.ts'
import { deploymentStrategy } from '#api/apps/v1/deployment/strategy.ts'
import type { Deployment } from '#api/apps/v1/deployment/types.ts'
import { replicaSetRow } from '#api/apps/v1/replica-set/columns.ts'
import { replicaSetStrategy } from '#api/apps/v1/replica-set/strategy.ts'
import type { ReplicaSet } from '#api/apps/v1/replica-set/types.ts'
import { kind, type KindBehaviour } from '#api/strategy.ts'

export const appsKinds: Readonly<Record<string, KindBehaviour>> = {
  'deployments.apps': kind<Deployment>({ strategy: deploymentStrategy, row: deploymentRow }),
  'replicasets.apps': kind<ReplicaSet>({ strategy: replicaSetStrategy, row: replicaSetRow }),
}
