import type { Trace, TraceFrom } from '#api/kubarium/v1/trace/types.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'

const text = (name: string) => ({ name, type: 'string', format: '', priority: 0 }) as const

/** In the form of api/facts/columns.json. */
export const traceColumns = [
  { name: 'Name', type: 'string', format: 'name', priority: 0 },
  text('From'),
  text('To'),
  text('Outcome'),
  text('Age'),
] as const

export const traceRow: RowPrinter<Trace> = ({ metadata, spec, status }, { now }) => [
  metadata.name ?? '',
  sourceText(spec?.from ?? {}),
  spec?.to ?? '',
  status?.outcome ?? '',
  age(now, metadata.creationTimestamp),
]

const sourceText = ({ pod, node, internet }: TraceFrom): string => {
  if (pod !== undefined) return `pod/${pod}`
  if (node !== undefined) return `node/${node}`
  return internet === true ? 'internet' : 'workstation'
}
