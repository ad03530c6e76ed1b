import type { ComponentDefinition } from '#client/component.ts'
import { daemonSetController } from '#kube-controller-manager/daemonset/daemonset.ts'
import { deploymentController } from '#kube-controller-manager/deployment/deployment.ts'
import { garbageCollector } from '#kube-controller-manager/garbage-collector/garbage-collector.ts'
import { namespaceController } from '#kube-controller-manager/namespace/namespace.ts'
import { replicaSetController } from '#kube-controller-manager/replicaset/replicaset.ts'
import { replicationController } from '#kube-controller-manager/replication/replication.ts'
import { statefulSetController } from '#kube-controller-manager/statefulset/statefulset.ts'

/** The controllers of workloads and of objects' lives, those that ask for work before those that do it. */
export const workloadControllers: readonly ComponentDefinition[] = [
  deploymentController,
  replicaSetController,
  replicationController,
  statefulSetController,
  daemonSetController,
  garbageCollector,
  namespaceController,
]
