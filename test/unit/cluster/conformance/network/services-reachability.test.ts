import { beforeEach, describe, expect, it } from 'vitest'
import { Framework } from '../../../../support/conformance.ts'
import { createExecPod, deletePod } from '../../../../support/conformance-pods.ts'
import {
  createServerPod,
  expectEndpoints,
  expectReachable,
  hostnameService,
  isReachable,
  ServiceJig,
  startHostnameService,
} from '../../../../support/conformance-services.ts'

describe.each(['iptables', 'nftables', 'ipvs'] as const)('%s: [sig-network] Services', (mode) => {
  const f = new Framework({ proxyMode: mode })
  beforeEach(() => f.begin('services'))

  it('should serve a basic endpoint from pods [Conformance]', () => {
    const jig = new ServiceJig(f, 'endpoint-test2')
    const service = jig.create()
    expectEndpoints(f, jig.name, {})
    const ports = [{ containerPort: 80 }]
    createServerPod(f, 'pod1', jig.labels, ports, 'netexec', '--http-port', '80')
    expectEndpoints(f, jig.name, { pod1: [80] })
    const execPod = createExecPod(f, 'execpod')
    jig.expectReachable(service, execPod)
    createServerPod(f, 'pod2', jig.labels, ports, 'netexec', '--http-port', '80')
    expectEndpoints(f, jig.name, { pod1: [80], pod2: [80] })
    jig.expectReachable(service, execPod)
    deletePod(f, 'pod1')
    expectEndpoints(f, jig.name, { pod2: [80] })
    jig.expectReachable(service, execPod)
    deletePod(f, 'pod2')
    expectEndpoints(f, jig.name, {})
  })

  it('should serve multiport endpoints from pods [Conformance]', () => {
    const jig = new ServiceJig(f, 'multi-endpoint-test')
    const service = jig.create({
      ports: [
        { name: 'portname1', port: 80, targetPort: 'svc1' },
        { name: 'portname2', port: 81, targetPort: 'svc2' },
      ],
    })
    expectEndpoints(f, jig.name, {})
    const first = [{ name: 'svc1', containerPort: 100 }]
    const second = [{ name: 'svc2', containerPort: 101 }]
    createServerPod(f, 'pod1', jig.labels, first, 'netexec', '--http-port', '100')
    expectEndpoints(f, jig.name, { pod1: [100] })
    createServerPod(f, 'pod2', jig.labels, second, 'netexec', '--http-port', '101')
    expectEndpoints(f, jig.name, { pod1: [100], pod2: [101] })
    jig.expectReachable(service, createExecPod(f, 'execpod'))
    deletePod(f, 'pod1')
    expectEndpoints(f, jig.name, { pod2: [101] })
    deletePod(f, 'pod2')
    expectEndpoints(f, jig.name, {})
  })

  it('should be updated after adding or deleting ports', () => {
    const jig = new ServiceJig(f, 'edit-port-test')
    const one = { name: 'portname1', port: 80, targetPort: 'svc1' }
    const two = { name: 'portname2', port: 81, targetPort: 'svc2' }
    let service = jig.create({ ports: [one] })
    expectEndpoints(f, jig.name, {})
    const first = [{ name: 'svc1', containerPort: 100 }]
    const second = [{ name: 'svc2', containerPort: 101 }]
    createServerPod(f, 'pod1', jig.labels, first, 'netexec', '--http-port', '100')
    expectEndpoints(f, jig.name, { pod1: [100] })
    const execPod = createExecPod(f, 'execpod')
    jig.expectReachable(service, execPod)
    service = jig.update(() => ({ ports: [one, two] }))
    createServerPod(f, 'pod2', jig.labels, second, 'netexec', '--http-port', '101')
    expectEndpoints(f, jig.name, { pod1: [100], pod2: [101] })
    jig.expectReachable(service, execPod)
    service = jig.update(() => ({ ports: [one] }))
    expectEndpoints(f, jig.name, { pod1: [100] })
    jig.expectReachable(service, execPod)
  })

  it('should serve endpoints on same port and different protocols [Conformance]', () => {
    const name = 'multiprotocol-test'
    const labels = { app: 'multiport' }
    const tcp = { name: 'tcp-port', port: 80, targetPort: 80, protocol: 'TCP' } as const
    const udp = { name: 'udp-port', port: 80, targetPort: 80, protocol: 'UDP' } as const
    const { spec } = f.create('services', {
      metadata: { name, labels },
      spec: { type: 'ClusterIP', selector: labels, ports: [tcp, udp] },
    })
    const ip = spec.clusterIP!
    createServerPod(
      f,
      'pod1',
      labels,
      [tcp, udp].map((port) => ({ name: port.name, containerPort: 80, protocol: port.protocol })),
      'netexec',
      '--http-port',
      '80',
      '--udp-port',
      '80',
    )
    const both = [
      [80, 'TCP'],
      [80, 'UDP'],
    ] as const
    expectEndpoints(f, name, { pod1: both })
    const execPod = createExecPod(f, 'execpod')
    expectReachable(f, ip, 80, 'TCP', execPod)
    expectReachable(f, ip, 80, 'UDP', execPod)
    for (const [left, gone] of [
      [tcp, udp],
      [udp, tcp],
    ] as const) {
      f.change('services', name, (old) => ({ spec: { ...old.spec, ports: [left] } }))
      expectReachable(f, ip, 80, left.protocol, execPod)
      f.until(`the end of ${gone.name}`, () => !isReachable(f, ip, 80, gone.protocol, execPod), 30)
    }
  })

  it('should serve endpoints on same port and different protocol for internal traffic on Type LoadBalancer', () => {
    const jig = new ServiceJig(f, 'multiprotocol-lb-test')
    const service = jig.create({
      type: 'LoadBalancer',
      ports: [
        { name: 'portname1', port: 80, targetPort: 'svc1', protocol: 'TCP' },
        { name: 'portname2', port: 80, targetPort: 'svc2', protocol: 'UDP' },
      ],
    })
    createServerPod(
      f,
      'pod1',
      jig.labels,
      [
        { name: 'svc1', containerPort: 100, protocol: 'TCP' },
        { name: 'svc2', containerPort: 100, protocol: 'UDP' },
      ],
      'netexec',
      '--http-port',
      '100',
      '--udp-port',
      '100',
    )
    const both = [
      [100, 'TCP'],
      [100, 'UDP'],
    ] as const
    expectEndpoints(f, jig.name, { pod1: both })
    jig.expectReachable(service, createExecPod(f, 'execpod'))
    deletePod(f, 'pod1')
  })

  it('should be able to create a functioning NodePort service [Conformance]', () => {
    const jig = new ServiceJig(f, 'nodeport-test')
    const service = jig.create({ type: 'NodePort', ports: [HTTP] })
    jig.createPods(2)
    jig.expectReachable(service, createExecPod(f, 'execpod'))
  })

  it('should be possible to connect to a service via ExternalIP when the external IP is not assigned to a node', () => {
    const jig = new ServiceJig(f, 'externalip-test')
    const service = jig.create({
      type: 'ClusterIP',
      externalIPs: ['203.0.113.250'],
      ports: [HTTP],
    })
    jig.createPods(2)
    jig.expectReachable(service, createExecPod(f, 'execpod'))
  })

  it('should be able to update service type to NodePort listening on same port number but different protocols', () => {
    const jig = new ServiceJig(f, 'nodeport-update-service')
    jig.create()
    const tcp = { name: 'tcp-port', port: 80, protocol: 'TCP', targetPort: 9376 }
    const udp = { name: 'udp-port', port: 80, protocol: 'UDP', targetPort: 9376 }
    let service = jig.update(() => ({ type: 'NodePort', ports: [tcp] }))
    jig.createPods(2)
    const execPod = createExecPod(f, 'execpod')
    jig.expectReachable(service, execPod)
    service = jig.update(() => ({ type: 'NodePort', ports: [tcp, udp] }))
    jig.expectReachable(service, execPod)
    expect(service.spec?.ports?.map(({ nodePort }) => nodePort ?? 0)).toEqual([
      expect.any(Number),
      expect.any(Number),
    ])
  })

  it('should be able to change the type from ExternalName to ClusterIP [Conformance]', () => {
    const jig = new ServiceJig(f, 'externalname-service')
    jig.createExternalName()
    const service = jig.update(() => ({ type: 'ClusterIP', externalName: '', ports: [HTTP] }))
    jig.createPods(2)
    jig.expectReachable(service, createExecPod(f, 'execpod'))
  })

  it('should be able to change the type from ExternalName to NodePort [Conformance]', () => {
    const jig = new ServiceJig(f, 'externalname-service')
    jig.createExternalName()
    const service = jig.update(() => ({ type: 'NodePort', externalName: '', ports: [HTTP] }))
    jig.createPods(2)
    jig.expectReachable(service, createExecPod(f, 'execpod'))
  })

  it.each(['ClusterIP', 'NodePort'])(
    'should be able to change the type from %s to ExternalName [Conformance]',
    (type) => {
      const jig = new ServiceJig(f, `${type.toLowerCase()}-service`)
      jig.create({ type })
      startHostnameService(f, hostnameService('externalsvc'), 2)
      const externalName = `externalsvc.${f.namespace}.svc.cluster.local`
      const service = jig.update(() => ({ type: 'ExternalName', externalName }))
      expect(service.spec?.clusterIP ?? '').toBe('')
      jig.expectReachable(service, createExecPod(f, 'execpod'))
    },
  )
})

const HTTP = { port: 80, name: 'http', protocol: 'TCP', targetPort: 9376 }
