// How all proxies of the cluster are set up, and the tables that follow. A change of the ConfigMap takes effect at once: a real
// kube-proxy ends itself when its file changes, and is started again.
import type { ConfigMap } from '#api/core/v1/config-map/types.ts'
import type { Node } from '#api/core/v1/node/types.ts'
import { keyOf } from '#apimachinery/object.ts'
import type { ComponentContext } from '#client/component.ts'
import { parseCidr, type Cidr } from '#net/cidr.ts'
import type { Ip } from '#net/ip.ts'
import type { Backend, LocalDetector, ProxySettings } from './backend.ts'
import {
  type ProxyConfiguration,
  ConfigurationError,
  configurationOf,
  type ProxyMode,
} from './configuration.ts'
import { IpvsNodeTables } from './ipvs/ipvs-node-tables.ts'
import { iptablesBackend } from './iptables/backend.ts'
import { nftablesBackend } from './nftables/nftables-backend.ts'
import type { PastView } from './past-view.ts'
import { inputsOf } from './services.ts'
import { ServiceTables } from './service-tables.ts'

export const CONFIG_MAP = { namespace: 'kube-system', name: 'kube-proxy' } as const

/** kubernetes: the range of all Pods, which kubeadm writes into the ConfigMap. */
const CLUSTER_CIDR = parseCidr('10.244.0.0/16')!

/** How a proxy is set up. */
export interface Setup {
  readonly configuration: ProxyConfiguration
  readonly serviceCIDRs: readonly Cidr[]
  /** Equal for equal setups. */
  readonly key: string
  /** Why the ConfigMap cannot be used: a real kube-proxy would not start with it. */
  readonly problem?: string
}

type Read = Pick<Setup, 'configuration' | 'problem'>

type Tables = ServiceTables | IpvsNodeTables

interface Kept {
  readonly tables: Tables
  /** `namespace/name` of the Services that changed since somebody looked. */
  readonly changed: Set<string>
}

/** Tables for so many setups are kept; more are needed only where every node is set up in its own way. */
const MOST_TABLES = 8

export class ProxySetup {
  readonly #context: ComponentContext
  /** By what of the setup and the node the tables depend on. */
  readonly #tables = new Map<string, Kept>()
  /** What it says is asked for much more often than it changes. */
  #lastRead: { readonly configMap: ConfigMap | undefined; readonly read: Read } | undefined

  constructor(context: ComponentContext) {
    this.#context = context
  }

  markChanged(service: string): void {
    for (const { changed } of this.#tables.values()) changed.add(service)
  }

  /** Why the ConfigMap cannot be used. */
  problemOf(configMap: ConfigMap | undefined): string | undefined {
    return this.#read(configMap).problem
  }

  setupAt(view: PastView): Setup {
    const serviceCIDRs = view
      .serviceCIDRs()
      .flatMap(({ spec }) => (spec.cidrs ?? []).flatMap((text) => parseCidr(text) ?? []))
      .filter(({ network }) => network.version === 4)
    const read = this.#read(view.configMap(CONFIG_MAP.namespace, CONFIG_MAP.name))
    return { ...read, serviceCIDRs, key: JSON.stringify([read.configuration, serviceCIDRs]) }
  }

  /** The tables of proxies that are set up as this node's is, with all Services in them as `view` has them. */
  tablesFor(setup: Setup, node: Node, nodeIPs: readonly Ip[], view: PastView): Tables {
    const { configuration, serviceCIDRs } = setup
    const id = tablesId(setup, node, nodeIPs)
    const kept = this.#tables.get(id)
    if (kept !== undefined) {
      // what was used last stands last
      if (this.#tables.size > 1 && this.#tables.delete(id)) this.#tables.set(id, kept)
      if (kept.changed.size > 0) kept.tables.update(inputsOf(kept.changed, view))
      kept.changed.clear()
      return kept.tables
    }
    const detector = detectorAt(node, configuration)
    const settings = settingsOf(configuration, detector, serviceCIDRs, nodeIPs)
    const tables = newTables(configuration.mode, settings)
    tables.update(inputsOf(this.#allServices(view), view))
    this.#tables.set(id, { tables, changed: new Set() })
    for (const oldest of this.#tables.keys())
      if (this.#tables.size > MOST_TABLES) this.#tables.delete(oldest)
    return tables
  }

  #allServices(view: PastView): ReadonlySet<string> {
    const services = this.#context.client.list('services').map((service) => keyOf(service))
    return new Set([...services, ...view.services])
  }

  #read(configMap: ConfigMap | undefined): Read {
    if (this.#lastRead?.configMap !== configMap || this.#lastRead === undefined)
      this.#lastRead = { configMap, read: this.#readAnew(configMap) }
    return this.#lastRead.read
  }

  #readAnew(configMap: ConfigMap | undefined): Read {
    const defaults = { mode: this.#context.settings.proxyMode, clusterCIDR: CLUSTER_CIDR }
    try {
      return { configuration: configurationOf(configMap, defaults) }
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error
      return { configuration: configurationOf(undefined, defaults), problem: error.message }
    }
  }
}

const newTables = (mode: ProxyMode, settings: ProxySettings): Tables =>
  mode === 'ipvs' ? new IpvsNodeTables(settings) : new ServiceTables(backendOf(mode), settings)

const backendOf = (mode: ProxyMode): Backend =>
  mode === 'nftables' ? nftablesBackend : iptablesBackend

/** Nodes share tables unless the configuration speaks of the node itself. */
const tablesId = ({ key, configuration }: Setup, node: Node, nodeIPs: readonly Ip[]): string => {
  const byCIDR = configuration.localDetector.kind === 'nodeCIDR'
  const byAddress = !isNftables(configuration) && configuration.nodePortAddresses === 'primary'
  return byCIDR || byAddress
    ? JSON.stringify([key, byCIDR ? node.spec.podCIDR : '', byAddress ? nodeIPs : []])
    : key
}

const detectorAt = (node: Node, { localDetector }: ProxyConfiguration): LocalDetector => {
  if (localDetector.kind !== 'nodeCIDR') return localDetector
  const cidr = parseCidr(node.spec.podCIDR ?? '')
  return cidr === undefined ? { kind: 'none' } : { kind: 'cidr', cidr }
}

const isNftables = ({ mode }: ProxyConfiguration): boolean => mode === 'nftables'

const asCidr = (ip: Ip): Cidr => ({ network: ip, prefix: 32 })

const settingsOf = (
  configuration: ProxyConfiguration,
  localDetector: LocalDetector,
  serviceCIDRs: readonly Cidr[],
  nodeIPs: readonly Ip[],
): ProxySettings => {
  const primary = isNftables(configuration) ? [] : nodeIPs.slice(0, 1).map(asCidr)
  const { masqueradeAll, masqueradeBit, localhostNodePorts, nodePortAddresses } = configuration
  return {
    localDetector,
    masqueradeAll,
    masqueradeMark: 2 ** masqueradeBit,
    localhostNodePorts,
    // the tables of nftables mean the primary address when they are told none
    nodePortAddresses: nodePortAddresses === 'primary' ? primary : nodePortAddresses,
    serviceCIDRs,
  }
}
