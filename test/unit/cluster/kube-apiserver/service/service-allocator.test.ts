import { beforeEach, describe, expect, test } from 'vitest'
import { parseIpv4 } from '#net/ip.ts'
import { refusal, ServiceRegistry } from '../../../../support/service-registry.ts'

const PORTS = { ports: [{ port: 80 }] }
let registry: ServiceRegistry

beforeEach(() => {
  registry = new ServiceRegistry()
})

const isDynamicIp = (text: string): boolean => {
  const ip = parseIpv4(text)!
  return ip > parseIpv4('10.96.1.0')! && ip < parseIpv4('10.111.255.255')!
}

describe('cluster IPs', () => {
  test('are chosen from the upper band and held by an IPAddress', () => {
    const { spec } = registry.create('a', PORTS)
    expect(isDynamicIp(spec.clusterIP!)).toBe(true)
    expect(spec.clusterIPs).toEqual([spec.clusterIP])
    expect([...registry.addresses.values()]).toEqual([
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'IPAddress',
        metadata: {
          name: spec.clusterIP,
          labels: {
            'ipaddress.kubernetes.io/ip-family': 'IPv4',
            'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
          },
        },
        spec: { parentRef: { resource: 'services', namespace: 'default', name: 'a' } },
      },
    ])
    registry.delete('a')
    expect(registry.addresses.size).toBe(0)
  })

  test('may be named, once', () => {
    registry.create('a', { ...PORTS, clusterIP: '10.96.0.50' })
    expect(refusal(() => registry.create('b', { ...PORTS, clusterIP: '10.96.0.50' }))).toBe(
      'Service "b" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.50"]: failed to allocate IP 10.96.0.50: provided IP is already allocated',
    )
  })

  test.each(['192.0.2.1', '10.96.0.0', '10.111.255.255'])(
    '%s is outside the range',
    (clusterIP) => {
      expect(refusal(() => registry.create('a', { ...PORTS, clusterIP }))).toBe(
        `Service "a" is invalid: spec.clusterIPs: Invalid value: ["${clusterIP}"]: failed to allocate IP ${clusterIP}: the provided network does not match the current range`,
      )
    },
  )

  test('are not taken by a Service that is refused', () => {
    expect(refusal(() => registry.create('Web', { ...PORTS, clusterIP: '10.96.0.7' }))).toContain(
      'metadata.name',
    )
    expect(registry.addresses.size).toBe(0)
    registry.create('web', { ...PORTS, clusterIP: '10.96.0.7' })
  })

  test('a Service without name fails where its address would be written', () => {
    expect(refusal(() => registry.create('', PORTS))).toMatch(
      /^Internal error occurred: failed to allocate a serviceIP: IPAddress.networking.k8s.io "10\.[\d.]+" is invalid: spec.parentRef.name: Required value$/,
    )
  })

  test('run out', () => {
    const small = new ServiceRegistry(['IPv4'], ['10.0.0.0/30'])
    small.create('a', PORTS)
    small.create('b', PORTS)
    expect(refusal(() => small.create('c', PORTS))).toBe(
      'Internal error occurred: failed to allocate a serviceIP: range is full',
    )
  })

  test('a dry run takes nothing and does not look whether one is taken', () => {
    registry.create('a', { ...PORTS, clusterIP: '10.96.0.90' })
    expect(
      registry.create('b', { ...PORTS, clusterIP: '10.96.0.90' }, { dryRun: true }).spec.clusterIPs,
    ).toEqual(['10.96.0.90'])
    expect(registry.create('b', PORTS, { dryRun: true }).spec.clusterIP).toBe('10.96.0.0')
    expect(registry.addresses.size).toBe(1)
    expect(
      refusal(() => registry.create('b', { ...PORTS, clusterIP: '1.2.3.4' }, { dryRun: true })),
    ).toBe(
      'Service "b" is invalid: spec.clusterIPs: Invalid value: ["1.2.3.4"]: failed to allocate IP 1.2.3.4: the provided IP (1.2.3.4) is not in the valid range. The range of valid IPs is 10.96.0.0/12',
    )
  })

  test('come and go with ExternalName', () => {
    const before = registry.create('s', PORTS).spec.clusterIP!
    const { spec } = registry.patch('s', { type: 'ExternalName', externalName: 'example.com' })
    expect(spec).toEqual({
      externalName: 'example.com',
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
      sessionAffinity: 'None',
      type: 'ExternalName',
    })
    expect(registry.addresses.has(before)).toBe(false)
    const back = registry.patch('s', { type: 'ClusterIP' })
    expect(registry.warnings).toEqual([
      'spec.externalName is ignored when spec.type is not "ExternalName"',
    ])
    expect(registry.addresses.has(back.spec.clusterIP!)).toBe(true)
    expect(back.spec).toMatchObject({
      externalName: 'example.com',
      internalTrafficPolicy: 'Cluster',
      ipFamilyPolicy: 'SingleStack',
    })
  })

  test('may not change', () => {
    registry.create('head', { ...PORTS, clusterIP: 'None', selector: { app: 'web' } })
    registry.patch('head', { type: 'ExternalName', externalName: 'example.com' })
    registry.patch('head', { type: 'NodePort' })
    expect(refusal(() => registry.patch('head', { clusterIP: 'None' }))).toBe(
      `Service "head" is invalid: [spec.clusterIPs[0]: Invalid value: ["None"]: may not change once set, spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for NodePort services]`,
    )
  })

  test('leaving an allocated value out keeps it', () => {
    const { spec } = registry.create('s', { ...PORTS, type: 'NodePort' })
    const again = registry.patch('s', {
      clusterIP: undefined,
      clusterIPs: undefined,
      ports: [{ port: 80 }],
    })
    expect(again.spec).toEqual(spec)
  })
})

