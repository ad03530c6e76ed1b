import { beforeEach, describe, expect, it } from 'vitest'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Taint } from '#api/core/v1/node/types.ts'
import { scheduler } from '#kube-scheduler/scheduler.ts'
import { FakeCluster } from '../../../support/fake-cluster.ts'
import { aNode, aService } from '../../../support/network-objects.ts'

const ZONE = 'topology.kubernetes.io/zone'
const HOST = 'kubernetes.io/hostname'
const USELESS =
  'no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.'
const VICTIMLESS =
  'no new claims to deallocate, preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.'

let cluster: FakeCluster
const aPod = (
  name: string,
  spec: Partial<Pod['spec']> = {},
  labels: Record<string, string> = {},
): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', labels },
  spec: { containers: [{ name: 'c', resources: {} }], ...spec },
  status: { phase: 'Pending' },
})
const asking = (requests: Record<string, string>, more: Partial<Pod['spec']> = {}) => ({
  containers: [{ name: 'c', resources: { requests } }],
  ...more,
})
const add = (...args: Parameters<typeof aPod>) => {
  cluster.client.create('pods', aPod(...args))
  cluster.settle()
}
const pod = (name: string) => cluster.client.get('pods', 'default', name)!
const nodeOf = (name: string) => pod(name).spec.nodeName
const why = (name: string) =>
  pod(name).status.conditions?.find(({ type }) => type === 'PodScheduled')?.message
const updateNode = (
  name: string,
  spec: { taints?: readonly Taint[]; unschedulable?: boolean },
  labels?: Record<string, string>,
) => {
  const node = cluster.client.get('nodes', '', name)!
  cluster.client.update('nodes', {
    ...node,
    metadata: { ...node.metadata, labels: { ...node.metadata.labels, ...labels } },
    spec,
  })
  cluster.settle()
}
const taint = (key: string, effect: Taint['effect'] = 'NoSchedule'): Taint => ({
  key,
  value: 'v',
  effect,
})

beforeEach(() => {
  cluster = new FakeCluster(scheduler)
  for (const name of ['node-1', 'node-2', 'node-3']) cluster.client.create('nodes', aNode(name))
})

