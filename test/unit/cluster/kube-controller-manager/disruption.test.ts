import { describe, expect, test } from 'vitest'
import type { PodDisruptionBudgetSpec } from '#api/policy/v1/pod-disruption-budget/types.ts'
import { deploymentController } from '#kube-controller-manager/deployment/deployment.ts'
import { disruptionController } from '#kube-controller-manager/disruption/disruption.ts'
import { replicaSetController } from '#kube-controller-manager/replicaset/replicaset.ts'
import { FakeCluster } from '../../../support/fake-cluster.ts'
import { deployment, pod, runPods } from '../../../support/controller-objects.ts'

const setup = (spec: PodDisruptionBudgetSpec, replicas = 4) => {
  const cluster = new FakeCluster(deploymentController, replicaSetController, disruptionController)
  const { client } = cluster
  if (replicas > 0) client.create('deployments.apps', deployment({ replicas }))
  client.create('poddisruptionbudgets.policy', {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'b', namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
    status: {},
  })
  do cluster.settle()
  while (runPods(client) > 0)
  const status = () => client.get('poddisruptionbudgets.policy', 'default', 'b')!.status
  return { cluster, client, status }
}

describe('the disruption controller', () => {
  test.for([
    [{ minAvailable: 3 }, 3, 1],
    [{ minAvailable: '60%' }, 3, 1],
    [{ maxUnavailable: 1 }, 3, 1],
    [{ maxUnavailable: '50%' }, 2, 2],
    [{ minAvailable: 9 }, 9, 0],
  ] as const)(
    'with %j wants %i of 4 Pods healthy and allows %i disruptions',
    ([spec, desired, allowed]) => {
      const { cluster, status } = setup(spec)
      expect(status()).toMatchObject({
        conditions: [
          {
            type: 'DisruptionAllowed',
            status: allowed > 0 ? 'True' : 'False',
            reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
            message: '',
            observedGeneration: 1,
          },
        ],
        currentHealthy: 4,
        desiredHealthy: desired,
        disruptionsAllowed: allowed,
        expectedPods: 4,
        observedGeneration: 1,
      })
      expect(cluster.writesWhenSettled()).toBe(0)
    },
  )

  test('allows nothing where no Pods are, and says so', () => {
    const { cluster, status } = setup({ minAvailable: 1 }, 0)
    expect(status()).toMatchObject({ currentHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 })
    expect(cluster.events).toEqual(['Normal NoPods PodDisruptionBudget/b: No matching pods found'])
  })

  test('does not count a Pod whose eviction was allowed until it is late', () => {
    const { cluster, client, status } = setup({ maxUnavailable: 1 })
    const budget = client.get('poddisruptionbudgets.policy', 'default', 'b')!
    const name = client.list('pods')[0]!.metadata.name!
    const disruptedPods = { [name]: '2026-01-01T00:00:00Z' }
    client.update(
      'poddisruptionbudgets.policy',
      { ...budget, status: { ...budget.status, disruptedPods } },
      { subresource: 'status' },
    )
    cluster.settle()
    expect(status()).toMatchObject({ currentHealthy: 3, disruptionsAllowed: 0, disruptedPods })
    cluster.rebuild()
    cluster.advance(120_001)
    expect(status()).toMatchObject({ currentHealthy: 4, disruptionsAllowed: 1 })
    expect(status()).not.toHaveProperty('disruptedPods')
  })

  test('allows nothing when it cannot know how many Pods to expect', () => {
    const { cluster, client, status } = setup({ maxUnavailable: 1 })
    const ownerReferences = [
      { apiVersion: 'x/v1', kind: 'Widget', name: 'w', uid: 'w', controller: true },
    ]
    client.create('pods', pod({ name: 'odd', ownerReferences }))
    cluster.settle()
    expect(status()).toMatchObject({
      disruptionsAllowed: 0,
      conditions: [
        { status: 'False', reason: 'SyncFailed', message: 'found no controllers for pod "odd"' },
      ],
    })
    expect(cluster.writesWhenSettled()).toBe(0)
  })
})
