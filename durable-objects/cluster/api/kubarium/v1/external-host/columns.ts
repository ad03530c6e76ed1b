import type { ExternalHost, ExternalHostPort } from '#api/kubarium/v1/external-host/types.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'

const text = (name: string) => ({ name, type: 'string', format: '', priority: 0 }) as const

/** In the form of api/facts/columns.json. */
export const externalHostColumns = [
  { name: 'Name', type: 'string', format: 'name', priority: 0 },
  text('Hostnames'),
  text('Addresses'),
  text('Ports'),
  text('State'),
  text('Age'),
] as const

export const externalHostRow: RowPrinter<ExternalHost> = ({ metadata, spec }, { now }) => [
  metadata.name ?? '',
  listText(spec?.hostnames),
  listText(spec?.addresses),
  listText(spec?.ports?.map(portText)),
  spec?.down === true ? 'Down' : 'Up',
  age(now, metadata.creationTimestamp),
]

const listText = (list: readonly string[] = []): string =>
  list.length === 0 ? '<none>' : list.join(',')

const portText = ({ port, protocol = 'TCP' }: ExternalHostPort): string => `${port}/${protocol}`
