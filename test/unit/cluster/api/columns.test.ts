import { describe, expect, it } from 'vitest'
import columns from '../../../../durable-objects/cluster/api/facts/columns.json' with { type: 'json' }
import { behaviours } from '#api/behaviours.ts'
import { kubariumColumns } from '#api/kubarium/v1/kinds.ts'
import type { KubeObject } from '#apimachinery/object.ts'

const NOW = 1_700_000_100_000

const withParts = (parts: object): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Any',
  metadata: { name: 'x', creationTimestamp: '2023-11-14T22:13:20Z' },
  ...parts,
})

const row = (resource: string, parts: object): readonly unknown[] => {
  const { row: print, conversion } = behaviours[resource]!
  const object = withParts(parts)
  return print!(conversion?.toStored(object) ?? object, { now: NOW })
}

const AGE = '100s'

describe('rows', () => {
  const cases: readonly (readonly [string, string, object, readonly unknown[]])[] = [
    ['a namespace', 'namespaces', { status: { phase: 'Active' } }, ['x', 'Active', AGE]],
    [
      'a config map counts both kinds of data',
      'configmaps',
      { data: { a: '1' }, binaryData: { b: '' } },
      ['x', 2, AGE],
    ],
    ['a secret', 'secrets', { type: 'Opaque', data: { a: 'YQ==' } }, ['x', 'Opaque', 1, AGE]],
    [
      'a quota parts requests from limits and sorts them',
      'resourcequotas',
      {
        status: {
          hard: { 'limits.cpu': '2', pods: '1', configmaps: '3' },
          used: { configmaps: '1' },
        },
      },
      ['x', 'configmaps: 1/3, pods: 0/1', 'limits.cpu: 0/2', AGE],
    ],
    ['a limit range', 'limitranges', {}, ['x', '2023-11-14T22:13:20Z']],
    [
      'a node that cannot be scheduled, with roles of two labels',
      'nodes',
      {
        metadata: {
          name: 'x',
          creationTimestamp: '2023-11-14T22:13:20Z',
          labels: { 'node-role.kubernetes.io/worker': '', 'kubernetes.io/role': 'edge' },
        },
        spec: { unschedulable: true },
        status: {
          conditions: [{ type: 'Ready', status: 'Unknown' }],
          addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
          nodeInfo: { kubeletVersion: 'v1.36.2', osImage: '' },
        },
      },
      [
        'x',
        'NotReady,SchedulingDisabled',
        'edge,worker',
        AGE,
        'v1.36.2',
        '10.0.0.1',
        '<none>',
        '<unknown>',
        '<unknown>',
        '<unknown>',
      ],
    ],
    [
      'a node that said nothing yet',
      'nodes',
      {},
      [
        'x',
        'Unknown',
        '<none>',
        AGE,
        '',
        '<none>',
        '<none>',
        '<unknown>',
        '<unknown>',
        '<unknown>',
      ],
    ],
    [
      'an event that happened again',
      'events',
      {
        involvedObject: { kind: 'Pod', name: 'web', fieldPath: 'spec.containers{c}' },
        reason: 'BackOff',
        message: ' again\n',
        type: 'Warning',
        source: { component: 'kubelet', host: 'node-1' },
        firstTimestamp: '2023-11-14T22:13:30Z',
        lastTimestamp: '2023-11-14T22:14:30Z',
        count: 4,
      },
      [
        '30s',
        'Warning',
        'BackOff',
        'pod/web',
        'spec.containers{c}',
        'kubelet, node-1',
        'again',
        '90s',
        4,
        'x',
      ],
    ],
    [
      'an event of the newer API',
      'events.events.k8s.io',
      {
        regarding: { kind: 'Pod', name: 'web' },
        note: 'hi',
        type: 'Normal',
        reason: 'Scheduled',
        reportingController: 'default-scheduler',
        eventTime: '2023-11-14T22:14:55.000000Z',
      },
      ['5s', 'Normal', 'Scheduled', 'pod/web', '', 'default-scheduler', 'hi', '5s', 1, 'x'],
    ],
    [
      'a role binding',
      'rolebindings.rbac.authorization.k8s.io',
      {
        roleRef: { kind: 'Role', name: 'r' },
        subjects: [
          { kind: 'User', name: 'jane' },
          { kind: 'User', name: 'joe' },
          { kind: 'ServiceAccount', name: 'default', namespace: 'ns' },
        ],
      },
      ['x', 'Role/r', AGE, 'jane, joe', '', 'ns/default'],
    ],
    [
      'a bound claim',
      'persistentvolumeclaims',
      {
        spec: { volumeName: 'v', storageClassName: 's', volumeMode: 'Block' },
        status: {
          phase: 'Bound',
          capacity: { storage: '1Gi' },
          accessModes: ['ReadWriteMany', 'ReadWriteOnce'],
        },
      },
      ['x', 'Bound', 'v', '1Gi', 'RWO,RWX', 's', '<unset>', AGE, 'Block'],
    ],
    [
      'a default storage class',
      'storageclasses.storage.k8s.io',
      {
        metadata: {
          name: 'x',
          creationTimestamp: '2023-11-14T22:13:20Z',
          annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
        },
        provisioner: 'p',
      },
      ['x (default)', 'p', 'Delete', 'Immediate', false, AGE],
    ],
    [
      'a signing request',
      'certificatesigningrequests.certificates.k8s.io',
      {
        spec: { signerName: 's', username: 'u', expirationSeconds: 3600 },
        status: { conditions: [{ type: 'Approved' }], certificate: 'x' },
      },
      ['x', AGE, 's', 'u', '60m', 'Approved,Issued'],
    ],
    [
      'an unavailable API service',
      'apiservices.apiregistration.k8s.io',
      {
        spec: { service: { namespace: 'a', name: 'b' } },
        status: { conditions: [{ type: 'Available', status: 'False', reason: 'Gone' }] },
      },
      ['x', 'a/b', 'False (Gone)', AGE],
    ],
    [
      'an image',
      'images.kubarium.dev',
      {
        spec: {
          image: 'shop/cart:2.*',
          listens: [{ port: 80 }, { portFrom: 'DNS_PORT', protocol: 'UDP' }],
        },
      },
      ['x', 'shop/cart:2.*', '80/TCP,$DNS_PORT/UDP', AGE],
    ],
    [
      'a machine outside',
      'externalhosts.kubarium.dev',
      {
        spec: {
          hostnames: ['a.example', 'b.example'],
          addresses: ['192.0.2.9'],
          ports: [{ port: 443 }, { port: 53, protocol: 'UDP' }],
          down: true,
        },
      },
      ['x', 'a.example,b.example', '192.0.2.9', '443/TCP,53/UDP', 'Down', AGE],
    ],
    [
      'a machine',
      'machines.kubarium.dev',
      { spec: { power: 'On', network: 'Cut' }, status: { power: 'Off' } },
      ['x', 'Off', 'Cut', AGE],
    ],
    [
      'a trace',
      'traces.kubarium.dev',
      { spec: { from: { node: 'node-1' }, to: 'http://web/' }, status: { outcome: 'refused' } },
      ['x', 'node/node-1', 'http://web/', 'refused', AGE],
    ],
  ]
  for (const [name, resource, parts, cells] of cases) {
    it(`shows ${name}`, () => {
      expect(row(resource, parts)).toEqual(cells)
    })
  }
})

