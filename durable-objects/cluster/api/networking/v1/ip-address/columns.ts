// kubernetes: pkg/printers/internalversion/printers.go printIPAddress
import type { IPAddress } from '#api/networking/v1/ip-address/types.ts'
import type { RowPrinter } from '#api/strategy.ts'

export const ipAddressRow: RowPrinter<IPAddress> = ({ metadata, spec }) => {
  const { group = '', resource = '', namespace = '', name = '' } = spec.parentRef ?? {}
  const what = group === '' ? resource : `${resource}.${group}`
  const parts = [what.toLowerCase(), ...(namespace === '' ? [] : [namespace]), name]
  return [metadata.name!, spec.parentRef === undefined ? '<none>' : parts.join('/')]
}
