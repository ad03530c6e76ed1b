import type { LimitRange } from '#api/core/v1/limit-range/types.ts'
import type { Namespace } from '#api/core/v1/namespace/types.ts'
import type { ResourceQuota } from '#api/core/v1/resource-quota/types.ts'
import { own, type KubeObject } from '#apimachinery/object.ts'
import {
  canonicalQuantity,
  formatQuantity,
  newQuantity,
  quantityOf,
  quantityValue,
} from '#apimachinery/quantity.ts'
import type { DescribeContext } from '#kubectl/describe/context.ts'
import { goSort } from '#kubectl/describe/go-sort.ts'
import { describeLabelsAndAnnotations, describeTable } from '#kubectl/describe/metadata.ts'
import { describeConditionTable } from '#kubectl/describe/service-addresses.ts'
import { tabbed, type PrefixWriter } from '#kubectl/output/prefix-writer.ts'

/** kubernetes: kubectl pkg/describe NamespaceDescriber */
export const describeNamespace = (context: DescribeContext, object: KubeObject): string => {
  const { metadata, status } = object as Namespace
  const { name = '' } = metadata
  const quotas = context.list('resourcequotas', name) as readonly ResourceQuota[]
  const limits = context.list('limitranges', name) as readonly LimitRange[]
  return tabbed((w) => {
    w.field(0, 'Name', name)
    describeLabelsAndAnnotations(w, metadata)
    w.field(0, 'Status', status.phase)
    const { conditions = [] } = status
    if (conditions.length > 0) describeConditionTable(w, conditions)
    w.write(0, '\n')
    describeQuotas(w, quotas)
    w.write(0, '\n')
    describeLimits(w, limits)
  })
}

/** kubernetes: kubectl pkg/describe DescribeResourceQuotas */
const describeQuotas = (w: PrefixWriter, quotas: readonly ResourceQuota[]): void => {
  if (quotas.length === 0) return w.write(0, 'No resource quota.\n')
  w.write(0, 'Resource Quotas\n')
  for (const quota of goSort(quotas, (a, b) => a.metadata.name! < b.metadata.name!)) {
    w.field(1, 'Name', quota.metadata.name)
    describeScopes(w, 1, '* ', quota)
    w.write(1, 'Resource\tUsed\tHard\n')
    w.write(1, '--------\t---\t---\n')
    const { hard = {}, used = {} } = quota.status
    for (const name of Object.keys(hard).sort()) {
      const amount = canonicalQuantity(own(used, name) ?? '0')
      w.write(1, `${name}\t${amount}\t${canonicalQuantity(hard[name]!)}\n`)
    }
  }
}

const SCOPES: Readonly<Record<string, string>> = {
  Terminating:
    'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating:
    'Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort:
    'Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.',
  NotBestEffort:
    'Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.',
}

const describeScopes = (
  w: PrefixWriter,
  level: number,
  bullet: string,
  { spec }: ResourceQuota,
): void => {
  const scopes = [...(spec.scopes ?? [])].sort()
  if (scopes.length > 0) w.field(level, 'Scopes', scopes.join(', '))
  for (const scope of scopes) {
    const help = own(SCOPES, scope)
    if (help !== undefined) w.write(level, `${bullet}${help}\n`)
  }
}

/** kubernetes: kubectl pkg/describe ResourceQuotaDescriber */
export const describeResourceQuota = (_context: DescribeContext, object: KubeObject): string => {
  const quota = object as ResourceQuota
  const { hard = {}, used = {} } = quota.status
  return tabbed((w) => {
    w.field(0, 'Name', quota.metadata.name)
    w.field(0, 'Namespace', quota.metadata.namespace)
    describeScopes(w, 0, ' * ', quota)
    const rows = Object.keys(hard)
      .sort()
      .map((name) => [name, usedText(hard[name]!, own(used, name)), canonicalQuantity(hard[name]!)])
    describeTable(w, 0, ['Resource', 'Used', 'Hard'], rows)
  })
}

/** In the format of the limit, so that both can be compared. */
const usedText = (hard: string, used: string | undefined): string => {
  const { format } = quantityOf(hard)
  const amount = quantityOf(used ?? '0')
  const isSame = used !== undefined && amount.format === format
  return formatQuantity(isSame ? amount : newQuantity(quantityValue(amount), format))
}

const LIMIT_HEADS = [
  'Type',
  'Resource',
  'Min',
  'Max',
  'Default Request',
  'Default Limit',
  'Max Limit/Request Ratio',
]

type LimitRow = readonly string[]

/** Go walks the resources in an order of chance; here they are sorted. kubernetes: kubectl pkg/describe describeLimitRangeSpec */
const limitRows = ({ spec }: LimitRange): readonly LimitRow[] =>
  spec.limits.flatMap((item) => {
    const lists = [item.min, item.max, item.defaultRequest, item.default, item.maxLimitRequestRatio]
    const names = new Set(lists.flatMap((list) => Object.keys(list ?? {})))
    return [...names].sort().map((name) => {
      const cells = lists.map((list) => own(list, name))
      return [item.type, name, ...cells.map((cell) => (cell ? canonicalQuantity(cell) : '-'))]
    })
  })

/** kubernetes: kubectl pkg/describe DescribeLimitRanges */
const describeLimits = (w: PrefixWriter, ranges: readonly LimitRange[]): void => {
  if (ranges.length === 0) return w.write(0, 'No LimitRange resource.\n')
  w.write(0, 'Resource Limits\n')
  const indented = ([first = '', ...rest]: LimitRow): LimitRow => [` ${first}`, ...rest]
  w.write(0, ` ${LIMIT_HEADS.join('\t')}\n`)
  w.write(0, ` ${LIMIT_HEADS.map((head) => '-'.repeat(head.length)).join('\t')}\n`)
  for (const row of ranges.flatMap(limitRows)) w.write(0, `${indented(row).join('\t')}\n`)
}

/** kubernetes: kubectl pkg/describe LimitRangeDescriber */
export const describeLimitRange = (_context: DescribeContext, object: KubeObject): string => {
  const range = object as LimitRange
  return tabbed((w) => {
    w.field(0, 'Name', range.metadata.name)
    w.field(0, 'Namespace', range.metadata.namespace)
    describeTable(w, 0, LIMIT_HEADS, limitRows(range))
  })
}
