// kubernetes: pkg/printers/internalversion/printers.go printEndpoints
import type { Endpoints } from '#api/core/v1/endpoints/types.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'

const MAX_SHOWN = 3

export const endpointsRow: RowPrinter<Endpoints> = (endpoints, { now }) => [
  endpoints.metadata.name!,
  endpointsText(endpoints),
  age(now, endpoints.metadata.creationTimestamp),
]

const endpointsText = ({ subsets }: Endpoints): string => {
  if (!subsets || subsets.length === 0) return '<none>'
  const shown: string[] = []
  let count = 0
  for (const { addresses = [], ports = [] } of subsets) {
    // Headless Services may have no ports.
    for (const port of ports.length === 0 ? [undefined] : ports) {
      count += addresses.length
      for (const { ip } of addresses) {
        if (shown.length === MAX_SHOWN) break
        shown.push(port === undefined ? ip : joinHostPort(ip, port.port))
      }
    }
  }
  const text = shown.join(',')
  return count > MAX_SHOWN ? `${text} + ${count - MAX_SHOWN} more...` : text
}

const joinHostPort = (ip: string, port: number): string =>
  ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`
