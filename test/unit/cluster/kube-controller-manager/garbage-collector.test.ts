import { beforeEach, describe, expect, test } from 'vitest'
import type { ConfigMap } from '#api/core/v1/config-map/types.ts'
import type { ObjectMeta, OwnerReference } from '#apimachinery/object.ts'
import { deploymentController } from '#kube-controller-manager/deployment/deployment.ts'
import { garbageCollector } from '#kube-controller-manager/garbage-collector/garbage-collector.ts'
import { replicaSetController } from '#kube-controller-manager/replicaset/replicaset.ts'
import { FakeCluster } from '../../../support/fake-cluster.ts'
import { deployment, runPods } from '../../../support/controller-objects.ts'

const configMap = (name: string, metadata: ObjectMeta = {}): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', ...metadata },
})

describe('the garbage collector with workloads', () => {
  let cluster: FakeCluster
  const names = () =>
    (['deployments.apps', 'replicasets.apps', 'pods'] as const).map(
      (resource) => cluster.client.list(resource).length,
    )
  const settleAll = () => {
    do cluster.settle()
    while (runPods(cluster.client) > 0)
  }

  beforeEach(() => {
    cluster = new FakeCluster(deploymentController, replicaSetController, garbageCollector)
    cluster.client.create('deployments.apps', deployment())
    settleAll()
    expect(names()).toEqual([1, 1, 3])
  })

  test('deletes dependents after their owner by default', () => {
    cluster.client.delete('deployments.apps', 'default', 'web')
    expect(names()).toEqual([0, 1, 3])
    settleAll()
    expect(names()).toEqual([0, 0, 0])
  })

  test('deletes dependents before their owner in the foreground, over all levels', () => {
    cluster.client.delete('deployments.apps', 'default', 'web', { propagationPolicy: 'Foreground' })
    cluster.settle()
    expect(names()).toEqual([1, 1, 3])
    expect(cluster.client.list('replicasets.apps')[0]!.metadata.finalizers).toEqual([
      'foregroundDeletion',
    ])
    expect(cluster.client.list('pods').every((p) => p.metadata.deletionTimestamp)).toBe(true)
    cluster.rebuild()
    settleAll()
    expect(names()).toEqual([0, 0, 0])
  })

  test('leaves orphans without owner', () => {
    cluster.client.delete('deployments.apps', 'default', 'web', { propagationPolicy: 'Orphan' })
    settleAll()
    expect(names()).toEqual([0, 1, 3])
    expect(cluster.client.list('replicasets.apps')[0]!.metadata.ownerReferences).toBeUndefined()
  })

  test('collects after a rebuild what lost its owner before it', () => {
    cluster.client.forgetComponents()
    cluster.client.delete('deployments.apps', 'default', 'web')
    cluster.rebuild()
    settleAll()
    expect(names()).toEqual([0, 0, 0])
  })

  test('writes nothing when nothing is to be collected', () => {
    expect(cluster.writesWhenSettled()).toBe(0)
  })
})

describe('the garbage collector with owner references of any kind', () => {
  const setup = () => {
    const cluster = new FakeCluster(garbageCollector)
    const { client } = cluster
    const owner = client.create('configmaps', configMap('owner'))
    const refTo = (object: ConfigMap, more: Partial<OwnerReference> = {}): OwnerReference => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: object.metadata.name!,
      uid: object.metadata.uid!,
      ...more,
    })
    const dependent = (...ownerReferences: OwnerReference[]) => {
      client.create('configmaps', configMap('dependent', { ownerReferences }))
      cluster.settle()
      return client.get('configmaps', 'default', 'dependent')
    }
    return { cluster, client, owner, refTo, dependent }
  }

  test('deletes an object whose owner never was', () => {
    const { owner, refTo, dependent } = setup()
    expect(dependent(refTo(owner, { uid: 'other' }))).toBeUndefined()
  })

  test('keeps an object while one of its owners is there and drops the dangling references', () => {
    const { owner, refTo, dependent } = setup()
    expect(dependent(refTo(owner), refTo(owner, { name: 'gone', uid: 'gone' }))).toMatchObject({
      metadata: { ownerReferences: [{ name: 'owner' }] },
    })
  })

  test('keeps an object whose owner is of a kind that is not served', () => {
    const { owner, refTo, dependent } = setup()
    expect(dependent(refTo(owner, { kind: 'Widget', apiVersion: 'example.com/v1' }))).toBeDefined()
  })

  test('does not wait for dependents that do not block their owner', () => {
    const { cluster, client, owner, refTo, dependent } = setup()
    dependent(refTo(owner))
    const held = client.get('configmaps', 'default', 'dependent')!
    client.update('configmaps', {
      ...held,
      metadata: { ...held.metadata, finalizers: ['example.com/hold'] },
    })
    client.delete('configmaps', 'default', 'owner', { propagationPolicy: 'Foreground' })
    cluster.settle()
    expect(client.get('configmaps', 'default', 'owner')).toBeUndefined()
    expect(
      client.get('configmaps', 'default', 'dependent')?.metadata.deletionTimestamp,
    ).toBeDefined()
  })

  test('waits for a blocking dependent that a finalizer holds', () => {
    const { cluster, client, owner, refTo } = setup()
    client.create(
      'configmaps',
      configMap('dependent', {
        finalizers: ['example.com/hold'],
        ownerReferences: [refTo(owner, { blockOwnerDeletion: true })],
      }),
    )
    client.delete('configmaps', 'default', 'owner', { propagationPolicy: 'Foreground' })
    cluster.settle()
    expect(client.get('configmaps', 'default', 'owner')).toBeDefined()
    expect(cluster.writesWhenSettled()).toBe(0)
    const held = client.get('configmaps', 'default', 'dependent')!
    client.update('configmaps', { ...held, metadata: { ...held.metadata, finalizers: [] } })
    cluster.settle()
    expect(client.list('configmaps')).toEqual([])
  })
})
