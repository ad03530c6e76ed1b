import { describe, expect, test } from 'vitest'
import type { DaemonSet, DaemonSetSpec } from '#api/apps/v1/daemon-set/types.ts'
import type { Node, Taint } from '#api/core/v1/node/types.ts'
import type { Client } from '#client/client.ts'
import { daemonSetController } from '#kube-controller-manager/daemonset/daemonset.ts'
import { targetNode } from '#kube-controller-manager/daemonset/template.ts'
import { FakeCluster } from '../../../support/fake-cluster.ts'
import { readyStatus, template } from '../../../support/controller-objects.ts'

const node = (
  name: string,
  labels: Readonly<Record<string, string>> = {},
  taints: readonly Taint[] = [],
) =>
  ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels },
    spec: { taints },
    status: {},
  }) as unknown as Node

const daemonSet = (spec: Partial<DaemonSetSpec>): DaemonSet => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: {
    name: 'agent',
    namespace: 'default',
    annotations: { 'deprecated.daemonset.template.generation': '1' },
  },
  spec: {
    revisionHistoryLimit: 10,
    selector: { matchLabels: { app: 'agent' } },
    template: template({ app: 'agent' }, 'agent:1'),
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
    ...spec,
  },
  status: {
    currentNumberScheduled: 0,
    desiredNumberScheduled: 0,
    numberMisscheduled: 0,
    numberReady: 0,
  },
})

/** Plays scheduler and kubelets for daemons: each Pod runs on the node it is made for. */
const runDaemons = (client: Client): number => {
  let touched = 0
  for (const one of client.list('pods')) {
    const { namespace = '', name = '', deletionTimestamp } = one.metadata
    if (deletionTimestamp !== undefined)
      client.delete('pods', namespace, name, { gracePeriodSeconds: 0 })
    else if (one.status.phase === undefined) {
      const bound = client.update('pods', {
        ...one,
        spec: { ...one.spec, nodeName: targetNode(one)! },
      })
      client.update(
        'pods',
        { ...bound, status: readyStatus(client.now()) },
        { subresource: 'status' },
      )
    } else continue
    touched++
  }
  return touched
}

const setup = (spec: Partial<DaemonSetSpec> = {}) => {
  const cluster = new FakeCluster(daemonSetController)
  const { client } = cluster
  for (const name of ['node-1', 'node-2', 'node-3']) client.create('nodes', node(name))
  client.create('daemonsets.apps', daemonSet(spec))
  cluster.settle()
  const get = () => client.get('daemonsets.apps', 'default', 'agent')!
  const change = (changes: Partial<DaemonSetSpec>) => {
    const current = get()
    const generation = String((current.metadata.generation ?? 0) + 1)
    client.update('daemonsets.apps', {
      ...current,
      metadata: {
        ...current.metadata,
        annotations: { 'deprecated.daemonset.template.generation': generation },
      },
      spec: { ...current.spec, ...changes },
    })
    cluster.settle()
  }
  const relabel = (name: string, labels: Readonly<Record<string, string>>) => {
    const current = client.get('nodes', '', name)!
    client.update('nodes', { ...current, metadata: { ...current.metadata, labels } })
    cluster.settle()
  }
  const nodes = () =>
    client
      .list('pods')
      .map((p) => targetNode(p))
      .sort()
  const roll = () => {
    do cluster.settle()
    while (runDaemons(client) > 0)
  }
  return { cluster, client, get, change, relabel, nodes, roll }
}

const image = (name: string) => ({ template: template({ app: 'agent' }, name) })

