// How the proxies are set up: the ConfigMap kube-proxy of kube-system, as kubeadm makes it.
// kubernetes: k8s.io/kube-proxy config/v1alpha1 types.go, pkg/proxy/apis/config/v1alpha1 defaults.go
import type { ConfigMap } from '#api/core/v1/config-map/types.ts'
import {
  at,
  errorText,
  type FieldError,
  invalidValue,
  notSupported,
} from '#apimachinery/field-error.ts'
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
/** As kubeadm calls it, in the ConfigMap and where that is mounted. */
export const CONFIGURATION_FILE = 'config.conf'
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
  const given: Section = { value: documentOf(configMap), struct: PATH, path: '' }
  const mode = modeOf(text(given, 'mode', 'v1alpha1.ProxyMode'), defaults.mode)
  const iptables = section(given, 'iptables', 'KubeProxyIPTablesConfiguration')
  const backend =
    mode === 'nftables' ? section(given, mode, 'KubeProxyNFTablesConfiguration') : iptables
  return {
    mode,
    localDetector: detectorOf(given, defaults.clusterCIDR),
    masqueradeAll: flag(backend, 'masqueradeAll', false),
    masqueradeBit: bitOf(backend),
    localhostNodePorts: flag(iptables, 'localhostNodePorts', true),
    nodePortAddresses: addressesOf(given, mode),
  }
}

const documentOf = (configMap: ConfigMap | undefined): JsonObject => {
  const files = configMap?.data ?? {}
  const file =
    own(files, CONFIGURATION_FILE) ?? Object.values(files).find((content) => content.includes(KIND))
  if (file === undefined) return NOTHING
  // Nearly every cluster's file is kubeadm's, which says no more than that. It is looked at when a cluster is born: reading it as YAML
  // would take a third of that time.
  const untouched = untouchedDocument(file)
  if (untouched !== undefined) return untouched
  const { value } = parsed(file)
  const kind = isObject(value) ? field(value, 'kind') : undefined
  if (!isObject(value) || kind === undefined)
    return undecodable(`Object 'Kind' is missing in '${JSON.stringify(value ?? null)}'`)
  if (kind !== KIND)
    return undecodable(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(field(value, 'apiVersion') ?? '')} in scheme "pkg/proxy/apis/config/scheme/scheme.go:30"`,
    )
  return value
}

/** What a kube-proxy that starts with the file says of it. kubernetes: cmd/kube-proxy/app/options.go loadConfig */
export const configurationProblem = (file: string): string | undefined => {
  try {
    configurationOf(
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {},
        data: { [CONFIGURATION_FILE]: file },
      },
      NO_DEFAULTS,
    )
    return undefined
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message
    throw error
  }
}

const NO_DEFAULTS: ProxyDefaults = { mode: 'iptables', clusterCIDR: parseCidr('10.244.0.0/16')! }

const undecodable = (why: string): never => {
  throw new ConfigurationError(`failed complete: failed to decode: ${why}`)
}

const parsed = (file: string) => {
  try {
    return parseYaml(file)
  } catch (error) {
    if (error instanceof YamlError) return undecodable(error.message)
    throw error
  }
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const NOTHING: JsonObject = {}

/** A field that is null is one that is not there. */
const field = (value: JsonObject, name: string): JsonValue | undefined =>
  own(value, name) ?? undefined

/** kubernetes: pkg/proxy/apis/config/validation/validation.go */
const refuse = (...errors: readonly FieldError[]): never => {
  const texts = errors.map(errorText)
  const list = texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`
  throw new ConfigurationError(`failed validate: ${list}`)
}

const PATH = 'KubeProxyConfiguration'

/** A part of the file, and what it is called there. */
interface Section {
  readonly value: JsonObject
  /** The Go type, and the fields that lead to it. */
  readonly struct: string
  readonly path: string
}

/** In Go's words. */
const jsonTypeOf = (value: JsonValue): string => {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'boolean') return 'bool'
  return typeof value === 'number' && !Number.isInteger(value) ? `number ${value}` : typeof value
}

const mismatched = (value: JsonValue, { struct, path }: Section, name: string, type: string) =>
  undecodable(
    `json: cannot unmarshal ${jsonTypeOf(value)} into Go struct field ${struct}.${path}${name} of type ${type}`,
  )

const section = (whole: Section, name: string, struct: string): Section => {
  const found = field(whole.value, name) ?? NOTHING
  return isObject(found)
    ? { value: found, struct, path: `${name}.` }
    : mismatched(found, whole, name, `v1alpha1.${struct}`)
}

const text = (from: Section, name: string, type = 'string'): string => {
  const found = field(from.value, name) ?? ''
  return typeof found === 'string' ? found : mismatched(found, from, name, type)
}

const flag = (from: Section, name: string, byDefault: boolean): boolean => {
  const found = field(from.value, name) ?? byDefault
  return typeof found === 'boolean' ? found : mismatched(found, from, name, 'bool')
}

