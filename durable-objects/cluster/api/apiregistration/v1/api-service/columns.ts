// kubernetes: kube-aggregator pkg/registry/apiservice/etcd/etcd.go ConvertToTable
import type { APIService } from '#api/apiregistration/v1/api-service/types.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'

export const apiServiceRow: RowPrinter<APIService> = ({ metadata, spec, status }, { now }) => {
  const available = status?.conditions?.find(({ type }) => type === 'Available')
  return [
    metadata.name ?? '',
    spec?.service === undefined
      ? 'Local'
      : `${spec.service.namespace ?? ''}/${spec.service.name ?? ''}`,
    available === undefined
      ? 'Unknown'
      : available.status === 'True'
        ? 'True'
        : `${available.status} (${available.reason ?? ''})`,
    age(now, metadata.creationTimestamp),
  ]
}
