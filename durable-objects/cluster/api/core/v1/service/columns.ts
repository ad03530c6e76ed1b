// kubernetes: pkg/printers/internalversion/printers.go printService
import type { LoadBalancerStatus, Service, ServicePort } from '#api/core/v1/service/types.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'
import { formatLabels } from '#apimachinery/label-text.ts'

export const serviceRow: RowPrinter<Service> = (service, { now }) => {
  const { metadata, spec } = service
  return [
    metadata.name!,
    spec.type ?? '',
    spec.clusterIPs?.[0] ?? '<none>',
    externalIpText(service),
    (spec.ports ?? []).map(portText).join(',') || '<none>',
    age(now, metadata.creationTimestamp),
    formatLabels(spec.selector),
  ]
}

const portText = ({ port, nodePort = 0, protocol }: ServicePort): string =>
  `${nodePort > 0 ? `${port}:${nodePort}` : port}/${protocol ?? ''}`

const externalIpText = ({ spec, status }: Service): string => {
  const given = spec.externalIPs ?? []
  switch (spec.type) {
    case 'ClusterIP':
    case 'NodePort':
      return given.join(',') || '<none>'
    case 'LoadBalancer':
      return [...loadBalancerAddresses(status?.loadBalancer), ...given].join(',') || '<pending>'
    case 'ExternalName':
      return spec.externalName ?? ''
    case undefined:
      return '<unknown>'
  }
  return '<unknown>'
}

/** Sorted, each once. Tables are made wide, so nothing is cut off. kubernetes: loadBalancerStatusStringer */
export const loadBalancerAddresses = (
  status: Pick<LoadBalancerStatus, 'ingress'> | undefined,
): readonly string[] => {
  const texts = (status?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '')
  return [...new Set(texts.filter((text) => text !== ''))].sort()
}
