import { endpointNames, portNames } from '#kube-proxy/nftables/names.ts'
import type { ServicePortName } from '#kube-proxy/service-port.ts'
import { parseIp } from '#net/ip.ts'
import { describe, expect, test } from 'vitest'

const NAME: ServicePortName = { namespace: 'ns1', name: 'svc1', port: 'p80', protocol: 'TCP' }

const longest = 'x'.repeat(63)
const LONG: ServicePortName = {
  namespace: longest,
  name: longest,
  port: longest,
  protocol: 'SCTP',
}

describe('the names of a Service port', () => {
  test('are a hash and a path', () => {
    expect(portNames(NAME)).toEqual({
      cluster: 'service-ULMVA6XW-ns1/svc1/tcp/p80',
      local: 'local-ULMVA6XW-ns1/svc1/tcp/p80',
      external: 'external-ULMVA6XW-ns1/svc1/tcp/p80',
      firewall: 'firewall-ULMVA6XW-ns1/svc1/tcp/p80',
    })
  })

  test('end in a slash if the port has none', () => {
    expect(portNames({ ...NAME, port: '' }).cluster).toMatch(
      /^service-[A-Z2-7]{8}-ns1\/svc1\/tcp\/$/,
    )
  })

  test('are never cut, as long as they may be', () => {
    expect(portNames(LONG).cluster).toMatch(/\/sctp\/x{63}$/)
  })
})

describe('the names of an endpoint', () => {
  test('have its address behind two underscores', () => {
    expect(endpointNames(NAME, { ip: parseIp('10.180.0.1')!, port: 80 })).toEqual({
      chain: 'endpoint-5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80',
      affinity: 'affinity-5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80',
    })
  })

  test('have points for the colons of IPv6', () => {
    const { chain } = endpointNames(NAME, { ip: parseIp('fd00::10')!, port: 80 })
    expect(chain).toMatch(/__fd00\.\.10\/80$/)
  })

  test('are cut at 240 characters behind the prefix and stay apart', () => {
    const ip = parseIp('fd00:1111:2222:3333:4444:5555:6666:7777')!
    const [a, b] = [8080, 8081].map((port) => endpointNames(LONG, { ip, port }).chain)
    expect(a).toMatch(/^endpoint-.{237}\.\.\.$/)
    expect(a).not.toBe(b)
  })
})
