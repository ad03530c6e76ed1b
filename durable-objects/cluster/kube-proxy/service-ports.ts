// From a Service to what a proxy knows of its ports.
// kubernetes: pkg/proxy/servicechangetracker.go serviceToServiceMap, pkg/proxy/serviceport.go newBaseServiceInfo
import type { Service, LoadBalancerIngress } from '#api/core/v1/service/types.ts'
import { own } from '#apimachinery/object.ts'
import { parseCidrSloppy, type Cidr } from '#net/cidr.ts'
import { parseIpSloppy, type Ip } from '#net/ip.ts'
import type { ServicePort } from './service-port.ts'

/** Whatever their value says. kubernetes: cmd/kube-proxy/app/server.go, the selector of its informers */
const IGNORED_LABELS = [
  'service.kubernetes.io/service-proxy-name',
  'service.kubernetes.io/headless',
]
const DEFAULT_STICKY_SECONDS = 10_800
const NONE: readonly ServicePort[] = Object.freeze([])

/** Services and EndpointSlices with one of these labels are somebody else's concern. */
export const isForOtherProxy = (labels: Readonly<Record<string, string>> | undefined): boolean =>
  labels !== undefined && IGNORED_LABELS.some((label) => own(labels, label) !== undefined)

/** Empty for a Service that needs no proxy: headless, ExternalName, without an IPv4 address. */
export const servicePortsOf = (service: Service): readonly ServicePort[] => {
  const { metadata, spec, status } = service
  if (isForOtherProxy(metadata.labels) || isSkipped(service)) return NONE
  const clusterIP = clusterIPOf(service)
  if (clusterIP === undefined) return NONE
  const { namespace = '', name = '' } = metadata
  const isExternalPolicyLocal = hasExternalPolicyLocal(service)
  const shared = {
    clusterIP,
    externalIPs: ipsOf(spec.externalIPs ?? []),
    loadBalancerVIPs: vipsOf(status?.loadBalancer?.ingress ?? []),
    loadBalancerSourceRanges: cidrsOf(spec.loadBalancerSourceRanges ?? []),
    stickySeconds: stickySecondsOf(service),
    healthCheckNodePort:
      spec.type === 'LoadBalancer' && isExternalPolicyLocal ? (spec.healthCheckNodePort ?? 0) : 0,
    isExternalPolicyLocal,
    isInternalPolicyLocal: spec.internalTrafficPolicy === 'Local',
  }
  return (spec.ports ?? []).map((port) => {
    const protocol = port.protocol ?? 'TCP'
    return {
      ...shared,
      name: { namespace, name, port: port.name ?? '', protocol },
      port: port.port,
      protocol,
      nodePort: port.nodePort ?? 0,
    }
  })
}

/** kubernetes: pkg/proxy/util ShouldSkipService */
const isSkipped = ({ spec: { clusterIP = '', type } }: Service): boolean =>
  clusterIP === '' || clusterIP === 'None' || type === 'ExternalName'

const ipv4Of = (text: string): Ip | undefined => {
  const ip = parseIpSloppy(text)?.ip
  return ip?.version === 4 ? ip : undefined
}

const ipsOf = (texts: readonly string[]): readonly Ip[] =>
  texts.flatMap((text) => ipv4Of(text) ?? [])

/** kubernetes: pkg/proxy/util GetClusterIPByFamily */
const clusterIPOf = ({ spec: { clusterIP = '', clusterIPs = [] } }: Service): Ip | undefined =>
  ipsOf(clusterIPs.length > 0 ? clusterIPs : [clusterIP])[0]

/** An ingress without a mode is from before there were modes: a VIP. */
const vipsOf = (ingress: readonly LoadBalancerIngress[]): readonly Ip[] =>
  ipsOf(ingress.flatMap(({ ip = '', ipMode = 'VIP' }) => (ipMode === 'VIP' ? [ip] : [])))

/** Validation lets white space around a range pass. */
const cidrsOf = (texts: readonly string[]): readonly Cidr[] =>
  texts.flatMap((text) => {
    const cidr = parseCidrSloppy(text.trim())?.cidr
    return cidr?.network.version === 4 ? [cidr] : []
  })

const stickySecondsOf = ({ spec }: Service): number =>
  spec.sessionAffinity === 'ClientIP'
    ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? DEFAULT_STICKY_SECONDS)
    : 0

/** kubernetes: pkg/api/v1/service ExternalPolicyLocal */
const hasExternalPolicyLocal = ({
  spec: { type, externalIPs = [], externalTrafficPolicy },
}: Service): boolean =>
  externalTrafficPolicy === 'Local' &&
  (type === 'LoadBalancer' || type === 'NodePort' || externalIPs.length > 0)
