// kubernetes: pkg/printers/internalversion/printers.go printServiceCIDR
import type { ServiceCIDR } from '#api/networking/v1/service-cidr/types.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'

export const serviceCidrRow: RowPrinter<ServiceCIDR> = ({ metadata, spec }, { now }) => [
  metadata.name!,
  (spec.cidrs ?? []).join(','),
  age(now, metadata.creationTimestamp),
]
