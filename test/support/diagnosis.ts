// A cluster in which Services are broken and mended.
import type { Attempt } from '#diagnosis/context.ts'
import type { Diagnosis, Place } from '#diagnosis/cause.ts'
import { readTraceRequest } from '#network/read-request.ts'
import { trace } from '#network/trace-request.ts'
import { type Manifest, ScriptedCluster } from './scripted-cluster.ts'

export const webDeployment = (changes: Readonly<Record<string, unknown>> = {}): Manifest => ({
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

export const webService = (
  changes: Readonly<Record<string, unknown>> = {},
  name = 'web',
): Manifest => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }], ...changes },
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

const SETTLING_MS = 120_000

export class BrokenCluster {
  readonly script: ScriptedCluster

  constructor(settings: ConstructorParameters<typeof ScriptedCluster>[0] = {}) {
    this.script = new ScriptedCluster({
      ...settings,
      settings: { delays: 'instant', ...settings.settings },
    })
    this.settle()
  }

  settle(): void {
    this.script.advance(SETTLING_MS)
  }

  with(...manifests: readonly Manifest[]): this {
    for (const manifest of manifests) this.script.create(manifest)
    this.settle()
    return this
  }

  diagnose(service = 'default/web', attempt: Attempt = {}): Diagnosis {
    const [namespaceName = '', name = ''] = service.split('/')
    const diagnosis = this.script.cluster.diagnose(namespaceName, name, attempt)
    if (diagnosis === undefined) throw new Error(`there is no Service ${service}`)
    return diagnosis
  }

  codes(service?: string, attempt?: Attempt): readonly string[] {
    return this.diagnose(service, attempt).causes.map(({ code }) => code)
  }

  /** What becomes of a request. */
  outcome(from: object, to: string): string {
    const request = readTraceRequest({ from, to })
    if ('problem' in request) throw new Error(request.problem)
    return trace(this.script.cluster.world(true), request).outcome
  }

  /** Does what the only cause's remedy says. */
  mend(diagnosis: Diagnosis): void {
    const remedy = diagnosis.causes[0]?.remedy
    if (remedy === undefined) throw new Error('the cause has no remedy')
    for (const place of remedy.delete ?? []) this.script.delete(manifestOf(place))
    this.settle()
    for (const object of remedy.apply ?? []) this.script.create(object as Manifest)
    if (remedy.patch !== undefined)
      this.script.merge(manifestOf(remedy.patch.target), remedy.patch.patch)
    this.settle()
  }
}

const manifestOf = ({ apiVersion, kind, name, namespace: scope }: Place): Manifest => ({
  apiVersion,
  kind,
  metadata: { name, ...(scope === undefined ? {} : { namespace: scope }) },
})
