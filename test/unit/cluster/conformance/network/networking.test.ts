import { beforeEach, describe, expect, it } from 'vitest'
import type { Node } from '#api/core/v1/node/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { Framework } from '../../../../support/conformance.ts'
import { AGNHOST } from '../../../../support/conformance-objects.ts'
import {
  createReady,
  exec,
  internalIp,
  schedulableNodes,
  untilReady,
} from '../../../../support/conformance-pods.ts'
import { expectHostname, SLICES } from '../../../../support/conformance-services.ts'

const f = new Framework()

/** kubernetes: test/e2e/framework/network/utils.go NetworkingTestConfig */
describe('[sig-network] Networking Granular Checks: Pods', () => {
  const [HTTP, UDP] = [8083, 8081]
  let servers: readonly Pod[] = []
  let testPod: Pod

  const probe = {
    initialDelaySeconds: 10,
    timeoutSeconds: 30,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
    httpGet: { path: '/healthz', port: HTTP },
  }

  const netShellPod = (name: string, node: Node): object => ({
    metadata: { name, labels: { 'selector-1': 'true' } },
    spec: {
      containers: [
        {
          name: 'webserver',
          image: AGNHOST,
          imagePullPolicy: 'IfNotPresent',
          args: ['netexec', `--http-port=${HTTP}`, `--udp-port=${UDP}`],
          ports: [
            { name: 'http', containerPort: HTTP },
            { name: 'udp', containerPort: UDP, protocol: 'UDP' },
          ],
          livenessProbe: probe,
          readinessProbe: probe,
        },
      ],
      nodeSelector: { 'kubernetes.io/hostname': node.metadata.labels!['kubernetes.io/hostname'] },
    },
  })

  beforeEach(() => {
    f.begin('pod-network-test')
    const nodes = schedulableNodes(f)
    expect(nodes.length).toBeGreaterThan(1)
    const names = nodes.map((node, index) => {
      const name = `netserver-${index}`
      f.create('pods', netShellPod(name, node))
      return name
    })
    servers = names.map((name) => untilReady(f, name))
    testPod = createReady(f, {
      metadata: { name: 'test-container-pod' },
      spec: {
        containers: [
          {
            name: 'webserver',
            image: AGNHOST,
            args: ['netexec', '--http-port=9080', '--udp-port=8081'],
            ports: [{ containerPort: 9080 }],
          },
        ],
      },
    })
    createReady(f, {
      metadata: { name: 'host-test-container-pod' },
      spec: {
        hostNetwork: true,
        securityContext: {},
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'agnhost-container', image: AGNHOST, securityContext: {} }],
      },
    })
  })

  const shell = (pod: string, command: string, container: string) =>
    exec(f, pod, ['/bin/sh', '-c', command], container)

  /** kubernetes: DialFromContainer */
  const dial = (protocol: string, target: Pod, port: number): void => {
    const command = `curl -g -q -s 'http://${testPod.status.podIP}:9080/dial?request=hostname&protocol=${protocol}&host=${target.status.podIP}&port=${port}&tries=1'`
    const seen = f.until('the answer', () => {
      const { stdout } = shell('host-test-container-pod', command, 'agnhost-container')
      const { responses } = JSON.parse(stdout) as { readonly responses?: readonly string[] }
      return responses !== undefined && responses
    })
    expect(seen).toEqual([target.metadata.name])
  }

  it.each([
    ['http', HTTP],
    ['udp', UDP],
  ])(
    'should function for intra-pod communication: %s [NodeConformance] [Conformance]',
    (protocol, port) => {
      for (const server of servers) dial(protocol, server, port)
    },
  )

  /** kubernetes: DialFromNode */
  it.each([
    [
      'http',
      (ip: string) =>
        `curl -g -q -s --max-time 15 --connect-timeout 1 http://${ip}:${HTTP}/hostName`,
    ],
    ['udp', (ip: string) => `echo hostName | nc -w 1 -u ${ip} ${UDP}`],
  ])(
    'should function for node-pod communication: %s [LinuxOnly] [NodeConformance] [Conformance]',
    (_, commandTo) => {
      for (const { status, metadata } of servers) {
        const command = `${commandTo(status.podIP!)} | grep -v '^\\s*$'`
        const ran = shell('host-test-container-pod', command, 'agnhost-container')
        expect(ran).toEqual({ stdout: `${metadata.name}\n`, stderr: '', exitCode: 0 })
      }
    },
  )
})

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
