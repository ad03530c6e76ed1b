import { beforeEach, describe, expect, it } from 'vitest'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Service } from '#api/core/v1/service/types.ts'
import { Framework } from '../../../../support/conformance.ts'
import {
  type DialProtocol,
  HTTP_PORT,
  NetworkingPods,
  type Target,
  UDP_PORT,
} from '../../../../support/conformance-networking.ts'
import { AGNHOST } from '../../../../support/conformance-objects.ts'
import {
  createReady,
  exec,
  internalIp,
  schedulableNodes,
} from '../../../../support/conformance-pods.ts'
import { expectHostname, KUBE_PROXY_LAG, SLICES } from '../../../../support/conformance-services.ts'

const f = new Framework()

describe('[sig-network] Networking Granular Checks: Pods', () => {
  let pods: NetworkingPods
  beforeEach(() => {
    f.begin('pod-network-test')
    pods = new NetworkingPods(f)
  })

  const CASES = [
    ['http', HTTP_PORT],
    ['udp', UDP_PORT],
  ] as const

  it.each(CASES)(
    'should function for intra-pod communication: %s [NodeConformance] [Conformance]',
    (protocol, port) => {
      for (const { status, metadata } of pods.servers) {
        const to = { ip: status.podIP!, port }
        pods.expectAll(() => pods.dial(protocol, to).responses ?? [], [metadata.name!])
      }
    },
  )

  it.each(CASES)(
    'should function for node-pod communication: %s [LinuxOnly] [NodeConformance] [Conformance]',
    (protocol, port) => {
      for (const { status, metadata } of pods.servers) {
        const ran = pods.askFromHost(protocol, { ip: status.podIP!, port })
        expect(ran).toEqual({ stdout: `${metadata.name}\n`, stderr: '', exitCode: 0 })
      }
    },
  )
})

/** kubernetes: test/e2e/network/networking.go */
describe.each(['iptables', 'nftables', 'ipvs'] as const)(
  '%s: [sig-network] Networking Granular Checks: Services',
  (proxyMode) => {
    const own = new Framework({ proxyMode })
    let pods: NetworkingPods
    beforeEach(() => {
      own.begin('nettest')
      pods = new NetworkingPods(own)
    })

    const PROTOCOLS = ['http', 'udp'] as const
    const portOf = ({ spec }: Service, protocol: DialProtocol) =>
      spec.ports![protocol === 'http' ? 0 : 1]!
    const inside = (service: Service, protocol: DialProtocol): Target => ({
      ip: service.spec.clusterIP!,
      port: portOf(service, protocol).port,
    })
    const outside = (service: Service, protocol: DialProtocol): Target => ({
      ip: internalIp(schedulableNodes(own)[0]!),
      port: portOf(service, protocol).nodePort!,
    })
    const dialled = (protocol: DialProtocol, to: Target, from?: Target) => (): readonly string[] =>
      pods.dial(protocol, to, 'hostname', from).responses ?? []

    it.each(PROTOCOLS)('should function for pod-Service: %s', (protocol) => {
      const service = pods.service('node-port-service')
      pods.expectAll(dialled(protocol, inside(service, protocol)))
      pods.expectAll(dialled(protocol, outside(service, protocol)))
    })

    it.each(PROTOCOLS)('should function for node-Service: %s', (protocol) => {
      const service = pods.service('node-port-service')
      for (const to of [inside(service, protocol), outside(service, protocol)])
        pods.expectAll(() => [pods.askFromHost(protocol, to).stdout])
    })

    it.each(PROTOCOLS)('should function for endpoint-Service: %s', (protocol) => {
      const service = pods.service('node-port-service')
      const from = { ip: pods.servers[0]!.status.podIP!, port: HTTP_PORT }
      for (const to of [inside(service, protocol), outside(service, protocol)])
        pods.expectAll(dialled(protocol, to, from))
    })

    it.each(PROTOCOLS)('should update endpoints: %s', (protocol) => {
      const service = pods.service('node-port-service')
      const to = inside(service, protocol)
      pods.expectAll(dialled(protocol, to))
      own.delete('pods', 'netserver-0', { gracePeriodSeconds: 0 })
      own.sleep(KUBE_PROXY_LAG)
      pods.expectAll(dialled(protocol, to), pods.names.slice(1))
    })

    it.each(PROTOCOLS)('should update nodePort: %s [Slow]', (protocol) => {
      const service = pods.service('node-port-service')
      const to = outside(service, protocol)
      pods.expectAll(dialled(protocol, to))
      own.delete('services', 'node-port-service')
      own.sleep(KUBE_PROXY_LAG)
      for (let turn = 0; turn < 3; turn += 1)
        expect(pods.dial(protocol, to).responses ?? []).toEqual([])
    })

    it.each(PROTOCOLS)('should be able to handle large requests: %s', (protocol) => {
      const service = pods.service('node-port-service')
      const message = '42'.repeat(1000)
      const request = protocol === 'http' ? `echo?msg=${message}` : `echo%20${message}`
      const { responses } = pods.dial(protocol, inside(service, protocol), request)
      expect(responses).toEqual([message])
    })

    it.each(PROTOCOLS)('should function for client IP based session affinity: %s', (protocol) => {
      const service = pods.service('session-affinity-service', { sessionAffinity: 'ClientIP' })
      const seen = new Set<string>()
      for (let turn = 0; turn < 20; turn += 1)
        for (const name of dialled(protocol, inside(service, protocol))()) seen.add(name)
      expect(seen.size).toBe(1)
    })

    it('should function for multiple endpoint-Services with same selector', () => {
      const from = { ip: pods.servers[0]!.status.podIP!, port: HTTP_PORT }
      for (const name of ['node-port-service', 'second-node-port-service']) {
        const service = pods.service(name)
        for (const protocol of PROTOCOLS)
          pods.expectAll(dialled(protocol, inside(service, protocol), from))
      }
    })
  },
)

