// The names that Go's JSON decoder gives to types in its errors. OpenAPI knows structs by name, but not the
// named strings, lists and maps: these are listed here by field.

/** `io.k8s.api.core.v1.Service` is `v1.Service`. */
export const goTypeOf = (definition: string): string => definition.split('.').slice(-2).join('.')

/** The type's name without its package: how an error names the struct that a field is in. */
export const goStructName = (goType: string): string => goType.slice(goType.lastIndexOf('.') + 1)

/**
 * The named type at a path (`io.k8s.api.core.v1.ServiceSpec.type`; a list's elements end in `[]`), if it
 * has one.
 */
export const namedTypeOf = (path: string): string | undefined => {
  const short = path.replace(/^io\.k8s\.(?:api|apimachinery\.pkg\.(?:apis|api))\./, '')
  const dot = short.lastIndexOf('.')
  return BY_FIELD.get(short) ?? BY_NAME.get(short.slice(dot + 1))
}

/** Fields of these names have one type wherever they are. */
const BY_NAME: ReadonlyMap<string, string> = new Map([
  ['accessModes[]', 'v1.PersistentVolumeAccessMode'],
  ['protocol', 'v1.Protocol'],
  ['imagePullPolicy', 'v1.PullPolicy'],
  ['pullPolicy', 'v1.PullPolicy'],
  ['terminationMessagePolicy', 'v1.TerminationMessagePolicy'],
  ['preemptionPolicy', 'v1.PreemptionPolicy'],
  ['volumeMode', 'v1.PersistentVolumeMode'],
  ['stopSignal', 'v1.Signal'],
  ['uid', 'types.UID'],
])

const limits = [
  'allocatable',
  'allocatedResources',
  'capacity',
  'default',
  'defaultRequest',
  'hard',
  'limits',
  'max',
  'maxLimitRequestRatio',
  'min',
  'overhead',
  'requests',
  'resources',
  'used',
]
const RESOURCE_LISTS: readonly (readonly [string, readonly string[]])[] = [
  ['ContainerStatus', limits],
  ['LimitRangeItem', limits],
  ['NodeStatus', limits],
  ['PersistentVolumeClaimStatus', limits],
  ['PersistentVolumeSpec', ['capacity']],
  ['PodSpec', ['overhead']],
  ['PodStatus', ['allocatedResources']],
  ['ResourceQuotaSpec', limits],
  ['ResourceQuotaStatus', limits],
  ['ResourceRequirements', ['limits', 'requests']],
  ['VolumeResourceRequirements', ['limits', 'requests']],
]

