// What is printed of volume sources that need nothing but their fields. kubernetes: kubectl pkg/describe print…VolumeSource

/**
 * How a field is printed: as text, as a flag that is false by default, as a number, as Go's list or map, as a pointer to a reference,
 * joined by commas, or with a word for what is absent.
 */
export type Form =
  | 'text'
  | 'flag'
  | 'number'
  | 'list'
  | 'map'
  | 'secret'
  | 'joined'
  | 'none'
  | 'unset'

export interface SourceFacts {
  readonly type: string
  readonly rows: readonly (readonly [label: string, key: string, form: Form])[]
}

const FS_TYPE = ['FSType:', 'fsType', 'text'] as const
const READ_ONLY = ['ReadOnly:', 'readOnly', 'flag'] as const
const SECRET_REF = ['SecretRef:', 'secretRef', 'secret'] as const
const VOLUME_ID = ['VolumeID:', 'volumeID', 'text'] as const
const PARTITION = ['Partition:', 'partition', 'number'] as const

const AZURE_FILE = 'AzureFile (an Azure File Service mount on the host and bind mount to the pod)'
const GLUSTERFS = "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)"

const SCALE_IO: SourceFacts = {
  type: 'ScaleIO (a persistent volume backed by a block device in ScaleIO)',
  rows: [
    ['Gateway:', 'gateway', 'text'],
    ['System:', 'system', 'text'],
    ['Protection Domain:', 'protectionDomain', 'text'],
    ['Storage Pool:', 'storagePool', 'text'],
    ['Storage Mode:', 'storageMode', 'text'],
    ['VolumeName:', 'volumeName', 'text'],
  ],
}

