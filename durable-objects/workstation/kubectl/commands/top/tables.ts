// kubernetes: kubectl pkg/metricsutil/{metrics_printer,metrics_resource_adder}.go
import { type JsonObject, own } from '#apimachinery/object.ts'
import {
  addQuantity,
  type Quantity,
  quantityMilliValue,
  quantityOf,
  quantityValue,
} from '#apimachinery/quantity.ts'
import type { Flags } from '#kubectl/command/flags.ts'
import { goSort } from '#kubectl/describe/go-sort.ts'
import { AlignedColumns } from '#kubectl/output/aligned.ts'

type Usage = Readonly<Record<string, string>>

interface ContainerMetrics {
  readonly name: string
  readonly usage: Usage
}

/** A Pod's, or a node's. */
export interface Metrics {
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly usage?: Usage
  readonly containers?: readonly ContainerMetrics[]
}

type Amounts = Readonly<Record<string, Quantity>>

const ZERO = quantityOf('0')
const UNKNOWN = '<unknown>'

const measured = (flags: Flags): readonly string[] =>
  flags.bool('show-swap') ? ['cpu', 'memory', 'swap'] : ['cpu', 'memory']

const amount = (usage: Usage, resource: string): Quantity => {
  const text = own(usage, resource)
  return text === undefined ? ZERO : quantityOf(text)
}

const amountsOf = (usages: readonly Usage[], resources: readonly string[]): Amounts =>
  Object.fromEntries(
    resources.map((resource) => [
      resource,
      usages.reduce((sum, usage) => addQuantity(sum, amount(usage, resource)), ZERO),
    ]),
  )

const cell = (resource: string, quantity: Quantity): string =>
  resource === 'cpu'
    ? `${quantityMilliValue(quantity)}m`
    : `${Math.trunc(quantityValue(quantity) / (1024 * 1024))}Mi`

const cells = (amounts: Amounts): readonly string[] =>
  Object.entries(amounts).map(([resource, quantity]) => cell(resource, quantity))

/** Every cell ends in a tab, the last one, too. */
const table = (rows: readonly (readonly string[])[]): string =>
  new AlignedColumns().format(rows.map((row) => [...row, '']))

interface Line {
  readonly namespace: string
  readonly name: string
  readonly amounts: Amounts
}

/** What uses most first; else by name. */
const inOrder = (flags: Flags, lines: readonly Line[]): readonly Line[] => {
  const sortBy = flags.string('sort-by')
  const withNamespace = flags.has('all-namespaces') && flags.bool('all-namespaces')
  const used = ({ amounts }: Line): number =>
    sortBy === 'cpu' ? quantityMilliValue(amounts['cpu']!) : quantityValue(amounts['memory']!)
  return goSort(lines, (a, b) => {
    if (sortBy !== '') return used(a) > used(b)
    if (withNamespace && a.namespace !== b.namespace) return a.namespace < b.namespace
    return a.name < b.name
  })
}

export const podsTable = (flags: Flags, metrics: readonly Metrics[]): string => {
  const lines = metrics.map((one) => podLine(flags, one))
  const withNamespace = flags.bool('all-namespaces')
  return table([
    ...headings(flags, false),
    ...inOrder(flags, lines).map(({ namespace, name, amounts }) => [
      ...(withNamespace ? [namespace] : []),
      name,
      ...cells(amounts),
    ]),
    ...sumRows(flags, metrics, false),
  ])
}

const podLine = (flags: Flags, { metadata, containers = [] }: Metrics): Line => ({
  namespace: metadata.namespace ?? '',
  name: metadata.name,
  amounts: amountsOf(
    containers.map(({ usage }) => usage),
    measured(flags),
  ),
})

