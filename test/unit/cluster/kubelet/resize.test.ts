import { describe, expect, it } from 'vitest'
import type { Event } from '#api/core/v1/event/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { ScriptedCluster } from '../../../support/scripted-cluster.ts'

const PODS = '/api/v1/namespaces/default/pods'
const both = (cpu: string, memory: string) => ({
  requests: { cpu, memory },
  limits: { cpu, memory },
})

class ResizedPods {
  readonly script = new ScriptedCluster({ settings: { delays: 'instant' } })

  constructor() {
    this.script.advance(1000)
  }

  create(name: string, resources: object, container: object = {}, spec: object = {}): this {
    this.script.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default' },
      spec: {
        nodeName: 'node-2',
        containers: [{ name: 'c', image: 'nginx', resources, ...container }],
        ...spec,
      },
    })
    return this
  }

  resize(resources: object, name = 'p'): { readonly code?: number; readonly message?: string } {
    const body = { spec: { containers: [{ name: 'c', resources }] } }
    const answer = this.script.request('PATCH', `${PODS}/${name}/resize`, body, {
      contentType: 'application/strategic-merge-patch+json',
    })
    this.script.advance(1000)
    return answer as object
  }

  pod(name = 'p'): Pod {
    return this.script.get(`${PODS}/${name}`) as Pod
  }

  container(name = 'p') {
    return this.pod(name).status.containerStatuses![0]!
  }

  conditions(name = 'p') {
    return this.pod(name).status.conditions!.filter(({ type }) => type.startsWith('PodResize'))
  }

  events(name = 'p'): readonly string[] {
    return (this.script.cluster.objects('events') as readonly Event[])
      .filter(
        ({ involvedObject, reason }) =>
          involvedObject.name === name && /Resize|Killing/.test(reason!),
      )
      .map(({ type, reason, message }) => `${type} ${reason}: ${message}`)
  }
}

const summary = (resources: object, generation: number, more: object = {}) => {
  const { limits, requests } = resources as { limits?: object; requests?: object }
  return JSON.stringify({
    containers: [{ name: 'c', resources: { limits, requests } }],
    generation,
    ...more,
  })
}

