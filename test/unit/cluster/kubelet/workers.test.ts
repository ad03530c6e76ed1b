import { describe, expect, it } from 'vitest'
import type { Node } from '#api/core/v1/node/types.ts'
import type { Pod, PodSpec } from '#api/core/v1/pod/types.ts'
import type { Machine, MachineSpec } from '#api/kubarium/v1/machine/types.ts'
import { kubeletComponents } from '#kubelet/components.ts'
import { newMachine, newNode, nodeName } from '#kubelet/node-objects.ts'
import { DELAYS, type Settings } from '#settings.ts'
import { FakeCluster } from '../../../support/fake-cluster.ts'
import { container, pod } from '../../../support/pods.ts'

const LIVELY: Partial<Settings> = { images: 'known', delays: DELAYS.lively, kubeletEvents: true }

const start = (settings: Partial<Settings> = {}, nodes = 2) => {
  const cluster = new FakeCluster(
    ...kubeletComponents().map((definition) => ({
      ...definition,
      create: (context: Parameters<typeof definition.create>[0]) =>
        definition.create({ ...context, settings: { ...context.settings, ...settings } }),
    })),
  )
  for (let index = 0; index < nodes; index++) {
    const { status: _status, ...node } = newNode(nodeName(index), index)
    cluster.client.create('machines.kubarium.dev', newMachine(nodeName(index)))
    cluster.client.create('nodes', node as Node)
  }
  cluster.settle()
  return cluster
}

const run = (cluster: FakeCluster, name: string, spec: Partial<PodSpec> = {}): void => {
  const containers = [container({ image: 'nginx:1.29', imagePullPolicy: 'IfNotPresent' })]
  const restartPolicy = 'Always' as const
  const status = { phase: 'Pending' } as const
  cluster.client.create(
    'pods',
    pod({
      metadata: { name },
      spec: { nodeName: 'node-1', restartPolicy, containers, ...spec },
      status,
    }),
  )
  cluster.settle()
}

const get = (cluster: FakeCluster, name: string): Pod | undefined =>
  cluster.client.get('pods', 'default', name)
const ipOf = (cluster: FakeCluster, name: string) => get(cluster, name)?.status.podIP

const switchMachine = (cluster: FakeCluster, name: string, spec: MachineSpec): void => {
  const machine: Machine = cluster.client.get('machines.kubarium.dev', '', name)!
  cluster.client.update('machines.kubarium.dev', { ...machine, spec: { ...machine.spec, ...spec } })
  cluster.settle()
}

