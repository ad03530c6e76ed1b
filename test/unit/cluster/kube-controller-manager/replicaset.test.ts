import { describe, expect, test } from 'vitest'
import { controllerOf } from '#apimachinery/object.ts'
import { forbidden } from '#apimachinery/status-error.ts'
import { planReplicas } from '#kube-controller-manager/replicaset/plan.ts'
import { replicaSetController } from '#kube-controller-manager/replicaset/replicaset.ts'
import { replicationController } from '#kube-controller-manager/replication/replication.ts'
import { FakeCluster } from '../../../support/fake-cluster.ts'
import {
  pod,
  readyStatus,
  replicaSet,
  runPods,
  template,
} from '../../../support/controller-objects.ts'

const setup = () => {
  const cluster = new FakeCluster(replicaSetController)
  const { client } = cluster
  return { cluster, client, status: () => client.get('replicasets.apps', 'default', 'rs')?.status }
}

describe('the ReplicaSet controller', () => {
  test('creates the Pods that are missing and counts them as they become ready', () => {
    const { cluster, client, status } = setup()
    client.create('replicasets.apps', replicaSet())
    cluster.settle()
    expect(client.list('pods').map((p) => p.metadata.name)).toEqual(['rs-00001', 'rs-00002'])
    expect(cluster.events).toContain('Normal SuccessfulCreate ReplicaSet/rs: Created pod: rs-00001')
    expect(status()).toEqual({
      fullyLabeledReplicas: 2,
      observedGeneration: 1,
      replicas: 2,
      terminatingReplicas: 0,
    })
    runPods(client)
    cluster.settle()
    expect(status()).toMatchObject({ readyReplicas: 2, availableReplicas: 2 })
  })

  test('writes nothing when all is as it should be, also after a rebuild', () => {
    const { cluster, client } = setup()
    client.create('replicasets.apps', replicaSet())
    cluster.settle()
    runPods(client)
    expect(cluster.writesWhenSettled()).toBe(0)
    const before = client.writes
    cluster.rebuild()
    cluster.settle()
    expect(client.writes).toBe(before)
  })

  test('adopts orphans that it selects and releases Pods that it selects no more', () => {
    const { cluster, client } = setup()
    client.create('pods', pod({ name: 'orphan' }))
    client.create('replicasets.apps', replicaSet())
    cluster.settle()
    const orphan = client.get('pods', 'default', 'orphan')!
    expect(controllerOf(orphan)?.name).toBe('rs')
    expect(client.list('pods')).toHaveLength(2)
    const { labels: _, ...metadata } = orphan.metadata
    client.update('pods', { ...orphan, metadata })
    cluster.settle()
    expect(client.get('pods', 'default', 'orphan')!.metadata.ownerReferences).toBeUndefined()
    expect(client.list('pods')).toHaveLength(3)
  })

  test('gives its Pods the spec and labels of the template by reference', () => {
    const { cluster, client } = setup()
    const created = client.create('replicasets.apps', replicaSet())
    cluster.settle()
    const [first] = client.list('pods')
    expect(first!.spec).toBe(created.spec.template.spec)
    expect(first!.metadata.labels).toBe(created.spec.template.metadata.labels)
  })

  test('says in status and events why Pods cannot be created, tries again, and forgets it when it can', () => {
    const { cluster, client, status } = setup()
    const error = forbidden({ group: '', resource: 'pods' }, 'rs-x', 'exceeded quota: q')
    client.refuse = (verb, resource) =>
      verb === 'create' && resource === 'pods' ? error : undefined
    client.create('replicasets.apps', replicaSet())
    cluster.settle()
    const text = 'pods "rs-x" is forbidden: exceeded quota: q'
    expect(cluster.events).toEqual([
      `Warning FailedCreate ReplicaSet/rs: Error creating: ${text}`,
      `Warning FailedCreate ReplicaSet/rs: Error creating: ${text}`,
    ])
    expect(status()?.conditions).toMatchObject([
      { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: text },
    ])
    client.refuse = () => undefined
    cluster.advance(1000)
    expect(status()).toMatchObject({ replicas: 2 })
    expect(status()).not.toHaveProperty('conditions')
  })

  test('counts a Pod as available only after minReadySeconds', () => {
    const { cluster, client, status } = setup()
    client.create('replicasets.apps', replicaSet({ minReadySeconds: 10 }))
    cluster.settle()
    runPods(client)
    cluster.settle()
    expect(status()).toMatchObject({ readyReplicas: 2 })
    expect(status()?.availableReplicas).toBeUndefined()
    cluster.rebuild()
    cluster.advance(9_999)
    expect(status()?.availableReplicas).toBeUndefined()
    cluster.advance(1)
    expect(status()?.availableReplicas).toBe(2)
    expect(cluster.nextDeadline()).toBeUndefined()
  })

  test('counts terminating Pods and replaces them at once', () => {
    const { cluster, client, status } = setup()
    client.create('replicasets.apps', replicaSet())
    cluster.settle()
    runPods(client)
    client.delete('pods', 'default', 'rs-00001')
    cluster.settle()
    expect(status()).toMatchObject({ replicas: 2, terminatingReplicas: 1 })
    expect(client.list('pods')).toHaveLength(3)
    runPods(client)
    cluster.settle()
    expect(status()).toMatchObject({ replicas: 2, terminatingReplicas: 0 })
  })
})

