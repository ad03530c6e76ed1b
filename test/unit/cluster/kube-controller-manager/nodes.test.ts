import { beforeEach, describe, expect, it } from 'vitest'
import type { Node, Taint } from '#api/core/v1/node/types.ts'
import type { Machine } from '#api/kubarium/v1/machine/types.ts'
import { nodeIpamController, freeCidr } from '#kube-controller-manager/node-ipam/controller.ts'
import { nodeLifecycleController } from '#kube-controller-manager/node-lifecycle/controller.ts'
import { mayEvict } from '#kube-controller-manager/node-lifecycle/node-taints.ts'
import { nodeTtlController, ttlFor } from '#kube-controller-manager/node-ttl/controller.ts'
import { taintEvictionController } from '#kube-controller-manager/taint-eviction/controller.ts'
import { toleratedFor } from '#kube-controller-manager/taint-eviction/eviction-time.ts'
import { FakeCluster } from '../../../support/fake-cluster.ts'
import { aBackend, aNode } from '../../../support/network-objects.ts'

const aMachine = (name: string, spec: Machine['spec'] = {}): Machine => ({
  apiVersion: 'kubarium.dev/v1',
  kind: 'Machine',
  metadata: { name },
  spec,
  status: {},
})
const TOLERATIONS = [
  {
    key: 'node.kubernetes.io/unreachable',
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 300,
  },
] as const

let cluster: FakeCluster
const node = (name = 'node-1') => cluster.client.get('nodes', '', name)!
const taints = (name?: string) =>
  (node(name).spec.taints ?? []).map(({ key, effect }) => `${key}:${effect}`)
const ready = (name?: string) => node(name).status.conditions!.find(({ type }) => type === 'Ready')!
const pod = (name: string) => cluster.client.get('pods', 'default', name)
const power = (name: string, spec: Machine['spec']) => {
  cluster.client.update('machines.kubarium.dev', {
    ...cluster.client.get('machines.kubarium.dev', '', name)!,
    spec,
  })
  cluster.settle()
}
/** What the kubelet does when it is back. */
const postReady = (name: string) => {
  const conditions = [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }]
  cluster.client.update(
    'nodes',
    { ...node(name), status: { ...node(name).status, conditions } },
    { subresource: 'status' },
  )
  cluster.settle()
}
const change = (name: string, spec: Node['spec']) => {
  cluster.client.update('nodes', { ...node(name), spec })
  cluster.settle()
}

describe('the node lifecycle controller', () => {
  beforeEach(() => {
    cluster = new FakeCluster(nodeLifecycleController, taintEvictionController)
    for (const name of ['node-1', 'node-2', 'node-3']) {
      cluster.client.create('machines.kubarium.dev', aMachine(name))
      cluster.client.create('nodes', aNode(name))
    }
    cluster.client.create(
      'pods',
      aBackend('web', '10.244.0.5', { spec: { tolerations: TOLERATIONS } }),
    )
    cluster.settle()
  })

  it.each<readonly [string, Machine['spec']]>([
    ['is off', { power: 'Off' }],
    ['is cut off', { network: 'Cut' }],
  ])('gives a node up after the grace period when its machine %s, and takes it back', (_, spec) => {
    power('node-1', spec)
    cluster.advance(49_000)
    expect(ready().status).toBe('True')
    cluster.advance(1000)
    expect(ready()).toMatchObject({
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    })
    expect(taints()).toEqual([
      'node.kubernetes.io/unreachable:NoSchedule',
      'node.kubernetes.io/unreachable:NoExecute',
    ])
    expect(cluster.events).toContain(
      'Normal NodeNotReady Node/node-1: Node node-1 status is now: NodeNotReady',
    )
    expect(pod('web')!.status.conditions).toMatchObject([{ type: 'Ready', status: 'False' }])
    expect(cluster.events).toContain('Warning NodeNotReady Pod/web: Node is not ready')
    expect(cluster.writesWhenSettled()).toBe(0)
    power('node-1', {})
    postReady('node-1')
    expect(taints()).toEqual([])
    expect(cluster.events).toContain(
      'Normal TaintManagerEviction Pod/web: Cancelling deletion of Pod default/web',
    )
    expect(cluster.writesWhenSettled()).toBe(0)
    expect(cluster.nextDeadline()).toBeUndefined()
  })

  it('drives Pods off after as long as they tolerate it, thrown away or not', () => {
    power('node-1', { power: 'Off' })
    cluster.advance(50_000)
    cluster.rebuild()
    cluster.settle()
    cluster.advance(299_000)
    expect(pod('web')!.metadata.deletionTimestamp).toBeUndefined()
    cluster.rebuild()
    cluster.settle()
    cluster.advance(1000)
    expect(pod('web')!.metadata.deletionTimestamp).toBeDefined()
    expect(cluster.events).toContain(
      'Normal TaintManagerEviction Pod/web: Marking for deletion Pod default/web',
    )
    expect(pod('web')!.status.conditions).toContainEqual(
      expect.objectContaining({ type: 'DisruptionTarget', reason: 'DeletionByTaintManager' }),
    )
  })

  it('evicts nobody while no node is ready', () => {
    for (const name of ['node-1', 'node-2', 'node-3']) power(name, { power: 'Off' })
    cluster.advance(50_000)
    for (const name of ['node-1', 'node-2', 'node-3'])
      expect(taints(name)).toEqual(['node.kubernetes.io/unreachable:NoSchedule'])
    power('node-3', {})
    postReady('node-3')
    expect(taints('node-1')).toContain('node.kubernetes.io/unreachable:NoExecute')
  })

  it('keeps the taint of a cordon, and taints of others, as they should be', () => {
    change('node-2', { unschedulable: true, taints: [{ key: 'mine', effect: 'NoSchedule' }] })
    expect(taints('node-2')).toEqual([
      'mine:NoSchedule',
      'node.kubernetes.io/unschedulable:NoSchedule',
    ])
    expect(node('node-2').spec.taints![1]).toHaveProperty('timeAdded')
    const { unschedulable: _, ...spec } = node('node-2').spec
    change('node-2', spec)
    expect(taints('node-2')).toEqual(['mine:NoSchedule'])
    change('node-2', {})
    expect(node('node-2').spec).not.toHaveProperty('taints')
  })

  it('gives up a node that nobody ever spoke for', () => {
    const { conditions: _, ...status } = aNode('ghost').status
    cluster.client.create('nodes', { ...aNode('ghost'), status })
    cluster.advance(60_000)
    expect(ready('ghost')).toMatchObject({ status: 'Unknown', reason: 'NodeStatusNeverUpdated' })
    expect(node('ghost').status.conditions).toHaveLength(4)
  })

  it('tells of nodes that come and go, once', () => {
    cluster.client.delete('nodes', '', 'node-3')
    cluster.settle()
    cluster.rebuild()
    cluster.settle()
    expect(cluster.events).toEqual([
      'Normal RegisteredNode Node/node-1: Node node-1 event: Registered Node node-1 in Controller',
      'Normal RegisteredNode Node/node-2: Node node-2 event: Registered Node node-2 in Controller',
      'Normal RegisteredNode Node/node-3: Node node-3 event: Registered Node node-3 in Controller',
      'Normal RemovingNode Node/node-3: Node node-3 event: Removing Node node-3 from Controller',
    ])
  })

  it('drives off at once what does not tolerate a taint', () => {
    change('node-1', { taints: [{ key: 'out', effect: 'NoExecute' }] })
    expect(pod('web')!.metadata.deletionTimestamp).toBeDefined()
  })
})

