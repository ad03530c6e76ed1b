// kubernetes: pkg/printers/internalversion/printers.go printNode
import type { Node } from '#api/core/v1/node/types.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'
import type { StringMap } from '#apimachinery/object.ts'

const ROLE_PREFIX = 'node-role.kubernetes.io/'
const ROLE_LABEL = 'kubernetes.io/role'

/** The roles that labels give a node, sorted. */
const rolesOf = (labels: StringMap): string => {
  const roles = new Set<string>()
  for (const [key, value] of Object.entries(labels)) {
    if (key.startsWith(ROLE_PREFIX)) {
      if (key.length > ROLE_PREFIX.length) roles.add(key.slice(ROLE_PREFIX.length))
    } else if (key === ROLE_LABEL && value !== '') roles.add(value)
  }
  return roles.size === 0 ? '<none>' : [...roles].sort().join(',')
}

const statusOf = (node: Node): string => {
  const ready = node.status?.conditions?.findLast(({ type }) => type === 'Ready')
  const word = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'
  return node.spec?.unschedulable === true ? `${word},SchedulingDisabled` : word
}

const addressOf = (node: Node, wanted: string): string =>
  node.status?.addresses?.find(({ type }) => type === wanted)?.address ?? '<none>'

const known = (text: string | undefined): string =>
  text === undefined || text === '' ? '<unknown>' : text

export const nodeRow: RowPrinter<Node> = (node, { now }) => {
  const info = node.status?.nodeInfo
  return [
    node.metadata.name ?? '',
    statusOf(node),
    rolesOf(node.metadata.labels ?? {}),
    age(now, node.metadata.creationTimestamp),
    info?.kubeletVersion ?? '',
    addressOf(node, 'InternalIP'),
    addressOf(node, 'ExternalIP'),
    known(info?.osImage),
    info?.kernelVersion === undefined
      ? '<unknown>'
      : `${info.kernelVersion} (${info.architecture})`,
    known(info?.containerRuntimeVersion),
  ]
}
