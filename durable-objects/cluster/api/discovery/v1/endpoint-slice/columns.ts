// kubernetes: pkg/printers/internalversion/printers.go printEndpointSlice
import type { EndpointPort, EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'

const MAX_SHOWN = 3

export const endpointSliceRow: RowPrinter<EndpointSlice> = (slice, { now }) => [
  slice.metadata.name!,
  slice.addressType,
  listText((slice.ports ?? []).map(portText)),
  listText((slice.endpoints ?? []).flatMap(({ addresses }) => addresses)),
  age(now, slice.metadata.creationTimestamp),
]

const portText = ({ port, name }: EndpointPort): string =>
  port === undefined ? (name ?? '*') : String(port)

const listText = (texts: readonly string[]): string => {
  const shown = texts.slice(0, MAX_SHOWN).join(',')
  if (texts.length > MAX_SHOWN) return `${shown} + ${texts.length - MAX_SHOWN} more...`
  return shown || '<unset>'
}
