import type { Node } from '#api/core/v1/node/types.ts'
import { assign } from '#apimachinery/object.ts'

/**
 * podCIDR is the first of podCIDRs; whoever changes only podCIDR means the list.
 * kubernetes: pkg/apis/core/v1/conversion.go Convert_v1_NodeSpec_To_core_NodeSpec, defaults.go SetDefaults_NodeStatus
 */
export const nodeDefaults = (node: Node): Node => {
  const spec = node.spec ?? {}
  const { podCIDR = '', podCIDRs = [] } = spec
  const cidrs = podCIDR !== '' && podCIDRs[0] !== podCIDR ? [podCIDR] : podCIDRs
  const status = node.status
  return assign(node, {
    spec: assign(spec, {
      podCIDR: cidrs[0],
      podCIDRs: cidrs.length === 0 ? undefined : cidrs,
    }),
    status:
      status?.capacity === undefined || status.allocatable !== undefined
        ? status
        : { ...status, allocatable: status.capacity },
  })
}