describe('[sig-network] HostPort', () => {
  beforeEach(() => f.begin('hostport'))

  it('validates that there is no conflict between pods with same hostPort but different hostIP and protocol [LinuxOnly] [Conformance]', () => {
    const [node] = schedulableNodes(f)
    const hostIP = internalIp(node!)
    const PORT = 54_323
    const onHost = (name: string, ip: string, protocol: 'TCP' | 'UDP'): void =>
      void createReady(f, {
        metadata: { name },
        spec: {
          nodeName: node!.metadata.name,
          containers: [
            {
              name: 'agnhost',
              image: AGNHOST,
              args: ['netexec', '--http-port=8080', '--udp-port=8080'],
              ports: [{ hostPort: PORT, containerPort: 8080, protocol, hostIP: ip }],
              readinessProbe: { httpGet: { path: '/hostname', port: 8080, scheme: 'HTTP' } },
            },
          ],
        },
      })
    onHost('pod1', '127.0.0.1', 'TCP')
    onHost('pod2', hostIP, 'TCP')
    onHost('pod3', hostIP, 'UDP')
    createReady(f, {
      metadata: { name: 'e2e-host-exec' },
      spec: {
        hostNetwork: true,
        nodeName: node!.metadata.name,
        containers: [{ name: 'e2e-host-exec', image: AGNHOST }],
      },
    })
    const says = (command: string): string => {
      const ran = exec(f, 'e2e-host-exec', ['/bin/sh', '-c', command])
      expect(ran.exitCode).toBe(0)
      return ran.stdout.trim()
    }
    const commands = [
      `curl -g --connect-timeout 5 --interface ${hostIP} http://127.0.0.1:${PORT}/hostname`,
      `curl -g --connect-timeout 5 http://${hostIP}:${PORT}/hostname`,
      `echo hostname | nc -u -w 5 ${hostIP} ${PORT}`,
    ]
    expect(commands.map(says)).toEqual(['pod1', 'pod2', 'pod3'])
    says(`nc -vuz -w 5 ${hostIP} ${PORT}`)
  })
})

describe('[sig-network] EndpointSlice', () => {
  beforeEach(() => f.begin('endpointslice'))

  const NAME = 'example-custom-endpoints'

  const netexec = (port: number): object => ({
    name: `container-handle-${port}-request`,
    image: AGNHOST,
    args: ['netexec', '--http-port', String(port), '--udp-port', '-1'],
    ports: [{ containerPort: port, protocol: 'TCP' }],
  })

  const server = (name: string, ports: readonly number[]): Pod =>
    createReady(f, { metadata: { name }, spec: { containers: ports.map(netexec) } })

  const slice = (ip: string, name: string, port: number): void =>
    void f.create(SLICES, {
      metadata: {
        generateName: 'e2e-custom-slice',
        labels: {
          'kubernetes.io/service-name': NAME,
          'endpointslice.kubernetes.io/managed-by': `e2e-test${f.namespace}`,
        },
      },
      addressType: 'IPv4',
      endpoints: [{ addresses: [ip], conditions: { ready: true } }],
      ports: [{ name, port, protocol: 'TCP' }],
    })

  const service = () =>
    f.create('services', {
      metadata: { name: NAME },
      spec: {
        ports: [
          { name: 'port80', port: 80, protocol: 'TCP' },
          { name: 'port81', port: 81, protocol: 'TCP' },
        ],
      },
    })

  it('should support a Service with multiple ports specified in multiple EndpointSlices [Conformance]', () => {
    const { spec } = service()
    const { status } = server('pod1', [8090, 9090])
    slice(status.podIP!, 'port80', 8090)
    slice(status.podIP!, 'port81', 9090)
    createReady(f, {
      metadata: { name: 'pause-pod-0' },
      spec: { containers: [{ name: 'agnhost-container', image: AGNHOST }] },
    })
    for (const port of [80, 81])
      expectHostname(f, 'pause-pod-0', `${spec.clusterIP}:${port}`, 'pod1')
  })

  it('should support a Service with multiple endpoint IPs specified in multiple EndpointSlices [Conformance]', () => {
    const { spec } = service()
    const [pod1, pod2] = [server('pod1', [8090]), server('pod2', [9090])]
    slice(pod1.status.podIP!, 'port80', 8090)
    slice(pod2.status.podIP!, 'port81', 9090)
    createReady(f, {
      metadata: { name: 'pause-pod-0' },
      spec: { containers: [{ name: 'agnhost-container', image: AGNHOST }] },
    })
    expectHostname(f, 'pause-pod-0', `${spec.clusterIP}:80`, 'pod1')
    expectHostname(f, 'pause-pod-0', `${spec.clusterIP}:81`, 'pod2')
  })
})
