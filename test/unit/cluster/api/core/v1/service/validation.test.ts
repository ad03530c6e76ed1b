import { describe, expect, test } from 'vitest'
import { serviceRow } from '#api/core/v1/service/columns.ts'
import { serviceStrategy } from '#api/core/v1/service/strategy.ts'
import type { Service } from '#api/core/v1/service/types.ts'
import { validateServiceStatus } from '#api/core/v1/service/validation.ts'
import { errorText } from '#apimachinery/field-error.ts'
import { refusal, ServiceRegistry } from '../../../../../../support/service-registry.ts'

const port = { port: 80 }

describe('a Service is refused', () => {
  const label =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
  test.each<[Record<string, unknown>, string]>([
    [{}, 'spec.ports: Required value'],
    [
      { ports: [{ port: 0 }] },
      '[spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive, spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive]',
    ],
    [
      { ports: [{ port: 80, targetPort: 'Bad_Name' }] },
      'spec.ports[0].targetPort: Invalid value: "Bad_Name": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
    ],
    [
      { ports: [{ port: 80, targetPort: '8080' }] },
      'spec.ports[0].targetPort: Invalid value: "8080": must contain at least one letter (a-z)',
    ],
    [
      { ports: [{ port: 80, protocol: 'ICMP' }] },
      'spec.ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"',
    ],
    [{ ports: [{ port: 80, name: 'Web' }] }, `spec.ports[0].name: Invalid value: "Web": ${label}`],
    [
      { ports: [{ port: 80 }, { port: 81 }] },
      '[spec.ports[0].name: Required value, spec.ports[1].name: Required value]',
    ],
    [
      {
        ports: [
          { port: 80, name: 'a' },
          { port: 81, name: 'a' },
        ],
      },
      'spec.ports[1].name: Duplicate value: "a"',
    ],
    [
      {
        ports: [
          { port: 80, name: 'a' },
          { port: 80, name: 'b' },
        ],
      },
      'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}',
    ],
    [
      { ports: [{ port: 80, nodePort: 30_080 }] },
      "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
    ],
    [
      { ports: [{ port: 80, appProtocol: 'a b' }] },
      `spec.ports[0].appProtocol: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
    ],
    [
      { ports: [port], sessionAffinity: 'Cookie' },
      'spec.sessionAffinity: Unsupported value: "Cookie": supported values: "ClientIP", "None"',
    ],
    [
      {
        ports: [port],
        sessionAffinity: 'ClientIP',
        sessionAffinityConfig: { clientIP: { timeoutSeconds: 0 } },
      },
      'spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 0: must be greater than 0 and less than 86400',
    ],
    [
      { ports: [port], type: 'Sideways' },
      'spec.type: Unsupported value: "Sideways": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
    ],
    [
      { ports: [port], externalIPs: ['127.0.0.1'] },
      'spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
    ],
    [
      { ports: [port], externalIPs: ['x'] },
      'spec.externalIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
    [
      { ports: [port], externalTrafficPolicy: 'Local' },
      'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services',
    ],
    [
      { ports: [port], type: 'NodePort', externalTrafficPolicy: 'Near' },
      'spec.externalTrafficPolicy: Unsupported value: "Near": supported values: "Cluster", "Local"',
    ],
    [
      { ports: [port], internalTrafficPolicy: 'Near' },
      'spec.internalTrafficPolicy: Unsupported value: "Near": supported values: "Cluster", "Local"',
    ],
    [
      { ports: [port], healthCheckNodePort: 30_001 },
      "spec.healthCheckNodePort: Invalid value: 30001: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
    ],
    [
      { ports: [port], trafficDistribution: 'Far' },
      'spec.trafficDistribution: Unsupported value: "Far": supported values: "PreferClose", "PreferSameNode", "PreferSameZone"',
    ],
    [
      { ports: [port], type: 'LoadBalancer', loadBalancerSourceRanges: ['10.0.0.0'] },
      'spec.LoadBalancerSourceRanges[0]: Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    ],
    [
      { ports: [port], loadBalancerSourceRanges: ['10.0.0.0/8'] },
      "spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'",
    ],
    [
      { ports: [port], loadBalancerClass: 'example.com/internal' },
      "spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'",
    ],
    [
      { ports: [port], allocateLoadBalancerNodePorts: false },
      "spec.allocateLoadBalancerNodePorts: Forbidden: may only be used when `type` is 'LoadBalancer'",
    ],
    [{ type: 'ExternalName' }, 'spec.externalName: Required value'],
    [
      { type: 'ExternalName', externalName: 'example.com', clusterIP: 'None' },
      'spec.clusterIPs: Forbidden: may not be set for ExternalName services',
    ],
    [
      { type: 'NodePort', ports: [port], clusterIP: 'None' },
      `spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for NodePort services`,
    ],
  ])('%j', (spec, expected) => {
    const registry = new ServiceRegistry()
    expect(refusal(() => registry.create('s', spec))).toBe(`Service "s" is invalid: ${expected}`)
  })
})

describe('what is taken, with a warning', () => {
  test.each<[Record<string, unknown>, readonly string[]]>([
    [{ ports: [port] }, []],
    [
      {
        type: 'ExternalName',
        externalName: 'example.com.',
        ports: [{ port: 80, nodePort: 30_010 }],
      },
      [],
    ],
    [
      { ports: [port], externalIPs: ['198.51.100.9'] },
      ['spec.externalIPs is deprecated and may no longer be implemented in some clusters'],
    ],
    [
      { type: 'ExternalName', externalName: 'a.b', externalIPs: ['198.51.100.9'] },
      ['spec.externalIPs is ignored when spec.type is "ExternalName"'],
    ],
    [
      { clusterIP: 'None', externalIPs: ['198.51.100.9'], sessionAffinity: 'ClientIP' },
      [
        'spec.externalIPs is ignored for headless services',
        'spec.SessionAffinity is ignored for headless services',
      ],
    ],
    [
      { ports: [port], trafficDistribution: 'PreferClose' },
      ['spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'],
    ],
  ])('%j', (spec, warnings) => {
    const registry = new ServiceRegistry()
    registry.create('s', spec)
    expect(registry.warnings).toEqual(warnings)
  })

  test('externalIPs make a ClusterIP Service externally accessible', () => {
    const { spec } = new ServiceRegistry().create('s', {
      ports: [port],
      externalIPs: ['198.51.100.9'],
    })
    expect(spec.externalTrafficPolicy).toBe('Cluster')
  })

  test('a load balancer class may not change', () => {
    const registry = new ServiceRegistry()
    registry.create('s', {
      type: 'LoadBalancer',
      ports: [port],
      loadBalancerClass: 'example.com/internal',
    })
    expect(refusal(() => registry.patch('s', { loadBalancerClass: undefined }))).toBe(
      'Service "s" is invalid: spec.loadBalancerClass: Invalid value: null: may not change once set',
    )
    registry.patch('s', { type: 'ClusterIP' })
    expect(registry.services.get('s')!.spec).not.toHaveProperty('loadBalancerClass')
  })

  test('affinity without timeout gets three hours, and loses it with the affinity', () => {
    const registry = new ServiceRegistry()
    expect(
      registry.create('s', { ports: [port], sessionAffinity: 'ClientIP' }).spec
        .sessionAffinityConfig,
    ).toEqual({ clientIP: { timeoutSeconds: 10_800 } })
    expect(registry.patch('s', { sessionAffinity: 'None' }).spec).not.toHaveProperty(
      'sessionAffinityConfig',
    )
  })
})

describe('status', () => {
  const balancer = (ingress: readonly object[], type = 'LoadBalancer') =>
    serviceStrategy.defaults!({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'lb', creationTimestamp: '1970-01-01T00:00:00Z' },
      spec: { type, ports: [{ port: 80, nodePort: 30_500 }], clusterIPs: ['10.96.0.9'] },
      status: { loadBalancer: { ingress } },
    } as Service)

  test('an address is of mode VIP unless said otherwise', () => {
    expect(
      balancer([{ ip: '203.0.113.7' }, { hostname: 'a.b' }]).status.loadBalancer.ingress,
    ).toEqual([{ ip: '203.0.113.7', ipMode: 'VIP' }, { hostname: 'a.b' }])
  })

  test.each([
    [
      [{ ip: 'not-an-ip' }],
      [
        'status.loadBalancer.ingress[0].ip: Invalid value: "not-an-ip": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      ],
    ],
    [
      [{ hostname: 'a.b', ipMode: 'VIP' }],
      [
        'status.loadBalancer.ingress[0].ipMode: Forbidden: may not be specified when `ip` is not set',
      ],
    ],
    [
      [{ ip: '1.2.3.4', ipMode: 'Odd' }],
      [
        'status.loadBalancer.ingress[0].ipMode: Unsupported value: "Odd": supported values: "Proxy", "VIP"',
      ],
    ],
    [
      [{ hostname: '1.2.3.4' }],
      [
        'status.loadBalancer.ingress[0].hostname: Invalid value: "1.2.3.4": must be a DNS name, not an IP address',
      ],
    ],
  ])('%j is refused', (ingress, expected) => {
    expect(validateServiceStatus(balancer(ingress)).map(errorText)).toEqual(expected)
  })

  test('only a LoadBalancer has addresses', () => {
    expect(validateServiceStatus(balancer([{ ip: '1.2.3.4' }], 'NodePort')).map(errorText)).toEqual(
      [
        "status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'",
      ],
    )
  })

  test('the row', () => {
    expect(serviceRow(balancer([]), { now: 5000 })).toEqual([
      'lb',
      'LoadBalancer',
      '10.96.0.9',
      '<pending>',
      '80:30500/TCP',
      '5s',
      '<none>',
    ])
    expect(
      serviceRow(balancer([{ hostname: 'lb.example.com' }, { ip: '203.0.113.8' }]), { now: 0 })[3],
    ).toBe('203.0.113.8,lb.example.com')
  })
})
