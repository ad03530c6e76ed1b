import type { Manifest, Script } from '../scripted-cluster.ts'
import { container, look, MINUTE, SECOND, template, workload } from './builders.ts'

const METRICS = '/apis/metrics.k8s.io/v1beta1'

const autoscaler = (name: string, spec: object): Manifest => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name },
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name }, ...spec },
})

const busy = (name: string, replicas: number, image: string): Manifest =>
  workload('Deployment', name, image, {
    replicas,
    template: template(name, {
      containers: [
        container(image, { resources: { requests: { cpu: '5m' }, limits: { cpu: '10m' } } }),
      ],
    }),
  })

/** Autoscalers that go up, down and slowly, with metrics and without; accounts whose tokens stand in Secrets. */
export const autoscaling: Script = (cluster) => {
  cluster.create(busy('busy', 1, 'bootdotdev/synergychat-testcpu'))
  cluster.create(busy('idle', 4, 'nginx'))
  cluster.create(busy('slow', 5, 'nginx'))
  cluster.create(autoscaler('busy', { maxReplicas: 4 }))
  cluster.advance(7300)
  cluster.create(autoscaler('idle', { maxReplicas: 9, minReplicas: 2 }))
  const policies = [{ type: 'Pods', value: 1, periodSeconds: 60 }]
  const scaleDown = { stabilizationWindowSeconds: 30, policies }
  cluster.create(autoscaler('slow', { maxReplicas: 9, behavior: { scaleDown } }))
  cluster.create(autoscaler('nobody', { maxReplicas: 9 }))
  cluster.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' } })
  cluster.create({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'robot', annotations: { 'kubernetes.io/service-account.name': 'robot' } },
    type: 'kubernetes.io/service-account-token',
  })
  for (let minute = 0; minute < 7; minute++) {
    cluster.advance(MINUTE - 3 * SECOND)
    cluster.request('GET', `${METRICS}/nodes`)
    cluster.request('GET', `${METRICS}/namespaces/default/pods`)
    cluster.advance(5 * SECOND)
    look(cluster)
  }
  cluster.request('DELETE', '/api/v1/namespaces/default/serviceaccounts/robot', {})
  cluster.request('DELETE', '/apis/apps/v1/namespaces/kube-system/deployments/metrics-server', {})
  cluster.advance(MINUTE)
  cluster.request('GET', `${METRICS}/nodes`)
  for (const name of ['busy', 'idle', 'slow', 'nobody'])
    cluster.request(
      'DELETE',
      `/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers/${name}`,
      {},
    )
  cluster.advance(MINUTE)
  look(cluster)
}
