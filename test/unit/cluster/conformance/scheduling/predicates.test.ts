// kubernetes: test/e2e/scheduling/{predicates,preemption}.go, test/e2e/node/taints.go
import { beforeEach, describe, expect, it } from 'vitest'
import type { Node } from '#api/core/v1/node/types.ts'
import { AGNHOST, PAUSE } from '../../../../support/conformance-objects.ts'
import { internalIp, schedulableNodes } from '../../../../support/conformance-pods.ts'
import { Framework } from '../../../../support/conformance.ts'

const f = new Framework()

const pausePod = (name: string, spec: object = {}, more: object = {}, metadata: object = {}) => ({
  metadata: { name, labels: { name }, ...metadata },
  spec: {
    containers: [{ name, image: PAUSE, ...more }],
    terminationGracePeriodSeconds: 0,
    ...spec,
  },
})
const running = (name: string) =>
  f.until(`${name} to run`, () => {
    const pod = f.get('pods', name)
    return pod.status.phase === 'Running' && pod
  })
const unschedulable = (name: string): string => {
  const condition = f.until(`${name} to have no node`, () =>
    f
      .get('pods', name)
      .status.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False'),
  )
  expect(condition.reason).toBe('Unschedulable')
  expect(f.get('pods', name).spec.nodeName).toBeUndefined()
  return condition.message ?? ''
}
const label = (node: Node, labels: object) =>
  f.patch('nodes', node.metadata.name, { metadata: { labels } })

describe('[sig-scheduling] SchedulerPredicates [Serial]', () => {
  beforeEach(() => f.begin('sched-pred'))

  it('validates resource limits of pods that are allowed to run [Conformance]', () => {
    const nodes = schedulableNodes(f)
    const name = 'node'
    for (const [index, node] of nodes.entries()) label(node, { [name]: `filler-${index}` })
    const milli = (text: string) => (text.endsWith('m') ? parseInt(text, 10) : Number(text) * 1000)
    const used = (node: Node) =>
      f
        .list('pods', { namespace: '' })
        .items.filter(({ spec }) => spec.nodeName === node.metadata.name)
        .flatMap(({ spec }) => spec.containers)
        .reduce((sum, { resources }) => sum + milli(resources?.requests?.['cpu'] ?? '0'), 0)
    for (const [index, node] of nodes.entries()) {
      const free = milli(node.status.allocatable?.['cpu'] ?? '0') - used(node)
      const cpu = `${Math.floor((free * 7) / 10)}m`
      const resources = { requests: { cpu }, limits: { cpu } }
      const spec = { nodeSelector: { [name]: `filler-${index}` } }
      f.create('pods', pausePod(`filler-pod-${index}`, spec, { resources }))
      running(`filler-pod-${index}`)
    }
    const most = Math.max(...nodes.map((node) => milli(node.status.allocatable?.['cpu'] ?? '0')))
    const cpu = `${Math.floor((most * 5) / 10)}m`
    const extra = { resources: { requests: { cpu }, limits: { cpu } } }
    f.create('pods', pausePod('additional-pod', {}, extra))
    expect(unschedulable('additional-pod')).toContain('Insufficient cpu')
    for (const node of nodes) label(node, { [name]: null })
  })

  it('validates that NodeSelector is respected if not matching [Conformance]', () => {
    f.create('pods', pausePod('restricted-pod', { nodeSelector: { label: 'nonempty' } }))
    unschedulable('restricted-pod')
  })

  it('validates that NodeSelector is respected if matching [Conformance]', () => {
    const [node] = schedulableNodes(f)
    const key = 'kubernetes.io/e2e-1234'
    label(node!, { [key]: '42' })
    const nodeSelector = { 'kubernetes.io/hostname': node!.metadata.name!, [key]: '42' }
    f.create('pods', pausePod('with-labels', { nodeSelector }))
    expect(running('with-labels').spec.nodeName).toBe(node!.metadata.name)
    label(node!, { [key]: null })
    expect(f.get('nodes', node!.metadata.name).metadata.labels).not.toHaveProperty([key])
  })

  it('validates that there exists conflict between pods with same hostPort and protocol but one using 0.0.0.0 hostIP [Conformance]', () => {
    const [node] = schedulableNodes(f)
    const nodeSelector = { 'kubernetes.io/hostname': node!.metadata.name! }
    const withPort = (hostIP: string) => ({
      ports: [{ containerPort: 80, hostPort: 54_322, protocol: 'TCP', hostIP }],
    })
    f.create('pods', pausePod('pod4', { nodeSelector }, withPort('')))
    running('pod4')
    f.create('pods', pausePod('pod5', { nodeSelector }, withPort(internalIp(node!))))
    expect(unschedulable('pod5')).toContain("didn't have free ports")
  })
})

