import { describe, expect, it } from 'vitest'
import type { Event } from '#api/core/v1/event/types.ts'
import type { Node } from '#api/core/v1/node/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { refusalOf } from '#kubelet/pod-admission.ts'
import { ScriptedCluster } from '../../../support/scripted-cluster.ts'

const started = () => {
  const script = new ScriptedCluster({ settings: { delays: 'instant' } })
  script.advance(1000)
  return script
}

const podOn = (nodeName: string, name: string, container: object = {}, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: { nodeName, containers: [{ name: 'c', image: 'nginx', ...container }], ...spec },
})

const named = (script: ScriptedCluster, name: string): Pod =>
  script.get(`/api/v1/namespaces/default/pods/${name}`) as Pod

const eventsOf = (script: ScriptedCluster, name: string): readonly string[] =>
  (script.cluster.objects('events') as readonly Event[])
    .filter(({ involvedObject }) => involvedObject.name === name)
    .map(({ type, reason, message }) => `${type} ${reason}: ${message}`)

const requests = (amounts: object) => ({ resources: { requests: amounts } })
const PORT = { ports: [{ containerPort: 80, hostPort: 8080 }] }
const AFFINITY = "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"
const PORTS =
  "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports"

describe('a kubelet', () => {
  it.each([
    [
      'cpu',
      requests({ cpu: '100' }),
      {},
      'OutOfcpu',
      /^Node didn't have enough resource: cpu, requested: 100000, used: \d+, capacity: \d+$/,
    ],
    [
      'memory',
      requests({ memory: '1Ti' }),
      {},
      'OutOfmemory',
      /^Node didn't have enough resource: memory, requested: 1099511627776, used: \d+, capacity: \d+$/,
    ],
    ['labels', {}, { nodeSelector: { disk: 'ssd' } }, 'NodeAffinity', AFFINITY],
    [
      'sysctls',
      {},
      { securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } },
      'SysctlForbidden',
      'forbidden sysctl: "kernel.msgmax" not allowlisted',
    ],
    [
      'an operating system',
      {},
      { os: { name: 'windows' } },
      'PodOSNotSupported',
      "Failed to admit pod as the OS field doesn't match node OS",
    ],
  ])(
    'refuses a Pod that was bound by hand for want of %s',
    (_, container, spec, reason, message) => {
      const script = started()
      script.create(podOn('node-2', 'p', container, spec))
      script.advance(1000)
      const { status } = named(script, 'p')
      expect(status).toEqual({
        phase: 'Failed',
        reason,
        message: expect.stringMatching(/^Pod was rejected: /),
        startTime: expect.any(String),
        qosClass: expect.any(String),
        observedGeneration: 1,
      })
      const why = status.message!.slice('Pod was rejected: '.length)
      expect(why).toMatch(message)
      expect(eventsOf(script, 'p')).toEqual([`Warning ${reason}: ${why}`])
    },
  )

  it('refuses a port that another Pod has, and takes it when that is gone', () => {
    const script = started()
    script.create(podOn('node-2', 'first', PORT))
    script.create(podOn('node-2', 'second', PORT))
    script.create(podOn('node-3', 'elsewhere', PORT))
    script.create(
      podOn('node-2', 'other', { ports: [{ containerPort: 80, hostPort: 8080, protocol: 'UDP' }] }),
    )
    script.advance(1000)
    expect(named(script, 'second').status).toMatchObject({
      phase: 'Failed',
      reason: 'NodePorts',
      message: `Pod was rejected: ${PORTS}`,
    })
    for (const name of ['first', 'elsewhere', 'other'])
      expect(named(script, name).status.phase).toBe('Running')
    script.request('DELETE', '/api/v1/namespaces/default/pods/first', {})
    script.create(podOn('node-2', 'third', PORT))
    script.advance(1000)
    expect(named(script, 'third').status.phase).toBe('Running')
    // what was refused stays so
    expect(named(script, 'second').status.reason).toBe('NodePorts')
  })

  it('refuses Pods beyond those that its node has room for', () => {
    const script = started()
    const node = script.get('/api/v1/nodes/node-3') as { status: { allocatable: object } }
    const status = { ...node.status, allocatable: { ...node.status.allocatable, pods: '4' } }
    script.request('PUT', '/api/v1/nodes/node-3/status', { ...node, status })
    for (const name of ['a', 'b', 'c', 'd', 'e']) script.create(podOn('node-3', name))
    script.advance(1000)
    const refused = ['a', 'b', 'c', 'd', 'e']
      .map((name) => named(script, name).status)
      .filter(({ phase }) => phase === 'Failed')
    expect(refused.length).toBeGreaterThan(0)
    expect(refused[0]).toMatchObject({
      reason: 'OutOfpods',
      message:
        "Pod was rejected: Node didn't have enough resource: pods, requested: 1, used: 4, capacity: 4",
    })
  })

  it('refuses who does not tolerate what would drive him away', () => {
    const script = started()
    const taints = [
      { key: 'k', value: 'v', effect: 'NoExecute' },
      { key: 'l', effect: 'NoSchedule' },
    ]
    const plain = script.get('/api/v1/nodes/node-2') as Node
    const node = { ...plain, spec: { ...plain.spec, taints } } as Node
    const refusal = (tolerations: readonly object[]) =>
      refusalOf(podOn('node-2', 'p', {}, { tolerations }) as unknown as Pod, node, [])
    expect(refusal([])).toEqual({
      reason: 'TaintToleration',
      message: "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate",
    })
    expect(refusal([{ key: 'k', operator: 'Exists' }])).toBeUndefined()
  })

  it('lets a Pod that it has refused go when it is deleted', () => {
    const script = started()
    script.create(podOn('node-2', 'p', {}, { nodeSelector: { disk: 'ssd' } }))
    script.advance(1000)
    script.request('DELETE', '/api/v1/namespaces/default/pods/p', {})
    expect(script.cluster.objects('pods').some(({ metadata }) => metadata.name === 'p')).toBe(false)
  })

  it('refuses again and again what a ReplicaSet makes, but not all at once', () => {
    const script = started()
    script.create({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'rs', namespace: 'default' },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: 'rs' } },
        template: {
          metadata: { labels: { app: 'rs' } },
          spec: {
            nodeName: 'node-2',
            nodeSelector: { disk: 'ssd' },
            containers: [{ name: 'c', image: 'nginx' }],
          },
        },
      },
    })
    script.advance(5000)
    const pods = script.cluster
      .objects('pods')
      .filter(({ metadata }) => metadata.labels?.['app'] === 'rs')
    expect(pods.length).toBeGreaterThan(3)
    expect(pods.length).toBeLessThan(8)
    expect(script.faults).toEqual([])
  })
})