const modeOf = (mode: string, byDefault: ProxyMode): ProxyMode => {
  if (mode === '') return byDefault
  if (MODES.includes(mode)) return mode as ProxyMode
  const why = `must be ${MODES.toSorted().join(', ')} or blank (blank means the best-available proxy [currently iptables])`
  return refuse(invalidValue(`${PATH}.Mode.ProxyMode`, mode, why))
}

const bitOf = (from: Section): number => {
  const bit = field(from.value, 'masqueradeBit') ?? DEFAULT_BIT
  if (typeof bit !== 'number' || !Number.isInteger(bit))
    return mismatched(bit, from, 'masqueradeBit', 'int32')
  return bit >= 0 && bit <= MOST_BITS
    ? bit
    : refuse(
        invalidValue(
          `${PATH}.${from.struct}.MasqueradeBit`,
          bit,
          'must be within the range [0, 31]',
        ),
      )
}

/** kubernetes: cmd/kube-proxy/app/server_linux.go getLocalDetectors */
const detectorOf = (given: Section, byDefault: Cidr): ProxyConfiguration['localDetector'] => {
  const mode = text(given, 'detectLocalMode', 'v1alpha1.LocalMode') || 'ClusterCIDR'
  const detect = section(given, 'detectLocal', 'DetectLocalConfiguration')
  switch (mode) {
    case 'ClusterCIDR':
      return clusterDetector(text(given, 'clusterCIDR'), byDefault)
    case 'NodeCIDR':
      return { kind: 'nodeCIDR' }
    case 'BridgeInterface': {
      const name = text(detect, 'bridgeInterface')
      return name === ''
        ? refuse(invalidValue(`${DETECT}.InterfaceName`, name, 'must not be empty'))
        : { kind: 'bridge', name }
    }
    case 'InterfaceNamePrefix': {
      const prefix = text(detect, 'interfaceNamePrefix')
      return prefix === ''
        ? refuse(invalidValue(`${DETECT}.InterfacePrefix`, prefix, 'must not be empty'))
        : { kind: 'interfacePrefix', prefix }
    }
    default:
      return refuse(notSupported(`${PATH}.DetectLocalMode`, mode, LOCAL_MODES))
  }
}

const DETECT = `${PATH}.DetectLocalConfiguration`
const LOCAL_MODES = ['', 'BridgeInterface', 'ClusterCIDR', 'InterfaceNamePrefix', 'NodeCIDR']
const NO_PAIR =
  'must be a either a single CIDR or dual-stack pair of CIDRs (e.g. [10.100.0.0/16, fde4:8dba:82e1::/48]'
const NO_CIDR = 'must be a valid CIDR block (e.g. 10.100.0.0/16 or fde4:8dba:82e1::/48)'

/** One range, or one of each family, of which the IPv4 one counts. */
const clusterDetector = (ranges: string, byDefault: Cidr): LocalDetector => {
  if (ranges === '') return { kind: 'cidr', cidr: byDefault }
  const path = `${DETECT}.ClusterCIDRs`
  const texts = ranges.split(',')
  if (texts.length > 2) refuse(invalidValue(path, texts, NO_PAIR))
  const read = texts.map((range) => parseCidr(range))
  const wrong = texts.flatMap((range, index) =>
    read[index] === undefined ? [invalidValue(at(path, index), range, NO_CIDR)] : [],
  )
  if (wrong.length > 0) refuse(...wrong)
  const cidrs = read.flatMap((cidr) => cidr ?? [])
  const families = new Set(cidrs.map(({ network }) => network.version))
  if (families.size < cidrs.length) refuse(invalidValue(path, texts, NO_PAIR))
  const cidr = cidrs.find(({ network }) => network.version === 4)
  return cidr === undefined ? { kind: 'none' } : { kind: 'cidr', cidr }
}

/** kubernetes: nftables takes the primary address unless told otherwise, the others every address. */
const addressesOf = (given: Section, mode: ProxyMode): readonly Cidr[] | 'primary' => {
  const name = 'nodePortAddresses'
  const list = field(given.value, name) ?? []
  if (!Array.isArray(list)) return mismatched(list, given, name, '[]string')
  const items = (list as readonly JsonValue[]).map((item) =>
    typeof item === 'string' ? item : mismatched(item, given, name, 'string'),
  )
  if (items.length === 0) return mode === 'nftables' ? 'primary' : []
  if (items.length === 1 && items[0] === 'primary') return 'primary'
  return items.flatMap((item, index) => {
    const cidr = parseCidr(item)
    const why = item === 'primary' ? "can't use both 'primary' and CIDRs" : 'must be a valid CIDR'
    if (cidr === undefined)
      return refuse(invalidValue(at(`${PATH}.NodePortAddresses`, index), item, why))
    return cidr.network.version === 4 ? [cidr] : []
  })
}