describe('[sig-scheduling] SchedulerPreemption [Serial]', () => {
  const CLASSES = 'priorityclasses.scheduling.k8s.io'
  const EXTENDED = 'scheduling.k8s.io/foo'
  const PRIORITIES = { low: 1, medium: 100, high: 1000 } as const
  const className = (level: string): string => `sched-preemption-${level}-priority`

  beforeEach(() => {
    f.begin('sched-preemption')
    for (const [level, value] of Object.entries(PRIORITIES))
      if (f.find(CLASSES, className(level)) === undefined)
        f.create(CLASSES, { metadata: { name: className(level) }, value })
    for (const node of schedulableNodes(f)) setExtended(node, '5')
  })

  const setExtended = (node: Node, amount: string): void => {
    const status = { capacity: { [EXTENDED]: amount }, allocatable: { [EXTENDED]: amount } }
    f.patch('nodes', node.metadata.name, { status }, { subresource: 'status' })
  }
  const asking = (amount: number) => ({
    resources: { requests: { [EXTENDED]: `${amount}` }, limits: { [EXTENDED]: `${amount}` } },
  })
  const on = (node: Node) => ({ nodeSelector: { 'kubernetes.io/hostname': node.metadata.name! } })

  /** One Pod of each level on each node, that leave no room: the first is low. */
  const fill = (): readonly string[] => {
    const names: string[] = []
    for (const [index, node] of schedulableNodes(f).entries())
      for (let at = 0; at < 2; at++) {
        const isLow = index === 0 && at === 0
        const name = `pod${index}-${at}-${isLow ? 'low' : 'medium'}`
        const level = isLow ? 'low' : 'medium'
        const spec = { ...on(node), priorityClassName: className(level) }
        f.create('pods', pausePod(name, spec, asking(2)))
        names.push(name)
      }
    for (const name of names) running(name)
    return names
  }

  const preempts = (name: string, priorityClassName: string, namespace: string): void => {
    const [low, ...others] = fill()
    const pod = pausePod(name, { priorityClassName }, asking(2))
    f.create('pods', pod, { namespace })
    f.until('the preemptor to run', () => {
      const found = f.get('pods', name, { namespace })
      return found.status.phase === 'Running'
    })
    const left = f.find('pods', low)
    expect(left === undefined || left.metadata.deletionTimestamp !== undefined).toBe(true)
    for (const other of others)
      expect(f.get('pods', other).metadata.deletionTimestamp).toBeUndefined()
    f.delete('pods', name, { gracePeriodSeconds: 0 }, { namespace })
  }

  it('validates basic preemption works [Conformance]', () => {
    preempts('preemptor-pod', className('high'), f.namespace)
  })

  it('validates lower priority pod preemption by critical pod [Conformance]', () => {
    preempts('critical-pod', 'system-cluster-critical', 'kube-system')
  })

  it('validates pod disruption condition is added to the preempted pod [Conformance]', () => {
    const [node] = schedulableNodes(f)
    const finalizers = ['example.com/test-finalizer']
    const low = { ...on(node!), priorityClassName: className('low') }
    f.create('pods', pausePod('victim-pod', low, asking(5), { finalizers }))
    running('victim-pod')
    const high = { ...on(node!), priorityClassName: className('high') }
    f.create('pods', pausePod('preemptor-pod', high, asking(5)))
    f.until(
      'the victim to go',
      () => f.get('pods', 'victim-pod').metadata.deletionTimestamp !== undefined,
    )
    const condition = f
      .get('pods', 'victim-pod')
      .status.conditions?.find(({ type }) => type === 'DisruptionTarget')
    expect(condition).toMatchObject({ status: 'True', reason: 'PreemptionByScheduler' })
    f.patch('pods', 'victim-pod', { metadata: { finalizers: null } }, { type: 'merge' })
    running('preemptor-pod')
  })

  it('PreemptionExecutionPath runs ReplicaSets to verify preemption running path [Conformance]', () => {
    const [node] = schedulableNodes(f)
    const resource = 'example.com/fakecpu'
    const amount = { [resource]: '1000' }
    const status = { subresource: 'status' }
    f.patch(
      'nodes',
      node!.metadata.name,
      { status: { capacity: amount, allocatable: amount } },
      status,
    )
    for (let level = 1; level <= 4; level++)
      f.create(CLASSES, { metadata: { name: `p${level}-${f.namespace}` }, value: level })
    const created = [0, 0, 0, 0]
    const watching = f.watch('pods')
    const replicaSet = (level: number, replicas: number, request: string): void => {
      const labels = { name: `pod${level}` }
      const requests = { [resource]: request }
      f.create('replicasets.apps', {
        metadata: { name: `rs-pod${level}` },
        spec: {
          replicas,
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: {
              terminationGracePeriodSeconds: 0,
              ...on(node!),
              priorityClassName: `p${level}-${f.namespace}`,
              containers: [
                {
                  name: labels.name,
                  image: PAUSE,
                  resources: { requests, limits: requests },
                },
              ],
            },
          },
        },
      })
      if (level === 4) return
      f.until(
        `rs-pod${level}`,
        () => f.get('replicasets.apps', `rs-pod${level}`).status.readyReplicas === replicas,
      )
    }
    replicaSet(1, 5, '40')
    replicaSet(2, 4, '50')
    replicaSet(3, 4, '95')
    replicaSet(4, 1, '400')
    f.until('the last', () => f.get('replicasets.apps', 'rs-pod4').status.readyReplicas === 1)
    for (const { type, object } of watching.rest(5)) {
      const level = Number(object.metadata.labels?.['name']?.slice(3))
      if (type === 'ADDED') created[level - 1]! += 1
    }
    watching.close()
    // two of the first level had to go for the fourth, and were made again without a place
    expect(created[0]).toBeGreaterThan(5)
    expect(created.slice(1)).toEqual([4, 4, 1])
  })
})

