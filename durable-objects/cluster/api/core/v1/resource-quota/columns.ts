// kubernetes: pkg/printers/internalversion/printers.go printResourceQuota
import type { ResourceQuota } from '#api/core/v1/resource-quota/types.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'
import { own } from '#apimachinery/object.ts'

export const resourceQuotaRow: RowPrinter<ResourceQuota> = ({ metadata, status }, { now }) => {
  const hard = status?.hard ?? {}
  const shares = (limits: boolean): string =>
    Object.keys(hard)
      .filter((resource) => resource.startsWith('limits.') === limits)
      .sort()
      .map((resource) => `${resource}: ${own(status?.used, resource) ?? '0'}/${hard[resource]!}`)
      .join(', ')
  return [metadata.name ?? '', shares(false), shares(true), age(now, metadata.creationTimestamp)]
}
