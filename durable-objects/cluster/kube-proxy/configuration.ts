// How the proxies are set up: the ConfigMap kube-proxy of kube-system, as kubeadm makes it.
// kubernetes: k8s.io/kube-proxy config/v1alpha1 types.go, pkg/proxy/apis/config/v1alpha1 defaults.go
import type { ConfigMap } from '#api/core/v1/config-map/types.ts'
import { own, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import { parseYaml, YamlError } from '#apimachinery/yaml/parse.ts'
import { parseCidr, type Cidr } from '#net/cidr.ts'
import type { LocalDetector } from './backend.ts'

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
  const section = object(given, mode === 'ipvs' ? 'iptables' : mode)
  const iptables = object(given, 'iptables')
  return {
    mode,
    localDetector: detectorOf(given, defaults.clusterCIDR),
    masqueradeAll: section?.['masqueradeAll'] === true,
    masqueradeBit: bitOf(section),
    localhostNodePorts: iptables?.['localhostNodePorts'] !== false,
    nodePortAddresses: addressesOf(given, mode),
  }
}

const documentOf = (configMap: ConfigMap | undefined): JsonObject => {
  const files = configMap?.data ?? {}
  const file = own(files, FILE) ?? Object.values(files).find((content) => content.includes(KIND))
  if (file === undefined) return {}
  const { value } = parsed(file)
  if (!isObject(value)) throw new ConfigurationError(`${FILE}: not an object`)
  if (value['kind'] !== undefined && value['kind'] !== KIND)
    throw new ConfigurationError(`${FILE}: kind must be ${KIND}`)
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

const object = (value: JsonObject, field: string): JsonObject | undefined => {
  const found = own(value, field)
  return isObject(found) ? found : undefined
}

const text = (value: JsonObject, field: string): string => {
  const found = own(value, field)
  return typeof found === 'string' ? found : ''
}

const modeOf = (mode: string, byDefault: ProxyMode): ProxyMode => {
  if (mode === '') return byDefault
  if (!MODES.includes(mode)) throw new ConfigurationError(`mode: unknown proxy mode "${mode}"`)
  return mode as ProxyMode
}

const bitOf = (section: JsonObject | undefined): number => {
  const bit = section?.['masqueradeBit']
  if (bit === undefined || bit === null) return 14
  if (typeof bit !== 'number' || !Number.isInteger(bit) || bit < 0 || bit > MOST_BITS)
    throw new ConfigurationError('masqueradeBit: must be within the range [0, 31]')
  return bit
}

/** kubernetes: cmd/kube-proxy/app/server_linux.go getLocalDetectors */
const detectorOf = (given: JsonObject, byDefault: Cidr): ProxyConfiguration['localDetector'] => {
  const mode = text(given, 'detectLocalMode') || 'ClusterCIDR'
  const detect = object(given, 'detectLocal') ?? {}
  switch (mode) {
    case 'ClusterCIDR':
      return clusterDetector(text(given, 'clusterCIDR'), byDefault)
    case 'NodeCIDR':
      return { kind: 'nodeCIDR' }
    case 'BridgeInterface': {
      const name = text(detect, 'bridgeInterface')
      if (name === '') throw new ConfigurationError('detectLocal.bridgeInterface: must be set')
      return { kind: 'bridge', name }
    }
    case 'InterfaceNamePrefix': {
      const prefix = text(detect, 'interfaceNamePrefix')
      if (prefix === '')
        throw new ConfigurationError('detectLocal.interfaceNamePrefix: must be set')
      return { kind: 'interfacePrefix', prefix }
    }
    default:
      throw new ConfigurationError(`detectLocalMode: unknown mode "${mode}"`)
  }
}

/** The first IPv4 range of a list for both families. */
const clusterDetector = (ranges: string, byDefault: Cidr): LocalDetector => {
  if (ranges === '') return { kind: 'cidr', cidr: byDefault }
  const cidrs = ranges.split(',').map((range) => {
    const cidr = parseCidr(range.trim())
    if (cidr === undefined)
      throw new ConfigurationError(`clusterCIDR: "${range}" is no valid CIDR block`)
    return cidr
  })
  const cidr = cidrs.find(({ network }) => network.version === 4)
  return cidr === undefined ? { kind: 'none' } : { kind: 'cidr', cidr }
}

/** kubernetes: nftables takes the primary address unless told otherwise, the others every address. */
const addressesOf = (given: JsonObject, mode: ProxyMode): readonly Cidr[] | 'primary' => {
  const list = own(given, 'nodePortAddresses')
  const texts = Array.isArray(list) ? (list as readonly JsonValue[]) : []
  if (texts.length === 0) return mode === 'nftables' ? 'primary' : []
  if (texts.length === 1 && texts[0] === 'primary') return 'primary'
  return texts.flatMap((item) => {
    const cidr = typeof item === 'string' ? parseCidr(item) : undefined
    if (cidr === undefined)
      throw new ConfigurationError(
        `nodePortAddresses: ${JSON.stringify(item)} is no valid CIDR block`,
      )
    return cidr.network.version === 4 ? [cidr] : []
  })
}