describe('the DaemonSet controller', () => {
  test('puts one Pod on every node and reports', () => {
    const { get, nodes, roll } = setup()
    expect(nodes()).toEqual(['node-1', 'node-2', 'node-3'])
    roll()
    expect(get().status).toEqual({
      currentNumberScheduled: 3,
      desiredNumberScheduled: 3,
      numberAvailable: 3,
      numberMisscheduled: 0,
      numberReady: 3,
      observedGeneration: 1,
      updatedNumberScheduled: 3,
    })
  })

  test('gives its Pods the tolerations of daemons and their node', () => {
    const { client } = setup()
    const [first] = client.list('pods')
    expect(first!.spec.tolerations).toEqual([
      { effect: 'NoExecute', key: 'node.kubernetes.io/not-ready', operator: 'Exists' },
      { effect: 'NoExecute', key: 'node.kubernetes.io/unreachable', operator: 'Exists' },
      { effect: 'NoSchedule', key: 'node.kubernetes.io/disk-pressure', operator: 'Exists' },
      { effect: 'NoSchedule', key: 'node.kubernetes.io/memory-pressure', operator: 'Exists' },
      { effect: 'NoSchedule', key: 'node.kubernetes.io/pid-pressure', operator: 'Exists' },
      { effect: 'NoSchedule', key: 'node.kubernetes.io/unschedulable', operator: 'Exists' },
    ])
    expect(first!.metadata.labels).toMatchObject({ app: 'agent', 'pod-template-generation': '1' })
    expect(first!.spec.affinity).toEqual({
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-1'] }] },
          ],
        },
      },
    })
  })

  test('writes nothing when all is as it should be, also after a rebuild', () => {
    const { cluster, client, roll } = setup()
    roll()
    expect(cluster.writesWhenSettled()).toBe(0)
    const before = client.writes
    cluster.rebuild()
    cluster.settle()
    expect(client.writes).toBe(before)
  })

  test('follows nodes that come, go and change their labels', () => {
    const { cluster, client, change, get, nodes, relabel, roll } = setup()
    roll()
    client.create('nodes', node('node-4'))
    cluster.settle()
    expect(nodes()).toContain('node-4')
    const spec = { ...template({ app: 'agent' }, 'agent:1').spec, nodeSelector: { gpu: 'yes' } }
    change({ template: { metadata: { labels: { app: 'agent' } }, spec } })
    roll()
    expect(nodes()).toEqual([])
    expect(get().status).toMatchObject({ desiredNumberScheduled: 0, numberMisscheduled: 0 })
    relabel('node-2', { gpu: 'yes' })
    roll()
    expect(nodes()).toEqual(['node-2'])
  })

  test('starts on no tainted node, leaves one with NoSchedule alone and one with NoExecute', () => {
    const { cluster, client, get, nodes, roll } = setup()
    roll()
    const taint = (name: string, effect: Taint['effect']) => {
      const current = client.get('nodes', '', name)!
      client.update('nodes', { ...current, spec: { taints: [{ key: 'a', effect }] } })
      cluster.settle()
      roll()
    }
    taint('node-1', 'NoSchedule')
    taint('node-2', 'NoExecute')
    expect(nodes()).toEqual(['node-1', 'node-3'])
    expect(get().status).toMatchObject({ desiredNumberScheduled: 1, numberMisscheduled: 1 })
  })

  test('replaces as many Pods at a time as may be unavailable', () => {
    const { cluster, client, change, roll } = setup()
    roll()
    change(image('agent:2'))
    const leaving = () =>
      client.list('pods').filter((p) => p.metadata.deletionTimestamp !== undefined)
    expect(leaving()).toHaveLength(1)
    runDaemons(client)
    cluster.settle()
    expect(leaving()).toHaveLength(0)
    runDaemons(client)
    cluster.settle()
    expect(leaving()).toHaveLength(1)
    roll()
    expect(client.list('pods').map((p) => p.spec.containers[0]!.image)).toEqual([
      'agent:2',
      'agent:2',
      'agent:2',
    ])
    expect(
      client
        .list('controllerrevisions.apps')
        .map((r) => r.revision)
        .sort(),
    ).toEqual([1, 2])
  })

  test('runs the new Pod beside the old one when it may surge', () => {
    const { cluster, client, change, roll } = setup({
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    })
    roll()
    change(image('agent:2'))
    expect(client.list('pods')).toHaveLength(4)
    expect(client.list('pods').every((p) => p.metadata.deletionTimestamp === undefined)).toBe(true)
    cluster.rebuild()
    roll()
    expect(client.list('pods').map((p) => p.spec.containers[0]!.image)).toEqual([
      'agent:2',
      'agent:2',
      'agent:2',
    ])
  })

  test('replaces a Pod that failed at once, and again only after a while', () => {
    const { cluster, client, roll } = setup()
    roll()
    const fail = () => {
      const one = client.list('pods').find((p) => targetNode(p) === 'node-1')!
      client.update('pods', { ...one, status: { phase: 'Failed' } }, { subresource: 'status' })
      roll()
      return one.metadata.name
    }
    expect(client.get('pods', 'default', fail()!)).toBeUndefined()
    const again = fail()!
    expect(client.get('pods', 'default', again)).toBeDefined()
    cluster.rebuild()
    cluster.advance(1000)
    roll()
    expect(client.get('pods', 'default', again)).toBeUndefined()
  })
})
