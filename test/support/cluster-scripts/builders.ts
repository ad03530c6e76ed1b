import type { KubeObject } from '#apimachinery/object.ts'
import type { Manifest, ScriptedCluster } from '../scripted-cluster.ts'

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE

const PODS = '/api/v1/namespaces/default/pods'

export const container = (image: string, more: object = {}) => ({ name: 'main', image, ...more })

export const template = (app: string, spec: object) => ({ metadata: { labels: { app } }, spec })

export const workload = (
  kind: 'Deployment' | 'StatefulSet' | 'DaemonSet',
  name: string,
  image: string,
  spec: object = {},
): Manifest => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name, labels: { app: name } },
  spec: {
    ...(kind === 'DaemonSet' ? {} : { replicas: 2 }),
    selector: { matchLabels: { app: name } },
    template: template(name, { containers: [container(image)] }),
    ...spec,
  },
})

export const service = (name: string, app: string, spec: object = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app }, ports: [{ protocol: 'TCP', port: 80, targetPort: 8080 }], ...spec },
})

export const pod = (name: string, image: string, spec: object = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: name } },
  spec: { containers: [container(image)], ...spec },
})

export const setImage = (image: string) => ({
  spec: { template: { spec: { containers: [{ name: 'main', image }] } } },
})

export const podsOf = (cluster: ScriptedCluster): readonly KubeObject[] => cluster.list(PODS)

export const firstPod = (cluster: ScriptedCluster): string => podsOf(cluster)[0]!.metadata.name!

export const look = (cluster: ScriptedCluster): void => {
  cluster.table('/api/v1/pods')
  cluster.table('/api/v1/nodes')
  cluster.get('/apis/discovery.k8s.io/v1/endpointslices')
  cluster.get('/api/v1/namespaces/default/events')
}

export const shell = (script: string) =>
  container('busybox:1.37', { command: ['sh', '-c', script] })

export const machine = (name: string): Manifest => ({
  apiVersion: 'kubarium.dev/v1',
  kind: 'Machine',
  metadata: { name },
})