describe('[sig-node] NoExecuteTaintManager', () => {
  beforeEach(() => f.begin('taint-eviction'))
  const TAINT = {
    key: 'kubernetes.io/e2e-evict-taint-key',
    value: 'evictTaintVal',
    effect: 'NoExecute',
  }
  const taint = (node: string, isOn: boolean): void => {
    f.change('nodes', node, ({ spec }) => {
      const others = (spec.taints ?? []).filter(({ key }) => key !== TAINT.key)
      return { spec: { ...spec, taints: isOn ? [...others, TAINT] : others } }
    })
  }
  const tolerant = (name: string, seconds: number, node = '') =>
    pausePod(name, {
      terminationGracePeriodSeconds: 1,
      ...(node === '' ? {} : { nodeName: node }),
      tolerations: [
        {
          key: TAINT.key,
          operator: 'Equal',
          value: TAINT.value,
          effect: TAINT.effect,
          tolerationSeconds: seconds,
        },
      ],
    })

  it('Single Pod [Serial] removing taint cancels eviction [Disruptive] [Conformance]', () => {
    f.create('pods', tolerant('taint-eviction-1', 120))
    const node = running('taint-eviction-1').spec.nodeName!
    taint(node, true)
    f.sleep(60)
    expect(f.get('pods', 'taint-eviction-1').metadata.deletionTimestamp).toBeUndefined()
    taint(node, false)
    f.sleep(180)
    expect(f.get('pods', 'taint-eviction-1').metadata.deletionTimestamp).toBeUndefined()
  })

  it('Multiple Pods [Serial] evicts pods with minTolerationSeconds [Disruptive] [Conformance]', () => {
    f.create('pods', tolerant('taint-eviction-b1', 5))
    const node = running('taint-eviction-b1').spec.nodeName!
    f.create('pods', tolerant('taint-eviction-b2', 40, node))
    running('taint-eviction-b2')
    taint(node, true)
    const goneAfter = (name: string): number => {
      for (let seconds = 0; seconds < 180; seconds++) {
        if (f.find('pods', name) === undefined) return seconds
        f.sleep(1)
      }
      return Infinity
    }
    const first = goneAfter('taint-eviction-b1')
    expect(first).toBeLessThan(30)
    expect(f.get('pods', 'taint-eviction-b2').metadata.deletionTimestamp).toBeUndefined()
    expect(first + goneAfter('taint-eviction-b2')).toBeLessThan(75)
    taint(node, false)
  })
})

describe('[sig-node] Node Lifecycle', () => {
  it('should run through the lifecycle of a node [Conformance]', () => {
    f.begin('fake-node')
    const name = 'e2e-fake-node-1234'
    const capacity = { cpu: '1', memory: '2Gi', pods: '10' }
    f.create('nodes', { metadata: { name }, status: { phase: 'Running', capacity } })
    expect(f.get('nodes', name).metadata.name).toBe(name)
    const patch = { metadata: { labels: { [name]: 'patched' } } }
    expect(f.patch('nodes', name, patch)).toMatchObject(patch)
    expect(f.items('nodes', `${name}=patched`)).toHaveLength(1)
    const updated = f.change('nodes', name, ({ metadata }) => ({
      metadata: { ...metadata, labels: { ...metadata.labels, [name]: 'updated' } },
    }))
    expect(updated.metadata.labels).toMatchObject({ [name]: 'updated' })
    f.delete('nodes', name)
    f.until('its end', () => f.find('nodes', name) === undefined)
  })
})

describe('[sig-node] RuntimeClass', () => {
  beforeEach(() => f.begin('runtimeclass'))
  const CLASSES = 'runtimeclasses.node.k8s.io'

  it('should schedule a Pod requesting a RuntimeClass without PodOverhead [NodeConformance] [Conformance]', () => {
    f.create(CLASSES, { metadata: { name: 'no-overhead' }, handler: 'test-handler' })
    f.create('pods', pausePod('with-class', { runtimeClassName: 'no-overhead' }))
    f.until('a node', () => f.get('pods', 'with-class').spec.nodeName !== undefined)
    expect(f.get('pods', 'with-class').spec.overhead).toBeUndefined()
  })

  it('should reject a Pod requesting a deleted RuntimeClass [NodeConformance] [Conformance]', () => {
    f.create(CLASSES, { metadata: { name: 'deleted' }, handler: 'test-handler' })
    f.delete(CLASSES, 'deleted')
    f.until('its end', () => f.find(CLASSES, 'deleted') === undefined)
    const pod = pausePod('rejected', { runtimeClassName: 'deleted' }, { image: AGNHOST })
    expect(f.refused(() => f.create('pods', pod))).toMatchObject({ code: 403 })
  })
})
