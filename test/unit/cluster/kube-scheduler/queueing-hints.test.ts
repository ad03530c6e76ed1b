import { describe, expect, it } from 'vitest'
import type { Node } from '#api/core/v1/node/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { NodeInfo } from '#kube-scheduler/node-info.ts'
import { nodeMayHelp, objectors } from '#kube-scheduler/queueing-hints.ts'
import { aNode } from '../../../support/network-objects.ts'

const PREEMPTION =
  'no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.'

describe('objectors', () => {
  it.each([
    ['3 Insufficient cpu', ['NodeResourcesFit']],
    ['3 Too many pods', ['NodeResourcesFit']],
    ['3 node(s) were unschedulable', ['NodeUnschedulable']],
    [
      "1 node(s) had untolerated taint(s), 2 node(s) didn't match Pod's node affinity/selector",
      ['TaintToleration', 'NodeAffinity'],
    ],
    ["3 node(s) didn't satisfy plugin(s) [NodeAffinity]", ['NodeAffinity']],
    ["3 node(s) didn't have free ports for the requested pod ports", ['NodePorts']],
    [
      "3 node(s) didn't match pod topology spread constraints (missing required label)",
      ['PodTopologySpread'],
    ],
    ["3 node(s) didn't match pod affinity rules", ['InterPodAffinity']],
    ["3 node(s) didn't match pod anti-affinity rules", ['InterPodAffinity']],
    ["3 node(s) didn't satisfy existing pods anti-affinity rules", ['InterPodAffinity']],
    ['persistentvolumeclaim "data" not found', ['VolumeBinding']],
    ['pod has unbound immediate PersistentVolumeClaims', ['VolumeBinding']],
    ["3 node(s) didn't find available persistent volumes to bind", ['VolumeBinding']],
  ])('reads %j', (reasons, expected) => {
    expect([...objectors(`0/3 nodes are available: ${reasons}. ${PREEMPTION}`)]).toEqual(expected)
  })

  it('takes what it does not know for something that any change may appease', () => {
    expect([...objectors('no nodes available to schedule pods')]).toEqual([''])
  })
})

describe('nodeMayHelp', () => {
  const pod = (spec: Partial<Pod['spec']> = {}): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default' },
    spec: { containers: [{ name: 'c', resources: { requests: { cpu: '3' } } }], ...spec },
    status: {},
  })
  const node = (spec: Node['spec'] = {}, labels: Record<string, string> = {}) =>
    aNode('node-1', labels, spec)
  const tainted = node({ taints: [{ key: 'a', effect: 'NoSchedule' }] })
  const large = (base: Node): Node => ({
    ...base,
    status: { ...base.status, allocatable: { cpu: '8', memory: '8Gi', pods: '110' } },
  })

  it.each<readonly [string, string, Partial<Pod['spec']>, Node, Node | undefined, boolean]>([
    ['a taint that went', 'TaintToleration', {}, node(), tainted, true],
    ['a taint that came', 'TaintToleration', {}, tainted, node(), false],
    [
      'a taint that was tolerated anyway',
      'TaintToleration',
      { tolerations: [{ operator: 'Exists' }] },
      node(),
      tainted,
      false,
    ],
    ['a new tainted node', 'TaintToleration', {}, tainted, undefined, false],
    ['an uncordoned node', 'NodeUnschedulable', {}, node(), node({ unschedulable: true }), true],
    ['another change of an open node', 'NodeUnschedulable', {}, node(), tainted, false],
    [
      'a label that is wanted',
      'NodeAffinity',
      { nodeSelector: { disk: 'ssd' } },
      node({}, { disk: 'ssd' }),
      node(),
      true,
    ],
    [
      'a label that nobody wants',
      'NodeAffinity',
      { nodeSelector: { disk: 'ssd' } },
      node({}, { rack: '1' }),
      node(),
      false,
    ],
    ['more room', 'NodeResourcesFit', {}, large(node()), node(), true],
    ['a new node that is too small', 'NodeResourcesFit', {}, node(), undefined, false],
    [
      'a taint that went, to what lacks room',
      'NodeResourcesFit',
      {},
      { ...tainted, spec: {} },
      tainted,
      false,
    ],
    ['a label, to what is spread', 'PodTopologySpread', {}, node({}, { zone: 'a' }), node(), true],
    ['anything, to what is not known', '', {}, tainted, node(), true],
  ])('judges %s', (_, plugin, spec, now, old, expected) => {
    expect(nodeMayHelp(pod(spec), new Set([plugin]), new NodeInfo(now), old)).toBe(expected)
  })
})
