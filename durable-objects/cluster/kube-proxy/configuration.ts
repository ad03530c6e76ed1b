// How the proxies are set up: the ConfigMap kube-proxy of kube-system, as kubeadm makes it.
// kubernetes: k8s.io/kube-proxy config/v1alpha1 types.go, pkg/proxy/apis/config/v1alpha1 defaults.go
import type { ConfigMap } from '#api/core/v1/config-map/types.ts'
import { own, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import { parseYaml, YamlError } from '#apimachinery/yaml/parse.ts'
import { parseCidr, type Cidr } from '#net/cidr.ts'
import type { LocalDetector } from './backend.ts'
import { untouchedDocument } from './kubeadm-configuration.ts'

export type ProxyMode = 'iptables' | 'nftables' | 'ipvs'

export interface ProxyConfiguration {
  readonly mode: ProxyMode
  readonly localDetector: LocalDetector | { readonly kind: 'nodeCIDR' }
  readonly masqueradeAll: boolean
  readonly masqueradeBit: number
  readonly localhostNodePorts: boolean
  /** `primary`: the node's own address alone. */
  readonly nodePortAddresses: readonly Cidr[] | 'primary'
}

/** The ConfigMap says what kube-proxy cannot use: a real one would not start. */
export class ConfigurationError extends Error {}

const KIND = 'KubeProxyConfiguration'
const FILE = 'config.conf'
const MODES: readonly string[] = ['iptables', 'nftables', 'ipvs']
const MOST_BITS = 31
const DEFAULT_BIT = 14

/** What is set where nothing is said. `clusterCIDR` is the range of all Pods. */
export interface ProxyDefaults {
  readonly mode: ProxyMode
  readonly clusterCIDR: Cidr
}

/** Throws a ConfigurationError. */
export const configurationOf = (
  configMap: ConfigMap | undefined,
  defaults: ProxyDefaults,
): ProxyConfiguration => {
  const given = documentOf(configMap)
  const mode = modeOf(text(given, 'mode'), defaults.mode)
  const iptables = object(given, 'iptables')
  const section = mode === 'nftables' ? object(given, mode) : iptables
  return {
    mode,
    localDetector: detectorOf(given, defaults.clusterCIDR),
    masqueradeAll: flag(section, 'masqueradeAll', false),
    masqueradeBit: bitOf(section),
    localhostNodePorts: flag(iptables, 'localhostNodePorts', true),
    nodePortAddresses: addressesOf(given, mode),
  }
}

const documentOf = (configMap: ConfigMap | undefined): JsonObject => {
  const files = configMap?.data ?? {}
  const file = own(files, FILE) ?? Object.values(files).find((content) => content.includes(KIND))
  if (file === undefined) return NOTHING
  // Nearly every cluster's file is kubeadm's, which says no more than that. It is looked at when a cluster is born: reading it as YAML
  // would take a third of that time.
  const untouched = untouchedDocument(file)
  if (untouched !== undefined) return untouched
  const { value } = parsed(file)
  if (!isObject(value)) return refuse(FILE, 'not an object')
  if (field(value, 'kind') === undefined) return refuse(FILE, "Object 'Kind' is missing")
  if (value['kind'] !== KIND) return refuse(FILE, `kind must be ${KIND}`)
  return value
}

const parsed = (file: string) => {
  try {
    return parseYaml(file)
  } catch (error) {
    if (error instanceof YamlError) throw new ConfigurationError(`${FILE}: ${error.message}`)
    throw error
  }
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const NOTHING: JsonObject = {}

/** A field that is null is one that is not there. */
const field = (value: JsonObject, name: string): JsonValue | undefined =>
  own(value, name) ?? undefined

const refuse = (name: string, why: string): never => {
  throw new ConfigurationError(`${name}: ${why}`)
}

const object = (value: JsonObject, name: string): JsonObject => {
  const found = field(value, name) ?? NOTHING
  return isObject(found) ? found : refuse(name, 'must be an object')
}

const text = (value: JsonObject, name: string): string => {
  const found = field(value, name) ?? ''
  return typeof found === 'string' ? found : refuse(name, 'must be a string')
}

const flag = (value: JsonObject, name: string, byDefault: boolean): boolean => {
  const found = field(value, name) ?? byDefault
  return typeof found === 'boolean' ? found : refuse(name, 'must be true or false')
}

const modeOf = (mode: string, byDefault: ProxyMode): ProxyMode => {
  if (mode === '') return byDefault
  if (!MODES.includes(mode)) throw new ConfigurationError(`mode: unknown proxy mode "${mode}"`)
  return mode as ProxyMode
}

const bitOf = (section: JsonObject): number => {
  const bit = field(section, 'masqueradeBit') ?? DEFAULT_BIT
  return typeof bit === 'number' && Number.isInteger(bit) && bit >= 0 && bit <= MOST_BITS
    ? bit
    : refuse('masqueradeBit', 'must be within the range [0, 31]')
}

/** kubernetes: cmd/kube-proxy/app/server_linux.go getLocalDetectors */
const detectorOf = (given: JsonObject, byDefault: Cidr): ProxyConfiguration['localDetector'] => {
  const mode = text(given, 'detectLocalMode') || 'ClusterCIDR'
  const detect = object(given, 'detectLocal')
  switch (mode) {
    case 'ClusterCIDR':
      return clusterDetector(text(given, 'clusterCIDR'), byDefault)
    case 'NodeCIDR':
      return { kind: 'nodeCIDR' }
    case 'BridgeInterface': {
      const name = text(detect, 'bridgeInterface')
      return name === ''
        ? refuse('detectLocal.bridgeInterface', 'must be set')
        : { kind: 'bridge', name }
    }
    case 'InterfaceNamePrefix': {
      const prefix = text(detect, 'interfaceNamePrefix')
      return prefix === ''
        ? refuse('detectLocal.interfaceNamePrefix', 'must be set')
        : { kind: 'interfacePrefix', prefix }
    }
    default:
      return refuse('detectLocalMode', `unknown mode "${mode}"`)
  }
}

/** One range, or one of each family, of which the IPv4 one counts. */
const clusterDetector = (ranges: string, byDefault: Cidr): LocalDetector => {
  if (ranges === '') return { kind: 'cidr', cidr: byDefault }
  const cidrs = ranges
    .split(',')
    .map(
      (range) =>
        parseCidr(range) ??
        refuse('clusterCIDR', `${JSON.stringify(range)} is no valid CIDR block`),
    )
  const families = new Set(cidrs.map(({ network }) => network.version))
  if (families.size < cidrs.length)
    refuse('clusterCIDR', `${JSON.stringify(ranges)} must be a valid DualStack CIDR`)
  const cidr = cidrs.find(({ network }) => network.version === 4)
  return cidr === undefined ? { kind: 'none' } : { kind: 'cidr', cidr }
}

/** kubernetes: nftables takes the primary address unless told otherwise, the others every address. */
const addressesOf = (given: JsonObject, mode: ProxyMode): readonly Cidr[] | 'primary' => {
  const list = field(given, 'nodePortAddresses') ?? []
  if (!Array.isArray(list)) return refuse('nodePortAddresses', 'must be a list')
  const items: readonly JsonValue[] = list
  if (items.length === 0) return mode === 'nftables' ? 'primary' : []
  if (items.length === 1 && items[0] === 'primary') return 'primary'
  return items.flatMap((item) => {
    const cidr = typeof item === 'string' ? parseCidr(item) : undefined
    if (cidr === undefined)
      return refuse('nodePortAddresses', `${JSON.stringify(item)} is no valid CIDR block`)
    return cidr.network.version === 4 ? [cidr] : []
  })
}