/** By the source's key, as it stands in Pods and in PersistentVolumes. */
export const SOURCES: Readonly<Record<string, SourceFacts>> = {
  hostPath: {
    type: 'HostPath (bare host directory volume)',
    rows: [
      ['Path:', 'path', 'text'],
      ['HostPathType:', 'type', 'none'],
    ],
  },
  gcePersistentDisk: {
    type: 'GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)',
    rows: [['PDName:', 'pdName', 'text'], FS_TYPE, PARTITION, READ_ONLY],
  },
  awsElasticBlockStore: {
    type: 'AWSElasticBlockStore (a Persistent Disk resource in AWS)',
    rows: [VOLUME_ID, FS_TYPE, PARTITION, READ_ONLY],
  },
  gitRepo: {
    type: 'GitRepo (a volume that is pulled from git when the pod is created)',
    rows: [
      ['Repository:', 'repository', 'text'],
      ['Revision:', 'revision', 'text'],
    ],
  },
  secret: {
    type: 'Secret (a volume populated by a Secret)',
    rows: [
      ['SecretName:', 'secretName', 'text'],
      ['Optional:', 'optional', 'flag'],
    ],
  },
  configMap: {
    type: 'ConfigMap (a volume populated by a ConfigMap)',
    rows: [
      ['Name:', 'name', 'text'],
      ['Optional:', 'optional', 'flag'],
    ],
  },
  nfs: {
    type: 'NFS (an NFS mount that lasts the lifetime of a pod)',
    rows: [['Server:', 'server', 'text'], ['Path:', 'path', 'text'], READ_ONLY],
  },
  iscsi: {
    type: "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)",
    rows: [
      ['TargetPortal:', 'targetPortal', 'text'],
      ['IQN:', 'iqn', 'text'],
      ['Lun:', 'lun', 'number'],
      ['ISCSIInterface', 'iscsiInterface', 'text'],
      FS_TYPE,
      READ_ONLY,
      ['Portals:', 'portals', 'list'],
      ['DiscoveryCHAPAuth:', 'chapAuthDiscovery', 'flag'],
      ['SessionCHAPAuth:', 'chapAuthSession', 'flag'],
      SECRET_REF,
      ['InitiatorName:', 'initiatorName', 'none'],
    ],
  },
  glusterfs: {
    type: GLUSTERFS,
    rows: [['EndpointsName:', 'endpoints', 'text'], ['Path:', 'path', 'text'], READ_ONLY],
  },
  persistentVolumeClaim: {
    type: 'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
    rows: [['ClaimName:', 'claimName', 'text'], READ_ONLY],
  },
  rbd: {
    type: "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
    rows: [
      ['CephMonitors:', 'monitors', 'list'],
      ['RBDImage:', 'image', 'text'],
      FS_TYPE,
      ['RBDPool:', 'pool', 'text'],
      ['RadosUser:', 'user', 'text'],
      ['Keyring:', 'keyring', 'text'],
      SECRET_REF,
      READ_ONLY,
    ],
  },
  quobyte: {
    type: "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)",
    rows: [['Registry:', 'registry', 'text'], ['Volume:', 'volume', 'text'], READ_ONLY],
  },
  azureDisk: {
    type: 'AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)',
    rows: [
      ['DiskName:', 'diskName', 'text'],
      ['DiskURI:', 'diskURI', 'text'],
      ['Kind: ', 'kind', 'text'],
      FS_TYPE,
      ['CachingMode:', 'cachingMode', 'text'],
      READ_ONLY,
    ],
  },
  vsphereVolume: {
    type: 'vSphereVolume (a Persistent Disk resource in vSphere)',
    rows: [
      ['VolumePath:', 'volumePath', 'text'],
      FS_TYPE,
      ['StoragePolicyName:', 'storagePolicyName', 'text'],
    ],
  },
  cinder: {
    type: 'Cinder (a Persistent Disk resource in OpenStack)',
    rows: [VOLUME_ID, FS_TYPE, READ_ONLY, SECRET_REF],
  },
  photonPersistentDisk: {
    type: 'PhotonPersistentDisk (a Persistent Disk resource in photon platform)',
    rows: [['PdID:', 'pdID', 'text'], FS_TYPE],
  },
  portworxVolume: { type: 'PortworxVolume (a Portworx Volume resource)', rows: [VOLUME_ID] },
  scaleIO: { type: SCALE_IO.type, rows: [...SCALE_IO.rows, FS_TYPE, READ_ONLY] },
  local: {
    type: 'LocalVolume (a persistent volume backed by local storage on a node)',
    rows: [['Path:', 'path', 'text']],
  },
  cephfs: {
    type: "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
    rows: [
      ['Monitors:', 'monitors', 'list'],
      ['Path:', 'path', 'text'],
      ['User:', 'user', 'text'],
      ['SecretFile:', 'secretFile', 'text'],
      SECRET_REF,
      READ_ONLY,
    ],
  },
  storageos: {
    type: 'StorageOS (a StorageOS Persistent Disk resource)',
    rows: [
      ['VolumeName:', 'volumeName', 'text'],
      ['VolumeNamespace:', 'volumeNamespace', 'text'],
      FS_TYPE,
      READ_ONLY,
    ],
  },
  fc: {
    type: 'FC (a Fibre Channel disk)',
    rows: [['TargetWWNs:', 'targetWWNs', 'joined'], ['LUN:', 'lun', 'none'], FS_TYPE, READ_ONLY],
  },
  azureFile: {
    type: AZURE_FILE,
    rows: [['SecretName:', 'secretName', 'text'], ['ShareName:', 'shareName', 'text'], READ_ONLY],
  },
  flexVolume: {
    type: 'FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)',
    rows: [
      ['Driver:', 'driver', 'text'],
      FS_TYPE,
      SECRET_REF,
      READ_ONLY,
      ['Options:', 'options', 'map'],
    ],
  },
  flocker: {
    type: 'Flocker (a Flocker volume mounted by the Flocker agent)',
    rows: [
      ['DatasetName:', 'datasetName', 'text'],
      ['DatasetUUID:', 'datasetUUID', 'text'],
    ],
  },
  csi: {
    type: 'CSI (a Container Storage Interface (CSI) volume source)',
    rows: [['Driver:', 'driver', 'text'], FS_TYPE, READ_ONLY],
  },
  image: {
    type: 'Image (a container image or OCI artifact)',
    rows: [
      ['Reference:', 'reference', 'text'],
      ['PullPolicy:', 'pullPolicy', 'text'],
    ],
  },
}

/** Those that say more in a PersistentVolume. */
export const PERSISTENT_SOURCES: Readonly<Record<string, SourceFacts>> = {
  ...SOURCES,
  glusterfs: {
    type: GLUSTERFS,
    rows: [
      ['EndpointsName:', 'endpoints', 'text'],
      ['EndpointsNamespace:', 'endpointsNamespace', 'unset'],
      ['Path:', 'path', 'text'],
      READ_ONLY,
    ],
  },
  scaleIO: {
    type: SCALE_IO.type,
    rows: [
      ...SCALE_IO.rows,
      ['SecretName:', 'secretRef.name', 'text'],
      ['SecretNamespace:', 'secretRef.namespace', 'text'],
      FS_TYPE,
      READ_ONLY,
    ],
  },
  azureFile: {
    type: AZURE_FILE,
    rows: [
      ['SecretName:', 'secretName', 'text'],
      ['SecretNamespace:', 'secretNamespace', 'text'],
      ['ShareName:', 'shareName', 'text'],
      READ_ONLY,
    ],
  },
  csi: {
    type: 'CSI (a Container Storage Interface (CSI) volume source)',
    rows: [
      ['Driver:', 'driver', 'text'],
      FS_TYPE,
      ['VolumeHandle:', 'volumeHandle', 'text'],
      READ_ONLY,
    ],
  },
}
