import { describe, expect, it } from 'vitest'
import type { ServiceSpec } from '#api/core/v1/service/types.ts'
import { servicePortsOf } from '#kube-proxy/service-ports.ts'
import { formatCidr } from '#net/cidr.ts'
import { formatIp } from '#net/ip.ts'
import { aService } from '../../../support/network-objects.ts'

const portOf = (spec: Partial<ServiceSpec>) => servicePortsOf(aService('web', spec))[0]!

describe('Services that need no proxy', () => {
  it.each<[string, Partial<ServiceSpec>]>([
    ['headless', { clusterIP: 'None', clusterIPs: ['None'] }],
    ['without an address yet', { clusterIP: '' }],
    ['a name elsewhere', { type: 'ExternalName', externalName: 'example.com' }],
    ['only IPv6', { clusterIP: 'fd00::1', clusterIPs: ['fd00::1'] }],
    ['without ports', { ports: [] }],
  ])('%s', (_, spec) => expect(servicePortsOf(aService('web', spec))).toEqual([]))

  it.each(['service.kubernetes.io/service-proxy-name', 'service.kubernetes.io/headless'])(
    'labelled %s, whatever its value',
    (label) => expect(servicePortsOf(aService('web', {}, { labels: { [label]: '' } }))).toEqual([]),
  )
})

describe('ports of a Service', () => {
  it('have what is set, and nothing otherwise', () =>
    expect(servicePortsOf(aService('web', { ports: [{ port: 80 }] }))).toEqual([
      {
        name: { namespace: 'default', name: 'web', port: '', protocol: 'TCP' },
        clusterIP: { version: 4, value: 0x0a60000a },
        port: 80,
        protocol: 'TCP',
        nodePort: 0,
        externalIPs: [],
        loadBalancerVIPs: [],
        loadBalancerSourceRanges: [],
        stickySeconds: 0,
        healthCheckNodePort: 0,
        isExternalPolicyLocal: false,
        isInternalPolicyLocal: false,
      },
    ]))

  it('are one for each name and protocol', () => {
    const ports = servicePortsOf(
      aService('dns', {
        ports: [
          { name: 'dns', port: 53, protocol: 'UDP', nodePort: 30053 },
          { name: 'dns-tcp', port: 53, protocol: 'TCP' },
        ],
      }),
    )
    expect(
      ports.map(({ name, port, nodePort }) => [name.port, name.protocol, port, nodePort]),
    ).toEqual([
      ['dns', 'UDP', 53, 30053],
      ['dns-tcp', 'TCP', 53, 0],
    ])
  })

  it('take the IPv4 address of two', () =>
    expect(
      formatIp(portOf({ clusterIP: 'fd00::1', clusterIPs: ['fd00::1', '10.96.0.7'] }).clusterIP),
    ).toBe('10.96.0.7'))

  it('take only IPv4 of external IPs and source ranges, in white space or not', () => {
    const port = portOf({
      externalIPs: ['198.51.100.1', 'fd00::2'],
      loadBalancerSourceRanges: [' 198.51.100.7/24 ', 'fd00::/64', '0.0.0.0/0'],
    })
    expect(port.externalIPs.map(formatIp)).toEqual(['198.51.100.1'])
    expect(port.loadBalancerSourceRanges.map(formatCidr)).toEqual(['198.51.100.0/24', '0.0.0.0/0'])
  })

  it('take the addresses of load balancers that are VIPs', () => {
    const service = {
      ...aService('lb', { type: 'LoadBalancer' }),
      status: {
        loadBalancer: {
          ingress: [
            { ip: '203.0.113.1' },
            { ip: '203.0.113.2', ipMode: 'Proxy' },
            { ip: '203.0.113.3', ipMode: 'VIP' },
            { hostname: 'lb.example.com' },
            { ip: 'fd00::3', ipMode: 'VIP' },
          ],
        },
      },
    }
    expect(servicePortsOf(service)[0]!.loadBalancerVIPs.map(formatIp)).toEqual([
      '203.0.113.1',
      '203.0.113.3',
    ])
  })

  it('keep clients as long as the Service says, or three hours', () => {
    const sessionAffinityConfig = { clientIP: { timeoutSeconds: 60 } }
    expect(portOf({ sessionAffinity: 'ClientIP', sessionAffinityConfig }).stickySeconds).toBe(60)
    expect(portOf({ sessionAffinity: 'ClientIP' }).stickySeconds).toBe(10_800)
    expect(portOf({ sessionAffinity: 'None', sessionAffinityConfig }).stickySeconds).toBe(0)
  })

  it.each<[Partial<ServiceSpec>, boolean]>([
    [{ type: 'NodePort' }, true],
    [{ type: 'LoadBalancer' }, true],
    [{ type: 'ClusterIP', externalIPs: ['198.51.100.1'] }, true],
    [{ type: 'ClusterIP' }, false],
  ])('have the external policy Local with %j: %j', (spec, isLocal) =>
    expect(portOf({ ...spec, externalTrafficPolicy: 'Local' }).isExternalPolicyLocal).toBe(isLocal),
  )

  it('have the internal policy Local', () =>
    expect(portOf({ internalTrafficPolicy: 'Local' }).isInternalPolicyLocal).toBe(true))

  it('have a health check only behind a load balancer with the external policy Local', () => {
    const spec = { healthCheckNodePort: 30999, externalTrafficPolicy: 'Local' } as const
    expect(portOf({ ...spec, type: 'LoadBalancer' }).healthCheckNodePort).toBe(30999)
    expect(portOf({ ...spec, type: 'NodePort' }).healthCheckNodePort).toBe(0)
    expect(
      portOf({ ...spec, type: 'LoadBalancer', externalTrafficPolicy: 'Cluster' })
        .healthCheckNodePort,
    ).toBe(0)
  })
})
