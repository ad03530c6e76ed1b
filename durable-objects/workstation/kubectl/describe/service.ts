import type { LoadBalancerIngress, Service, ServicePort } from '#api/core/v1/service/types.ts'
import type { EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import { formatLabels } from '#apimachinery/label-text.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import { attempt, type DescribeContext } from '#kubectl/describe/context.ts'
import { endpointsText } from '#kubectl/describe/endpoints.ts'
import { describeEventsOf } from '#kubectl/describe/events.ts'
import { describeHead } from '#kubectl/describe/metadata.ts'
import { tabbed, type PrefixWriter, type Printable } from '#kubectl/output/prefix-writer.ts'

const SERVICE_NAME = 'kubernetes.io/service-name'

export const slicesOf = (
  context: DescribeContext,
  namespace: string,
  service: string,
): readonly EndpointSlice[] =>
  context.list('endpointslices.discovery.k8s.io', namespace, {
    labels: `${SERVICE_NAME}=${service}`,
  }) as readonly EndpointSlice[]

/** kubernetes: kubectl pkg/describe ServiceDescriber */
export const describeService = (context: DescribeContext, object: KubeObject): string => {
  const service = object as Service
  const { metadata, spec } = service
  const { namespace = '', name = '' } = metadata
  const slices = attempt(() => slicesOf(context, namespace, name))
  return tabbed((w) => {
    describeHead(w, service)
    w.field(0, 'Selector', formatLabels(spec.selector))
    w.field(0, 'Type', spec.type)
    describeAddresses(w, service)
    for (const port of spec.ports ?? [])
      describePort(w, port, endpointsText('value' in slices ? slices.value : [], port.name ?? ''))
    describePolicies(w, service)
    describeEventsOf(context, w, service)
  })
}

const writerIfSet =
  (w: PrefixWriter) =>
  (label: string, value: Printable): void => {
    if (value) w.field(0, label, value)
  }

const describeAddresses = (w: PrefixWriter, { spec, status }: Service): void => {
  const ifSet = writerIfSet(w)
  if (spec.ipFamilyPolicy !== undefined) w.field(0, 'IP Family Policy', spec.ipFamilyPolicy)
  w.field(0, 'IP Families', spec.ipFamilies?.join(',') || '<none>')
  w.field(0, 'IP', spec.clusterIP)
  w.field(0, 'IPs', spec.clusterIPs?.length ? spec.clusterIPs.join(',') : '<none>')
  ifSet('External IPs', spec.externalIPs?.join(','))
  ifSet('Desired LoadBalancer IP', spec.loadBalancerIP)
  ifSet('External Name', spec.externalName)
  const { ingress = [] } = status.loadBalancer
  if (ingress.length > 0) w.field(0, 'LoadBalancer Ingress', ingress.map(ingressText).join(', '))
}

const ingressText = ({ ip, ipMode, hostname }: LoadBalancerIngress): string => {
  if (!ip) return hostname ?? ''
  return ipMode === undefined ? ip : `${ip} (${ipMode})`
}

const describePort = (w: PrefixWriter, port: ServicePort, endpoints: string): void => {
  const { protocol = '', targetPort = 0, appProtocol, nodePort } = port
  const name = port.name || '<unset>'
  w.field(0, 'Port', `${name}\t${port.port}/${protocol}`)
  w.field(0, 'TargetPort', `${targetPort}/${protocol}`)
  if (appProtocol !== undefined) w.field(0, 'AppProtocol', appProtocol)
  if (nodePort) w.field(0, 'NodePort', `${name}\t${nodePort}/${protocol}`)
  w.field(0, 'Endpoints', endpoints)
}

const describePolicies = (w: PrefixWriter, { spec }: Service): void => {
  const ifSet = writerIfSet(w)
  w.field(0, 'Session Affinity', spec.sessionAffinity)
  ifSet('External Traffic Policy', spec.externalTrafficPolicy)
  ifSet('Internal Traffic Policy', spec.internalTrafficPolicy)
  ifSet('HealthCheck NodePort', spec.healthCheckNodePort)
  ifSet('LoadBalancer Source Ranges', spec.loadBalancerSourceRanges?.join(','))
  ifSet('Traffic Distribution', spec.trafficDistribution)
}
