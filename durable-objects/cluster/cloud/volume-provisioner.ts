// Volumes for claims that ask for them: directories of a node, as minikube's storage-provisioner makes them.
import type { PersistentVolumeClaim } from '#api/core/v1/persistent-volume-claim/types.ts'
import { keyOf, own, splitKey } from '#apimachinery/object.ts'
import type { Client } from '#client/client.ts'
import type { ComponentDefinition } from '#client/component.ts'
import type { EventRecorder } from '#client/event-recorder.ts'

export const PROVISIONER = 'k8s.io/minikube-hostpath'

const CLAIMS = 'persistentvolumeclaims'
const VOLUMES = 'persistentvolumes'
const ASKED = 'volume.kubernetes.io/storage-provisioner'
const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by'
const IDENTITY = 'hostPathProvisionerIdentity'
const ID = '7d1a3c52-6a6f-4f1c-9c39-2f5e4b8f0d11'
const FOLDER = '/tmp/hostpath-provisioner'

export const volumeProvisioner: ComponentDefinition = {
  name: 'storage-provisioner',
  manager: 'storage-provisioner',
  username: 'system:serviceaccount:kube-system:storage-provisioner',
  create: ({ client, queue, events }) => {
    for (const resource of [CLAIMS, VOLUMES] as const)
      client.watch(resource, ({ object, type }) => {
        if (type !== 'DELETED') queue.add(keyOf(object))
      })
    return {
      name: 'storage-provisioner',
      queue,
      resync: () => {
        for (const object of client.list(CLAIMS)) queue.add(keyOf(object))
        for (const object of client.list(VOLUMES)) queue.add(keyOf(object))
      },
      sync: (key) => {
        const { namespace, name } = splitKey(key)
        if (namespace === '') deleteReleased(client, name)
        else provision(client, events, client.get(CLAIMS, namespace, name))
      },
    }
  },
}

const deleteReleased = (client: Client, name: string): void => {
  const volume = client.get(VOLUMES, '', name)
  if (volume === undefined || volume.metadata.deletionTimestamp !== undefined) return
  const isOurs = own(volume.metadata.annotations, PROVISIONED_BY) === PROVISIONER
  const { phase } = volume.status
  if (isOurs && phase === 'Released' && volume.spec.persistentVolumeReclaimPolicy === 'Delete')
    client.delete(VOLUMES, '', name)
}

const provision = (
  client: Client,
  events: EventRecorder,
  claim: PersistentVolumeClaim | undefined,
): void => {
  if (claim === undefined || (claim.spec.volumeName ?? '') !== '') return
  const { namespace = '', name = '', uid = '', annotations, deletionTimestamp } = claim.metadata
  if (deletionTimestamp !== undefined || own(annotations, ASKED) !== PROVISIONER) return
  const volumeName = `pvc-${uid}`
  if (client.get(VOLUMES, '', volumeName) !== undefined) return
  const storageClass = client.get(
    'storageclasses.storage.k8s.io',
    '',
    claim.spec.storageClassName ?? '',
  )
  if (storageClass?.provisioner !== PROVISIONER) return
  const tell = (reason: string, message: string): void =>
    events.record({
      object: claim,
      type: 'Normal',
      reason,
      message,
      component: `${PROVISIONER}_minikube_${ID}`,
    })
  tell(
    'Provisioning',
    `External provisioner is provisioning volume for claim "${namespace}/${name}"`,
  )
  client.create(VOLUMES, {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name: volumeName,
      annotations: { [IDENTITY]: ID, [PROVISIONED_BY]: PROVISIONER },
    },
    spec: {
      accessModes: claim.spec.accessModes ?? [],
      capacity: { storage: own(claim.spec.resources?.requests, 'storage') ?? '0' },
      claimRef: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        namespace,
        name,
        uid,
        resourceVersion: claim.metadata.resourceVersion ?? '',
      },
      hostPath: { path: `${FOLDER}/${namespace}/${name}` },
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      storageClassName: storageClass.metadata.name ?? '',
      volumeMode: 'Filesystem',
    },
    status: {},
  })
  tell('ProvisioningSucceeded', `Successfully provisioned volume ${volumeName}`)
}
