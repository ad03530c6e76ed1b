import { beforeEach, describe, expect, it } from 'vitest'
import type { Node } from '#api/core/v1/node/types.ts'
import { Framework } from '../../../../support/conformance.ts'
import {
  type AgnhostPod,
  agnhostPod,
  createExecPod,
  createReady,
  exec,
  failureOf,
  internalIp,
  isReady,
  launchHostExecPod,
  onNode,
  schedulableNodes,
} from '../../../../support/conformance-pods.ts'
import {
  ENDPOINT_LAG,
  expectEndpoints,
  expectHostname,
  KUBE_PROXY_LAG,
  ServiceJig,
  SLICES,
} from '../../../../support/conformance-services.ts'

const HTTP = { port: 80, name: 'http', protocol: 'TCP', targetPort: 80 }

describe.each(['iptables', 'nftables', 'ipvs'] as const)('%s: [sig-network] Services', (mode) => {
  const f = new Framework({ proxyMode: mode })
  beforeEach(() => f.begin('services'))

  const createOn = (node: Node, name: string, parts: AgnhostPod = {}): string =>
    createReady(f, agnhostPod(name, { ...parts, spec: { ...parts.spec, ...onNode(node) } }))
      .metadata.name!

  const nodes = (): readonly [Node, Node] => {
    const [first, second] = schedulableNodes(f, 2)
    return [first!, second!]
  }

  const asks = (pod: string, address: string): boolean =>
    failureOf(f, pod, `curl -q -s --connect-timeout 5 ${address}/hostname`) === undefined

  const WEB = ['netexec', '--http-port', '80', '--delay-shutdown', '100']
  const SLOW = { terminationGracePeriodSeconds: 100 }

  /** A Service whose only Pod, on the first node, is about to leave; with somebody on each of two nodes who asks. */
  const leaving = (spec: object) => {
    const [node0, node1] = nodes()
    const jig = new ServiceJig(f, 'svc-proxy-terminating')
    const service = jig.create({ ports: [HTTP], ...spec })
    const target = createOn(node0, 'echo-hostname-0', {
      labels: jig.labels,
      args: WEB,
      spec: SLOW,
    })
    expectEndpoints(f, jig.name, { [target]: [80] })
    const pause0 = createOn(node0, 'pause-pod-0')
    const pause1 = createOn(node1, 'pause-pod-1')
    return { node0, node1, service, target, pause0, pause1 }
  }

  it('should respect internalTrafficPolicy=Local Pod to Pod', () => {
    const [node0, node1] = nodes()
    const jig = new ServiceJig(f, 'svc-itp')
    const { spec } = jig.create({ ports: [HTTP], internalTrafficPolicy: 'Local' })
    const args = ['netexec', '--http-port', '80']
    const target = createOn(node0, 'echo-hostname-0', { labels: jig.labels, args })
    expectEndpoints(f, jig.name, { [target]: [80] })
    const pause0 = createOn(node0, 'pause-pod-0')
    const pause1 = createOn(node1, 'pause-pod-1')
    for (let turn = 0; turn < 5; turn += 1) {
      expectHostname(f, pause0, `${spec.clusterIP}:80`, target)
      expect(asks(pause1, `${spec.clusterIP}:80`)).toBe(false)
    }
  })

  it('should respect internalTrafficPolicy=Local Pod (hostNetwork: true) to Pod', () => {
    const [node0, node1] = nodes()
    const jig = new ServiceJig(f, 'svc-itp')
    const { spec } = jig.create({
      ports: [{ ...HTTP, port: 8000, targetPort: 8000 }],
      internalTrafficPolicy: 'Local',
    })
    const args = ['netexec', '--http-port', '8000']
    const target = createOn(node0, 'echo-hostname-0', { labels: jig.labels, args })
    expectEndpoints(f, jig.name, { [target]: [8000] })
    const host = { spec: { hostNetwork: true } }
    const pause0 = createOn(node0, 'pause-pod-0', host)
    const pause1 = createOn(node1, 'pause-pod-1', host)
    for (let turn = 0; turn < 5; turn += 1) {
      expectHostname(f, pause0, `${spec.clusterIP}:8000`, target)
      expect(asks(pause1, `${spec.clusterIP}:8000`)).toBe(false)
    }
  })

  it('should respect internalTrafficPolicy=Local Pod and Node, to Pod (hostNetwork: true)', () => {
    const [node0, node1] = nodes()
    const jig = new ServiceJig(f, 'svc-itp')
    const { spec } = jig.create({
      ports: [{ ...HTTP, targetPort: 10_180 }],
      internalTrafficPolicy: 'Local',
    })
    const host = { hostNetwork: true }
    const target = createOn(node0, 'echo-hostname-0', {
      labels: jig.labels,
      args: ['netexec', '--http-port', '10180', '--udp-port', '10180'],
      spec: host,
    })
    expectEndpoints(f, jig.name, { [target]: [10_180] })
    const pauses = [
      [createOn(node0, 'pause-pod-0'), createOn(node1, 'pause-pod-1')],
      [
        createOn(node0, 'pause-pod-2', { spec: host }),
        createOn(node1, 'pause-pod-3', { spec: host }),
      ],
    ] as const
    for (const [near, far] of pauses)
      for (let turn = 0; turn < 5; turn += 1) {
        expectHostname(f, near, `${spec.clusterIP}:80`, node0.metadata.name!)
        expect(asks(far, `${spec.clusterIP}:80`)).toBe(false)
      }
  })

  it('should fail health check node port if there are only terminating endpoints', () => {
    const { node0, service, target, pause0 } = leaving({
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
    })
    const ip = internalIp(node0)
    const untilHealth = (code: string): void => {
      const command = `curl -s -o /dev/null -w "%{http_code}" --max-time 5 http://${ip}:${service.spec.healthCheckNodePort}/healthz`
      f.until(
        `health ${code}`,
        () => {
          const { stdout, exitCode } = exec(f, pause0, ['/bin/sh', '-x', '-c', command])
          return exitCode === 0 && stdout === code
        },
        60,
      )
    }
    untilHealth('200')
    f.delete('pods', target)
    untilHealth('503')
    expectHostname(f, pause0, `${ip}:${service.spec.ports![0]!.nodePort}`, target)
  })

  it('should fallback to terminating endpoints when there are no ready endpoints with internalTrafficPolicy=Cluster', () => {
    const { service, target, pause0, pause1 } = leaving({})
    f.delete('pods', target)
    const address = `${service.spec.clusterIP}:80`
    for (let turn = 0; turn < 5; turn += 1) {
      expectHostname(f, pause0, address, target)
      expectHostname(f, pause1, address, target)
      f.sleep(5)
    }
  })

  it('should fallback to local terminating endpoints when there are no ready endpoints with internalTrafficPolicy=Local', () => {
    const { service, target, pause0, pause1 } = leaving({ internalTrafficPolicy: 'Local' })
    f.delete('pods', target)
    const address = `${service.spec.clusterIP}:80`
    for (let turn = 0; turn < 5; turn += 1) {
      expectHostname(f, pause0, address, target)
      expect(asks(pause1, address)).toBe(false)
      f.sleep(5)
    }
  })

  it('should fallback to terminating endpoints when there are no ready endpoints with externallTrafficPolicy=Cluster', () => {
    const { node0, service, target, pause0, pause1 } = leaving({ type: 'NodePort' })
    f.delete('pods', target)
    const address = `${internalIp(node0)}:${service.spec.ports![0]!.nodePort}`
    for (let turn = 0; turn < 5; turn += 1) {
      expectHostname(f, pause0, address, target)
      expectHostname(f, pause1, address, target)
      f.sleep(5)
    }
  })

  it('should fallback to local terminating endpoints when there are no ready endpoints with externalTrafficPolicy=Local', () => {
    const { node0, node1, service, target, pause0, pause1 } = leaving({
      type: 'NodePort',
      externalTrafficPolicy: 'Local',
    })
    f.delete('pods', target)
    const { nodePort } = service.spec.ports![0]!
    const [near, far] = [node0, node1].map((node) => `${internalIp(node)}:${nodePort}`)
    for (let turn = 0; turn < 5; turn += 1) {
      expect(asks(pause0, far!)).toBe(false)
      expectHostname(f, pause0, near!, target)
      expectHostname(f, pause1, near!, target)
      f.sleep(5)
    }
  })

  /** A Pod that says that it is not ready as soon as it is told to leave, and stays for minutes. */
  const unready = (publishNotReadyAddresses: boolean) => {
    const [node0, node1] = nodes()
    const jig = new ServiceJig(f, 'svc-tolerate-unready')
    const { spec } = jig.create({ ports: [HTTP], type: 'NodePort', publishNotReadyAddresses })
    const probe = (path: string) => ({ httpGet: { path, port: 80, scheme: 'HTTP' } })
    createReady(f, {
      metadata: { name: 'webserver-pod', labels: jig.labels },
      spec: {
        terminationGracePeriodSeconds: 300,
        containers: [
          {
            name: 'agnhost',
            image: 'registry.k8s.io/e2e-test-images/agnhost:2.63.0',
            args: ['netexec', '--http-port=80', '--delay-shutdown=300'],
            ports: [{ containerPort: 80 }],
            readinessProbe: probe('/readyz'),
            livenessProbe: probe('/healthz'),
          },
        ],
        ...onNode(node0),
      },
    })
    expectEndpoints(f, jig.name, { 'webserver-pod': [80] })
    const pause = createOn(node1, 'pause-pod-1')
    f.delete('pods', 'webserver-pod')
    f.until('the Pod to be unready', () => !isReady(f.get('pods', 'webserver-pod')))
    const { nodePort } = spec.ports![0]!
    const atNodes = [node0, node1].map((node) => `${internalIp(node)}:${nodePort}`)
    return { pause, atNodes, addresses: [`${spec.clusterIP}:80`, ...atNodes] }
  }

  it('should be able to connect to terminating and unready endpoints if PublishNotReadyAddresses is true', () => {
    const { pause, addresses } = unready(true)
    for (let turn = 0; turn < 5; turn += 1) {
      for (const address of addresses) expectHostname(f, pause, address, 'webserver-pod')
      f.sleep(5)
    }
  })

  it('should not be able to connect to terminating and unready endpoints if PublishNotReadyAddresses is false', () => {
    const { pause, atNodes, addresses } = unready(false)
    for (const address of atNodes)
      f.until(`${address} to end`, () => !asks(pause, address), ENDPOINT_LAG)
    for (let turn = 0; turn < 5; turn += 1) {
      for (const address of addresses) expect(asks(pause, address)).toBe(false)
      f.sleep(5)
    }
  })

  it('should create endpoints for unready pods', () => {
    const labels = { testid: 'tolerate-unready-1' }
    const name = 'slow-terminating-unready-pod'
    f.create('replicationcontrollers', {
      metadata: { name },
      spec: {
        replicas: 1,
        selector: { name },
        template: {
          metadata: { labels: { ...labels, name } },
          spec: {
            terminationGracePeriodSeconds: 100,
            containers: [
              {
                name,
                image: 'registry.k8s.io/e2e-test-images/agnhost:2.63.0',
                args: ['netexec', '--http-port=80'],
                ports: [{ containerPort: 80, protocol: 'TCP' }],
                readinessProbe: { exec: { command: ['/bin/false'] } },
                lifecycle: { preStop: { exec: { command: ['/bin/sleep', '100'] } } },
              },
            ],
          },
        },
      },
    })
    const service = 'tolerate-unready'
    f.create('services', {
      metadata: { name: service },
      spec: {
        selector: labels,
        ports: [{ name: 'http', port: 80, targetPort: 80 }],
        publishNotReadyAddresses: true,
      },
    })
    f.until('the Pod to run', () =>
      f.items('pods', `name=${name}`).some(({ status }) => status?.phase === 'Running'),
    )
    const execPod = createExecPod(f, 'execpod-')
    const url = `http://${service}.${f.namespace}.svc.cluster.local:80/`
    const command = `curl -q -s --connect-timeout 2 ${url}`
    const untilDone = (line: string): void =>
      void f.until(line, () => failureOf(f, execPod, line) === undefined, KUBE_PROXY_LAG)
    const publish = (publishNotReadyAddresses: boolean): void =>
      void f.change('services', service, ({ spec }) => ({
        spec: { ...spec, publishNotReadyAddresses },
      }))
    untilDone(command)
    f.patch(
      'replicationcontrollers',
      name,
      { spec: { replicas: 0 } },
      { subresource: 'scale', type: 'merge' },
    )
    publish(false)
    untilDone(`${command}; test "$?" -ne "0"`)
    publish(true)
    untilDone(command)
    for (const pod of f.items('pods', `name=${name}`))
      f.delete('pods', pod.metadata.name, { gracePeriodSeconds: 0 })
  })

  const REFUSED = 'REFUSED'

  const untilRefused = (pod: string, service: string): void =>
    void f.until(
      'the refusal',
      () => {
        const failed = failureOf(f, pod, `/agnhost connect --timeout=3s ${service}:80`)
        if (failed === undefined) throw new Error('expected connect call to fail')
        return failed.stderr.includes(REFUSED)
      },
      ENDPOINT_LAG,
    )

  it('should be rejected when no endpoints exist', () => {
    const jig = new ServiceJig(f, 'no-pods')
    jig.create()
    untilRefused(createExecPod(f, 'execpod-noendpoints', onNode(nodes()[0])), jig.name)
  })

  it('should be rejected for evicted pods (no endpoints exist)', () => {
    const jig = new ServiceJig(f, 'evicted-pods')
    jig.create({ publishNotReadyAddresses: true })
    const script = 'sleep 10; dd if=/dev/zero of=file bs=1M count=10; sleep 10000'
    f.create('pods', {
      metadata: { name: 'evicted-pod' },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'evicted-pod',
            image: 'registry.k8s.io/e2e-test-images/agnhost:2.63.0',
            command: ['/bin/sh', '-c', script],
            resources: { limits: { 'ephemeral-storage': '5Mi' } },
          },
        ],
      },
    })
    const evicted = f.until(
      'the eviction',
      () => {
        const { status } = f.get('pods', 'evicted-pod')
        return (status?.phase === 'Failed' || status?.phase === 'Succeeded') && status
      },
      300,
    )
    expect(evicted).toMatchObject({
      reason: 'Evicted',
      message: 'Pod ephemeral local storage usage exceeds the total limit of containers 5Mi. ',
    })
    const execPod = createExecPod(f, 'execpod-evictedpods', onNode(nodes()[0]))
    f.until('no endpoints', () => {
      const slices = f.items(SLICES, `kubernetes.io/service-name=${jig.name}`)
      return (
        (f.get('endpoints', jig.name).subsets ?? []).length === 0 &&
        slices.length === 1 &&
        (slices[0]!.endpoints ?? []).length === 0
      )
    })
    untilRefused(execPod, jig.name)
  })

  it('should allow creating a basic SCTP service with pod and endpoints [LinuxOnly] [Serial]', () => {
    const jig = new ServiceJig(f, 'sctp-endpoint-test')
    const host = launchHostExecPod(f, 'hostexec')
    const isLoaded = (): boolean =>
      exec(f, host, [
        '/bin/sh',
        '-c',
        'lsmod | grep sctp || cat /proc/modules | grep sctp',
      ]).stdout.includes('sctp')
    const before = isLoaded()
    jig.create({ ports: [{ protocol: 'SCTP', port: 5060 }] })
    expectEndpoints(f, jig.name, {})
    const ports = [{ containerPort: 5060, protocol: 'SCTP' as const }]
    createReady(f, agnhostPod('pod1', { labels: jig.labels, ports }))
    expectEndpoints(f, jig.name, { pod1: [[5060, 'SCTP']] })
    f.delete('pods', 'pod1')
    expectEndpoints(f, jig.name, {})
    expect(isLoaded()).toBe(before)
  })
})