describe('a node', () => {
  it('gets its status and lease from its kubelet', () => {
    const cluster = start()
    const node = cluster.client.get('nodes', '', 'node-2')!
    expect(node.spec).toEqual({ podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24'] })
    expect(node.status).toMatchObject({
      addresses: [
        { type: 'InternalIP', address: '192.168.49.3' },
        { type: 'Hostname', address: 'node-2' },
      ],
      capacity: { cpu: '2', memory: '8Gi', pods: '110' },
      nodeInfo: { kubeletVersion: 'v1.36.2', containerRuntimeVersion: 'docker://28.4.0' },
    })
    expect(node.status.conditions!.map(({ type, status }) => `${type}=${status}`)).toEqual([
      'MemoryPressure=False',
      'DiskPressure=False',
      'PIDPressure=False',
      'Ready=True',
    ])
    const lease = cluster.client.get('leases.coordination.k8s.io', 'kube-node-lease', 'node-2')!
    expect(lease.spec).toMatchObject({ holderIdentity: 'node-2', leaseDurationSeconds: 40 })
    expect(cluster.writesWhenSettled()).toBe(0)
    expect(cluster.nextDeadline()).toBeUndefined()
  })

  it('is left alone while its machine is off, and Ready again afterwards', () => {
    const cluster = start({ kubeletEvents: true })
    const before = cluster.client.get('nodes', '', 'node-1')!
    switchMachine(cluster, 'node-1', { power: 'Off' })
    expect(cluster.client.get('machines.kubarium.dev', '', 'node-1')!.status.power).toBe('Off')
    const conditions = before.status.conditions!.map((c) => ({
      ...c,
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
    }))
    const unknown = { ...before, status: { ...before.status, conditions } }
    cluster.client.update('nodes', unknown, { subresource: 'status' })
    cluster.advance(60_000)
    expect(cluster.client.get('nodes', '', 'node-1')!.status.conditions).toEqual(conditions)
    switchMachine(cluster, 'node-1', { power: 'On' })
    const after = cluster.client.get('nodes', '', 'node-1')!
    expect(after.status.conditions!.at(-1)).toMatchObject({
      status: 'True',
      reason: 'KubeletReady',
      lastTransitionTime: '2026-01-01T00:01:00Z',
    })
    expect(after.status.nodeInfo.bootID).not.toBe(before.status.nodeInfo.bootID)
    expect(cluster.events.join('\n')).toContain('Node node-1 status is now: NodeReady')
  })

  it('comes with a new machine', () => {
    const cluster = start({}, 1)
    cluster.client.create('machines.kubarium.dev', newMachine('extra'))
    cluster.settle()
    expect(cluster.client.get('nodes', '', 'extra')).toMatchObject({
      spec: { podCIDR: '10.244.1.0/24' },
      status: { addresses: [{ address: '192.168.49.3' }, { address: 'extra' }] },
    })
  })

  it('without a machine is only an object', () => {
    const cluster = start()
    cluster.client.create('nodes', newNode('fake', 7))
    run(cluster, 'p', { nodeName: 'fake' })
    expect(get(cluster, 'p')!.status).toEqual({ phase: 'Pending' })
  })
})

describe('addresses of pods', () => {
  it('follow one another, and are given again only after all others', () => {
    const cluster = start()
    for (const name of ['a', 'b', 'c']) run(cluster, name)
    run(cluster, 'd', { nodeName: 'node-2' })
    expect(['a', 'b', 'c', 'd'].map((name) => ipOf(cluster, name))).toEqual([
      '10.244.0.2',
      '10.244.0.3',
      '10.244.0.4',
      '10.244.1.2',
    ])
    cluster.client.delete('pods', 'default', 'c')
    cluster.settle()
    cluster.rebuild()
    run(cluster, 'e')
    expect(ipOf(cluster, 'e')).toBe('10.244.0.5')
    for (let index = 6; index <= 254; index++) run(cluster, `p${index}`)
    run(cluster, 'round')
    expect(ipOf(cluster, 'round')).toBe('10.244.0.4')
  })

  it('run out, and come back', () => {
    const cluster = start({ kubeletEvents: true })
    for (let index = 2; index <= 254; index++) run(cluster, `p${index}`)
    run(cluster, 'late')
    expect(ipOf(cluster, 'late')).toBeUndefined()
    expect(cluster.events.at(-1)).toContain('no IP addresses available')
    cluster.client.delete('pods', 'default', 'p9')
    cluster.settle()
    expect(ipOf(cluster, 'late')).toBe('10.244.0.9')
  })

  it('are new for a new pod of the same name', () => {
    const cluster = start()
    run(cluster, 'web-0')
    cluster.client.delete('pods', 'default', 'web-0')
    cluster.settle()
    run(cluster, 'web-0')
    expect(ipOf(cluster, 'web-0')).toBe('10.244.0.3')
  })
})

describe('a pod', () => {
  it('needs one write to be Ready where nothing takes time, and none when it is looked at again', () => {
    const cluster = start()
    const before = cluster.client.writes
    run(cluster, 'p')
    expect(cluster.client.writes - before).toBe(2)
    expect(get(cluster, 'p')!.status.conditions!.every(({ status }) => status === 'True')).toBe(
      true,
    )
    expect(cluster.writesWhenSettled()).toBe(0)
  })

  it('is the same if everything in memory is lost between any two moments', () => {
    const lives = [false, true].map((isForgetful) => {
      const cluster = start(LIVELY)
      run(cluster, 'good')
      run(cluster, 'crash', { containers: [container({ image: 'busybox:1.36', args: ['false'] })] })
      run(cluster, 'typo', { containers: [container({ image: 'ngnix' })] })
      for (let step = 0; step < 60; step++) {
        if (isForgetful) cluster.rebuild()
        cluster.advance(700)
        if (step === 30) cluster.client.delete('pods', 'default', 'good', { gracePeriodSeconds: 5 })
      }
      return {
        pods: cluster.client.list('pods').map(({ status }) => status),
        events: cluster.events,
      }
    })
    expect(lives[1]).toEqual(lives[0])
    expect(lives[0]!.pods).toHaveLength(2)
  })

  it('shares an image with the other pods of its node', () => {
    const cluster = start(LIVELY)
    run(cluster, 'a')
    cluster.advance(1200)
    run(cluster, 'b')
    cluster.advance(400)
    expect(get(cluster, 'b')!.status.phase).toBe('Running')
    expect(cluster.events.filter((event) => event.includes('already present'))).toHaveLength(1)
    run(cluster, 'c', { nodeName: 'node-2' })
    cluster.advance(400)
    expect(get(cluster, 'c')!.status.phase).toBe('Pending')
  })

  it('goes on when the ConfigMap that it waits for appears', () => {
    const cluster = start(LIVELY)
    const envFrom = [{ configMapRef: { name: 'x' } }]
    run(cluster, 'p', { containers: [container({ envFrom })] })
    cluster.advance(5000)
    cluster.rebuild()
    cluster.settle()
    const metadata = { name: 'x', namespace: 'default' }
    cluster.client.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata })
    cluster.advance(2000)
    expect(get(cluster, 'p')!.status.phase).toBe('Running')
  })

  it('is deleted when its containers have stopped', () => {
    const cluster = start(LIVELY)
    run(cluster, 'p')
    cluster.advance(5000)
    cluster.client.delete('pods', 'default', 'p', { gracePeriodSeconds: 30 })
    cluster.advance(599)
    expect(get(cluster, 'p')!.status.phase).toBe('Running')
    cluster.advance(1)
    expect(get(cluster, 'p')).toBeUndefined()
  })

  it('is let go by a kubelet whose Node was deleted', () => {
    const cluster = start(LIVELY)
    run(cluster, 'p')
    cluster.advance(5000)
    cluster.client.delete('nodes', '', 'node-1')
    cluster.client.delete('pods', 'default', 'p', { gracePeriodSeconds: 30 })
    cluster.settle()
    expect(get(cluster, 'p')).toBeUndefined()
    expect(cluster.client.get('nodes', '', 'node-1')).toBeUndefined()
  })

  it('is let go when its Node is deleted while it terminates', () => {
    const cluster = start(LIVELY)
    run(cluster, 'p')
    run(cluster, 'stays')
    cluster.advance(5000)
    cluster.client.delete('pods', 'default', 'p', { gracePeriodSeconds: 30 })
    cluster.advance(100)
    expect(get(cluster, 'p')!.status.phase).toBe('Running')
    cluster.client.delete('nodes', '', 'node-1')
    cluster.settle()
    expect(get(cluster, 'p')).toBeUndefined()
    expect(get(cluster, 'stays')!.status.phase).toBe('Running')
    expect(cluster.nextDeadline()).toBeUndefined()
  })

  it('gets its address when its Node gets its range', () => {
    const cluster = start()
    cluster.client.delete('nodes', '', 'node-1')
    run(cluster, 'p')
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' }, spec: {} }
    cluster.client.create('nodes', node as Node)
    cluster.settle()
    expect(ipOf(cluster, 'p')).toBeUndefined()
    const known = cluster.client.get('nodes', '', 'node-1')!
    cluster.client.update('nodes', { ...known, spec: { podCIDR: '10.244.7.0/24' } })
    cluster.settle()
    expect(ipOf(cluster, 'p')).toBe('10.244.7.2')
  })

  it('does not mind a change of a Node that says nothing of itself', () => {
    const cluster = start()
    switchMachine(cluster, 'node-1', { network: 'Cut' })
    const { status: _status, ...silent } = cluster.client.get('nodes', '', 'node-1')!
    cluster.client.delete('nodes', '', 'node-1')
    const node = cluster.client.create('nodes', silent as Node)
    run(cluster, 'p')
    cluster.client.update('nodes', { ...node, spec: { ...node.spec, unschedulable: true } })
    cluster.settle()
    expect(get(cluster, 'p')!.status).toEqual({ phase: 'Pending' })
  })

  it('is dead when power returns, and is started again', () => {
    const cluster = start(LIVELY)
    run(cluster, 'p')
    cluster.advance(5000)
    const before = get(cluster, 'p')!
    switchMachine(cluster, 'node-1', { power: 'Off' })
    cluster.rebuild()
    cluster.advance(60_000)
    expect(get(cluster, 'p')).toEqual(before)
    switchMachine(cluster, 'node-1', { power: 'On' })
    cluster.advance(2000)
    expect(get(cluster, 'p')!.status.containerStatuses![0]).toMatchObject({
      restartCount: 1,
      ready: true,
    })
    expect(ipOf(cluster, 'p')).toBe('10.244.0.3')
  })

  it('runs on unseen while its node is cut off', () => {
    const cluster = start(LIVELY)
    const args = ['sh', '-c', 'sleep 20; exit 1']
    run(cluster, 'p', { containers: [container({ image: 'busybox:1.36', args })] })
    cluster.advance(5000)
    const before = get(cluster, 'p')!
    switchMachine(cluster, 'node-1', { network: 'Cut' })
    cluster.advance(60_000)
    expect(get(cluster, 'p')).toEqual(before)
    switchMachine(cluster, 'node-1', { network: 'Connected' })
    expect(get(cluster, 'p')!.status.containerStatuses![0]).toMatchObject({ restartCount: 2 })
  })
})
