// A cluster in which Services are broken and mended.
import type { Attempt } from '#diagnosis/context.ts'
import type { Diagnosis, Place } from '#diagnosis/cause.ts'
import { readDiagnosisQuery } from '#diagnosis/read-query.ts'
import { readTraceRequest } from '#network/read-request.ts'
import { trace } from '#network/trace-request.ts'
import type { Asked, Fault } from './faults/fault.ts'
import { client } from './faults/manifests.ts'
import { type Manifest, ScriptedCluster } from './scripted-cluster.ts'

export { client, namespace, webDeployment, webService } from './faults/manifests.ts'

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

  /** Does what the only cause's remedy says; the URL, if it is to be called otherwise. */
  mend(diagnosis: Diagnosis): string | undefined {
    const remedy = diagnosis.causes[0]?.remedy
    if (remedy === undefined) throw new Error('the cause has no remedy')
    const url = /^curl (\S+)$/.exec(remedy.command ?? '')?.[1]
    if (url !== undefined) return url
    for (const place of remedy.delete ?? []) this.script.delete(manifestOf(place))
    this.settle()
    for (const object of remedy.apply ?? []) this.script.create(object as Manifest)
    if (remedy.patch !== undefined)
      this.script.merge(manifestOf(remedy.patch.target), remedy.patch.patch)
    this.settle()
    return undefined
  }
}

/** A cluster with the fault, come to rest. */
export const clusterWith = ({ settings = {}, ...fault }: Fault): BrokenCluster => {
  const cluster = new BrokenCluster({ settings }).with(client())
  for (const { of, patch } of fault.before ?? []) cluster.script.merge(of, patch)
  cluster.with(...fault.manifests)
  for (const { of, patch } of fault.changes ?? []) cluster.script.merge(of, patch)
  for (const manifest of fault.deleted ?? []) cluster.script.delete(manifest)
  cluster.settle()
  return cluster
}

/** The parameters of a diagnosis as the engine takes them. */
export const attemptOf = (asked: Asked = {}): Attempt => {
  const query = readDiagnosisQuery({ service: 'default/web', ...asked })
  if ('problem' in query) throw new Error(query.problem)
  return query.attempt
}

const manifestOf = ({ apiVersion, kind, name, namespace: scope }: Place): Manifest => ({
  apiVersion,
  kind,
  metadata: { name, ...(scope === undefined ? {} : { namespace: scope }) },
})
