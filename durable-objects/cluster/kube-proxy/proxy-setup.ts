// How all proxies of the cluster are set up, and the tables that follow. A change of the ConfigMap takes effect at once: a real
// kube-proxy ends itself when its file changes, and is started again.
import type { Node } from '#api/core/v1/node/types.ts'
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
import type { Services } from './services.ts'
import { ServiceTables } from './service-tables.ts'

export const CONFIG_MAP = { namespace: 'kube-system', name: 'kube-proxy' } as const

/** kubernetes: the range of all Pods, which kubeadm writes into the ConfigMap. */
const CLUSTER_CIDR = parseCidr('10.244.0.0/16')!

export class ProxySetup {
  readonly #context: ComponentContext
  readonly #services: Services
  #configuration: ProxyConfiguration | undefined
  #serviceCIDRs: readonly Cidr[] = []
  #isRead = false
  /** By what of the setup and the node the tables depend on. */
  readonly #tables = new Map<string, ServiceTables | IpvsNodeTables>()
  /** Why the ConfigMap cannot be used; what was set before stays. */
  problem: string | undefined

  constructor(context: ComponentContext, services: Services) {
    this.#context = context
    this.#services = services
  }

  /** The ConfigMap or the ServiceCIDRs changed: everything is written anew when somebody looks. */
  forget(): void {
    this.#tables.clear()
    this.#isRead = false
  }

  get mode(): ProxyMode {
    return this.#current().mode
  }

  /** The tables of proxies that are set up as this node's is, with all Services in them. */
  tablesFor(node: Node, nodeIPs: readonly Ip[]): ServiceTables | IpvsNodeTables {
    const configuration = this.#current()
    const changed = this.#services.take()
    for (const tables of this.#tables.values()) tables.update(changed)
    const localDetector = detectorAt(node, configuration)
    const isOwn = !isNftables(configuration) && configuration.nodePortAddresses.length > 0
    const id = JSON.stringify([localDetector, isOwn ? nodeIPs : []])
    let tables = this.#tables.get(id)
    if (tables === undefined) {
      const settings = settingsOf(configuration, localDetector, this.#serviceCIDRs, nodeIPs)
      tables =
        configuration.mode === 'ipvs'
          ? new IpvsNodeTables(settings)
          : new ServiceTables(backendOf(configuration.mode), settings, isOwn ? nodeIPs : [])
      tables.update(this.#services.all())
      this.#tables.set(id, tables)
    }
    return tables
  }

  #current(): ProxyConfiguration {
    if (this.#isRead && this.#configuration !== undefined) return this.#configuration
    const { client, settings } = this.#context
    const defaults = { mode: settings.proxyMode, clusterCIDR: CLUSTER_CIDR }
    this.#serviceCIDRs = client
      .list('servicecidrs.networking.k8s.io')
      .flatMap(({ spec }) => (spec.cidrs ?? []).flatMap((text) => parseCidr(text) ?? []))
      .filter(({ network }) => network.version === 4)
    this.problem = undefined
    try {
      const configMap = client.get('configmaps', CONFIG_MAP.namespace, CONFIG_MAP.name)
      this.#configuration = configurationOf(configMap, defaults)
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error
      this.problem = error.message
      this.#configuration ??= configurationOf(undefined, defaults)
    }
    this.#isRead = true
    return this.#configuration
  }
}

const backendOf = (mode: ProxyMode): Backend =>
  mode === 'nftables' ? nftablesBackend : iptablesBackend

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
