import type { Image, ImageListener } from '#api/kubarium/v1/image/types.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'

const text = (name: string) => ({ name, type: 'string', format: '', priority: 0 }) as const

/** In the form of api/facts/columns.json. */
export const imageColumns = [
  { name: 'Name', type: 'string', format: 'name', priority: 0 },
  text('Image'),
  text('Ports'),
  text('Age'),
] as const

export const imageRow: RowPrinter<Image> = ({ metadata, spec }, { now }) => [
  metadata.name ?? '',
  spec?.image ?? '',
  portsText(spec?.listens ?? []),
  age(now, metadata.creationTimestamp),
]

/** `8080/TCP,$METRICS_PORT/TCP` */
const portsText = (listens: readonly ImageListener[]): string =>
  listens.length === 0
    ? '<none>'
    : listens
        .map(
          ({ port, portFrom, protocol = 'TCP' }) => `${port ?? `$${portFrom ?? ''}`}/${protocol}`,
        )
        .join(',')
