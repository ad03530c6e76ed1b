import { parseIp } from '#net/ip.ts'
import { ipvsadmList } from '#netfilter/ipvsadm-text.ts'
import { PersistentMap } from '#netfilter/persistent-map.ts'
import { type VirtualServer, virtualServerKey } from '#netfilter/virtual-servers.ts'
import { expect, test } from 'vitest'

const at = (address: string, port: number) => ({ ip: parseIp(address)!, port })

const virtual = (
  address: string,
  port: number,
  to: readonly string[] = [],
  more: Partial<VirtualServer> = {},
): VirtualServer => ({
  protocol: 'tcp',
  ...at(address, port),
  scheduler: 'rr',
  servers: to.map((text) => ({ ...at(text, 8080), weight: 1 })),
  ...more,
})

const list = (servers: readonly VirtualServer[], loadOf?: Parameters<typeof ipvsadmList>[1]) =>
  ipvsadmList(PersistentMap.of(servers.map((server) => [virtualServerKey(server), server])), loadOf)

const HEAD = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
`

test('without virtual servers there is a head', () => {
  expect(list([])).toBe(HEAD)
})

test('columns are filled up to their width, the last one too', () => {
  const sticky = virtual('10.96.10.1', 80, ['10.244.0.10', '10.244.1.10'], {
    persistentSeconds: 10_800,
  })
  const text = list([sticky], (_, { ip }) =>
    ip.value === parseIp('10.244.0.10')!.value
      ? { active: 3, inactive: 12 }
      : { active: 0, inactive: 0 },
  )
  expect(text).toBe(`${HEAD}TCP  10.96.10.1:80 rr persistent 10800
  -> 10.244.0.10:8080             Masq    1      3          12        
  -> 10.244.1.10:8080             Masq    1      0          0         
`)
})

test('protocols stand by their numbers, addresses by the sign of their difference', () => {
  const text = list([
    virtual('10.96.0.10', 53, [], { protocol: 'udp' }),
    virtual('10.96.0.1', 443),
    virtual('10.96.0.1', 80),
    virtual('192.168.49.2', 30_080),
    virtual('10.96.0.10', 80, [], { protocol: 'sctp' }),
  ])
  expect(text.split('\n').slice(3, -1)).toEqual([
    'TCP  192.168.49.2:30080 rr',
    'TCP  10.96.0.1:80 rr',
    'TCP  10.96.0.1:443 rr',
    'UDP  10.96.0.10:53 rr',
    'SCTP  10.96.0.10:80 rr',
  ])
})
