// The cloud's load balancers: which address belongs to which Service, and which nodes it sends to.
import type { Node } from '#api/core/v1/node/types.ts'
import type { LoadBalancerIngress, Service } from '#api/core/v1/service/types.ts'
import { keyOf, own } from '#apimachinery/object.ts'
import type { Client } from '#client/client.ts'
import { type Cidr, parseCidrSloppy } from '#net/cidr.ts'
import { formatIp, type Ip } from '#net/ip.ts'
import type { WorldLoadBalancer, WorldNode } from '#network/world.ts'
import { type HealthCheckPorts, healthCheckPortOf } from '#world/health-check-ports.ts'
import { ObjectIndex } from '#world/object-index.ts'
import { lower } from '#world/pods.ts'

const EXCLUDED = 'node.kubernetes.io/exclude-from-external-load-balancers'
const DELETED_SOON = 'ToBeDeletedByClusterAutoscaler'
const SOURCE_RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges'

interface Seen {
  /** By name. */
  readonly nodes: () => readonly WorldNode[]
  readonly hasProxy: (node: string) => boolean
}

export class LoadBalancers {
  readonly #client: Client
  readonly #healthChecks: HealthCheckPorts
  readonly #byAddress: ObjectIndex<'services'>

  constructor(client: Client, healthChecks: HealthCheckPorts) {
    this.#client = client
    this.#healthChecks = healthChecks
    this.#byAddress = new ObjectIndex(client, 'services', (service) =>
      ingressOf(service).flatMap(({ ip }) => ip ?? []),
    )
  }

  at(ip: Ip, seen: Seen): WorldLoadBalancer | undefined {
    const text = formatIp(ip)
    const service = this.#byAddress.with(text)[0]
    if (service === undefined) return undefined
    const ingress = ingressOf(service).find((entry) => entry.ip === text)
    return {
      service: keyOf(service),
      ports: (service.spec.ports ?? []).map(({ protocol, port, nodePort = 0 }) => ({
        protocol: lower(protocol),
        port,
        nodePort,
      })),
      nodes: seen
        .nodes()
        .filter((node) => this.#isHealthy(node, service, seen))
        .map(({ name }) => name),
      isVip: (ingress?.ipMode ?? 'VIP') === 'VIP',
      sourceRanges: sourceRangesOf(service),
    }
  }

  /** The cloud asks each node itself, so that it hears of a power failure before the cluster does. */
  #isHealthy(
    { name, isOn, isConnected }: WorldNode,
    service: Service,
    { hasProxy }: Seen,
  ): boolean {
    const node = this.#client.get('nodes', '', name)
    if (node === undefined || !isOn || !isConnected || !isIncluded(node)) return false
    if (healthCheckPortOf(service) === undefined) return true
    return hasProxy(name) && this.#healthChecks.localEndpoints(service, name) > 0
  }
}

const ingressOf = ({ spec, status }: Service): readonly LoadBalancerIngress[] =>
  spec.type === 'LoadBalancer' ? (status?.loadBalancer?.ingress ?? []) : []

/** kubernetes: cloud-provider controllers/service/controller.go nodeReadyPredicate and others */
const isIncluded = ({ metadata, spec, status }: Node): boolean =>
  own(metadata.labels, EXCLUDED) === undefined &&
  spec.taints?.some(({ key }) => key === DELETED_SOON) !== true &&
  status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ===
    true

/** kubernetes: cloud-provider service/helpers GetLoadBalancerSourceRanges */
const sourceRangesOf = ({ metadata, spec }: Service): readonly Cidr[] => {
  const { loadBalancerSourceRanges: ranges = [] } = spec
  const texts =
    ranges.length > 0 ? ranges : (own(metadata.annotations, SOURCE_RANGES) ?? '').split(',')
  return texts.flatMap((text) => parseCidrSloppy(text.trim())?.cidr ?? [])
}
