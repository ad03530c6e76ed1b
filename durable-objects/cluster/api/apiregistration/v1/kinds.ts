import { kind, type KindBehaviour, type RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'
import type { KubeObject } from '#apimachinery/object.ts'

interface APIService extends KubeObject {
  readonly spec?: { readonly service?: { readonly namespace?: string; readonly name?: string } }
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string
      readonly status: string
      readonly reason?: string
    }[]
  }
}

// kubernetes: kube-aggregator pkg/registry/apiservice/etcd/etcd.go ConvertToTable
const apiServiceRow: RowPrinter<APIService> = ({ metadata, spec, status }, { now }) => {
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

export const apiregistrationKinds: Readonly<Record<string, KindBehaviour>> = {
  'apiservices.apiregistration.k8s.io': kind<APIService>({
    strategy: { hasGeneration: false },
    row: apiServiceRow,
  }),
}
