import { expect, test } from 'vitest'
import type { Node } from '#api/core/v1/node/types.ts'
import { podGarbageCollector } from '#kube-controller-manager/podgc/pod-gc.ts'
import { FakeCluster } from '../../../support/fake-cluster.ts'
import { pod, readyStatus } from '../../../support/controller-objects.ts'

const node = (name: string) =>
  ({ apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: {}, status: {} }) as unknown as Node

const setup = () => {
  const cluster = new FakeCluster(podGarbageCollector)
  const { client } = cluster
  client.create('nodes', node('n1'))
  client.create('nodes', node('n2'))
  for (const on of ['n1', 'n2'])
    client.create('pods', pod({ name: on }, readyStatus(0), { nodeName: on }))
  const names = () => client.list('pods').map((p) => p.metadata.name)
  return { cluster, client, names }
}

test('Pods of a node that is gone are deleted after a while', () => {
  const { cluster, client, names } = setup()
  client.delete('nodes', '', 'n1')
  cluster.advance(39_999)
  expect(names()).toEqual(['n1', 'n2'])
  cluster.rebuild()
  cluster.advance(1)
  expect(names()).toEqual(['n2'])
  expect(cluster.writesWhenSettled()).toBe(0)
})

test('Pods stay if their node comes back in time', () => {
  const { cluster, client, names } = setup()
  client.delete('nodes', '', 'n1')
  cluster.advance(30_000)
  client.create('nodes', node('n1'))
  cluster.advance(60_000)
  expect(names()).toEqual(['n1', 'n2'])
})

test('a node that came back is waited for no more, and as long as ever when it is gone again', () => {
  const { cluster, client, names } = setup()
  client.delete('nodes', '', 'n1')
  cluster.advance(30_000)
  client.create('nodes', node('n1'))
  cluster.settle()
  expect(cluster.nextDeadline()).toBeUndefined()
  client.delete('nodes', '', 'n1')
  cluster.settle()
  expect(cluster.nextDeadline()).toBe(client.time + 40_000)
  cluster.advance(40_000)
  expect(names()).toEqual(['n2'])
})

test('a Pod held by a finalizer is marked as failed by the loss of its node', () => {
  const { cluster, client } = setup()
  const held = client.get('pods', 'default', 'n1')!
  client.update('pods', {
    ...held,
    metadata: { ...held.metadata, finalizers: ['example.com/hold'] },
  })
  client.delete('nodes', '', 'n1')
  cluster.settle()
  cluster.advance(40_000)
  expect(client.get('pods', 'default', 'n1')?.status).toMatchObject({
    phase: 'Failed',
    conditions: [
      { type: 'Ready' },
      {
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'DeletionByPodGC',
        message: 'PodGC: node no longer exists',
      },
    ],
  })
  cluster.advance(600_000)
  expect(cluster.writesWhenSettled()).toBe(0)
  // nothing is left to be done, so that it is not waited for anew
  cluster.rebuild()
  cluster.settle()
  expect(cluster.nextDeadline()).toBeUndefined()
})
