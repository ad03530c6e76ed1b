import { describe, expect, it, test } from 'vitest'
import { RawApi } from '../../../../../support/raw-api.ts'
import { merge, post } from '../../../../../support/refusals.ts'

const VOLUMES = '/api/v1/persistentvolumes'
const CLAIMS = '/api/v1/namespaces/default/persistentvolumeclaims'
const api = new RawApi()
const volume = (spec: string, capacity = '1Gi'): string =>
  `metadata: {name: v}\nspec: {capacity: {storage: ${capacity}}, accessModes: [ReadWriteOnce], ${spec}}`
const claim = (spec: string, name = 'c'): string =>
  `metadata: {name: ${name}}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}, ${spec}}`

test.each<[string, readonly string[]]>([
  [
    'hostPath: {path: /a/../b}',
    ['spec.hostPath.path: Invalid value: "/a/../b": must not contain \'..\''],
  ],
  [
    'local: {path: ../x}',
    [
      'spec.local.path: Invalid value: "../x": must not contain \'..\'',
      'spec.nodeAffinity: Required value: Local volume requires node affinity',
    ],
  ],
  [
    'local: {path: /x}, nodeAffinity: {}',
    ['spec.nodeAffinity.required: Required value: must specify required node constraints'],
  ],
  [
    'nfs: {server: "", path: b}, csi: {}',
    [
      'spec.nfs.server: Required value',
      'spec.nfs.path: Invalid value: "b": must be an absolute path',
      'spec.csi: Forbidden: may not specify more than 1 volume type',
    ],
  ],
  [
    'csi: {driver: a.b, volumeHandle: "", nodePublishSecretRef: {name: s}}',
    [
      'spec.csi.volumeHandle: Required value',
      'spec.csi.nodePublishSecretRef.namespace: Required value',
    ],
  ],
  [
    'hostPath: {path: /./}, persistentVolumeReclaimPolicy: Recycle, volumeAttributesClassName: ""',
    [
      "spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'",
      'spec.volumeAttributesClassName: Required value: an empty string is disallowed',
      'spec.csi: Required value: has to be specified when using volumeAttributesClassName',
    ],
  ],
])('a volume with %j is refused', (spec, problems) => {
  expect(post(api, VOLUMES, volume(spec)).problems).toEqual(problems)
})

test('a negative size is wrong in two ways', () => {
  expect(post(api, VOLUMES, volume('hostPath: {path: /a}', '-1')).problems).toEqual([
    'spec.capacity[storage]: Invalid value: -1: must be a valid resource quantity',
    'spec.capacity[storage]: Invalid value: "-1": must be greater than zero',
  ])
})

test.each<[string, readonly string[]]>([
  [
    'dataSource: {kind: Foo, name: a}',
    [
      'spec.dataSource: Invalid value: "Foo": must be \'PersistentVolumeClaim\' when referencing the default apiGroup',
      'spec.dataSourceRef: Invalid value: "Foo": must be \'PersistentVolumeClaim\' when referencing the default apiGroup',
    ],
  ],
  [
    'dataSource: {kind: PersistentVolumeClaim, name: a}, dataSourceRef: {kind: PersistentVolumeClaim, name: b}',
    ['spec: Invalid value: {}: must match dataSourceRef'],
  ],
])('a claim with %j is refused', (spec, problems) => {
  expect(post(api, CLAIMS, claim(spec)).problems).toEqual(problems)
})

test('a claim names its source in both ways', () => {
  const source = { kind: 'PersistentVolumeClaim', name: 'a' }
  const { body } = post(
    api,
    CLAIMS,
    claim('dataSource: {kind: PersistentVolumeClaim, name: a}', 'copy'),
  )
  expect(body['spec']).toMatchObject({ dataSource: source, dataSourceRef: source })
})

describe('a volume in use', () => {
  post(api, VOLUMES, volume('hostPath: {path: /a}, storageClassName: manual', '5Gi'))
  post(api, CLAIMS, claim('storageClassName: manual'))

  it('stays where it is', () => {
    expect(merge(api, `${VOLUMES}/v`, 'spec: {hostPath: {path: /b}}').problems).toEqual([
      `spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation
@@ -2,7 +2,7 @@
  "GCEPersistentDisk": null,
  "AWSElasticBlockStore": null,
  "HostPath": {
-  "Path": "/a",
+  "Path": "/b",
   "Type": ""
  },
  "Glusterfs": null,
`,
    ])
  })

  it('has a claim that does not change', () => {
    const [first, second] = merge(api, `${CLAIMS}/c`, 'spec: {volumeMode: Block}').problems
    expect(first).toMatch(
      /^spec: Forbidden: spec is immutable after creation except .*\n@@ (.|\n)*-\s"VolumeMode": "Filesystem",\n\+ "VolumeMode": "Block",\n/,
    )
    expect(second).toBe('volumeMode: Invalid value: "Block": field is immutable')
  })

  it('grows only if its class lets it', () => {
    const grow = () => merge(api, `${CLAIMS}/c`, 'spec: {resources: {requests: {storage: 6Gi}}}')
    expect(grow().problems).toEqual([
      'persistentvolumeclaims "c" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
    ])
    post(
      api,
      '/apis/storage.k8s.io/v1/storageclasses',
      'metadata: {name: manual}\nprovisioner: a.b/c\nallowVolumeExpansion: true',
    )
    expect(grow().status).toBe(200)
    const { items } = api.send('GET', '/api/v1/namespaces/default/events').body as {
      items: readonly { reason: string; message: string; source: { component: string } }[]
    }
    expect(items.filter(({ reason }) => reason === 'ExternalExpanding')).toMatchObject([
      {
        source: { component: 'volume_expand' },
        message:
          "Ignoring the PVC: didn't find a plugin capable of expanding the volume; waiting for an external controller to process this PVC.",
      },
    ])
  })
})

test('a claim without volume does not grow at all', () => {
  post(api, CLAIMS, claim('storageClassName: none', 'alone'))
  const path = `${CLAIMS}/alone`
  const [problem] = merge(api, path, 'spec: {resources: {requests: {storage: 6Gi}}}').problems
  expect(problem).toMatch(/^spec: Forbidden: spec is immutable after creation/)
})

test('what is going away is warned of', () => {
  const { warnings } = post(
    api,
    VOLUMES,
    'metadata: {name: old, annotations: {volume.beta.kubernetes.io/storage-class: x}}\nspec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], glusterfs: {endpoints: e, path: p}, persistentVolumeReclaimPolicy: Recycle}',
  )
  expect(warnings).toEqual([
    'metadata.annotations[volume.beta.kubernetes.io/storage-class]: deprecated since v1.8; use \\"storageClassName\\" attribute instead',
    'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
    'spec.glusterfs: deprecated in v1.25, non-functional in v1.26+',
  ])
})
