import { describe, expect, it } from 'vitest'
import { RawApi } from '../../../support/raw-api.ts'

const OS = 'deprecated since v1.14; use "kubernetes.io/os" instead'
const ZONE = 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead'
const MASTER = 'use "node-role.kubernetes.io/control-plane" instead'
const zone = 'failure-domain.beta.kubernetes.io/zone'
const master = 'node-role.kubernetes.io/master'
const nodeSelector = { 'beta.kubernetes.io/os': 'linux', [master]: '', 'kubernetes.io/os': 'linux' }
const term = { matchExpressions: [{ key: master, operator: 'Exists' }] }
const affinity = {
  nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } },
}

describe('labels of nodes that have another name by now', () => {
  const cases: readonly (readonly [string, string, object, readonly string[]])[] = [
    [
      'a Pod',
      '/api/v1/namespaces/default/pods',
      { spec: { containers: [{ name: 'c', image: 'nginx' }], nodeSelector, affinity } },
      [
        `spec.nodeSelector[beta.kubernetes.io/os]: ${OS}`,
        `spec.nodeSelector[${master}]: ${MASTER}`,
        `spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].key: ${master} is ${MASTER}`,
      ],
    ],
    [
      'a RuntimeClass',
      '/apis/node.k8s.io/v1/runtimeclasses',
      { handler: 'h', scheduling: { nodeSelector } },
      [`scheduling.nodeSelector: ${OS}`, `scheduling.nodeSelector: ${MASTER}`],
    ],
    [
      'a StorageClass',
      '/apis/storage.k8s.io/v1/storageclasses',
      {
        provisioner: 'example.com/p',
        allowedTopologies: [{ matchLabelExpressions: [{ key: zone, values: ['a'] }] }],
      },
      [`allowedTopologies[0].matchLabelExpressions[0].key: ${ZONE}`],
    ],
    [
      'a CSIStorageCapacity',
      '/apis/storage.k8s.io/v1/namespaces/default/csistoragecapacities',
      {
        storageClassName: 's',
        nodeTopology: {
          matchExpressions: [{ key: zone, operator: 'Exists' }],
          matchLabels: { 'beta.kubernetes.io/os': 'linux' },
        },
      },
      [
        `nodeTopology.matchExpressions[0].key: ${zone} is ${ZONE}`,
        `nodeTopology.matchLabels.beta.kubernetes.io/os: ${OS}`,
      ],
    ],
  ]
  it.each(cases)('are told of in %s, now and later', (_name, url, object, expected) => {
    const api = new RawApi()
    const created = api.send('POST', url, { metadata: { name: 'one' }, ...object })
    expect(created.status).toBe(201)
    expect(created.warnings.map(unescaped)).toEqual(expected)
    const labels = { metadata: { labels: { a: 'b' } } }
    const contentType = 'application/merge-patch+json'
    const { warnings } = api.send('PATCH', `${url}/one`, labels, { contentType })
    expect(warnings.map(unescaped)).toEqual(url.endsWith('pods') ? [] : expected)
  })
})

const unescaped = (text: string): string => text.replaceAll('\\"', '"')
