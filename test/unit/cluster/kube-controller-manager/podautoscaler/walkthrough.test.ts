// kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale-walkthrough
import { expect, it } from 'vitest'
import { Framework } from '../../../../support/conformance.ts'

it('scales with the load that a loop in a Pod makes, and back when it stops', () => {
  const f = new Framework()
  const labels = { run: 'php-apache' }
  const resources = { limits: { cpu: '500m' }, requests: { cpu: '200m' } }
  const container = { name: 'php-apache', image: 'registry.k8s.io/hpa-example', resources }
  f.create('deployments.apps', {
    metadata: { name: 'php-apache' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
  })
  f.create('services', {
    metadata: { name: 'php-apache' },
    spec: { ports: [{ port: 80 }], selector: labels },
  })
  const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'php-apache' }
  const half = { type: 'Utilization', averageUtilization: 50 }
  f.create('horizontalpodautoscalers.autoscaling', {
    metadata: { name: 'php-apache' },
    spec: {
      scaleTargetRef: target,
      maxReplicas: 10,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: half } }],
    },
  })
  const replicas = () => f.get('deployments.apps', 'php-apache').spec.replicas
  const used = () =>
    f.get('horizontalpodautoscalers.autoscaling', 'php-apache').status.currentMetrics?.[0]?.resource
      ?.current.averageUtilization ?? 0
  f.sleep(60)
  expect([replicas(), used()]).toEqual([1, expect.any(Number)])
  expect(used()).toBeLessThan(2)
  const script = 'while sleep 0.01; do wget -q -O- http://php-apache; done'
  f.create('pods', {
    metadata: { name: 'load-generator' },
    spec: {
      restartPolicy: 'Never',
      containers: [{ name: 'l', image: 'busybox:1.28', command: ['/bin/sh', '-c', script] }],
    },
  })
  f.sleep(16)
  expect(used()).toBeGreaterThan(150)
  f.sleep(300)
  expect(replicas()).toBeGreaterThan(3)
  expect(replicas()).toBeLessThanOrEqual(10)
  expect(used()).toBeGreaterThan(25)
  expect(used()).toBeLessThan(80)
  f.delete('pods', 'load-generator')
  f.sleep(600)
  expect(replicas()).toBe(1)
})
