// kubernetes: pkg/printers/internalversion/printers.go printIngress
import { loadBalancerAddresses } from '#api/core/v1/service/columns.ts'
import type { Ingress, IngressRule } from '#api/networking/v1/ingress/types.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'

const MAX_HOSTS = 3

export const ingressRow: RowPrinter<Ingress> = ({ metadata, spec, status }, { now }) => [
  metadata.name!,
  spec.ingressClassName ?? '<none>',
  hostsText(spec.rules ?? []),
  loadBalancerAddresses(status?.loadBalancer).join(','),
  (spec.tls?.length ?? 0) > 0 ? '80, 443' : '80',
  age(now, metadata.creationTimestamp),
]

const hostsText = (rules: readonly IngressRule[]): string => {
  const hosts: string[] = []
  let hasMore = false
  for (const { host = '' } of rules) {
    if (hosts.length === MAX_HOSTS) hasMore = true
    else if (host !== '') hosts.push(host)
  }
  if (hosts.length === 0) return '*'
  const text = hosts.join(',')
  return hasMore ? `${text} + ${rules.length - MAX_HOSTS} more...` : text
}