describe('a Pod that is resized', () => {
  it('has at once what its node can give it', () => {
    const pods = new ResizedPods().create('p', both('100m', '64Mi'))
    const { containerID } = pods.container()
    expect(pods.resize(both('200m', '64Mi')).code).toBeUndefined()
    expect(pods.pod().metadata.generation).toBe(2)
    expect(pods.container()).toMatchObject({
      containerID,
      restartCount: 0,
      allocatedResources: { cpu: '200m', memory: '64Mi' },
      resources: both('200m', '64Mi'),
    })
    expect(pods.conditions()).toEqual([])
    expect(pods.events()).toEqual([
      `Normal ResizeStarted: Pod resize started: ${summary(both('200m', '64Mi'), 2)}`,
      `Normal ResizeCompleted: Pod resize completed: ${summary(both('200m', '64Mi'), 2)}`,
    ])
  })

  it('is started again if that is its policy', () => {
    const resizePolicy = [
      { resourceName: 'cpu', restartPolicy: 'NotRequired' },
      { resourceName: 'memory', restartPolicy: 'RestartContainer' },
    ]
    const lifecycle = { preStop: { sleep: { seconds: 5 } } }
    const pods = new ResizedPods().create('p', both('100m', '64Mi'), { resizePolicy, lifecycle })
    pods.resize(both('200m', '64Mi'))
    expect(pods.container().restartCount).toBe(0)
    pods.resize(both('200m', '128Mi'))
    expect(pods.container()).toMatchObject({
      restartCount: 0,
      allocatedResources: { memory: '128Mi' },
      resources: { limits: { memory: '64Mi' } },
    })
    expect(pods.conditions()).toMatchObject([
      { type: 'PodResizeInProgress', status: 'True', observedGeneration: 3 },
    ])
    pods.script.advance(5000)
    expect(pods.container()).toMatchObject({ restartCount: 1, resources: both('200m', '128Mi') })
    expect(pods.conditions()).toEqual([])
    expect(pods.events().slice(2)).toEqual([
      `Normal ResizeStarted: Pod resize started: ${summary(both('200m', '128Mi'), 3)}`,
      'Normal Killing: Container c resize requires restart',
      `Normal ResizeCompleted: Pod resize completed: ${summary(both('200m', '128Mi'), 3)}`,
    ])
  })

  it('keeps what it has if no node could give it what it wants', () => {
    const pods = new ResizedPods().create('p', both('100m', '64Mi'))
    const node = pods.script.get('/api/v1/nodes/node-2') as {
      status: { allocatable: { cpu: string } }
    }
    const capacity = Number(node.status.allocatable.cpu) * 1000
    pods.resize(both('1000', '64Mi'))
    const message = `Node didn't have enough capacity: cpu, requested: 1000000, capacity: ${capacity}`
    expect(pods.conditions()).toMatchObject([
      {
        type: 'PodResizePending',
        status: 'True',
        reason: 'Infeasible',
        message,
        observedGeneration: 2,
      },
    ])
    expect(pods.container()).toMatchObject({
      allocatedResources: { cpu: '100m' },
      resources: both('100m', '64Mi'),
    })
    const text = summary(both('1k', '64Mi'), 2, { error: message })
    expect(pods.events()).toEqual([`Warning ResizeInfeasible: Pod resize Infeasible: ${text}`])
    // it may still want less
    pods.resize(both('150m', '64Mi'))
    expect(pods.conditions()).toEqual([])
    expect(pods.container().resources).toEqual(both('150m', '64Mi'))
  })

  it('waits for what others have, and gets it when they go', () => {
    const pods = new ResizedPods()
      .create('p', both('100m', '64Mi'))
      .create('big', both('1200m', '64Mi'))
    pods.resize(both('1500m', '64Mi'))
    expect(pods.conditions()).toMatchObject([
      {
        type: 'PodResizePending',
        reason: 'Deferred',
        message: expect.stringMatching(
          /^Node didn't have enough resource: cpu, requested: 1500, used: \d+, capacity: \d+$/,
        ),
      },
    ])
    expect(pods.events()[0]).toMatch(
      /^Warning ResizeDeferred: Pod resize Deferred: {.*"error":"Node didn't/,
    )
    pods.script.request('DELETE', `${PODS}/big`, {})
    expect(pods.conditions()).toEqual([])
    expect(pods.container().resources).toEqual(both('1500m', '64Mi'))
  })

  it('is known to the scheduler by what it has', () => {
    const pods = new ResizedPods().create('p', both('100m', '64Mi'))
    pods.resize(both('1000', '64Mi'))
    const node = { nodeSelector: { 'kubernetes.io/hostname': 'node-2' }, nodeName: undefined }
    pods.create('next', both('1', '64Mi'), {}, node)
    expect(pods.pod('next').status.phase).toBe('Running')
  })

  it('may not use more than a quota allows, or a limit range', () => {
    const pods = new ResizedPods()
    const named = (kind: string, spec: object) => ({
      apiVersion: 'v1',
      kind,
      metadata: { name: 'small', namespace: 'default' },
      spec,
    })
    pods.script.create(named('ResourceQuota', { hard: { 'requests.cpu': '500m' } }))
    pods.script.advance(1000)
    pods.create('p', both('100m', '64Mi'))
    expect(pods.resize(both('600m', '64Mi')).message).toBe(
      'pods "p" is forbidden: exceeded quota: small, requested: requests.cpu=500m, used: requests.cpu=100m, limited: requests.cpu=500m',
    )
    pods.resize(both('400m', '64Mi'))
    const quota = pods.script.get('/api/v1/namespaces/default/resourcequotas/small')
    expect(quota).toMatchObject({ status: { used: { 'requests.cpu': '400m' } } })
    const limits = [{ type: 'Container', max: { cpu: '450m' } }]
    pods.script.create(named('LimitRange', { limits }))
    expect(pods.resize(both('460m', '64Mi')).message).toBe(
      'pods "p" is forbidden: maximum cpu usage per Container is 450m, but limit is 460m',
    )
  })
})
