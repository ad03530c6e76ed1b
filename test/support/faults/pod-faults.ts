// Services behind which no Pod comes to run.
import type { Fault } from './fault.ts'
import { existing, webContainer, webDeployment, webService } from './manifests.ts'

const nodes = ['node-1', 'node-2', 'node-3']

const api = (env: readonly object[]) =>
  webContainer({ image: 'bootdotdev/synergychat-api:latest', env })

const apiService = webService({ ports: [{ port: 80, targetPort: 8080 }] })

export const podFaults: Readonly<Record<string, Fault>> = {
  'a readiness probe with a wrong path': {
    code: 'NoPodIsReady',
    manifests: [
      webContainer({
        readinessProbe: { httpGet: { path: '/healthz', port: 80 }, periodSeconds: 1 },
      }),
      webService(),
    ],
  },
  'a readiness probe with a wrong path and a wrong port': {
    code: 'NoPodIsReady',
    manifests: [
      webContainer({
        image: 'bootdotdev/synergychat-api:latest',
        readinessProbe: { httpGet: { path: '/ready', port: 80 }, periodSeconds: 1 },
      }),
      apiService,
    ],
    reach: { from: { pod: 'default/client' }, to: 'http://web/messages' },
  },
  'a node selector that no node has': {
    code: 'PodHasNoNode',
    manifests: [webDeployment({ nodeSelector: { disk: 'ssd' } }), webService()],
  },
  'more memory than any node has': {
    code: 'PodHasNoNode',
    manifests: [webContainer({ resources: { requests: { memory: '900Gi' } } }), webService()],
  },
  'a taint that the Pods do not bear': {
    code: 'PodHasNoNode',
    before: nodes.map((name) => ({
      of: existing('Node', name),
      patch: { spec: { taints: [{ key: 'team', value: 'blue', effect: 'NoSchedule' }] } },
    })),
    manifests: [webDeployment(), webService()],
  },
  'nodes that take no more Pods': {
    code: 'PodHasNoNode',
    before: nodes.map((name) => ({
      of: existing('Node', name),
      patch: { spec: { unschedulable: true } },
    })),
    manifests: [webDeployment(), webService()],
  },
  'an image whose name is misspelt': {
    code: 'ImageCannotBePulled',
    manifests: [webContainer({ image: 'ngnix:1.29' }), webService()],
  },
  'an image with a tag that there is not': {
    code: 'ImageCannotBePulled',
    manifests: [webContainer({ image: 'nginx:99.9' }), webService()],
  },
  'an init container with an image that there is not': {
    code: 'ImageCannotBePulled',
    manifests: [
      webDeployment({
        initContainers: [{ name: 'prepare', image: 'bussybox:1.37', command: ['true'] }],
      }),
      webService(),
    ],
  },
  'a ConfigMap that is missing': {
    code: 'ConfigurationMissing',
    manifests: [
      api([
        { name: 'API_PORT', valueFrom: { configMapKeyRef: { name: 'api', key: 'API_PORT' } } },
        { name: 'CRAWLER_BASE_URL', valueFrom: { configMapKeyRef: { name: 'api', key: 'url' } } },
      ]),
      apiService,
    ],
    reach: { from: { pod: 'default/client' }, to: 'http://web/messages' },
  },
  'a key that is missing in a ConfigMap': {
    code: 'ConfigurationMissing',
    manifests: [
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'api', namespace: 'default' },
        data: { PORT: '8080' },
      },
      api([{ name: 'API_PORT', valueFrom: { configMapKeyRef: { name: 'api', key: 'API_PORT' } } }]),
      apiService,
    ],
    reach: { from: { pod: 'default/client' }, to: 'http://web/messages' },
  },
  'a volume of a Secret that is missing': {
    code: 'ConfigurationMissing',
    manifests: [
      webDeployment({ volumes: [{ name: 'keys', secret: { secretName: 'keys' } }] }),
      webService(),
    ],
  },
  'an environment variable that is missing': {
    code: 'ContainerKeepsEnding',
    manifests: [api([{ name: 'CRAWLER_BASE_URL', value: 'http://crawler' }]), apiService],
    reach: { from: { pod: 'default/client' }, to: 'http://web/messages' },
  },
  'a password that is missing': {
    code: 'ContainerKeepsEnding',
    manifests: [webContainer({ image: 'postgres:17' }), webService({ ports: [{ port: 5432 }] })],
    reach: { from: { pod: 'default/client' }, to: 'tcp://web:5432' },
  },
  'a command that fails as one that there is not': {
    code: 'ContainerKeepsEnding',
    manifests: [webContainer({ command: ['sh', '-c', 'exit 127'] }), webService()],
  },
  'a command that ends at once': {
    code: 'ContainerKeepsEnding',
    manifests: [webContainer({ command: ['sh', '-c', 'echo ready'] }), webService()],
  },
}
