import { expect, test } from 'vitest'
import { namespaceController } from '#kube-controller-manager/namespace/namespace.ts'
import { FakeCluster } from '../../../support/fake-cluster.ts'
import { pod, runPods } from '../../../support/controller-objects.ts'

const setup = () => {
  const cluster = new FakeCluster(namespaceController)
  const { client } = cluster
  client.create('namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop' },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  })
  const configMap = (finalizers: readonly string[]) =>
    client.create('configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c', namespace: 'shop', finalizers },
    })
  const get = () => client.get('namespaces', '', 'shop')
  return { cluster, client, configMap, get }
}

test('a namespace that is deleted takes all its objects with it', () => {
  const { cluster, client, configMap, get } = setup()
  configMap([])
  client.create('pods', pod({ namespace: 'shop' }))
  client.create('pods', pod({ namespace: 'other' }))
  client.delete('namespaces', '', 'shop')
  cluster.settle()
  expect(get()).toBeUndefined()
  expect(client.list('configmaps')).toEqual([])
  expect(client.list('pods')).toHaveLength(1)
})

test('a namespace waits for its Pods before it deletes the rest', () => {
  const { cluster, client, configMap, get } = setup()
  configMap([])
  client.create('pods', pod({ namespace: 'shop' }))
  runPods(client)
  client.delete('namespaces', '', 'shop')
  cluster.settle()
  expect(client.list('configmaps')).toHaveLength(1)
  expect(get()?.status.phase).toBe('Terminating')
  expect(cluster.writesWhenSettled()).toBe(0)
  cluster.rebuild()
  runPods(client)
  cluster.settle()
  expect(get()).toBeUndefined()
})

test('a namespace says what holds it and goes when that is let go', () => {
  const { cluster, client, configMap, get } = setup()
  configMap(['example.com/hold'])
  client.delete('namespaces', '', 'shop')
  cluster.settle()
  expect(
    get()?.status.conditions?.map((c) => `${c.type} ${c.status} ${c.reason}: ${c.message}`),
  ).toEqual([
    'NamespaceDeletionDiscoveryFailure False ResourcesDiscovered: All resources successfully discovered',
    'NamespaceDeletionGroupVersionParsingFailure False ParsedGroupVersions: All legacy kube types successfully parsed',
    'NamespaceDeletionContentFailure False ContentDeleted: All content successfully deleted, may be waiting on finalization',
    'NamespaceContentRemaining True SomeResourcesRemain: Some resources are remaining: configmaps. has 1 resource instances',
    'NamespaceFinalizersRemaining True SomeFinalizersRemain: Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
  ])
  const held = client.list('configmaps')[0]!
  client.update('configmaps', { ...held, metadata: { ...held.metadata, finalizers: [] } })
  cluster.settle()
  expect(get()).toBeUndefined()
})
