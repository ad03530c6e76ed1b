// kubernetes: pkg/printers/internalversion/printers.go printPodTemplate
import type { PodTemplate } from '#api/core/v1/pod-template/types.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { formatLabels } from '#apimachinery/label-text.ts'

export const podTemplateRow: RowPrinter<PodTemplate> = ({ metadata, template }) => {
  const containers = template.spec?.containers ?? []
  return [
    metadata.name ?? '',
    containers.map(({ name }) => name).join(','),
    containers.map(({ image }) => image ?? '').join(','),
    formatLabels(template.metadata?.labels),
  ]
}
