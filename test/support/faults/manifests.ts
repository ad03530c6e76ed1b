// What faults are built of. Nothing here is imported at run time: the tests over HTTP read it too.
import type { Manifest } from '../scripted-cluster.ts'

type Fields = Readonly<Record<string, unknown>>

export const webDeployment = (changes: Fields = {}): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [
          { name: 'web', image: 'nginx:1.29', ports: [{ name: 'http', containerPort: 80 }] },
        ],
        ...changes,
      },
    },
  },
})

/** The same with another container. */
export const webContainer = (container: Fields): Manifest =>
  webDeployment({ containers: [{ name: 'web', image: 'nginx:1.29', ...container }] })

export const webService = (changes: Fields = {}, name = 'web'): Manifest => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }], ...changes },
})

export const nodePortService = (changes: Fields = {}): Manifest =>
  webService({ type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }], ...changes })

export const externalName = (name: string, changes: Fields = {}): Manifest =>
  webService({
    selector: undefined,
    ports: undefined,
    type: 'ExternalName',
    externalName: name,
    ...changes,
  })

export const client = (namespace = 'default'): Manifest => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'client', namespace, labels: { role: 'client' } },
  spec: { containers: [{ name: 'shell', image: 'busybox:1.37', command: ['sleep', '86400'] }] },
})

export const namespace = (name: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
})

/** An object that is there already, to be changed. */
export const existing = (
  kind: string,
  name: string,
  scope?: string,
  apiVersion = 'v1',
): Manifest => ({
  apiVersion,
  kind,
  metadata: { name, ...(scope === undefined ? {} : { namespace: scope }) },
})