export const containersTable = (flags: Flags, metrics: readonly Metrics[]): string => {
  const pods = new Map(metrics.map((one) => [podLine(flags, one), one.containers ?? []]))
  const withNamespace = flags.bool('all-namespaces')
  const rows = inOrder(flags, [...pods.keys()]).flatMap((pod) => {
    const lines = pods.get(pod)!.map(({ name, usage }) => ({
      namespace: '',
      name,
      amounts: amountsOf([usage], measured(flags)),
    }))
    return inOrder(flags, lines).map(({ name, amounts }) => [
      ...(withNamespace ? [pod.namespace] : []),
      pod.name,
      name,
      ...cells(amounts),
    ])
  })
  return table([...headings(flags, true), ...rows, ...sumRows(flags, metrics, true)])
}

const headings = (flags: Flags, withContainers: boolean): readonly (readonly string[])[] =>
  flags.bool('no-headers')
    ? []
    : [
        [
          ...(flags.bool('all-namespaces') ? ['NAMESPACE'] : []),
          ...(withContainers ? ['POD'] : []),
          'NAME',
          'CPU(cores)',
          'MEMORY(bytes)',
          ...(flags.bool('show-swap') ? ['SWAP(bytes)'] : []),
        ],
      ]

/** Without headings the columns before the numbers are not counted. kubernetes: printPodResourcesSum */
const sumRows = (
  flags: Flags,
  metrics: readonly Metrics[],
  withContainers: boolean,
): readonly (readonly string[])[] => {
  if (!flags.bool('sum')) return []
  const resources = measured(flags)
  const hasHeadings = !flags.bool('no-headers')
  const width =
    resources.length +
    1 +
    (hasHeadings && flags.bool('all-namespaces') ? 1 : 0) +
    (hasHeadings && withContainers ? 1 : 0)
  const total = amountsOf(
    metrics.flatMap(({ containers = [] }) => containers.map(({ usage }) => usage)),
    resources,
  )
  return [
    [...Array.from({ length: width - 2 }, () => ''), '________', '________'],
    [...Array.from({ length: width - 3 }, () => ''), '', ...cells(total)],
  ]
}

export const nodesTable = (
  flags: Flags,
  metrics: readonly Metrics[],
  nodes: readonly JsonObject[],
): string => {
  const resources = measured(flags)
  const available = new Map(nodes.map((node) => [nameOf(node), capacityOf(flags, node)]))
  const lines = metrics.map(({ metadata, usage = {} }) => ({
    namespace: '',
    name: metadata.name,
    amounts: amountsOf([usage], resources),
  }))
  const rows = inOrder(flags, lines).map(({ name, amounts }) => {
    const whole = available.get(name) ?? {}
    available.delete(name)
    return [name, ...resources.flatMap((one) => nodeCells(one, amounts[one]!, whole))]
  })
  const missing = [...available.keys()].map((name) => [
    name,
    ...resources.flatMap(() => [UNKNOWN, UNKNOWN]),
  ])
  const heading = [
    'NAME',
    'CPU(cores)',
    'CPU(%)',
    'MEMORY(bytes)',
    'MEMORY(%)',
    ...(flags.bool('show-swap') ? ['SWAP(bytes)', 'SWAP(%)'] : []),
  ]
  return table([...(flags.bool('no-headers') ? [] : [heading]), ...rows, ...missing])
}

const nameOf = ({ metadata }: JsonObject): string =>
  (metadata as { readonly name?: string } | undefined)?.name ?? ''

const capacityOf = (flags: Flags, { status }: JsonObject): Usage => {
  const { allocatable = {}, capacity = {} } = (status ?? {}) as {
    readonly allocatable?: Usage
    readonly capacity?: Usage
  }
  return flags.bool('show-capacity') ? capacity : allocatable
}

const nodeCells = (resource: string, used: Quantity, whole: Usage): readonly string[] => {
  // a node does not tell how much it could swap
  if (resource === 'swap') return [UNKNOWN, UNKNOWN]
  const text = own(whole, resource)
  if (text === undefined) return [cell(resource, used)]
  const most = quantityMilliValue(quantityOf(text))
  const share = most === 0 ? 0 : Math.trunc((quantityMilliValue(used) / most) * 100)
  return [cell(resource, used), `${share}%`]
}
