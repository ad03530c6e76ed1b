import { beforeEach, describe, expect, it } from 'vitest'
import { Framework } from '../../../../support/conformance.ts'

const RESOURCE = 'horizontalpodautoscalers.autoscaling'
const NOT_SERVED =
  'unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)'

let f: Framework

const deploy = (name: string, replicas: number, labels: object = { app: name }): void => {
  const resources = { requests: { cpu: '100m' } }
  const spec = { containers: [{ name: 'c', image: 'nginx', resources }] }
  f.create('deployments.apps', {
    metadata: { name },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  })
}

const autoscale = (name: string, spec: object = {}): void => {
  f.create(RESOURCE, {
    metadata: { name },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: 1,
      maxReplicas: 5,
      ...spec,
    },
  })
}

const read = (name: string) => f.get(RESOURCE, name)

const conditions = (name: string): readonly string[] =>
  (read(name).status.conditions ?? []).map(
    ({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`,
  )

const told = (name: string): readonly string[] =>
  f
    .items('events')
    .filter(({ involvedObject }) => involvedObject.kind === 'HorizontalPodAutoscaler')
    .filter(({ involvedObject }) => involvedObject.name === name)
    .map(({ type, reason, message, count }) => `${type} ${reason} x${count}: ${message}`)

describe('an autoscaler of a cluster without metrics', () => {
  beforeEach(() => {
    f = new Framework({ template: 'bare', loadBalancer: 'none' })
  })

  it('does not look before 15 seconds have passed', () => {
    deploy('web', 2)
    autoscale('web')
    f.sleep(14)
    expect(read('web').status).toEqual({ currentMetrics: null, desiredReplicas: 0 })
    f.sleep(1)
    expect(read('web').status).toMatchObject({ currentReplicas: 2, desiredReplicas: 0 })
  })

  it('says that nobody measures, once in a period', () => {
    deploy('web', 1)
    autoscale('web')
    f.sleep(45)
    expect(conditions('web')).toEqual([
      "AbleToScale=True SucceededGetScale: the HPA controller was able to get the target's current scale",
      `ScalingActive=False FailedGetResourceMetric: the HPA was unable to compute the replica count: failed to get cpu utilization: ${NOT_SERVED}`,
    ])
    expect(told('web')).toEqual([
      `Warning FailedGetResourceMetric x3: failed to get cpu utilization: ${NOT_SERVED}`,
      `Warning FailedComputeMetricsReplicas x3: invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: failed to get cpu utilization: ${NOT_SERVED}`,
    ])
    expect(read('web').status.currentMetrics).toEqual([{ type: '' }])
  })

  it('says which of its metrics has no source', () => {
    deploy('web', 1)
    const selector = { matchLabels: { queue: 'tasks' } }
    const of = { apiVersion: 'v1', kind: 'Service', name: 'web' }
    autoscale('web', {
      metrics: [
        {
          type: 'Pods',
          pods: { metric: { name: 'p' }, target: { type: 'AverageValue', averageValue: '1k' } },
        },
        {
          type: 'Object',
          object: {
            metric: { name: 'o' },
            describedObject: of,
            target: { type: 'Value', value: '2k' },
          },
        },
        {
          type: 'External',
          external: {
            metric: { name: 'e', selector },
            target: { type: 'AverageValue', averageValue: '30' },
          },
        },
        {
          type: 'ContainerResource',
          containerResource: {
            name: 'memory',
            container: 'c',
            target: { type: 'AverageValue', averageValue: '1Mi' },
          },
        },
      ],
    })
    f.sleep(15)
    const custom =
      'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered'
    expect(told('web')).toEqual([
      `Warning FailedGetPodsMetric x1: unable to get metric p: ${custom}`,
      `Warning FailedGetObjectMetric x1: unable to get metric o: Service on default web/${custom}`,
      'Warning FailedGetExternalMetric x1: unable to get external metric default/e/&LabelSelector{MatchLabels:map[string]string{queue: tasks,},MatchExpressions:[]LabelSelectorRequirement{},}: unable to fetch metrics from external metrics API: the server could not find the requested resource (get e.external.metrics.k8s.io)',
      `Warning FailedGetContainerResourceMetric x1: failed to get memory usage: ${NOT_SERVED.replace('cpu', 'memory')}`,
      `Warning FailedComputeMetricsReplicas x1: invalid metrics (4 invalid out of 4), first error is: failed to get pods metric value: unable to get metric p: ${custom}`,
    ])
  })

  it.each([
    ['more', 7, 5, 'Current number of replicas above Spec.MaxReplicas'],
    ['fewer', 1, 2, 'Current number of replicas below Spec.MinReplicas'],
  ])('corrects %s replicas than are allowed', (_what, replicas, wanted, reason) => {
    deploy('web', replicas)
    autoscale('web', { minReplicas: 2 })
    f.sleep(15)
    expect(f.get('deployments.apps', 'web').spec.replicas).toBe(wanted)
    expect(told('web')).toEqual([
      `Normal SuccessfulRescale x1: New size: ${wanted}; reason: ${reason}`,
    ])
    expect(conditions('web')).toEqual([
      `AbleToScale=True SucceededRescale: the HPA controller was able to update the target scale to ${wanted}`,
    ])
    expect(read('web').status).toMatchObject({
      currentReplicas: replicas,
      desiredReplicas: wanted,
      lastScaleTime: expect.stringMatching(/^2026-/) as string,
    })
  })

  it('owns what it scales as the subresource of another manager', () => {
    deploy('web', 7)
    autoscale('web')
    f.sleep(15)
    const [scaled] = (f.get('deployments.apps', 'web').metadata.managedFields ?? []).filter(
      ({ subresource }) => subresource === 'scale',
    )
    expect(scaled).toMatchObject({ manager: 'kube-controller-manager', operation: 'Update' })
  })

  it('leaves alone what was scaled to zero', () => {
    deploy('web', 0)
    autoscale('web')
    f.sleep(15)
    expect(conditions('web')[1]).toBe(
      'ScalingActive=False ScalingDisabled: scaling is disabled since the replica count of the target is zero',
    )
    expect(read('web').status).toMatchObject({ desiredReplicas: 0, currentMetrics: null })
  })

  it.each([
    ['apps/v1', 'Deployment', 'nope', 'deployments.apps "nope" not found'],
    ['apps/v1', 'Nonesuch', 'web', 'no matches for kind "Nonesuch" in group "apps"'],
    ['apps/v1', 'DaemonSet', 'web', 'the server could not find the requested resource'],
    ['', 'Deployment', 'web', 'no matches for kind "Deployment" in group ""'],
  ])('says why there is nothing to scale: %s %s %s', (apiVersion, kind, name, problem) => {
    deploy('web', 1)
    autoscale('web', { scaleTargetRef: { apiVersion, kind, name } })
    f.sleep(15)
    expect(told('web')).toEqual([`Warning FailedGetScale x1: ${problem}`])
    expect(conditions('web')).toEqual([
      `AbleToScale=False FailedGetScale: the HPA controller was unable to get the target's current scale: ${problem}`,
    ])
  })

  it('does not share its Pods with another autoscaler', () => {
    deploy('web', 1)
    autoscale('web')
    const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
    autoscale('other', { scaleTargetRef: target })
    f.sleep(15)
    const text =
      'pods by selector app=web are controlled by multiple HPAs: [default/other default/web]'
    expect(told('web')).toEqual([
      `Warning AmbiguousSelector x1: ${text}`,
      `Warning FailedComputeMetricsReplicas x1: ${text}`,
    ])
    expect(conditions('web')[1]).toBe(`ScalingActive=False AmbiguousSelector: ${text}`)
  })

  it('scales a custom resource, and needs its selector', () => {
    const schema = {
      type: 'object',
      properties: {
        spec: { type: 'object', properties: { size: { type: 'integer' } } },
        status: { type: 'object', properties: { size: { type: 'integer' } } },
      },
    }
    const scale = { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size' }
    f.create('customresourcedefinitions.apiextensions.k8s.io', {
      metadata: { name: 'rings.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'rings', kind: 'Ring' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: schema },
            subresources: { status: {}, scale },
          },
        ],
      },
    })
    const path = '/apis/example.com/v1/namespaces/default/rings'
    f.ask('POST', path, {
      apiVersion: 'example.com/v1',
      kind: 'Ring',
      metadata: { name: 'r' },
      spec: { size: 9 },
    })
    autoscale('r', { scaleTargetRef: { apiVersion: 'example.com/v1', kind: 'Ring', name: 'r' } })
    f.sleep(15)
    expect(f.ask('GET', `${path}/r`)).toMatchObject({ spec: { size: 5 } })
    f.sleep(15)
    expect(told('r')).toContain('Warning SelectorRequired x1: selector is required')
    expect(conditions('r')[1]).toBe(
      "ScalingActive=False InvalidSelector: the HPA target's scale is missing a selector",
    )
  })
})
