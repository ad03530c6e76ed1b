import type { Deployment } from '#api/apps/v1/deployment/types.ts'
import type { ReplicaSet } from '#api/apps/v1/replica-set/types.ts'
import type { PodTemplateSpec } from '#api/core/v1/pod-template/spec-types.ts'
import { labelSelectorText } from '#apimachinery/label-text.ts'
import { controllerOf, equal, type KubeObject } from '#apimachinery/object.ts'
import { attempt, type DescribeContext } from '#kubectl/describe/context.ts'
import { describeEventsOf } from '#kubectl/describe/events.ts'
import { rfc1123 } from '#kubectl/describe/go-format.ts'
import { describeLabelsAndAnnotations } from '#kubectl/describe/metadata.ts'
import { describePodTemplate } from '#kubectl/describe/pod-template.ts'
import { describeScaleConditions } from '#kubectl/describe/workload-parts.ts'
import { tabbed, type PrefixWriter } from '#kubectl/output/prefix-writer.ts'

const HASH = 'pod-template-hash'

/** kubernetes: kubectl pkg/describe DeploymentDescriber */
export const describeDeployment = (context: DescribeContext, object: KubeObject): string => {
  const deployment = object as Deployment
  const { metadata, spec, status } = deployment
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name)
    w.field(0, 'Namespace', metadata.namespace)
    w.field(0, 'CreationTimestamp', rfc1123(metadata.creationTimestamp))
    describeLabelsAndAnnotations(w, metadata)
    w.field(0, 'Selector', labelSelectorText(spec.selector))
    w.field(0, 'Replicas', replicasText(deployment))
    w.field(0, 'StrategyType', spec.strategy.type)
    w.field(0, 'MinReadySeconds', spec.minReadySeconds ?? 0)
    const rolling = spec.strategy.rollingUpdate
    if (rolling !== undefined) {
      const { maxUnavailable = '<nil>', maxSurge = '<nil>' } = rolling
      w.field(
        0,
        'RollingUpdateStrategy',
        `${maxUnavailable} max unavailable, ${maxSurge} max surge`,
      )
    }
    describePodTemplate(w, spec.template)
    describeScaleConditions(w, status.conditions)
    describeReplicaSets(context, w, deployment)
    describeEventsOf(context, w, deployment)
  })
}

const replicasText = ({ spec, status }: Deployment): string =>
  [
    `${spec.replicas ?? 0} desired`,
    `${status.updatedReplicas ?? 0} updated`,
    `${status.replicas ?? 0} total`,
    `${status.availableReplicas ?? 0} available`,
    `${status.unavailableReplicas ?? 0} unavailable`,
  ].join(' | ')

/** kubernetes: kubectl pkg/util/deployment GetAllReplicaSetsInChunks */
const describeReplicaSets = (
  context: DescribeContext,
  w: PrefixWriter,
  deployment: Deployment,
): void => {
  const { namespace = '', uid } = deployment.metadata
  const labels = labelSelectorText(deployment.spec.selector)
  const listed = attempt(() => context.list('replicasets.apps', namespace, { labels }))
  if ('failure' in listed) return
  const owned = (listed.value as readonly ReplicaSet[])
    .filter((set) => controllerOf(set)?.uid === uid)
    .sort(byAge)
  const current = owned.find((set) => hasTemplate(set.spec.template, deployment.spec.template))
  const old = owned.filter((set) => set !== current)
  if (owned.length === 0) return
  w.field(0, 'OldReplicaSets', setsText(old))
  w.field(0, 'NewReplicaSet', setsText(current === undefined ? [] : [current]))
}

const byAge = ({ metadata: a }: ReplicaSet, { metadata: b }: ReplicaSet): number => {
  const [left, right] =
    a.creationTimestamp === b.creationTimestamp
      ? [a.name ?? '', b.name ?? '']
      : [a.creationTimestamp ?? '', b.creationTimestamp ?? '']
  return left < right ? -1 : left > right ? 1 : 0
}

/** kubernetes: kubectl pkg/util/deployment equalIgnoreHash */
const hasTemplate = (a: PodTemplateSpec | undefined, b: PodTemplateSpec): boolean =>
  a !== undefined && equal(a.spec, b.spec) && equal(withoutHash(a), withoutHash(b))

const withoutHash = ({ metadata }: PodTemplateSpec) => ({
  ...metadata,
  labels: Object.fromEntries(Object.entries(metadata.labels ?? {}).filter(([key]) => key !== HASH)),
})

const setsText = (sets: readonly ReplicaSet[]): string =>
  sets
    .map(
      ({ metadata, spec, status }) =>
        `${metadata.name ?? ''} (${status.replicas}/${spec.replicas ?? 0} replicas created)`,
    )
    .join(', ') || '<none>'
