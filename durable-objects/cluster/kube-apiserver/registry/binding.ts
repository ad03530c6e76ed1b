import type { Binding } from '#api/core/v1/binding/types.ts'
import { NEVER_PROBED } from '#api/core/v1/pod/never-probed.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { assign, type KubeObject, type StringMap } from '#apimachinery/object.ts'
import { conflict, notFound } from '#apimachinery/status-error.ts'
import { formatTime } from '#apimachinery/time.ts'
import { withTopologyOf } from '#kube-apiserver/admission/pod-topology-labels.ts'
import type { RegistryContext } from '#kube-apiserver/registry/registry.ts'
import { preconditionFailed } from '#kube-apiserver/registry/storage-error.ts'

const PODS = { group: '', resource: 'pods' }

/**
 * Writes a bound Pod as the scheduler gives it (nodeName and the PodScheduled condition set).
 * Binding bypasses update's immutability and owns no fields, as upstream's assignPod does.
 */
export const bind = (context: RegistryContext, pod: KubeObject): KubeObject => {
  const { namespace = '', name = '', resourceVersion } = pod.metadata
  const live = context.etcd.get('pods', namespace, name)
  if (live === undefined) throw notFound(PODS, name)
  if (live.metadata.resourceVersion !== resourceVersion)
    throw conflict(
      PODS,
      name,
      'the object has been modified; please apply your changes to the latest version and try again',
    )
  return context.etcd.put('pods', located(context, pod))
}

/** kubernetes: plugin/pkg/admission/podtopologylabels, which labels the Binding */
const located = (context: RegistryContext, pod: KubeObject): KubeObject =>
  withTopologyOf(pod, context.etcd.get('nodes', '', (pod as Pod).spec.nodeName ?? ''))

const BINDING = { group: '', resource: 'pods/binding' }

/** Why a Pod cannot be bound to any node. kubernetes: pkg/registry/core/pod/storage/storage.go setPodNodeAndMetadata */
const obstacle = ({ metadata, spec }: Pod): string | undefined => {
  const { name = '', deletionTimestamp } = metadata
  if (deletionTimestamp !== undefined)
    return `pod ${name} is being deleted, cannot be assigned to a host`
  if ((spec.nodeName ?? '') !== '')
    return `pod ${name} is already assigned to node "${spec.nodeName!}"`
  return (spec.schedulingGates ?? []).length === 0
    ? undefined
    : `pod ${name} has non-empty .spec.schedulingGates`
}

const added = (map: StringMap | undefined, more: StringMap | undefined): StringMap | undefined =>
  more === undefined ? map : { ...map, ...more }

/** Binds by a Binding object from outside. kubernetes: pkg/registry/core/pod/storage/storage.go BindingREST */
export const bindTo = (
  context: RegistryContext,
  namespace: string,
  binding: Binding,
  dryRun: boolean,
): void => {
  const { name = '', uid, resourceVersion, labels, annotations } = binding.metadata
  const live = context.etcd.get('pods', namespace, name) as Pod | undefined
  if (live === undefined) throw notFound(PODS, name)
  const pods = context.resources.named('pods')!
  if (uid !== undefined && uid !== live.metadata.uid)
    throw preconditionFailed(pods, live, 'UID', uid)
  if (resourceVersion !== undefined && resourceVersion !== live.metadata.resourceVersion)
    throw preconditionFailed(pods, live, 'ResourceVersion', resourceVersion)
  const reason = obstacle(live)
  if (reason !== undefined) throw conflict(BINDING, name, reason)
  if (dryRun) return
  const scheduled = {
    type: 'PodScheduled',
    status: 'True',
    ...NEVER_PROBED,
    lastTransitionTime: formatTime(context.now()),
  }
  const others = (live.status.conditions ?? []).filter(({ type }) => type !== 'PodScheduled')
  const bound: Pod = {
    ...live,
    metadata: assign(live.metadata, {
      labels: added(live.metadata.labels, labels),
      annotations: added(live.metadata.annotations, annotations),
    }),
    spec: assign(live.spec, { nodeName: binding.target.name ?? '' }),
    status: assign(live.status, { conditions: [...others, scheduled] }),
  }
  context.etcd.put('pods', located(context, bound))
}
