// Prints virtual servers as `ipvsadm -L -n` does (ipvsadm 1.31).
import { formatIp, type Ip } from '#net/ip.ts'
import type { RealServer, VirtualServer, VirtualServers } from './virtual-servers.ts'

/** What a real server has to do at the moment. */
export interface ServerLoad {
  readonly active: number
  readonly inactive: number
}

const IDLE: ServerLoad = { active: 0, inactive: 0 }

const HEAD = [
  'IP Virtual Server version 1.2.1 (size=4096)',
  'Prot LocalAddress:Port Scheduler Flags',
  '  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn',
]

export const ipvsadmList = (
  servers: VirtualServers,
  loadOf: (virtual: VirtualServer, real: RealServer) => ServerLoad = () => IDLE,
): string => {
  const all = mergeSorted(
    servers.sorted().map(([, server]) => server),
    compareVirtual,
  )
  const lines = all.flatMap((virtual) => [
    virtualText(virtual),
    ...mergeSorted(virtual.servers, compareAddress).map((real) =>
      realText(real, loadOf(virtual, real)),
    ),
  ])
  return [...HEAD, ...lines, ''].join('\n')
}

const endpoint = ({ ip, port }: { readonly ip: Ip; readonly port: number }): string =>
  ip.version === 4 ? `${formatIp(ip)}:${port}` : `[${formatIp(ip)}]:${port}`

const virtualText = (server: VirtualServer): string => {
  const { protocol, scheduler, persistentSeconds } = server
  const flags = persistentSeconds === undefined ? '' : ` persistent ${persistentSeconds}`
  return `${protocol.toUpperCase()}  ${endpoint(server)} ${scheduler}${flags}`
}

const realText = (real: RealServer, { active, inactive }: ServerLoad): string => {
  const columns: readonly (readonly [value: string | number, width: number])[] = [
    [endpoint(real), 28],
    ['Masq', 7],
    [real.weight, 6],
    [active, 10],
    [inactive, 10],
  ]
  return `  -> ${columns.map(([value, width]) => String(value).padEnd(width)).join(' ')}`
}

const PROTOCOL_NUMBERS = { tcp: 6, udp: 17, sctp: 132 } as const

const compareVirtual = (a: VirtualServer, b: VirtualServer): number =>
  PROTOCOL_NUMBERS[a.protocol] - PROTOCOL_NUMBERS[b.protocol] || compareAddress(a, b)

/** ipvsadm subtracts addresses and looks at the sign of 32 bits, so that 192.168.0.1 stands before 10.0.0.1. */
const compareAddress = (
  a: { readonly ip: Ip; readonly port: number },
  b: { readonly ip: Ip; readonly port: number },
): number => {
  const difference = Number(BigInt.asIntN(32, BigInt(a.ip.value) - BigInt(b.ip.value)))
  return difference === 0 ? a.port - b.port : difference
}

/**
 * The C library's qsort. The comparison above goes in circles (10 before 127 before 172 before 10), so that the way of sorting decides
 * what comes out.
 */
const mergeSorted = <T>(items: readonly T[], compare: (a: T, b: T) => number): readonly T[] => {
  if (items.length <= 1) return items
  const middle = items.length >> 1
  const left = mergeSorted(items.slice(0, middle), compare)
  const right = mergeSorted(items.slice(middle), compare)
  const merged: T[] = []
  let l = 0
  let r = 0
  while (l < left.length && r < right.length)
    merged.push(compare(left[l]!, right[r]!) <= 0 ? left[l++]! : right[r++]!)
  return [...merged, ...left.slice(l), ...right.slice(r)]
}
