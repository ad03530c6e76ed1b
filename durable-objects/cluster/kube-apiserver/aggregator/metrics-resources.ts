// What a metrics server serves. kubernetes-sigs/metrics-server pkg/api
import type { KubeObject } from '#apimachinery/object.ts'
import { addQuantity, formatQuantity, newQuantity, parseQuantity } from '#apimachinery/quantity.ts'
import { formatTime } from '#apimachinery/time.ts'
import type { NodeUsage, PodUsage, Usage } from '#client/metrics.ts'
import type { GroupDiscovery, Resource, ResourceDiscovery } from '#kube-apiserver/resources.ts'

export const METRICS_GROUP = 'metrics.k8s.io'
const VERSION = 'v1beta1'
const API_VERSION = `${METRICS_GROUP}/${VERSION}`

interface UsageText {
  readonly cpu: string
  readonly memory: string
}

export interface PodMetrics extends KubeObject {
  readonly timestamp: string
  readonly window: string
  readonly containers: readonly { readonly name: string; readonly usage: UsageText }[]
}

export interface NodeMetrics extends KubeObject {
  readonly timestamp: string
  readonly window: string
  readonly usage: UsageText
}

const discoveryOf = (resource: string, kind: string, scope: string): ResourceDiscovery => ({
  resource,
  responseKind: { group: '', version: '', kind },
  scope,
  singularResource: '',
  verbs: ['get', 'list'],
})

const NODES = discoveryOf('nodes', 'NodeMetrics', 'Cluster')
const PODS = discoveryOf('pods', 'PodMetrics', 'Namespaced')

export const metricsVersion: GroupDiscovery['versions'][number] = {
  version: VERSION,
  resources: [NODES, PODS],
}

const sum = (texts: readonly string[]): string =>
  formatQuantity(texts.map((text) => parseQuantity(text)).reduce(addQuantity))

const podRow = ({ metadata, containers, window }: PodMetrics) => [
  metadata.name ?? '',
  sum(containers.map(({ usage }) => usage.cpu)),
  sum(containers.map(({ usage }) => usage.memory)),
  window,
]

const nodeRow = ({ metadata, usage, window }: NodeMetrics) => [
  metadata.name ?? '',
  usage.cpu,
  usage.memory,
  window,
]

const resourceOf = (
  discovery: ResourceDiscovery,
  row: NonNullable<Resource['behaviour']['row']>,
): Resource => ({
  group: METRICS_GROUP,
  version: VERSION,
  plural: discovery.resource,
  kind: discovery.responseKind.kind,
  namespaced: discovery.scope === 'Namespaced',
  discovery,
  name: `${discovery.resource}.${METRICS_GROUP}`,
  schema: undefined,
  strategy: {},
  behaviour: { row },
})

export const nodeMetrics = resourceOf(NODES, (object) => nodeRow(object as NodeMetrics))
export const podMetrics = resourceOf(PODS, (object) => podRow(object as PodMetrics))

const KIBIBYTE = 1024

/** Billionths of a core, and kibibytes. */
const usageText = ({ cpu, memory }: Usage): UsageText => ({
  cpu: cpu === 0 ? '0' : `${cpu}n`,
  memory: formatQuantity(newQuantity(memory - (memory % KIBIBYTE), 'BinarySI')),
})

/** As Go prints a duration of less than a minute. */
const windowText = (milliseconds: number): string => `${milliseconds / 1000}s`

export const podMetricsOf = (usage: PodUsage, now: number): PodMetrics => {
  const { name = '', namespace = '', labels } = usage.object.metadata
  return {
    kind: 'PodMetrics',
    apiVersion: API_VERSION,
    metadata: {
      name,
      namespace,
      creationTimestamp: formatTime(now),
      ...(labels === undefined ? {} : { labels }),
    },
    timestamp: formatTime(usage.at),
    window: windowText(usage.window),
    containers: usage.containers.map((one) => ({ name: one.name, usage: usageText(one.usage) })),
  }
}

export const nodeMetricsOf = (usage: NodeUsage, now: number): NodeMetrics => {
  const { name = '', labels } = usage.object.metadata
  return {
    kind: 'NodeMetrics',
    apiVersion: API_VERSION,
    metadata: {
      name,
      creationTimestamp: formatTime(now),
      ...(labels === undefined ? {} : { labels }),
    },
    timestamp: formatTime(usage.at),
    window: windowText(usage.window),
    usage: usageText(usage.usage),
  }
}
