// kubernetes: test/e2e/storage/{persistent_volumes,csi_inline,csi_node,csistoragecapacity,storageclass,volume_attachment}.go
import { beforeEach, describe, expect, it } from 'vitest'
import { apiOperations } from '../../../../support/conformance-operations.ts'
import { Framework } from '../../../../support/conformance.ts'

const f = new Framework()
const status = { subresource: 'status' }

interface Body {
  readonly metadata: { readonly name: string }
  readonly [field: string]: unknown
}

/** Create, read, patch, list, delete, create anew, update, delete as a collection: how these kinds are gone through. */
const lifecycle = (name: string, body: Body, cluster = true): void => {
  const object = body.metadata.name
  const patchedLabel = { metadata: { labels: { [object]: 'patched' } } }
  const everywhere = cluster ? {} : { namespace: f.namespace }
  f.create(name, body)
  expect(f.get(name, object).metadata.name).toBe(object)
  expect(f.patch(name, object, patchedLabel, { type: 'merge' })).toMatchObject(patchedLabel)
  expect(f.items(name, `${object}=patched`, everywhere)).toHaveLength(1)
  f.delete(name, object)
  f.until('its end', () => f.find(name, object) === undefined)
  const again = { ...body, metadata: { name: `${object}-2` } }
  f.create(name, again)
  const updated = f.change(name, again.metadata.name, ({ metadata }) => ({
    metadata: { ...metadata, labels: { ...metadata.labels, e2e: 'updated' } },
  }))
  expect(updated.metadata.labels).toMatchObject({ e2e: 'updated' })
  f.deleteCollection(name, 'e2e=updated')
  f.until('the end of all', () => f.items(name, 'e2e=updated', everywhere).length === 0)
}

const STORAGE = 'storage.k8s.io'

describe('[sig-storage] CSIInlineVolumes', () => {
  beforeEach(() => f.begin('csiinlinevolumes'))

  it('should run through the lifecycle of a CSIDriver [Conformance]', () => {
    const spec = {
      attachRequired: false,
      podInfoOnMount: true,
      volumeLifecycleModes: ['Ephemeral'],
    }
    lifecycle(`csidrivers.${STORAGE}`, { metadata: { name: 'inline-driver-e2e' }, spec })
  })

  it('should support CSIVolumeSource in Pod API [Conformance]', () => {
    const DRIVERS = `csidrivers.${STORAGE}`
    const driver = 'e2e.example.com'
    f.create(DRIVERS, {
      metadata: { name: driver, labels: { test: f.namespace } },
      spec: { volumeLifecycleModes: ['Ephemeral'] },
    })
    f.create('pods', {
      metadata: { name: 'pod-csi-inline-volumes' },
      spec: {
        containers: [
          {
            name: 'pod-csi-inline-volumes',
            image: 'registry.k8s.io/e2e-test-images/agnhost:2.63.0',
            volumeMounts: [{ name: 'e2e-volume', mountPath: '/mnt/csi' }],
          },
        ],
        volumes: [{ name: 'e2e-volume', csi: { driver, readOnly: true } }],
      },
    })
    expect(f.get('pods', 'pod-csi-inline-volumes').spec.volumes?.[0]).toMatchObject({
      name: 'e2e-volume',
      csi: { driver },
    })
    const query = 'fieldSelector=metadata.name%3Dpod-csi-inline-volumes'
    expect(f.list('pods', { query }).items).toHaveLength(1)
    const patch = { metadata: { labels: { 'test-csi': 'patched' } } }
    expect(f.patch('pods', 'pod-csi-inline-volumes', patch)).toMatchObject(patch)
    f.delete('pods', 'pod-csi-inline-volumes')
    f.until('its end', () => f.find('pods', 'pod-csi-inline-volumes') === undefined)
    f.delete(DRIVERS, driver)
    expect(f.find(DRIVERS, driver)).toBeUndefined()
  })
})

describe('[sig-storage] CSINodes CSI Conformance', () => {
  it('should run through the lifecycle of a csinode [Conformance]', () => {
    f.begin('csinodes')
    const drivers = [{ name: 'e2e-driver.example.com', nodeID: 'node-e2e', topologyKeys: ['zone'] }]
    lifecycle(`csinodes.${STORAGE}`, { metadata: { name: 'e2e-csinode' }, spec: { drivers } })
  })
})

describe('[sig-storage] CSIStorageCapacity', () => {
  it('should support CSIStorageCapacities API operations [Conformance]', () => {
    f.begin('csistoragecapacity')
    apiOperations(f, {
      name: `csistoragecapacities.${STORAGE}`,
      group: STORAGE,
      plural: 'csistoragecapacities',
      namespaced: true,
      body: { metadata: { generateName: 'e2e-example-csisc' }, storageClassName: 'e2e-class' },
    })
  })
})

describe('[sig-storage] StorageClasses CSI Conformance', () => {
  it('should run through the lifecycle of a StorageClass [Conformance]', () => {
    f.begin('csi-storageclass')
    lifecycle(`storageclasses.${STORAGE}`, {
      metadata: { name: 'e2e-storageclass' },
      provisioner: 'e2e-fake-provisioner',
    })
  })
})