const CORE: Readonly<Record<string, string>> = {
  'AppArmorProfile.type': 'AppArmorProfileType',
  'Container.restartPolicy': 'ContainerRestartPolicy',
  'EphemeralContainer.restartPolicy': 'ContainerRestartPolicy',
  'HTTPGetAction.scheme': 'URIScheme',
  'HostPathVolumeSource.type': 'HostPathType',
  'LimitRangeItem.type': 'LimitType',
  'NamespaceStatus.phase': 'NamespacePhase',
  'NamespaceSpec.finalizers[]': 'FinalizerName',
  'NodeCondition.type': 'NodeConditionType',
  'NodeCondition.status': 'ConditionStatus',
  'NodeAddress.type': 'NodeAddressType',
  'NodeSelectorRequirement.operator': 'NodeSelectorOperator',
  'NodeStatus.phase': 'NodePhase',
  'PersistentVolumeClaimStatus.phase': 'PersistentVolumeClaimPhase',
  'PersistentVolumeSpec.persistentVolumeReclaimPolicy': 'PersistentVolumeReclaimPolicy',
  'PersistentVolumeStatus.phase': 'PersistentVolumePhase',
  'PodCondition.type': 'PodConditionType',
  'PodCondition.status': 'ConditionStatus',
  'PodSecurityContext.fsGroupChangePolicy': 'PodFSGroupChangePolicy',
  'PodSecurityContext.supplementalGroupsPolicy': 'SupplementalGroupsPolicy',
  'PodSpec.dnsPolicy': 'DNSPolicy',
  'PodSpec.restartPolicy': 'RestartPolicy',
  'PodStatus.phase': 'PodPhase',
  'PodStatus.qosClass': 'PodQOSClass',
  'ResourceQuotaSpec.scopes[]': 'ResourceQuotaScope',
  'ScopedResourceSelectorRequirement.operator': 'ScopeSelectorOperator',
  'ScopedResourceSelectorRequirement.scopeName': 'ResourceQuotaScope',
  'SeccompProfile.type': 'SeccompProfileType',
  'Secret.type': 'SecretType',
  'SecurityContext.procMount': 'ProcMountType',
  'Capabilities.add[]': 'Capability',
  'Capabilities.drop[]': 'Capability',
  'ServiceSpec.externalTrafficPolicy': 'ServiceExternalTrafficPolicy',
  'ServiceSpec.internalTrafficPolicy': 'ServiceInternalTrafficPolicy',
  'ServiceSpec.ipFamilies[]': 'IPFamily',
  'ServiceSpec.ipFamilyPolicy': 'IPFamilyPolicy',
  'ServiceSpec.sessionAffinity': 'ServiceAffinity',
  'ServiceSpec.type': 'ServiceType',
  'Taint.effect': 'TaintEffect',
  'Toleration.effect': 'TaintEffect',
  'Toleration.operator': 'TolerationOperator',
  'TopologySpreadConstraint.nodeAffinityPolicy': 'NodeInclusionPolicy',
  'TopologySpreadConstraint.nodeTaintsPolicy': 'NodeInclusionPolicy',
  'TopologySpreadConstraint.whenUnsatisfiable': 'UnsatisfiableConstraintAction',
  'VolumeMount.mountPropagation': 'MountPropagationMode',
  'VolumeMount.recursiveReadOnly': 'RecursiveReadOnlyMode',
  'EmptyDirVolumeSource.medium': 'StorageMedium',
}

const OTHERS: Readonly<Record<string, string>> = {
  'apps.v1.DaemonSetUpdateStrategy.type': 'v1.DaemonSetUpdateStrategyType',
  'apps.v1.DeploymentStrategy.type': 'v1.DeploymentStrategyType',
  'apps.v1.StatefulSetSpec.podManagementPolicy': 'v1.PodManagementPolicyType',
  'apps.v1.StatefulSetUpdateStrategy.type': 'v1.StatefulSetUpdateStrategyType',
  'batch.v1.CronJobSpec.concurrencyPolicy': 'v1.ConcurrencyPolicy',
  'batch.v1.JobSpec.completionMode': 'v1.CompletionMode',
  'batch.v1.JobSpec.podReplacementPolicy': 'v1.PodReplacementPolicy',
  'discovery.v1.EndpointSlice.addressType': 'v1.AddressType',
  'meta.v1.LabelSelectorRequirement.operator': 'v1.LabelSelectorOperator',
  'meta.v1.ManagedFieldsEntry.operation': 'v1.ManagedFieldsOperationType',
  'meta.v1.DeleteOptions.propagationPolicy': 'v1.DeletionPropagation',
  'networking.v1.HTTPIngressPath.pathType': 'v1.PathType',
  'networking.v1.NetworkPolicySpec.policyTypes[]': 'v1.PolicyType',
  'node.v1.Overhead.podFixed': 'v1.ResourceList',
  'policy.v1.PodDisruptionBudgetSpec.unhealthyPodEvictionPolicy':
    'v1.UnhealthyPodEvictionPolicyType',
  'storage.v1.StorageClass.reclaimPolicy': 'v1.PersistentVolumeReclaimPolicy',
  'storage.v1.StorageClass.volumeBindingMode': 'v1.VolumeBindingMode',
}

const BY_FIELD: ReadonlyMap<string, string> = new Map([
  ...RESOURCE_LISTS.flatMap(([struct, fields]) =>
    fields.map((field) => [`core.v1.${struct}.${field}`, 'v1.ResourceList'] as const),
  ),
  ...Object.entries(CORE).map(([field, type]) => [`core.v1.${field}`, `v1.${type}`] as const),
  ...Object.entries(OTHERS),
])
