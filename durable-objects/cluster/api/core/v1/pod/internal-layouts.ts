// One line per internal type: its fields in Go's order with what an absent one is written as:
// s "", i 0, b false, n null (pointers, lists, maps), o a struct; after `=` the field's own type.
const CONTAINER =
  'Name:s Image:s Command:n Args:n WorkingDir:s Ports:n=ContainerPort EnvFrom:n=EnvFromSource Env:n=EnvVar Resources:o=ResourceRequirements ResizePolicy:n=ContainerResizePolicy RestartPolicy:n RestartPolicyRules:n=ContainerRestartRule VolumeMounts:n=VolumeMount VolumeDevices:n=VolumeDevice LivenessProbe:n=Probe ReadinessProbe:n=Probe StartupProbe:n=Probe Lifecycle:n=Lifecycle TerminationMessagePath:s TerminationMessagePolicy:s ImagePullPolicy:s SecurityContext:n=SecurityContext Stdin:b StdinOnce:b TTY:b'

const TERMS =
  'RequiredDuringSchedulingIgnoredDuringExecution:n=PodAffinityTerm PreferredDuringSchedulingIgnoredDuringExecution:n=WeightedPodAffinityTerm'

export const LAYOUTS = {
  PodTemplateSpec: 'ObjectMeta:o=ObjectMeta Spec:o=PodSpec',
  PodSpec:
    'Volumes:n=Volume InitContainers:n=Container Containers:n=Container EphemeralContainers:n=EphemeralContainer RestartPolicy:s TerminationGracePeriodSeconds:n ActiveDeadlineSeconds:n DNSPolicy:s NodeSelector:n ServiceAccountName:s AutomountServiceAccountToken:n NodeName:s SecurityContext:n=PodSecurityContext ImagePullSecrets:n=LocalObjectReference Hostname:s Subdomain:s SetHostnameAsFQDN:n Affinity:n=Affinity SchedulerName:s Tolerations:n=Toleration HostAliases:n=HostAlias PriorityClassName:s Priority:n PreemptionPolicy:n DNSConfig:n=PodDNSConfig ReadinessGates:n=PodReadinessGate RuntimeClassName:n Overhead:n EnableServiceLinks:n TopologySpreadConstraints:n=TopologySpreadConstraint OS:n=PodOS SchedulingGates:n=PodSchedulingGate ResourceClaims:n=PodResourceClaim Resources:n=ResourceRequirements HostnameOverride:n SchedulingGroup:n=PodSchedulingGroup',
  Container: CONTAINER,
  EphemeralContainer: `${CONTAINER} TargetContainerName:s`,
  ContainerPort: 'Name:s HostPort:i ContainerPort:i Protocol:s HostIP:s',
  EnvFromSource: 'Prefix:s ConfigMapRef:n=OptionalReference SecretRef:n=OptionalReference',
  OptionalReference: 'Name:s Optional:n',
  LocalObjectReference: 'Name:s',
  EnvVar: 'Name:s Value:s ValueFrom:n=EnvVarSource',
  EnvVarSource:
    'FieldRef:n=ObjectFieldSelector ResourceFieldRef:n=ResourceFieldSelector ConfigMapKeyRef:n=KeySelector SecretKeyRef:n=KeySelector FileKeyRef:n=FileKeySelector',
  ObjectFieldSelector: 'APIVersion:s FieldPath:s',
  ResourceFieldSelector: 'ContainerName:s Resource:s Divisor:s',
  KeySelector: 'Name:s Key:s Optional:n',
  FileKeySelector: 'VolumeName:s Path:s Key:s Optional:n',
  ResourceRequirements: 'Limits:n Requests:n Claims:n=ResourceClaim',
  ResourceClaim: 'Name:s Request:s',
  ContainerResizePolicy: 'ResourceName:s RestartPolicy:s',
  ContainerRestartRule: 'Action:s ExitCodes:n=ContainerRestartRuleOnExitCodes',
  ContainerRestartRuleOnExitCodes: 'Operator:s Values:n',
  VolumeMount:
    'Name:s ReadOnly:b RecursiveReadOnly:n MountPath:s SubPath:s MountPropagation:n SubPathExpr:s',
  VolumeDevice: 'Name:s DevicePath:s',
  Probe:
    'Exec:n=ExecAction HTTPGet:n=HTTPGetAction TCPSocket:n=TCPSocketAction GRPC:n=GRPCAction InitialDelaySeconds:i TimeoutSeconds:i PeriodSeconds:i SuccessThreshold:i FailureThreshold:i TerminationGracePeriodSeconds:n',
  Lifecycle: 'PostStart:n=LifecycleHandler PreStop:n=LifecycleHandler StopSignal:n',
  LifecycleHandler:
    'Exec:n=ExecAction HTTPGet:n=HTTPGetAction TCPSocket:n=TCPSocketAction Sleep:n=SleepAction',
  ExecAction: 'Command:n',
  HTTPGetAction: 'Path:s Port:i Host:s Scheme:s HTTPHeaders:n=HTTPHeader',
  HTTPHeader: 'Name:s Value:s',
  TCPSocketAction: 'Port:i Host:s',
  GRPCAction: 'Port:i Service:n',
  SleepAction: 'Seconds:i',
  SecurityContext:
    'Capabilities:n=Capabilities Privileged:n SELinuxOptions:n=SELinuxOptions WindowsOptions:n=WindowsOptions RunAsUser:n RunAsGroup:n RunAsNonRoot:n ReadOnlyRootFilesystem:n AllowPrivilegeEscalation:n ProcMount:n SeccompProfile:n=Profile AppArmorProfile:n=Profile',
  PodSecurityContext:
    'HostNetwork:b HostPID:b HostIPC:b ShareProcessNamespace:n HostUsers:n SELinuxOptions:n=SELinuxOptions WindowsOptions:n=WindowsOptions RunAsUser:n RunAsGroup:n RunAsNonRoot:n SupplementalGroups:n SupplementalGroupsPolicy:n FSGroup:n FSGroupChangePolicy:n Sysctls:n=Sysctl SeccompProfile:n=Profile AppArmorProfile:n=Profile SELinuxChangePolicy:n',
  Capabilities: 'Add:n Drop:n',
  SELinuxOptions: 'User:s Role:s Type:s Level:s',
  WindowsOptions: 'GMSACredentialSpecName:n GMSACredentialSpec:n RunAsUserName:n HostProcess:n',
  Profile: 'Type:s LocalhostProfile:n',
  Sysctl: 'Name:s Value:s',
  Volume:
    'Name:s HostPath:n=HostPath EmptyDir:n=EmptyDir GCEPersistentDisk:n=GCEPersistentDisk AWSElasticBlockStore:n=AWSElasticBlockStore GitRepo:n=GitRepo Secret:n=SecretVolume NFS:n=NFS ISCSI:n Glusterfs:n PersistentVolumeClaim:n=PersistentVolumeClaim RBD:n Quobyte:n FlexVolume:n Cinder:n CephFS:n Flocker:n DownwardAPI:n=DownwardAPI FC:n AzureFile:n ConfigMap:n=ConfigMapVolume VsphereVolume:n AzureDisk:n PhotonPersistentDisk:n Projected:n=Projected PortworxVolume:n ScaleIO:n StorageOS:n CSI:n=CSI Ephemeral:n Image:n=Image',
  HostPath: 'Path:s Type:n',
  EmptyDir: 'Medium:s SizeLimit:n',
  GCEPersistentDisk: 'PDName:s FSType:s Partition:i ReadOnly:b',
  AWSElasticBlockStore: 'VolumeID:s FSType:s Partition:i ReadOnly:b',
  GitRepo: 'Repository:s Revision:s Directory:s',
  SecretVolume: 'SecretName:s Items:n=KeyToPath DefaultMode:n Optional:n',
  ConfigMapVolume: 'Name:s Items:n=KeyToPath DefaultMode:n Optional:n',
  NFS: 'Server:s Path:s ReadOnly:b',
  PersistentVolumeClaim: 'ClaimName:s ReadOnly:b',
  DownwardAPI: 'Items:n=DownwardAPIFile DefaultMode:n',
  DownwardAPIFile:
    'Path:s FieldRef:n=ObjectFieldSelector ResourceFieldRef:n=ResourceFieldSelector Mode:n',
  Projected: 'Sources:n=VolumeProjection DefaultMode:n',
  VolumeProjection:
    'Secret:n=KeysProjection DownwardAPI:n=DownwardAPIProjection ConfigMap:n=KeysProjection ServiceAccountToken:n=TokenProjection ClusterTrustBundle:n PodCertificate:n',
  KeysProjection: 'Name:s Items:n=KeyToPath Optional:n',
  DownwardAPIProjection: 'Items:n=DownwardAPIFile',
  TokenProjection: 'Audience:s ExpirationSeconds:i Path:s',
  KeyToPath: 'Key:s Path:s Mode:n',
  CSI: 'Driver:s ReadOnly:n FSType:n VolumeAttributes:n NodePublishSecretRef:n=LocalObjectReference',
  Image: 'Reference:s PullPolicy:s',
  Affinity: 'NodeAffinity:n=NodeAffinity PodAffinity:n=PodAffinity PodAntiAffinity:n=PodAffinity',
  NodeAffinity:
    'RequiredDuringSchedulingIgnoredDuringExecution:n=NodeSelector PreferredDuringSchedulingIgnoredDuringExecution:n=PreferredSchedulingTerm',
  NodeSelector: 'NodeSelectorTerms:n=NodeSelectorTerm',
  NodeSelectorTerm: 'MatchExpressions:n=NodeRequirement MatchFields:n=NodeRequirement',
  NodeRequirement: 'Key:s Operator:s Values:n',
  PreferredSchedulingTerm: 'Weight:i Preference:o=NodeSelectorTerm',
  PodAffinity: TERMS,
  PodAffinityTerm:
    'LabelSelector:n Namespaces:n TopologyKey:s NamespaceSelector:n MatchLabelKeys:n MismatchLabelKeys:n',
  WeightedPodAffinityTerm: 'Weight:i PodAffinityTerm:o=PodAffinityTerm',
  Toleration: 'Key:s Operator:s Value:s Effect:s TolerationSeconds:n',
  HostAlias: 'IP:s Hostnames:n',
  PodDNSConfig: 'Nameservers:n Searches:n Options:n=PodDNSConfigOption',
  PodDNSConfigOption: 'Name:s Value:n',
  PodReadinessGate: 'ConditionType:s',
  TopologySpreadConstraint:
    'MaxSkew:i TopologyKey:s WhenUnsatisfiable:s LabelSelector:n MinDomains:n NodeAffinityPolicy:n NodeTaintsPolicy:n MatchLabelKeys:n',
  PodOS: 'Name:s',
  PodSchedulingGate: 'Name:s',
  PodResourceClaim: 'Name:s ResourceClaimName:n ResourceClaimTemplateName:n',
  PodSchedulingGroup: 'PodGroupName:n',
  DeploymentStrategy: 'Type:s RollingUpdate:n=RollingUpdate',
  DaemonSetUpdateStrategy: 'Type:s RollingUpdate:n=RollingUpdate',
  RollingUpdate: 'MaxUnavailable:i MaxSurge:i',
  StatefulSetUpdateStrategy: 'Type:s RollingUpdate:n=StatefulSetRollingUpdate',
  StatefulSetRollingUpdate: 'Partition:i MaxUnavailable:n',
  PodFailurePolicy: 'Rules:n=PodFailurePolicyRule',
  PodFailurePolicyRule:
    'Action:s OnExitCodes:n=PodFailureExitCodes OnPodConditions:n=PodFailureCondition',
  PodFailureExitCodes: 'ContainerName:n Operator:s Values:n',
  PodFailureCondition: 'Type:s Status:s',
  PodDisruptionBudgetSpec:
    'MinAvailable:n Selector:n MaxUnavailable:n UnhealthyPodEvictionPolicy:n',
  PersistentVolumeClaimSpec:
    'AccessModes:n Selector:n Resources:o=VolumeResources VolumeName:s StorageClassName:n VolumeMode:n DataSource:n=TypedReference DataSourceRef:n=TypedNamespacedReference VolumeAttributesClassName:n',
  VolumeResources: 'Limits:n Requests:n',
  TypedReference: 'APIGroup:n Kind:s Name:s',
  TypedNamespacedReference: 'APIGroup:n Kind:s Name:s Namespace:n',
  VolumeNodeAffinity: 'Required:n=NodeSelector',
  PersistentVolumeSource:
    'GCEPersistentDisk:n=GCEPersistentDisk AWSElasticBlockStore:n=AWSElasticBlockStore HostPath:n=HostPath Glusterfs:n NFS:n=NFS RBD:n Quobyte:n ISCSI:n FlexVolume:n Cinder:n CephFS:n FC:n Flocker:n AzureFile:n VsphereVolume:n AzureDisk:n PhotonPersistentDisk:n PortworxVolume:n ScaleIO:n Local:n=Local StorageOS:n CSI:n=PersistentCSI',
  Local: 'Path:s FSType:n',
  PersistentCSI:
    'Driver:s VolumeHandle:s ReadOnly:b FSType:s VolumeAttributes:n ControllerPublishSecretRef:n=SecretReference NodeStageSecretRef:n=SecretReference NodePublishSecretRef:n=SecretReference ControllerExpandSecretRef:n=SecretReference NodeExpandSecretRef:n=SecretReference',
  SecretReference: 'Name:s Namespace:s',
  Taint: 'Key:s Value:s Effect:s TimeAdded:n',
  NodeAddress: 'Type:s Address:s',
  ScopeSelector: 'MatchExpressions:n=ScopeRequirement',
  ScopeRequirement: 'ScopeName:s Operator:s Values:n',
  ParentReference: 'Group:s Resource:s Namespace:s Name:s',
  FlowSchemaSpec:
    'PriorityLevelConfiguration:o=NameReference MatchingPrecedence:i DistinguisherMethod:n=TypeReference Rules:n=FlowRule',
  NameReference: 'Name:s',
  TypeReference: 'Type:s',
  FlowRule:
    'Subjects:n=FlowSubject ResourceRules:n=ResourcePolicyRule NonResourceRules:n=NonResourcePolicyRule',
  FlowSubject:
    'Kind:s User:n=NameReference Group:n=NameReference ServiceAccount:n=ServiceAccountSubject',
  ServiceAccountSubject: 'Namespace:s Name:s',
  ResourcePolicyRule: 'Verbs:n APIGroups:n Resources:n ClusterScope:b Namespaces:n',
  NonResourcePolicyRule: 'Verbs:n NonResourceURLs:n',
  PriorityLevelConfigurationSpec: 'Type:s Limited:n=LimitedLevel Exempt:n=ExemptLevel',
  LimitedLevel:
    'NominalConcurrencyShares:i LimitResponse:o=LimitResponse LendablePercent:n BorrowingLimitPercent:n',
  LimitResponse: 'Type:s Queuing:n=Queuing',
  Queuing: 'Queues:i HandSize:i QueueLengthLimit:i',
  ExemptLevel: 'NominalConcurrencyShares:n LendablePercent:n',
  ResourceClaimTemplateSpec: 'ObjectMeta:o=ObjectMeta Spec:o=ResourceClaimSpec',
  ResourceClaimSpec: 'Devices:o=DeviceClaim',
  DeviceClaim:
    'Requests:n=DeviceRequest Constraints:n=DeviceConstraint Config:n=DeviceConfiguration',
  DeviceRequest: 'Name:s Exactly:n=ExactDeviceRequest FirstAvailable:n=DeviceSubRequest',
  ExactDeviceRequest:
    'DeviceClassName:s Selectors:n=DeviceSelector AllocationMode:s Count:i AdminAccess:n Tolerations:n=Toleration Capacity:n',
  DeviceSubRequest:
    'Name:s DeviceClassName:s Selectors:n=DeviceSelector AllocationMode:s Count:i Tolerations:n=Toleration Capacity:n',
  DeviceSelector: 'CEL:n=CELSelector',
  CELSelector: 'Expression:s',
  DeviceConstraint: 'Requests:n MatchAttribute:n DistinctAttribute:n',
  DeviceConfiguration: 'Requests:n Opaque:n=OpaqueDeviceConfiguration',
  OpaqueDeviceConfiguration: 'Driver:s Parameters:n',
  SuccessPolicy: 'Rules:n=SuccessPolicyRule',
  SuccessPolicyRule: 'SucceededIndexes:n SucceededCount:n',
} as const

export type InternalType = keyof typeof LAYOUTS
