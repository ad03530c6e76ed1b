// kubernetes: plugin/pkg/admission/nodetaint/admission.go
import type { Node, Taint } from '#api/core/v1/node/types.ts'
import { assign, freeze } from '#apimachinery/object.ts'
import { isCreate, type AdmissionPlugin } from '#kube-apiserver/admission/plugin.ts'

const NOT_READY: Taint = freeze({ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' })

/** A new node takes no Pods until the node lifecycle controller found it ready. */
export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  resources: ['nodes'],
  admit: (request) => {
    const node = request.object as Node
    const taints = node.spec?.taints ?? []
    const isTainted = taints.some(
      ({ key, effect }) => key === NOT_READY.key && effect === NOT_READY.effect,
    )
    if (!isCreate(request) || isTainted) return node
    return assign(node, { spec: { ...node.spec, taints: [...taints, NOT_READY] } })
  },
}
