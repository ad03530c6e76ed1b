import { describe, expect, it, test } from 'vitest'
import { RawApi } from '../../../../support/raw-api.ts'
import { merge, post } from '../../../../support/refusals.ts'

const STORAGE = '/apis/storage.k8s.io/v1'
const SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const api = new RawApi()

test.each<[string, string, readonly string[]]>([
  [
    'csidrivers',
    'metadata: {name: a.b}\nspec: {fsGroupPolicy: X, volumeLifecycleModes: [Foo], tokenRequests: [{audience: a, expirationSeconds: 3}, {audience: a}]}',
    [
      'spec.fsGroupPolicy: Unsupported value: "X": supported values: "File", "None", "ReadWriteOnceWithFSType"',
      'spec.tokenRequests[0].expirationSeconds: Invalid value: 3: may not specify a duration less than 10 minutes',
      'spec.tokenRequests[1].audience: Duplicate value: "a"',
      'spec.volumeLifecycleModes: Unsupported value: "Foo": supported values: "Ephemeral", "Persistent"',
    ],
  ],
  [
    'csinodes',
    `metadata: {name: node-9}\nspec: {drivers: [{name: x.y, nodeID: a, topologyKeys: [k, k]}, {name: X_, nodeID: "", allocatable: {count: -1}}, {name: x.y, nodeID: ${'n'.repeat(193)}}]}`,
    [
      'spec.drivers[0].topologyKeys: Duplicate value: "k"',
      `spec.drivers[1].name: Invalid value: "X_": ${SUBDOMAIN}`,
      'spec.drivers[1].nodeID: Required value',
      'spec.drivers[1].allocatable.count: Invalid value: -1: must be greater than or equal to 0',
      `spec.drivers[2].nodeID: Invalid value: "${'n'.repeat(193)}": must be 192 characters or less`,
      'spec.drivers[2].name: Duplicate value: "x.y"',
    ],
  ],
  [
    'namespaces/default/csistoragecapacities',
    'metadata: {name: c}\nstorageClassName: ""\ncapacity: "-1"',
    [
      `storageClassName: Invalid value: "": ${SUBDOMAIN}`,
      'capacity: Invalid value: "-1": must be greater than or equal to 0',
    ],
  ],
  [
    'volumeattachments',
    'metadata: {name: v}\nspec: {attacher: x.y, nodeName: Node, source: {}}',
    [
      'spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName',
      `spec.nodeName: Invalid value: "Node": ${SUBDOMAIN}`,
    ],
  ],
  [
    'volumeattachments',
    'metadata: {name: v}\nspec: {attacher: x.y, nodeName: node, source: {inlineVolumeSpec: {capacity: {storage: 1Gi}, storageClassName: s, hostPath: {path: /a}}}}',
    [
      'spec.source.capacity: Forbidden: may not be specified in the context of inline volumes',
      'spec.source.csi: Required value: has to be specified in the context of inline volumes',
      'spec.source.accessModes: Required value',
      'spec.source.storageClassName: Forbidden: may not be specified in the context of inline volumes',
    ],
  ],
  [
    'volumeattributesclasses',
    'metadata: {name: v}\ndriverName: ""',
    [
      'driverName: Required value',
      'parameters: Required value: must contain at least one key/value pair',
    ],
  ],
])('%s refuse %j', (path, yaml, problems) => {
  expect(post(api, `${STORAGE}/${path}`, yaml).problems).toEqual(problems)
})

describe('a CSIDriver', () => {
  const DRIVER = `${STORAGE}/csidrivers/d.e`
  const created = post(api, `${STORAGE}/csidrivers`, 'metadata: {name: d.e}\nspec: {}')

  it('has defaults', () => {
    expect(created.body['spec']).toEqual({
      attachRequired: true,
      podInfoOnMount: false,
      storageCapacity: false,
      volumeLifecycleModes: ['Persistent'],
      fsGroupPolicy: 'ReadWriteOnceWithFSType',
      requiresRepublish: false,
      seLinuxMount: false,
    })
  })

  it('stays as it was attached', () => {
    expect(merge(api, DRIVER, 'spec: {attachRequired: false}').problems).toEqual([
      'spec.attachedRequired: Invalid value: false: field is immutable',
    ])
    expect(merge(api, DRIVER, 'spec: {podInfoOnMount: true}').status).toBe(200)
  })
})

test('what a driver registered at a node changes only in how much it can attach', () => {
  const node = `${STORAGE}/csinodes/one`
  post(api, `${STORAGE}/csinodes`, 'metadata: {name: one}\nspec: {drivers: [{name: d, nodeID: a}]}')
  const driver = (fields: string) => `spec: {drivers: [{name: d, ${fields}}]}`
  expect(merge(api, node, driver('nodeID: a, allocatable: {count: 2}')).status).toBe(200)
  expect(merge(api, node, driver('nodeID: b')).problems).toEqual([
    'CSINodeDriver: Invalid value: {"Name":"d","NodeID":"b","TopologyKeys":null,"Allocatable":null}: field is immutable',
  ])
})

test('a VolumeAttributesClass says the same for ever', () => {
  post(
    api,
    `${STORAGE}/volumeattributesclasses`,
    'metadata: {name: gold}\ndriverName: a.b\nparameters: {iops: "3"}',
  )
  const changed = merge(
    api,
    `${STORAGE}/volumeattributesclasses/gold`,
    'driverName: c.d\nparameters: {iops: "4"}',
  )
  expect(changed.problems).toEqual([
    'driverName: Forbidden: updates to driverName are forbidden.',
    'parameters: Forbidden: updates to parameters are forbidden.',
  ])
})
