import type { KubeObject } from '#apimachinery/object.ts'
import type { ValidatingAdmissionPolicy } from '#api/admissionregistration/v1/validating-admission-policy/types.ts'
import type { CustomResourceDefinition } from '#api/apiextensions/v1/custom-resource-definition/types.ts'
import type { APIService } from '#api/apiregistration/v1/api-service/types.ts'
import type { ControllerRevision } from '#api/apps/v1/controller-revision/types.ts'
import type { DaemonSet } from '#api/apps/v1/daemon-set/types.ts'
import type { Deployment } from '#api/apps/v1/deployment/types.ts'
import type { ReplicaSet } from '#api/apps/v1/replica-set/types.ts'
import type { StatefulSet } from '#api/apps/v1/stateful-set/types.ts'
import type { HorizontalPodAutoscaler } from '#api/autoscaling/v2/horizontal-pod-autoscaler/types.ts'
import type { CronJob } from '#api/batch/v1/cron-job/types.ts'
import type { Job } from '#api/batch/v1/job/types.ts'
import type { Lease } from '#api/coordination/v1/lease/types.ts'
import type { CertificateSigningRequest } from '#api/certificates/v1/certificate-signing-request/types.ts'
import type { ConfigMap } from '#api/core/v1/config-map/types.ts'
import type { Endpoints } from '#api/core/v1/endpoints/types.ts'
import type { Event } from '#api/core/v1/event/types.ts'
import type { LimitRange } from '#api/core/v1/limit-range/types.ts'
import type { Namespace } from '#api/core/v1/namespace/types.ts'
import type { Node } from '#api/core/v1/node/types.ts'
import type { PersistentVolume } from '#api/core/v1/persistent-volume/types.ts'
import type { PersistentVolumeClaim } from '#api/core/v1/persistent-volume-claim/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { ReplicationController } from '#api/core/v1/replication-controller/types.ts'
import type { ResourceQuota } from '#api/core/v1/resource-quota/types.ts'
import type { Secret } from '#api/core/v1/secret/types.ts'
import type { Service } from '#api/core/v1/service/types.ts'
import type { ServiceAccount } from '#api/core/v1/service-account/types.ts'
import type { EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import type { FlowSchema } from '#api/flowcontrol/v1/flow-schema/types.ts'
import type { PriorityLevelConfiguration } from '#api/flowcontrol/v1/priority-level-configuration/types.ts'
import type { ExternalHost } from '#api/kubarium/v1/external-host/types.ts'
import type { Image } from '#api/kubarium/v1/image/types.ts'
import type { Machine } from '#api/kubarium/v1/machine/types.ts'
import type { Trace } from '#api/kubarium/v1/trace/types.ts'
import type { IPAddress } from '#api/networking/v1/ip-address/types.ts'
import type { NetworkPolicy } from '#api/networking/v1/network-policy/types.ts'
import type { ServiceCIDR } from '#api/networking/v1/service-cidr/types.ts'
import type { PodDisruptionBudget } from '#api/policy/v1/pod-disruption-budget/types.ts'
import type { StorageClass } from '#api/storage/v1/storage-class/types.ts'

/** The resources that components know by type. The key is `plural` or `plural.group`. */
export interface ResourceTypes {
  configmaps: ConfigMap
  endpoints: Endpoints
  events: Event
  limitranges: LimitRange
  namespaces: Namespace
  nodes: Node
  persistentvolumeclaims: PersistentVolumeClaim
  persistentvolumes: PersistentVolume
  'storageclasses.storage.k8s.io': StorageClass
  pods: Pod
  replicationcontrollers: ReplicationController
  resourcequotas: ResourceQuota
  secrets: Secret
  serviceaccounts: ServiceAccount
  services: Service
  'apiservices.apiregistration.k8s.io': APIService
  'validatingadmissionpolicies.admissionregistration.k8s.io': ValidatingAdmissionPolicy
  'customresourcedefinitions.apiextensions.k8s.io': CustomResourceDefinition
  'controllerrevisions.apps': ControllerRevision
  'daemonsets.apps': DaemonSet
  'deployments.apps': Deployment
  'replicasets.apps': ReplicaSet
  'statefulsets.apps': StatefulSet
  'horizontalpodautoscalers.autoscaling': HorizontalPodAutoscaler
  'certificatesigningrequests.certificates.k8s.io': CertificateSigningRequest
  'cronjobs.batch': CronJob
  'jobs.batch': Job
  'leases.coordination.k8s.io': Lease
  'endpointslices.discovery.k8s.io': EndpointSlice
  'flowschemas.flowcontrol.apiserver.k8s.io': FlowSchema
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': PriorityLevelConfiguration
  'ipaddresses.networking.k8s.io': IPAddress
  'networkpolicies.networking.k8s.io': NetworkPolicy
  'servicecidrs.networking.k8s.io': ServiceCIDR
  'poddisruptionbudgets.policy': PodDisruptionBudget
  'externalhosts.kubarium.dev': ExternalHost
  'images.kubarium.dev': Image
  'machines.kubarium.dev': Machine
  'traces.kubarium.dev': Trace
}

export type ResourceName = keyof ResourceTypes

/** Any served kind: what is true of all. */
export type AnyObject = KubeObject