describe('families', () => {
  test.each([
    [
      { ipFamilyPolicy: 'RequireDualStack' },
      'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
    ],
    [
      { ipFamilies: ['IPv6'] },
      'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster',
    ],
    [
      { ipFamilies: ['IPv4', 'IPv6'] },
      `spec.ipFamilyPolicy: Invalid value: "SingleStack": must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified`,
    ],
    [
      { ipFamilies: ['IPv5'] },
      'spec.ipFamilies[0]: Unsupported value: "IPv5": supported values: "IPv4", "IPv6"',
    ],
    [{ ipFamilies: ['IPv4', 'IPv4'] }, 'spec.ipFamilies[1]: Duplicate value: "IPv4"'],
    [
      { ipFamilyPolicy: 'TripleStack' },
      'spec.ipFamilyPolicy: Unsupported value: "TripleStack": supported values: "PreferDualStack", "RequireDualStack", "SingleStack"',
    ],
    [
      { clusterIP: 'fd00::1' },
      'spec.clusterIPs[0]: Invalid value: ["fd00::1"]: IPv6 is not configured on this cluster',
    ],
    [
      { clusterIPs: ['10.96.0.9'] },
      'spec.clusterIPs: Invalid value: ["10.96.0.9"]: must be empty when `clusterIP` is not specified',
    ],
    [
      { clusterIP: '10.96.0.8', clusterIPs: ['10.96.0.9'] },
      'spec.clusterIPs: Invalid value: ["10.96.0.9"]: first value must match `clusterIP`',
    ],
    [
      { clusterIP: 'nonsense' },
      'spec.clusterIPs[0]: Invalid value: "nonsense": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
  ])('%j is refused', (spec, expected) => {
    expect(refusal(() => registry.create('x', { ...PORTS, ...spec }))).toBe(
      `Service "x" is invalid: ${expected}`,
    )
  })

  test('PreferDualStack takes what there is', () => {
    expect(
      registry.create('prefer', { ...PORTS, ipFamilyPolicy: 'PreferDualStack' }).spec.ipFamilies,
    ).toEqual(['IPv4'])
    const ip = registry.services.get('prefer')!.spec.clusterIP!
    expect(refusal(() => registry.patch('prefer', { ipFamilies: ['IPv6'] }))).toBe(
      `Service "prefer" is invalid: spec.clusterIPs[0]: Invalid value: "${ip}": expected an IPv6 value as indicated by \`ipFamilies[0]\``,
    )
    registry.patch('prefer', { ipFamilyPolicy: 'SingleStack' })
    expect(
      refusal(() => registry.patch('prefer', { ipFamilyPolicy: 'RequireDualStack' })),
    ).toContain('not configured for dual-stack')
  })

  test("headless without selector is of both families, with selector of the cluster's", () => {
    expect(registry.create('a', { ...PORTS, clusterIP: 'None' }).spec).toMatchObject({
      clusterIPs: ['None'],
      ipFamilies: ['IPv4', 'IPv6'],
      ipFamilyPolicy: 'RequireDualStack',
    })
    expect(
      registry.create('b', {
        ...PORTS,
        clusterIP: 'None',
        selector: { app: 'x' },
        ipFamilyPolicy: 'PreferDualStack',
      }).spec,
    ).toMatchObject({
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'PreferDualStack',
    })
    expect(registry.addresses.size).toBe(0)
  })

  test('a dual-stack cluster gives and takes the second address', () => {
    const dual = new ServiceRegistry(['IPv4', 'IPv6'])
    expect(dual.create('s', PORTS).spec.clusterIPs).toHaveLength(1)
    const both = dual.patch('s', { ipFamilyPolicy: 'RequireDualStack' }).spec
    expect(both.ipFamilies).toEqual(['IPv4', 'IPv6'])
    expect(both.clusterIPs?.[1]).toMatch(/^fd00:10::/)
    expect(dual.addresses.size).toBe(2)
    expect(refusal(() => dual.patch('s', { ipFamilies: ['IPv4'] }))).toContain(
      "must be 'SingleStack' to release the secondary IP family",
    )
    expect(dual.patch('s', { ipFamilyPolicy: 'SingleStack' }).spec.clusterIPs).toEqual([
      both.clusterIP,
    ])
    expect([...dual.addresses.keys()]).toEqual([both.clusterIP])
  })
})

describe('node ports', () => {
  test('are chosen from the upper band', () => {
    const port = registry.create('s', { ...PORTS, type: 'NodePort' }).spec.ports![0]!.nodePort!
    expect(port).toBeGreaterThanOrEqual(30_086)
    expect(port).toBeLessThanOrEqual(32_767)
  })

  test.each([
    [30_400, 'provided port is already allocated'],
    [29_999, 'provided port is not in the valid range. The range of valid ports is 30000-32767'],
  ])('%d cannot be had', (nodePort, why) => {
    registry.create('a', { type: 'NodePort', ports: [{ port: 80, nodePort: 30_400 }] })
    expect(
      refusal(() => registry.create('b', { type: 'NodePort', ports: [{ port: 80, nodePort }] })),
    ).toBe(`Service "b" is invalid: spec.ports[0].nodePort: Invalid value: ${nodePort}: ${why}`)
  })

  test('one number over two protocols is one node port', () => {
    const { ports } = registry.create('dns', {
      type: 'NodePort',
      ports: [
        { name: 'a', port: 53, protocol: 'UDP' },
        { name: 'b', port: 53, protocol: 'TCP' },
      ],
    }).spec
    expect(ports![0]!.nodePort).toBe(ports![1]!.nodePort)
  })

  test('are kept from NodePort to LoadBalancer and given back on the way down', () => {
    registry.create('s', { ...PORTS, clusterIP: '10.96.0.77' })
    const { nodePort } = registry.patch('s', { type: 'NodePort' }).spec.ports![0]!
    const balancer = registry.patch('s', { type: 'LoadBalancer' }).spec
    expect(balancer).toMatchObject({ allocateLoadBalancerNodePorts: true, ports: [{ nodePort }] })
    expect(registry.patch('s', { type: 'ClusterIP' }).spec).toEqual({
      clusterIP: '10.96.0.77',
      clusterIPs: ['10.96.0.77'],
      internalTrafficPolicy: 'Cluster',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
      sessionAffinity: 'None',
      type: 'ClusterIP',
    })
    registry.create('other', { type: 'NodePort', ports: [{ port: 80, nodePort }] })
  })

  test('a health check port comes with the Local policy', () => {
    registry.create('s', PORTS)
    const { healthCheckNodePort, ports } = registry.patch('s', {
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
    }).spec
    expect(healthCheckNodePort).not.toBe(ports![0]!.nodePort)
    expect(
      refusal(() =>
        registry.create('b', {
          type: 'LoadBalancer',
          externalTrafficPolicy: 'Local',
          healthCheckNodePort,
          ...PORTS,
        }),
      ),
    ).toBe(
      `Internal error occurred: failed to allocate requested HealthCheck NodePort ${healthCheckNodePort}: provided port is already allocated`,
    )
    expect(registry.patch('s', { type: 'ClusterIP' }).spec).not.toHaveProperty(
      'healthCheckNodePort',
    )
  })

  test('a LoadBalancer may do without, and change its mind', () => {
    const spec = { ...PORTS, type: 'LoadBalancer', allocateLoadBalancerNodePorts: false }
    expect(registry.create('s', spec).spec.ports![0]).not.toHaveProperty('nodePort')
    expect(
      registry.patch('s', { allocateLoadBalancerNodePorts: true }).spec.ports![0]!.nodePort,
    ).toBeGreaterThan(30_000)
  })

  test('a refused Service and a dry run take none', () => {
    const spec = { type: 'NodePort', ports: [{ port: 80, nodePort: 30_500 }] }
    expect(refusal(() => registry.create('Bad', spec))).toContain('metadata.name')
    registry.create('dry', spec, { dryRun: true })
    registry.create('good', spec)
    expect(
      registry.create('dry', { ...PORTS, type: 'NodePort' }, { dryRun: true }).spec.ports![0]!
        .nodePort,
    ).toBe(32_769)
  })

  test('repeating a node port on update is refused outright', () => {
    registry.create('s', { type: 'NodePort', ports: [{ port: 80, nodePort: 30_500 }] })
    const ports = [80, 81].map((port) => ({ name: `p${port}`, port, nodePort: 30_500 }))
    expect(refusal(() => registry.patch('s', { ports }))).toBe('duplicate nodePort: {TCP 30500}')
  })
})