describe('mayEvict', () => {
  it.each([
    [3, 0, 'yes'],
    [2, 1, 'yes'],
    [1, 2, 'yes'],
    [0, 3, 'no'],
    [2, 3, 'not-now'],
    [40, 60, 'yes'],
  ] as const)('with %i nodes ready and %i not: %s', (up, down, expected) => {
    expect(mayEvict(up, down)).toBe(expected)
  })
})

describe('toleratedFor', () => {
  const a: Taint = { key: 'a', value: 'v', effect: 'NoExecute' }
  const b: Taint = { key: 'b', effect: 'NoExecute' }
  it.each([
    ['nothing tolerated', [a], [], 0],
    ['tolerated for good', [a], [{ key: 'a', operator: 'Exists' }], undefined],
    ['tolerated for a while', [a], [{ key: 'a', value: 'v', tolerationSeconds: 5 }], 5000],
    [
      'the shortest of two',
      [a, b],
      [
        { operator: 'Exists', key: 'b', tolerationSeconds: 3 },
        { operator: 'Exists', tolerationSeconds: 9 },
      ],
      3000,
    ],
    ['one of two not tolerated', [a, b], [{ key: 'a', operator: 'Exists' }], 0],
    ['another value', [a], [{ key: 'a', value: 'w' }], 0],
    ['another effect', [a], [{ key: 'a', operator: 'Exists', effect: 'NoSchedule' }], 0],
    ['negative seconds', [a], [{ operator: 'Exists', tolerationSeconds: -1 }], 0],
  ] as const)('%s', (_, list, tolerations, expected) => {
    expect(toleratedFor(list, tolerations)).toBe(expected)
  })
})

describe('the node IPAM and TTL controllers', () => {
  it('give nodes the first free range and a time to live', () => {
    cluster = new FakeCluster(nodeIpamController, nodeTtlController)
    cluster.client.create(
      'nodes',
      aNode('node-1', {}, { podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24'] }),
    )
    cluster.client.create('nodes', aNode('node-2'))
    cluster.client.create('nodes', aNode('node-3'))
    cluster.settle()
    expect(['node-1', 'node-2', 'node-3'].map((name) => node(name).spec.podCIDR)).toEqual([
      '10.244.1.0/24',
      '10.244.0.0/24',
      '10.244.2.0/24',
    ])
    expect(node().metadata.annotations).toEqual({ 'node.alpha.kubernetes.io/ttl': '0' })
    expect(cluster.writesWhenSettled()).toBe(0)
  })

  it('go on behind 10.244.0.0/16', () => {
    const taken = new Set(Array.from({ length: 256 }, (_, i) => `10.244.${i}.0/24`))
    expect(freeCidr(taken)).toBe('10.245.0.0/24')
  })

  it.each([
    [1, 0],
    [100, 0],
    [101, 15],
    [1001, 60],
    [5000, 300],
  ])('tell kubelets of %i nodes %i s', (count, expected) => {
    expect(ttlFor(count)).toBe(expected)
  })
})
