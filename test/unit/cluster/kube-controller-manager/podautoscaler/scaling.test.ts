import { beforeEach, describe, expect, it } from 'vitest'
import { Framework } from '../../../../support/conformance.ts'

const RESOURCE = 'horizontalpodautoscalers.autoscaling'
const DEPLOYMENTS = 'deployments.apps'

let f: Framework

const deploy = (image: string, resources: object): void => {
  const labels = { app: 'web' }
  f.create(DEPLOYMENTS, {
    metadata: { name: 'web' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image, resources }] } },
    },
  })
}

const autoscale = (spec: object): void => {
  const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
  f.create(RESOURCE, { metadata: { name: 'web' }, spec: { scaleTargetRef: target, ...spec } })
}

const cpu = (target: object) => [{ type: 'Resource', resource: { name: 'cpu', target } }]
const half = cpu({ type: 'Utilization', averageUtilization: 50 })
const replicas = (): number => f.get(DEPLOYMENTS, 'web').spec.replicas ?? 0

const conditions = (): readonly string[] =>
  (f.get(RESOURCE, 'web').status.conditions ?? []).map(
    ({ type, status, reason }) => `${type}=${status} ${reason}`,
  )

const events = (): readonly string[] =>
  f
    .items('events')
    .filter(({ involvedObject }) => involvedObject.kind === 'HorizontalPodAutoscaler')
    .map(({ type, reason, message }) => `${type} ${reason}: ${message}`)

describe('an autoscaler', () => {
  beforeEach(() => {
    f = new Framework()
    f.sleep(60)
  })

  it('adds replicas until there are as many as it may have', () => {
    deploy('bootdotdev/synergychat-testcpu', { limits: { cpu: '10m' } })
    autoscale({ minReplicas: 1, maxReplicas: 4, metrics: half })
    f.sleep(300)
    expect(replicas()).toBe(4)
    expect(events()[0]).toMatch(
      /^Normal SuccessfulRescale: New size: [23]; reason: cpu resource utilization \(percentage of request\) above target$/,
    )
    expect(f.get(RESOURCE, 'web').status).toMatchObject({ currentReplicas: 4, desiredReplicas: 4 })
    expect(conditions()).toEqual([
      'AbleToScale=True ReadyForNewScale',
      'ScalingActive=True ValidMetricFound',
      'ScalingLimited=True TooManyReplicas',
    ])
    const [metric] = f.get(RESOURCE, 'web').status.currentMetrics!
    const { averageUtilization, averageValue } = metric!.resource!.current
    expect(averageUtilization).toBeGreaterThan(90)
    expect(averageUtilization).toBeLessThan(120)
    expect(averageValue).toMatch(/^\d+m$/)
  })

  it('takes replicas away when five minutes were quiet', () => {
    deploy('nginx', { requests: { cpu: '100m' } })
    f.patch(DEPLOYMENTS, 'web', { spec: { replicas: 4 } })
    autoscale({ minReplicas: 2, maxReplicas: 5, metrics: half })
    f.sleep(270)
    expect(replicas()).toBe(4)
    expect(conditions()[0]).toBe('AbleToScale=True ScaleDownStabilized')
    f.sleep(120)
    expect(replicas()).toBe(2)
    expect(events()).toContain(
      'Normal SuccessfulRescale: New size: 2; reason: All metrics below target',
    )
  })

  it('goes as slowly as it is told', () => {
    deploy('nginx', { requests: { cpu: '100m' } })
    f.patch(DEPLOYMENTS, 'web', { spec: { replicas: 4 } })
    const scaleDown = {
      stabilizationWindowSeconds: 0,
      policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
    }
    autoscale({ minReplicas: 1, maxReplicas: 5, metrics: half, behavior: { scaleDown } })
    const seen: number[] = []
    for (let minute = 0; minute < 5; minute++) {
      seen.push(replicas())
      f.sleep(60)
    }
    expect(seen).toEqual([4, 3, 2, 1, 1])
  })

  it('counts memory by what each Pod may use', () => {
    deploy('nginx', { requests: { memory: '10Mi' } })
    const target = { type: 'AverageValue', averageValue: '1Mi' }
    autoscale({
      maxReplicas: 3,
      metrics: [{ type: 'Resource', resource: { name: 'memory', target } }],
    })
    f.sleep(120)
    expect(replicas()).toBe(3)
    expect(events()).toContain(
      'Normal SuccessfulRescale: New size: 3; reason: memory resource above target',
    )
  })

  it('needs requests to know a share of them', () => {
    deploy('nginx', {})
    autoscale({ maxReplicas: 3, metrics: half })
    f.sleep(120)
    const [name] = f.items('pods', 'app=web').map(({ metadata }) => metadata.name)
    expect(events()).toContain(
      `Warning FailedGetResourceMetric: failed to get cpu utilization: missing request for cpu in container c of Pod ${name}`,
    )
  })

  it('waits for the metrics server', () => {
    deploy('nginx', { requests: { cpu: '100m' } })
    f.delete(DEPLOYMENTS, 'metrics-server', {}, { namespace: 'kube-system' })
    autoscale({ maxReplicas: 3, metrics: half })
    f.sleep(60)
    expect(events()).toContain(
      'Warning FailedGetResourceMetric: failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server is currently unable to handle the request (get pods.metrics.k8s.io)',
    )
  })

  it('writes nothing while nothing changes', () => {
    deploy('nginx', { requests: { cpu: '100m' } })
    autoscale({ maxReplicas: 3, metrics: half })
    f.sleep(400)
    const { resourceVersion } = f.get(RESOURCE, 'web').metadata
    f.api.cluster.takeChanges()
    f.sleep(3)
    expect(f.api.cluster.takeChanges()).toMatchObject({ revisions: [], memory: [] })
    expect(f.get(RESOURCE, 'web').metadata.resourceVersion).toBe(resourceVersion)
  })
})