describe('the scheduler', () => {
  it('binds a Pod and says so', () => {
    add('web')
    expect(nodeOf('web')).toBe('node-1')
    expect(pod('web').status.conditions).toMatchObject([{ type: 'PodScheduled', status: 'True' }])
    expect(cluster.events).toEqual([
      'Normal Scheduled Pod/web: Successfully assigned default/web to node-1',
    ])
    expect(cluster.writesWhenSettled()).toBe(0)
  })

  it('leaves Pods of other schedulers, gated ones and bound ones alone', () => {
    add('other', { schedulerName: 'mine' })
    add('gated', { schedulingGates: [{ name: 'x/y' }] })
    expect([nodeOf('other'), nodeOf('gated')]).toEqual([undefined, undefined])
    const { schedulingGates: _, ...spec } = pod('gated').spec
    cluster.client.update('pods', { ...pod('gated'), spec })
    cluster.settle()
    expect(nodeOf('gated')).toBe('node-1')
  })

  it('says that there are no nodes, and goes on when one comes', () => {
    for (const name of ['node-1', 'node-2', 'node-3']) cluster.client.delete('nodes', '', name)
    add('web')
    expect(why('web')).toBe('no nodes available to schedule pods')
    cluster.client.create('nodes', aNode('node-4'))
    cluster.settle()
    expect(nodeOf('web')).toBe('node-4')
  })

  it.each<readonly [string, Partial<Pod['spec']>, string]>([
    [
      'asks for more than any node has',
      asking({ cpu: '3' }),
      `0/3 nodes are available: 3 Insufficient cpu. ${USELESS}`,
    ],
    [
      'asks for more of two things',
      asking({ cpu: '3', memory: '9Gi', 'example.com/gpu': '1' }),
      `0/3 nodes are available: 3 Insufficient cpu, 3 Insufficient example.com/gpu, 3 Insufficient memory. ${USELESS}`,
    ],
    [
      'selects no node',
      { nodeSelector: { disk: 'ssd' } },
      `0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector. ${USELESS}`,
    ],
    [
      'names a node by field that is not there',
      {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [
                { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-9'] }] },
              ],
            },
          },
        },
      },
      `0/3 nodes are available: 3 node(s) didn't satisfy plugin(s) [NodeAffinity]. ${USELESS}`,
    ],
    [
      'uses a claim that is not there',
      { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] },
      `0/3 nodes are available: persistentvolumeclaim "data" not found. ${VICTIMLESS}`,
    ],
  ])('says why a Pod stays pending that %s', (_, spec, message) => {
    add('web', spec)
    expect(nodeOf('web')).toBeUndefined()
    expect(why('web')).toBe(message)
    expect(pod('web').status.conditions).toMatchObject([
      { status: 'False', reason: 'Unschedulable' },
    ])
    expect(cluster.events).toEqual([`Warning FailedScheduling Pod/web: ${message}`])
    expect(cluster.writesWhenSettled()).toBe(0)
    expect(cluster.events).toHaveLength(1)
  })

  it('tells nodes apart, hears the first objection and goes on when a taint is gone', () => {
    updateNode('node-2', { taints: [taint('only')] })
    add('web', { nodeSelector: { [HOST]: 'node-2' } })
    expect(why('web')).toBe(
      `0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) didn't match Pod's node affinity/selector. ${USELESS}`,
    )
    updateNode('node-2', {})
    expect(nodeOf('web')).toBe('node-2')
  })

  it('schedules onto a tainted node what tolerates it', () => {
    updateNode('node-2', { taints: [taint('only')] })
    const tolerations = [
      { key: 'only', operator: 'Equal', value: 'v', effect: 'NoSchedule' },
    ] as const
    add('web', { nodeSelector: { [HOST]: 'node-2' }, tolerations })
    expect(nodeOf('web')).toBe('node-2')
  })

  it('avoids nodes with a PreferNoSchedule taint', () => {
    updateNode('node-1', { taints: [taint('busy', 'PreferNoSchedule')] })
    add('web')
    expect(nodeOf('web')).toBe('node-2')
  })

  it('leaves cordoned nodes until they are uncordoned', () => {
    for (const name of ['node-1', 'node-2', 'node-3']) updateNode(name, { unschedulable: true })
    add('late')
    expect(why('late')).toBe(`0/3 nodes are available: 3 node(s) were unschedulable. ${USELESS}`)
    updateNode('node-3', {})
    expect(nodeOf('late')).toBe('node-3')
  })

  it('fills nodes no further than they have room, and goes on when some is free', () => {
    for (const name of ['a', 'b', 'c']) add(name, asking({ cpu: '1500m' }))
    expect(['a', 'b', 'c'].map(nodeOf)).toEqual(['node-1', 'node-2', 'node-3'])
    add('d', asking({ cpu: '1' }))
    expect(why('d')).toBe(`0/3 nodes are available: 3 Insufficient cpu. ${VICTIMLESS}`)
    cluster.client.delete('pods', 'default', 'b', { gracePeriodSeconds: 0 })
    cluster.settle()
    expect(nodeOf('d')).toBe('node-2')
  })

  it('does not try again what a change cannot help', () => {
    add('big', asking({ cpu: '3' }))
    updateNode('node-1', { taints: [taint('only')] }, { disk: 'ssd' })
    updateNode('node-1', {})
    expect(cluster.events).toHaveLength(1)
    add('small')
    cluster.client.delete('pods', 'default', 'small', { gracePeriodSeconds: 0 })
    cluster.settle()
    expect(cluster.events.filter((event) => event.includes('Pod/big'))).toHaveLength(2)
  })

  it('counts Pods', () => {
    const node = cluster.client.get('nodes', '', 'node-1')!
    for (const name of ['node-2', 'node-3']) cluster.client.delete('nodes', '', name)
    cluster.client.update('nodes', {
      ...node,
      status: { ...node.status, allocatable: { cpu: '2', memory: '8Gi', pods: '1' } },
    })
    add('a')
    add('b')
    expect(why('b')).toContain('0/1 nodes are available: 1 Too many pods. ')
  })

  it('gives a host port once on each node', () => {
    const spec = {
      containers: [{ name: 'c', resources: {}, ports: [{ containerPort: 80, hostPort: 8080 }] }],
    }
    for (const name of ['a', 'b', 'c', 'd']) add(name, spec)
    expect(['a', 'b', 'c', 'd'].map(nodeOf)).toEqual(['node-1', 'node-2', 'node-3', undefined])
    expect(why('d')).toBe(
      `0/3 nodes are available: 3 node(s) didn't have free ports for the requested pod ports. ${VICTIMLESS}`,
    )
  })

  it('prefers the emptier node', () => {
    add('big', asking({ cpu: '1', memory: '1Gi' }))
    add('small')
    expect([nodeOf('big'), nodeOf('small')]).toEqual(['node-1', 'node-2'])
  })

  it('spreads the Pods of a Service over zones and nodes though nobody asks', () => {
    updateNode('node-1', {}, { [ZONE]: 'a' })
    updateNode('node-2', {}, { [ZONE]: 'a' })
    updateNode('node-3', {}, { [ZONE]: 'b' })
    cluster.client.create('services', aService('web'))
    add('hog', asking({ cpu: '300m' }, { nodeSelector: { [HOST]: 'node-3' } }))
    add('one', {}, { app: 'web' })
    add('two', {}, { app: 'web' })
    expect([nodeOf('one'), nodeOf('two')]).toEqual(['node-1', 'node-3'])
  })

  it('keeps to a spread that is asked for', () => {
    updateNode('node-1', {}, { [ZONE]: 'a' })
    updateNode('node-2', {}, { [ZONE]: 'b' })
    const spread = (key: string): Partial<Pod['spec']> => ({
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: key,
          whenUnsatisfiable: 'DoNotSchedule',
          labelSelector: { matchLabels: { app: 'web' } },
        },
      ],
    })
    for (const name of ['a', 'b', 'c']) add(name, spread(ZONE), { app: 'web' })
    expect(['a', 'b', 'c'].map(nodeOf).sort()).toEqual(['node-1', 'node-1', 'node-2'])
    updateNode('node-2', { taints: [taint('out')] }, {})
    add('d', spread(ZONE), { app: 'web' })
    expect(why('d')).toBe(
      "0/3 nodes are available: 1 node(s) didn't match pod topology spread constraints, 1 node(s) didn't match pod topology spread constraints (missing required label), 1 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.",
    )
  })

  const term = (labels: Record<string, string>, topologyKey = HOST) => ({
    labelSelector: { matchLabels: labels },
    topologyKey,
  })

  it('keeps Pods apart that do not want each other', () => {
    const apart = {
      affinity: {
        podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term({ app: 'web' })] },
      },
    }
    for (const name of ['a', 'b', 'c', 'd']) add(name, apart, { app: 'web' })
    expect(['a', 'b', 'c', 'd'].map(nodeOf)).toEqual(['node-1', 'node-2', 'node-3', undefined])
    expect(why('d')).toBe(
      `0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules. ${VICTIMLESS}`,
    )
    add('e', {}, { app: 'web' })
    expect(why('e')).toBe(
      `0/3 nodes are available: 3 node(s) didn't satisfy existing pods anti-affinity rules. ${VICTIMLESS}`,
    )
    cluster.client.delete('pods', 'default', 'b', { gracePeriodSeconds: 0 })
    cluster.settle()
    expect(nodeOf('d')).toBe('node-2')
  })

  it('brings Pods together that want each other, the first of them anywhere', () => {
    const together = {
      affinity: {
        podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term({ app: 'web' })] },
      },
    }
    add('stranger', together, { app: 'other' })
    expect(why('stranger')).toBe(
      `0/3 nodes are available: 3 node(s) didn't match pod affinity rules. ${USELESS}`,
    )
    add('a', together, { app: 'web' })
    add('b', together, { app: 'web' })
    expect(['a', 'b', 'stranger'].map(nodeOf)).toEqual(['node-1', 'node-1', 'node-1'])
  })

  it('heeds preferences for nodes and for neighbours', () => {
    updateNode('node-3', {}, { disk: 'ssd' })
    const preference = {
      matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }],
    } as const
    add(
      'a',
      {
        affinity: {
          nodeAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference }],
          },
        },
      },
      { app: 'db' },
    )
    add('b', {
      affinity: {
        podAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 100, podAffinityTerm: term({ app: 'db' }) },
          ],
        },
      },
    })
    expect([nodeOf('a'), nodeOf('b')]).toEqual(['node-3', 'node-3'])
  })

  it('takes the more important Pod first', () => {
    for (const name of ['node-2', 'node-3']) cluster.client.delete('nodes', '', name)
    cluster.client.create('pods', aPod('low', asking({ cpu: '2' }, { priority: 1 })))
    cluster.client.create('pods', aPod('high', asking({ cpu: '2' }, { priority: 2 })))
    cluster.settle()
    expect([nodeOf('low'), nodeOf('high')]).toEqual([undefined, 'node-1'])
  })

  it('sends less important Pods away, the fewest, and takes their place when they are gone', () => {
    for (const name of ['node-2', 'node-3']) cluster.client.delete('nodes', '', name)
    add('small', asking({ cpu: '500m' }))
    add('big', asking({ cpu: '1500m' }))
    add('vip', asking({ cpu: '1' }, { priority: 1000 }))
    expect(pod('vip').status.nominatedNodeName).toBe('node-1')
    expect(pod('small').metadata.deletionTimestamp).toBeUndefined()
    expect(pod('big').metadata.deletionTimestamp).toBeDefined()
    expect(pod('big').status.conditions).toContainEqual(
      expect.objectContaining({ type: 'DisruptionTarget', reason: 'PreemptionByScheduler' }),
    )
    expect(cluster.events).toContain(
      `Normal Preempted Pod/big: Preempted by pod ${pod('vip').metadata.uid} on node node-1`,
    )
    expect(cluster.writesWhenSettled()).toBe(0)
    cluster.client.delete('pods', 'default', 'big', { gracePeriodSeconds: 0 })
    cluster.settle()
    expect(nodeOf('vip')).toBe('node-1')
    // one that begins to leave is no reason to try again
    expect(cluster.events.filter((event) => event.includes('FailedScheduling'))).toEqual([
      'Warning FailedScheduling Pod/vip: 0/1 nodes are available: 1 Insufficient cpu.',
    ])
    expect(pod('vip').status).not.toHaveProperty('nominatedNodeName')
  })

  it('sends nobody away for a Pod that never preempts', () => {
    for (const name of ['node-2', 'node-3']) cluster.client.delete('nodes', '', name)
    add('big', asking({ cpu: '1500m' }))
    add('vip', asking({ cpu: '1' }, { priority: 1000, preemptionPolicy: 'Never' }))
    expect(why('vip')).toBe(
      '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never.',
    )
  })

  it('looks at some of many nodes only, and still finds room for all', () => {
    for (let i = 4; i <= 300; i++) cluster.client.create('nodes', aNode(`node-${i}`))
    for (let i = 0; i < 300; i++) cluster.client.create('pods', aPod(`p${i}`, asking({ cpu: '2' })))
    cluster.settle()
    const used = new Set(cluster.client.list('pods').map(({ spec }) => spec.nodeName))
    expect(used.size).toBe(300)
    expect(used.has(undefined)).toBe(false)
  })

  it('does the same whether or not it was thrown away between steps', () => {
    const run = (rebuilds: boolean) => {
      cluster = new FakeCluster(scheduler)
      const steps: (() => void)[] = [
        ...['node-1', 'node-2', 'node-3'].map(
          (name) => () => void cluster.client.create('nodes', aNode(name)),
        ),
        () => void cluster.client.create('services', aService('web')),
        ...Array.from(
          { length: 30 },
          (_, i) => () =>
            add(
              `p${i}`,
              asking({ cpu: `${100 + (i % 5) * 100}m` }, i % 7 === 0 ? { priority: i } : {}),
              i % 2 === 0 ? { app: 'web' } : {},
            ),
        ),
        ...Array.from({ length: 10 }, (_, i) => () => {
          if (cluster.client.get('pods', 'default', `p${i * 3}`) !== undefined)
            cluster.client.delete('pods', 'default', `p${i * 3}`, { gracePeriodSeconds: 0 })
        }),
      ]
      for (const step of steps) {
        step()
        cluster.settle()
        if (rebuilds) cluster.rebuild()
        cluster.settle()
      }
      return { pods: cluster.client.list('pods'), events: cluster.events }
    }
    expect(run(true)).toEqual(run(false))
  })
})
