// coredns: plugin/kubernetes/setup.go
import type { Selector } from '#apimachinery/labels.ts'
import { parseSelector } from '#apimachinery/selector-parser.ts'
import {
  argumentError,
  type Directive,
  lineError,
  pluginError,
  wholeNumber,
} from '#coredns/corefile-syntax.ts'
import { fallthroughZones, zoneNames } from '#coredns/zone-names.ts'

export interface KubernetesPlugin {
  readonly zones: readonly string[]
  /** The first zone that is not a reverse one: names in PTR records lie in it. */
  readonly primaryZone: string
  readonly pods: 'disabled' | 'insecure' | 'verified'
  /** Seconds. */
  readonly ttl: number
  readonly fallthrough: readonly string[]
  /** Endpoints without a hostname are named after their pods. */
  readonly hasPodNames: boolean
  /** Only these namespaces are answered for; empty: all of them. */
  readonly namespaces: ReadonlySet<string>
  readonly namespaceLabels?: Selector
  readonly labels?: Selector
  readonly hasEndpoints: boolean
  /** Services without endpoints do not exist. */
  readonly ignoresEmpty: boolean
}

const DEFAULT_TTL = 5
const MAX_TTL = 3600
const NAME = 'kubernetes'

export const kubernetesPlugin = (
  directive: Directive,
  serverZones: readonly string[],
): KubernetesPlugin => {
  const zones = directive.args.length > 0 ? directive.args.flatMap(zoneNames) : serverZones
  const primaryZone = zones.find((zone) => !/\.(in-addr|ip6)\.arpa\.$/.test(`.${zone}`))
  if (primaryZone === undefined) throw pluginError(NAME, 'non-reverse zone name must be used')
  const start: KubernetesPlugin = {
    zones,
    primaryZone,
    pods: 'disabled',
    ttl: DEFAULT_TTL,
    fallthrough: [],
    hasPodNames: false,
    namespaces: new Set(),
    hasEndpoints: true,
    ignoresEmpty: false,
  }
  const plugin = (directive.block ?? []).reduce(withLine, start)
  if (plugin.namespaces.size > 0 && plugin.namespaceLabels !== undefined)
    throw lineError(NAME, directive, 'namespaces and namespace_labels cannot both be set')
  return plugin
}

const withLine = (plugin: KubernetesPlugin, line: Directive): KubernetesPlugin => {
  const { name, args } = line
  switch (name) {
    case 'pods':
      return { ...plugin, pods: podMode(line) }
    case 'ttl':
      return { ...plugin, ttl: ttlOf(line) }
    case 'fallthrough':
      return { ...plugin, fallthrough: fallthroughZones(args) }
    case 'endpoint_pod_names':
      if (args.length > 0) throw argumentError(NAME, line)
      return { ...plugin, hasPodNames: true }
    case 'noendpoints':
      if (args.length > 0) throw argumentError(NAME, line)
      return { ...plugin, hasEndpoints: false }
    case 'ignore':
      if (args[0] !== undefined && args[0] !== 'empty_service')
        throw pluginError(NAME, `unable to parse ignore value: '${args[0]}'`)
      return { ...plugin, ignoresEmpty: args[0] !== undefined }
    case 'namespaces':
      if (args.length === 0) throw argumentError(NAME, line)
      return { ...plugin, namespaces: new Set([...plugin.namespaces, ...args]) }
    case 'labels':
      return { ...plugin, labels: selectorOf(line, 'label selector') }
    case 'namespace_labels':
      return { ...plugin, namespaceLabels: selectorOf(line, 'namespace_label selector') }
    default:
      if (!WITHOUT_EFFECT.has(name)) throw lineError(NAME, line, `unknown property '${name}'`)
      if (args.length === 0) throw argumentError(NAME, line)
      return plugin
  }
}

/** How CoreDNS reaches the API server: here it always does. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  'endpoint',
  'tls',
  'kubeconfig',
  'apiserver_qps',
  'apiserver_burst',
  'apiserver_max_inflight',
  'startup_timeout',
  'multicluster',
])

const podMode = (line: Directive): KubernetesPlugin['pods'] => {
  const [mode, ...rest] = line.args
  if (mode === undefined || rest.length > 0) throw argumentError(NAME, line)
  if (mode === 'disabled' || mode === 'insecure' || mode === 'verified') return mode
  throw pluginError(
    NAME,
    `wrong value for pods: ${mode},  must be one of: disabled, verified, insecure`,
  )
}

const ttlOf = (line: Directive): number => {
  if (line.args[0] === undefined) throw argumentError(NAME, line)
  const ttl = wholeNumber(NAME, line.args[0])
  if (ttl < 0 || ttl > MAX_TTL)
    throw lineError(NAME, line, `ttl must be in range [0, ${MAX_TTL}]: ${ttl}`)
  return ttl
}

const selectorOf = (line: Directive, what: string): Selector => {
  const text = line.args.join(' ')
  if (text === '') throw argumentError(NAME, line)
  try {
    return parseSelector(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : ''
    throw pluginError(NAME, `unable to parse ${what} value: '${text}': ${reason}`)
  }
}
