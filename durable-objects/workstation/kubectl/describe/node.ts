import type { Lease } from '#api/coordination/v1/lease/types.ts'
import type { Node, Taint } from '#api/core/v1/node/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { KubeObject, StringMap } from '#apimachinery/object.ts'
import { canonicalQuantity } from '#apimachinery/quantity.ts'
import { attempt, type DescribeContext } from '#kubectl/describe/context.ts'
import { describeEvents, referenceTo, searchEvents } from '#kubectl/describe/events.ts'
import { rfc1123 } from '#kubectl/describe/go-format.ts'
import { goSort } from '#kubectl/describe/go-sort.ts'
import { describeLabelsAndAnnotations, multiline } from '#kubectl/describe/metadata.ts'
import { describeNodeResources } from '#kubectl/describe/node-resources.ts'
import { describeResourceSlices } from '#kubectl/describe/resource-slices.ts'
import { ApiError, KubectlFailure } from '#kubectl/failure.ts'
import { tabbed, type PrefixWriter } from '#kubectl/output/prefix-writer.ts'

const ROLE_PREFIX = 'node-role.kubernetes.io/'
const ROLE_LABEL = 'kubernetes.io/role'

/** kubernetes: kubectl pkg/describe NodeDescriber */
export const describeNode = (context: DescribeContext, object: KubeObject): string => {
  const node = object as Node
  const { metadata, spec } = node
  const { name = '' } = metadata
  const fields = `spec.nodeName=${name},status.phase!=Failed,status.phase!=Succeeded`
  const pods = attempt(() => context.list('pods', '', { fields }) as readonly Pod[])
  if ('failure' in pods && !isForbidden(pods.failure)) throw pods.failure
  return tabbed((w) => {
    w.field(0, 'Name', name)
    w.field(0, 'Roles', rolesOf(metadata.labels).join(',') || '<none>')
    describeLabelsAndAnnotations(w, metadata)
    w.field(0, 'CreationTimestamp', rfc1123(metadata.creationTimestamp))
    describeTaints(w, spec.taints)
    w.field(0, 'Unschedulable', spec.unschedulable ?? false)
    describeLease(context, w, name)
    describeStatus(w, node)
    describeResourceSlices(context, w, name)
    describeSystem(w, node)
    if ('value' in pods) describeNodeResources(w, node, pods.value, context.now())
    else w.field(0, 'Pods', 'not authorized')
    if (context.showEvents) describeEvents(context, w, eventsOf(context, node))
  })
}

const isForbidden = (failure: Error): boolean =>
  failure instanceof ApiError && failure.is('Forbidden')

/** Controllers name a node by its uid in Events, kubelets by its name. */
const eventsOf = (context: DescribeContext, node: Node) => {
  const ref = referenceTo(node)
  return [...searchEvents(context, ref), ...searchEvents(context, { ...ref, uid: ref.name })]
}

/** kubernetes: kubectl pkg/describe findNodeRoles */
const rolesOf = (labels: StringMap = {}): readonly string[] => {
  const roles = Object.entries(labels).map(([key, value]) =>
    key.startsWith(ROLE_PREFIX) ? key.slice(ROLE_PREFIX.length) : key === ROLE_LABEL ? value : '',
  )
  return [...new Set(roles)].filter((role) => role !== '').sort()
}

const describeTaints = (w: PrefixWriter, taints: readonly Taint[] = []): void => {
  const order = ({ effect, key }: Taint): string => `${effect},${key}`
  const sorted = goSort(taints, (a, b) => order(a) < order(b))
  multiline(w, 'Taints', sorted.map(taintText))
}

/** kubernetes: api core/v1/taint.go ToString */
const taintText = ({ key, value, effect }: Taint): string =>
  `${key}${value ? `=${value}` : ''}:${effect}`

const describeLease = (context: DescribeContext, w: PrefixWriter, name: string): void => {
  const found = attempt(() => {
    const lease = context.get('leases.coordination.k8s.io', 'kube-node-lease', name)
    if (lease === undefined)
      throw new KubectlFailure(`leases.coordination.k8s.io "${name}" not found`)
    return lease as Lease
  })
  if ('failure' in found)
    return w.field(0, 'Lease', `Failed to get lease: ${found.failure.message}`)
  const { holderIdentity = '<unset>', acquireTime, renewTime } = found.value.spec
  w.write(0, 'Lease:\n')
  w.field(1, 'HolderIdentity', holderIdentity)
  w.field(1, 'AcquireTime', acquireTime ? rfc1123(acquireTime) : '<unset>')
  w.field(1, 'RenewTime', renewTime ? rfc1123(renewTime) : '<unset>')
}

const describeStatus = (w: PrefixWriter, { status }: Node): void => {
  const { conditions = [], addresses = [] } = status
  if (conditions.length > 0) {
    const heads = 'Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage'
    w.write(0, `Conditions:\n  ${heads}\n`)
    w.write(1, `${heads.replaceAll(/\w/g, '-')}\n`)
  }
  for (const c of conditions) {
    const times = `${rfc1123(c.lastHeartbeatTime)} \t${rfc1123(c.lastTransitionTime)}`
    w.write(1, `${c.type} \t${c.status} \t${times} \t${c.reason ?? ''} \t${c.message ?? ''}\n`)
  }
  w.write(0, 'Addresses:\n')
  for (const { type, address } of addresses) w.field(1, type, address)
  describeAmounts(w, 'Capacity', status.capacity)
  describeAmounts(w, 'Allocatable', status.allocatable)
}

const describeAmounts = (w: PrefixWriter, title: string, amounts: StringMap = {}): void => {
  const names = Object.keys(amounts).sort()
  if (names.length > 0) w.write(0, `${title}:\n`)
  for (const name of names) w.field(1, name, canonicalQuantity(amounts[name]!))
}

const describeSystem = (w: PrefixWriter, { spec, status }: Node): void => {
  const info = status.nodeInfo
  w.write(0, 'System Info:\n')
  w.field(1, 'Machine ID', info.machineID)
  w.field(1, 'System UUID', info.systemUUID)
  w.field(1, 'Boot ID', info.bootID)
  w.field(1, 'Kernel Version', info.kernelVersion)
  w.field(1, 'OS Image', info.osImage)
  w.field(1, 'Operating System', info.operatingSystem)
  w.field(1, 'Architecture', info.architecture)
  w.field(1, 'Container Runtime Version', info.containerRuntimeVersion)
  w.field(1, 'Kubelet Version', info.kubeletVersion)
  if (spec.podCIDR) w.field(0, 'PodCIDR', spec.podCIDR)
  if (spec.podCIDRs?.length) w.field(0, 'PodCIDRs', spec.podCIDRs.join(','))
  if (spec.providerID) w.field(0, 'ProviderID', spec.providerID)
}
