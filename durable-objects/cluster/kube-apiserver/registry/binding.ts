import { NEVER_PROBED } from '#api/core/v1/pod/never-probed.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { assign, type KubeObject, type StringMap } from '#apimachinery/object.ts'
import { conflict, notFound } from '#apimachinery/status-error.ts'
import { formatTime } from '#apimachinery/time.ts'
import { withTopologyOf } from '#kube-apiserver/admission/pod-topology-labels.ts'
import type { RegistryContext } from '#kube-apiserver/registry/registry.ts'

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

/** Binds by a Binding object from outside. kubernetes: pkg/registry/core/pod/storage/storage.go BindingREST */
export const bindTo = (
  context: RegistryContext,
  namespace: string,
  name: string,
  node: string,
  annotations: StringMap | undefined,
): KubeObject => {
  const live = context.etcd.get('pods', namespace, name) as Pod | undefined
  if (live === undefined) throw notFound(PODS, name)
  if (live.metadata.deletionTimestamp !== undefined)
    throw conflict(
      { group: '', resource: 'pods/binding' },
      name,
      `pod ${name} is being deleted, cannot be assigned to a host`,
    )
  if (live.spec.nodeName !== undefined)
    throw conflict(
      { group: '', resource: 'pods/binding' },
      name,
      `pod ${name} is already assigned to node "${live.spec.nodeName}"`,
    )
  const scheduled = {
    type: 'PodScheduled',
    status: 'True',
    ...NEVER_PROBED,
    lastTransitionTime: formatTime(context.now()),
  }
  const conditions = [
    ...(live.status.conditions ?? []).filter(({ type }) => type !== 'PodScheduled'),
    scheduled,
  ]
  const metadata =
    annotations === undefined
      ? live.metadata
      : assign(live.metadata, { annotations: { ...live.metadata.annotations, ...annotations } })
  const bound: Pod = {
    ...live,
    metadata,
    spec: assign(live.spec, { nodeName: node }),
    status: assign(live.status, { conditions }),
  }
  return context.etcd.put('pods', located(context, bound))
}
