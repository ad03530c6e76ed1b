import { own, type KubeObject } from '#apimachinery/object.ts'
import { describeHorizontalPodAutoscaler } from '#kubectl/describe/autoscaler.ts'
import { describeCertificateSigningRequest } from '#kubectl/describe/certificate-signing-request.ts'
import { describePersistentVolumeClaim } from '#kubectl/describe/claim.ts'
import {
  describeConfigMap,
  describeSecret,
  describeServiceAccount,
} from '#kubectl/describe/config.ts'
import type { DescribeContext } from '#kubectl/describe/context.ts'
import { describeDaemonSet } from '#kubectl/describe/daemon-set.ts'
import { describeDeployment } from '#kubectl/describe/deployment.ts'
import { describeEndpoints, describeEndpointSlice } from '#kubectl/describe/endpoints.ts'
import { describeGeneric } from '#kubectl/describe/generic.ts'
import { describeIngress, describeIngressClass } from '#kubectl/describe/ingress.ts'
import { describeCronJob, describeJob } from '#kubectl/describe/job.ts'
import {
  describeLimitRange,
  describeNamespace,
  describeResourceQuota,
} from '#kubectl/describe/namespace.ts'
import { describeNetworkPolicy } from '#kubectl/describe/network-policy.ts'
import { describeNode } from '#kubectl/describe/node.ts'
import { describePod } from '#kubectl/describe/pod.ts'
import { describePodDisruptionBudget, describePriorityClass } from '#kubectl/describe/policy.ts'
import { describeRole, describeRoleBinding } from '#kubectl/describe/rbac.ts'
import { describeReplicaSet, describeReplicationController } from '#kubectl/describe/replica-set.ts'
import { describeIpAddress, describeServiceCidr } from '#kubectl/describe/service-addresses.ts'
import { describeService } from '#kubectl/describe/service.ts'
import { describeStatefulSet } from '#kubectl/describe/stateful-set.ts'
import {
  describeCsiNode,
  describePersistentVolume,
  describeStorageClass,
  describeVolumeAttributesClass,
} from '#kubectl/describe/storage.ts'

export type { DescribeContext } from '#kubectl/describe/context.ts'

type Describer = (context: DescribeContext, object: KubeObject) => string

/** By kind[.group]. kubernetes: kubectl pkg/describe describerMap */
const DESCRIBERS: Readonly<Record<string, Describer>> = {
  Pod: describePod,
  ReplicationController: describeReplicationController,
  Secret: describeSecret,
  Service: describeService,
  ServiceAccount: describeServiceAccount,
  Node: describeNode,
  LimitRange: describeLimitRange,
  ResourceQuota: describeResourceQuota,
  PersistentVolume: describePersistentVolume,
  PersistentVolumeClaim: describePersistentVolumeClaim,
  Namespace: describeNamespace,
  Endpoints: describeEndpoints,
  ConfigMap: describeConfigMap,
  'EndpointSlice.discovery.k8s.io': describeEndpointSlice,
  'HorizontalPodAutoscaler.autoscaling': describeHorizontalPodAutoscaler,
  'Ingress.networking.k8s.io': describeIngress,
  'IngressClass.networking.k8s.io': describeIngressClass,
  'ServiceCIDR.networking.k8s.io': describeServiceCidr,
  'IPAddress.networking.k8s.io': describeIpAddress,
  'NetworkPolicy.networking.k8s.io': describeNetworkPolicy,
  'Job.batch': describeJob,
  'CronJob.batch': describeCronJob,
  'StatefulSet.apps': describeStatefulSet,
  'Deployment.apps': describeDeployment,
  'DaemonSet.apps': describeDaemonSet,
  'ReplicaSet.apps': describeReplicaSet,
  'CertificateSigningRequest.certificates.k8s.io': describeCertificateSigningRequest,
  'StorageClass.storage.k8s.io': describeStorageClass,
  'CSINode.storage.k8s.io': describeCsiNode,
  'VolumeAttributesClass.storage.k8s.io': describeVolumeAttributesClass,
  'PodDisruptionBudget.policy': describePodDisruptionBudget,
  'Role.rbac.authorization.k8s.io': describeRole,
  'ClusterRole.rbac.authorization.k8s.io': describeRole,
  'RoleBinding.rbac.authorization.k8s.io': describeRoleBinding,
  'ClusterRoleBinding.rbac.authorization.k8s.io': describeRoleBinding,
  'PriorityClass.scheduling.k8s.io': describePriorityClass,
}

/** What `kubectl describe` prints of an object, with its line end. */
export const describeObject = (context: DescribeContext, object: KubeObject): string => {
  const { apiVersion, kind } = object
  const slash = apiVersion.indexOf('/')
  const key = slash < 0 ? kind : `${kind}.${apiVersion.slice(0, slash)}`
  const describe = own(DESCRIBERS, key)
  if (describe === undefined) return describeGeneric(context, object)
  // Go reads what the server leaves out as empty.
  return describe(context, { spec: {}, status: {}, ...object } as KubeObject)
}