describe('columns', () => {
  const owned = [
    'configmaps',
    'events',
    'limitranges',
    'namespaces',
    'nodes',
    'persistentvolumeclaims',
    'persistentvolumes',
    'resourcequotas',
    'secrets',
    'serviceaccounts',
    'events.events.k8s.io',
    'apiservices.apiregistration.k8s.io',
    'certificatesigningrequests.certificates.k8s.io',
    'csidrivers.storage.k8s.io',
    'csinodes.storage.k8s.io',
    'csistoragecapacities.storage.k8s.io',
    'storageclasses.storage.k8s.io',
    'volumeattachments.storage.k8s.io',
    'volumeattributesclasses.storage.k8s.io',
    'priorityclasses.scheduling.k8s.io',
    'leases.coordination.k8s.io',
    'runtimeclasses.node.k8s.io',
    'deviceclasses.resource.k8s.io',
    'resourceclaims.resource.k8s.io',
    'resourceclaimtemplates.resource.k8s.io',
    'resourceslices.resource.k8s.io',
    'flowschemas.flowcontrol.apiserver.k8s.io',
    'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io',
    'mutatingwebhookconfigurations.admissionregistration.k8s.io',
    'validatingwebhookconfigurations.admissionregistration.k8s.io',
    'mutatingadmissionpolicies.admissionregistration.k8s.io',
    'validatingadmissionpolicies.admissionregistration.k8s.io',
    'mutatingadmissionpolicybindings.admissionregistration.k8s.io',
    'validatingadmissionpolicybindings.admissionregistration.k8s.io',
    'customresourcedefinitions.apiextensions.k8s.io',
    'clusterroles.rbac.authorization.k8s.io',
    'roles.rbac.authorization.k8s.io',
    'clusterrolebindings.rbac.authorization.k8s.io',
    'rolebindings.rbac.authorization.k8s.io',
    'externalhosts.kubarium.dev',
    'images.kubarium.dev',
    'machines.kubarium.dev',
    'traces.kubarium.dev',
  ]
  const widths = new Map(
    Object.entries({ ...columns, ...kubariumColumns }).map(([key, list]) => {
      const [group, , plural] = key.replace(/^apis\//, '').split('/') as [string, string, string]
      return [group === 'api' ? plural : `${plural}.${group}`, list.length] as const
    }),
  )
  for (const resource of owned) {
    it(`are as many as the cells of a bare object of ${resource}`, () => {
      const cells = row(resource, { spec: {}, status: {}, roleRef: { kind: 'Role', name: 'r' } })
      expect(cells).toHaveLength(widths.get(resource)!)
      expect(cells.every((cell) => cell !== undefined)).toBe(true)
    })
  }
})