test('the ReplicationController controller works by the same rules with its plain selector', () => {
  const cluster = new FakeCluster(replicationController)
  cluster.client.create('replicationcontrollers', {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { name: 'rc', namespace: 'default' },
    spec: { replicas: 1, selector: { app: 'web' }, template: template() },
    status: { replicas: 0 },
  })
  cluster.settle()
  const rc = cluster.client.get('replicationcontrollers', 'default', 'rc')
  expect(rc?.status).toEqual({ fullyLabeledReplicas: 1, observedGeneration: 1, replicas: 1 })
  expect(cluster.writesWhenSettled()).toBe(0)
})

describe('planReplicas()', () => {
  const now = 1_000_000_000
  const running = (name: string, metadata: object = {}, nodeName = 'n1') =>
    pod({ name, uid: name, ...metadata }, readyStatus(now - 60_000), { nodeName })
  const removed = (pods: readonly ReturnType<typeof pod>[], desired: number) =>
    planReplicas(desired, pods, () => pods, now).remove.map((p) => p.metadata.name)

  test('removes unbound, then pending, then unready Pods first', () => {
    const pods = [
      running('ready'),
      pod({ name: 'unready', uid: 'u' }, { phase: 'Running' }, { nodeName: 'n1' }),
      pod({ name: 'pending', uid: 'p' }, { phase: 'Pending' }, { nodeName: 'n1' }),
      pod({ name: 'unbound', uid: 'b' }, { phase: 'Pending' }),
    ]
    expect(removed(pods, 1)).toEqual(['unbound', 'pending', 'unready'])
  })

  test('removes Pods with a lower deletion cost first', () => {
    const cost = (value: string) => ({
      annotations: { 'controller.kubernetes.io/pod-deletion-cost': value },
    })
    const pods = [running('dear', cost('10')), running('free'), running('cheap', cost('-1'))]
    expect(removed(pods, 1)).toEqual(['cheap', 'free'])
  })

  test('removes Pods of crowded nodes first', () => {
    const pods = [running('alone', {}, 'n2'), running('a'), running('b')]
    expect(removed(pods, 2)).toEqual(['a'])
  })

  test('removes the younger Pod if the ages differ much', () => {
    const young = pod({ name: 'young', uid: 'z' }, readyStatus(now - 1000), { nodeName: 'n1' })
    expect(removed([running('old'), young], 1)).toEqual(['young'])
  })
})
