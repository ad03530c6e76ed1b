// kubernetes: plugin/pkg/admission/podtopologylabels/admission.go
import type { Pod } from '#api/core/v1/pod/types.ts'
import { assign, own, type KubeObject, type StringMap } from '#apimachinery/object.ts'
import {
  isCreate,
  type AdmissionContext,
  type AdmissionPlugin,
} from '#kube-apiserver/admission/plugin.ts'

const COPIED = ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone']

/** The Pod with the labels that say where its node is. */
export const withTopologyOf = <T extends KubeObject>(pod: T, node: KubeObject | undefined): T => {
  let labels: Record<string, string> | undefined
  for (const key of COPIED) {
    const value = own(node?.metadata.labels, key)
    if (value === undefined || own(pod.metadata.labels, key) === value) continue
    labels ??= { ...(pod.metadata.labels satisfies StringMap | undefined) }
    labels[key] = value
  }
  return labels === undefined
    ? pod
    : (assign<KubeObject>(pod, { metadata: assign(pod.metadata, { labels }) }) as T)
}

/** Pods that are born on a node; the others get the labels when they are bound. */
export const podTopologyLabels = ({ reader }: AdmissionContext): AdmissionPlugin => ({
  name: 'PodTopologyLabels',
  resources: ['pods'],
  admit: (request) => {
    const pod = request.object as Pod
    const { nodeName = '' } = pod.spec
    return nodeName === '' || !isCreate(request)
      ? pod
      : withTopologyOf(pod, reader.get('nodes', '', nodeName))
  },
})
