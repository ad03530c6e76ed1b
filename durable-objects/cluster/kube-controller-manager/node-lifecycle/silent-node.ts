// kubernetes: pkg/controller/nodelifecycle/node_lifecycle_controller.go tryUpdateNodeHealth
import type { Node, NodeCondition } from '#api/core/v1/node/types.ts'
import { assign } from '#apimachinery/object.ts'
import { formatTime } from '#apimachinery/time.ts'

/** A kubelet that was not heard of for so long is taken for gone. */
export const MONITOR_GRACE_MS = 50_000
/** A new one may take longer until it first says something. */
export const STARTUP_GRACE_MS = 60_000

const CONDITIONS = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']

/** The node, about which nothing is known any more; the node itself if it says so already. */
export const silenced = (node: Node, now: number): Node => {
  const { conditions = [] } = node.status
  const time = formatTime(now)
  const changed = conditions.map((condition) =>
    CONDITIONS.includes(condition.type) && condition.status !== 'Unknown'
      ? {
          ...condition,
          status: 'Unknown',
          reason: 'NodeStatusUnknown',
          message: 'Kubelet stopped posting node status.',
          lastTransitionTime: time,
        }
      : condition,
  )
  const missing = CONDITIONS.filter(
    (type) => !conditions.some((condition) => condition.type === type),
  )
  const { creationTimestamp } = node.metadata
  const added: NodeCondition[] = missing.map((type) => ({
    type,
    status: 'Unknown',
    reason: 'NodeStatusNeverUpdated',
    message: 'Kubelet never posted node status.',
    lastHeartbeatTime: creationTimestamp ?? time,
    lastTransitionTime: time,
  }))
  const isSame =
    added.length === 0 && changed.every((condition, index) => condition === conditions[index])
  return isSame
    ? node
    : assign(node, { status: assign(node.status, { conditions: [...changed, ...added] }) })
}
