import type { ComponentDefinition } from '#client/component.ts'
import { cronJobController } from '#kube-controller-manager/cronjob/cronjob.ts'
import { daemonSetController } from '#kube-controller-manager/daemonset/daemonset.ts'
import { deploymentController } from '#kube-controller-manager/deployment/deployment.ts'
import { disruptionController } from '#kube-controller-manager/disruption/disruption.ts'
import { garbageCollector } from '#kube-controller-manager/garbage-collector/garbage-collector.ts'
import { jobController } from '#kube-controller-manager/job/job.ts'
import { namespaceController } from '#kube-controller-manager/namespace/namespace.ts'
import { podGarbageCollector } from '#kube-controller-manager/podgc/pod-gc.ts'
import { replicaSetController } from '#kube-controller-manager/replicaset/replicaset.ts'
import { replicationController } from '#kube-controller-manager/replication/replication.ts'
import { resourceQuotaController } from '#kube-controller-manager/resourcequota/resource-quota.ts'
import { statefulSetController } from '#kube-controller-manager/statefulset/statefulset.ts'
import { ttlAfterFinishedController } from '#kube-controller-manager/ttlafterfinished/ttl-after-finished.ts'

/** The controllers of workloads and of objects' lives, those that ask for work before those that do it. */
export const workloadControllers: readonly ComponentDefinition[] = [
  deploymentController,
  replicaSetController,
  replicationController,
  statefulSetController,
  daemonSetController,
  cronJobController,
  jobController,
  ttlAfterFinishedController,
  garbageCollector,
  namespaceController,
  podGarbageCollector,
  disruptionController,
  resourceQuotaController,
]
