import { expect, test } from 'vitest'
import { resourceQuotaController } from '#kube-controller-manager/resourcequota/resource-quota.ts'
import { FakeCluster } from '../../../support/fake-cluster.ts'
import { pod } from '../../../support/controller-objects.ts'

test('a quota says what is used and follows what comes and goes', () => {
  const cluster = new FakeCluster(resourceQuotaController)
  const { client } = cluster
  client.create('configmaps', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'c', namespace: 'default' },
  })
  client.create('pods', pod())
  client.create('resourcequotas', {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'q', namespace: 'default' },
    spec: { hard: { configmaps: '3', pods: '1', services: '2' } },
    status: {},
  })
  const used = () => client.get('resourcequotas', 'default', 'q')!.status.used
  cluster.settle()
  expect(used()).toEqual({ configmaps: '1', pods: '1', services: '0' })
  expect(cluster.writesWhenSettled()).toBe(0)
  client.delete('pods', 'default', 'p')
  client.delete('configmaps', 'default', 'c')
  cluster.settle()
  expect(used()).toEqual({ configmaps: '0', pods: '0', services: '0' })
})

test('a quota that limits nothing has nothing to say', () => {
  const cluster = new FakeCluster(resourceQuotaController)
  cluster.client.create('resourcequotas', {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'q', namespace: 'default' },
    spec: { hard: {} },
    status: {},
  })
  cluster.settle()
  expect(cluster.client.get('resourcequotas', 'default', 'q')!.status).toEqual({})
  expect(cluster.writesWhenSettled()).toBe(0)
})
