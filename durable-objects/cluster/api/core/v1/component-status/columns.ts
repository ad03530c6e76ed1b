// kubernetes: pkg/printers/internalversion/printers.go printComponentStatus
import type { RowPrinter } from '#api/strategy.ts'
import type { KubeObject } from '#apimachinery/object.ts'

export interface ComponentStatus extends KubeObject {
  readonly conditions?: readonly {
    readonly type: string
    readonly status: string
    readonly message?: string
    readonly error?: string
  }[]
}

export const componentStatusRow: RowPrinter<ComponentStatus> = ({ metadata, conditions }) => {
  const health = conditions?.find(({ type }) => type === 'Healthy')
  const status =
    health === undefined ? 'Unknown' : health.status === 'True' ? 'Healthy' : 'Unhealthy'
  return [metadata.name ?? '', status, health?.message ?? '', health?.error ?? '']
}