describe('[sig-storage] VolumeAttachment Conformance', () => {
  const ATTACHMENTS = `volumeattachments.${STORAGE}`
  const attachment = (name: string) => ({
    metadata: { name, labels: { test: f.namespace } },
    spec: {
      attacher: 'e2e-test.example.com',
      nodeName: 'e2e-node',
      source: { persistentVolumeName: `pv-${name}` },
    },
  })
  beforeEach(() => f.begin('volumeattachment'))

  it('should run through the lifecycle of a VolumeAttachment [Conformance]', () => {
    lifecycle(ATTACHMENTS, attachment('va-e2e'))
  })

  it('should apply changes to a volumeattachment status [Conformance]', () => {
    f.create(ATTACHMENTS, attachment('va-status'))
    const patch = { metadata: { labels: { 'va-status': 'patched' } } }
    f.patch(ATTACHMENTS, 'va-status', patch, { type: 'merge' })
    expect(f.get(ATTACHMENTS, 'va-status', status)).toMatchObject({
      ...patch,
      status: { attached: false },
    })
    const attached = { status: { attached: true } }
    expect(f.patch(ATTACHMENTS, 'va-status', attached, { ...status, type: 'merge' })).toMatchObject(
      attached,
    )
    const detached = { status: { attached: false } }
    expect(f.change(ATTACHMENTS, 'va-status', () => detached, status)).toMatchObject(detached)
    f.delete(ATTACHMENTS, 'va-status')
    expect(f.find(ATTACHMENTS, 'va-status')).toBeUndefined()
  })
})

describe('[sig-storage] PersistentVolumes CSI Conformance', () => {
  beforeEach(() => f.begin('pv'))
  const labels = () => ({ 'e2e-pv-pool': f.namespace })
  const volume = (name: string) => ({
    metadata: { name, labels: labels() },
    spec: {
      capacity: { storage: '2Gi' },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: 'e2e-pv-class',
      csi: { driver: 'e2e-driver-1234', volumeHandle: 'e2e-conformance' },
    },
  })
  const claim = (name: string) => ({
    metadata: { name, labels: labels() },
    spec: {
      accessModes: ['ReadWriteOnce'],
      selector: { matchLabels: { 'e2e-pv-pool': 'no-such' } },
      storageClassName: 'e2e-pv-class',
      resources: { requests: { storage: '2Gi' } },
    },
  })
  const selector = () => `e2e-pv-pool=${f.namespace}`
  const bothThere = () => {
    expect(f.items('persistentvolumes', selector())).toHaveLength(1)
    expect(f.items('persistentvolumeclaims')).toHaveLength(1)
  }

  it('should run through the lifecycle of a PV and a PVC [Conformance]', () => {
    const both = ['persistentvolumes', 'persistentvolumeclaims'] as const
    const gone = (what: string) => () => both.every((name) => f.find(name, what) === undefined)
    f.create('persistentvolumes', volume('one'))
    f.create('persistentvolumeclaims', claim('one'))
    bothThere()
    for (const name of both) {
      const patch = { metadata: { labels: { one: 'patched' } } }
      const patched = f.patch(name, 'one', patch)
      expect(patched).toMatchObject(patch)
      expect(f.get(name, 'one').metadata.uid).toBe(patched.metadata.uid)
    }
    for (const name of both.toReversed()) f.delete(name, 'one')
    f.until('their end', gone('one'))
    f.create('persistentvolumes', volume('two'))
    f.create('persistentvolumeclaims', claim('two'))
    for (const name of both)
      expect(
        f.change(name, 'two', ({ metadata }) => ({
          metadata: { ...metadata, labels: { ...metadata.labels, two: 'updated' } },
        })).metadata.labels,
      ).toMatchObject({ two: 'updated' })
    for (const name of both.toReversed()) f.deleteCollection(name, 'two=updated')
    f.until('the end of all', gone('two'))
  })

  it('should apply changes to a pv/pvc status [Conformance]', () => {
    f.create('persistentvolumes', volume('one'))
    f.create('persistentvolumeclaims', claim('one'))
    bothThere()
    expect(f.get('persistentvolumeclaims', 'one', status).status).toMatchObject({
      phase: 'Pending',
    })
    f.until(
      'the volume to be free',
      () => f.get('persistentvolumes', 'one', status).status?.phase === 'Available',
    )
    const condition = (type: string) => ({
      type,
      status: 'True',
      reason: `E2E ${type}`,
      message: 'Set from an e2e test',
    })
    const isThere = (type: string) => ({
      status: { conditions: [expect.objectContaining(condition(type)) as object] },
    })
    const patched = f.patch(
      'persistentvolumeclaims',
      'one',
      { status: { conditions: [condition('StatusPatched')] } },
      { ...status, type: 'merge' },
    )
    expect(patched).toMatchObject(isThere('StatusPatched'))
    const why = (word: string) => ({ message: `StatusPatched ${word}`, reason: `E2E ${word}` })
    expect(
      f.patch('persistentvolumes', 'one', { status: why('patch') }, { ...status, type: 'merge' }),
    ).toMatchObject({ status: why('patch') })
    expect(
      f.change(
        'persistentvolumeclaims',
        'one',
        (old) => ({ status: { ...old.status, conditions: [condition('StatusUpdated')] } }),
        status,
      ),
    ).toMatchObject(isThere('StatusUpdated'))
    expect(
      f.change(
        'persistentvolumes',
        'one',
        (old) => ({ status: { ...old.status, ...why('update') } }),
        status,
      ),
    ).toMatchObject({ status: why('update') })
    f.delete('persistentvolumeclaims', 'one')
    f.delete('persistentvolumes', 'one')
  })
})
