// Which revisions of a workload are kept. kubernetes: kubectl pkg/util/deployment, pkg/polymorphichelpers/history.go
import type { Deployment } from '#api/apps/v1/deployment/types.ts'
import type { ReplicaSet } from '#api/apps/v1/replica-set/types.ts'
import type { PodTemplateSpec } from '#api/core/v1/pod-template/spec-types.ts'
import { schemaForKind } from '#api/schemas.ts'
import type { LabelSelector } from '#apimachinery/labels.ts'
import { labelSelectorText } from '#apimachinery/label-text.ts'
import {
  controllerOf,
  equal,
  type JsonObject,
  type KubeObject,
  own,
  type StringMap,
} from '#apimachinery/object.ts'
import { applyStrategicMergePatch } from '#apimachinery/patch/strategic-merge.ts'
import { asFailure, KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { type Info, metadataOf, pathOfInfo } from '#kubectl/resource/info.ts'

export const REVISION = 'deployment.kubernetes.io/revision'
export const CHANGE_CAUSE = 'kubernetes.io/change-cause'
const HASH = 'pod-template-hash'

/** Undefined: it has none that is a number. */
export const revisionOf = ({
  annotations,
}: {
  readonly annotations?: StringMap
}): number | undefined => {
  const text = own(annotations, REVISION)
  return text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : undefined
}

/** A ControllerRevision. */
export interface Revision {
  readonly number: number
  readonly object: JsonObject
  /** The patch that leads back there. */
  readonly data: JsonObject
}

const ask = <T>(words: string, question: () => T): T => {
  try {
    return question()
  } catch (error) {
    throw new KubectlFailure(`${words}: ${asFailure(error).message}`)
  }
}

const owned = (run: Invocation, object: KubeObject, plural: string): readonly KubeObject[] => {
  const { namespace = '', uid } = object.metadata
  const { selector } = object['spec' as keyof KubeObject] as unknown as {
    readonly selector?: LabelSelector
  }
  const list = run.client.get(
    `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/${plural}`,
    [['labelSelector', labelSelectorText(selector)]],
  )
  return ((list['items'] ?? []) as unknown as readonly KubeObject[]).filter(
    (one) => controllerOf(one)?.uid === uid,
  )
}

/** The workload as it is now. `what`: as its kind stands in the message. */
const current = (run: Invocation, info: Info, what: string): KubeObject =>
  ask(
    `failed to retrieve ${what} ${info.name}`,
    () => run.client.get(pathOfInfo(info)) as unknown as KubeObject,
  )

/** A deployment and its replica sets; what `get` calls it differs. */
export const deploymentSets = (
  run: Invocation,
  info: Info,
  what: string,
): { readonly deployment: Deployment; readonly sets: readonly ReplicaSet[] } => {
  const deployment = current(run, info, what) as Deployment
  const sets = ask(
    `failed to retrieve replica sets from deployment ${info.name}`,
    () => owned(run, deployment, 'replicasets') as readonly ReplicaSet[],
  )
  return { deployment, sets }
}

/** A workload of another kind and its ControllerRevisions, oldest first. */
export const controllerRevisions = (
  run: Invocation,
  info: Info,
): { readonly workload: JsonObject; readonly revisions: readonly Revision[] } => {
  const { kind } = info.resource
  const workload = current(run, info, kind === 'StatefulSet' ? 'Statefulset' : kind)
  const found = ask(`unable to find history controlled by ${kind} ${info.name}`, () =>
    owned(run, workload, 'controllerrevisions'),
  )
  const revisions = found.map((one) => {
    const object = one as unknown as JsonObject
    return {
      number: Number(object['revision'] ?? 0),
      object,
      data: (object['data'] ?? {}) as JsonObject,
    }
  })
  return {
    workload: workload as unknown as JsonObject,
    revisions: revisions.toSorted((a, b) => a.number - b.number),
  }
}

/** The workload as it was. kubernetes: applyDaemonSetHistory */
export const workloadThen = (
  { resource: { group, version, kind } }: Info,
  workload: JsonObject,
  { data }: Revision,
): JsonObject => applyStrategicMergePatch(workload, data, schemaForKind(group, version, kind)!)

/** Its pod template. */
export const templateThen = (
  info: Info,
  workload: JsonObject,
  revision: Revision,
): PodTemplateSpec => {
  const { template } = workloadThen(info, workload, revision)['spec'] as JsonObject
  return template as unknown as PodTemplateSpec
}

/** The template has not been changed since. kubernetes: daemonSetMatch */
export const isNow = (workload: JsonObject, { data }: Revision): boolean => {
  const { template } = workload['spec'] as { readonly template: JsonObject }
  return equal(data, { spec: { template: { ...template, $patch: 'replace' } } })
}

export const withoutHash = (template: PodTemplateSpec): PodTemplateSpec => {
  const { labels, ...metadata } = template.metadata
  if (labels === undefined) return template
  const kept = Object.fromEntries(Object.entries(labels).filter(([key]) => key !== HASH))
  return { ...template, metadata: { ...metadata, labels: kept } }
}

export const changeCauseOf = (object: JsonObject): string =>
  own(metadataOf(object).annotations, CHANGE_CAUSE) ?? ''
