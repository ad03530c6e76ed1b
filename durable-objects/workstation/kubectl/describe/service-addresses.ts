import type { IPAddress } from '#api/networking/v1/ip-address/types.ts'
import type { ServiceCIDR } from '#api/networking/v1/service-cidr/types.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import type { DescribeContext } from '#kubectl/describe/context.ts'
import { describeEventsOf } from '#kubectl/describe/events.ts'
import { rfc1123 } from '#kubectl/describe/go-format.ts'
import { describeLabelsAndAnnotations, describeTable } from '#kubectl/describe/metadata.ts'
import { tabbed, type PrefixWriter } from '#kubectl/output/prefix-writer.ts'

interface Condition {
  readonly type: string
  readonly status: string
  readonly lastTransitionTime?: string
  readonly reason?: string
  readonly message?: string
}

/** The conditions of Namespaces and ServiceCIDRs, if there are any. */
export const describeConditionTable = (w: PrefixWriter, conditions: readonly Condition[]): void => {
  w.write(0, 'Conditions:\n')
  describeTable(
    w,
    1,
    ['Type', 'Status', 'LastTransitionTime', 'Reason', 'Message'],
    conditions.map((c) => [c.type, c.status, rfc1123(c.lastTransitionTime), c.reason, c.message]),
  )
}

/** kubernetes: kubectl pkg/describe ServiceCIDRDescriber */
export const describeServiceCidr = (context: DescribeContext, object: KubeObject): string => {
  const { metadata, spec, status } = object as ServiceCIDR
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name)
    describeLabelsAndAnnotations(w, metadata)
    w.field(0, 'CIDRs', (spec.cidrs ?? []).join(', '))
    const { conditions = [] } = status
    if (conditions.length > 0) {
      w.write(0, 'Status:\n')
      describeConditionTable(w, conditions)
    }
    describeEventsOf(context, w, object)
  })
}

/** kubernetes: kubectl pkg/describe IPAddressDescriber */
export const describeIpAddress = (context: DescribeContext, object: KubeObject): string => {
  const { metadata, spec } = object as IPAddress
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name)
    describeLabelsAndAnnotations(w, metadata)
    const { group, resource, namespace, name } = spec.parentRef
    w.write(0, 'Parent Reference:\n')
    w.field(1, 'Group', group)
    w.field(1, 'Resource', resource)
    w.field(1, 'Namespace', namespace)
    w.field(1, 'Name', name)
    describeEventsOf(context, w, object)
  })
}
