import { beforeEach, describe, expect, it } from 'vitest'
import type { Node } from '#api/core/v1/node/types.ts'
import { Framework } from '../../../../support/conformance.ts'
import {
  agnhostPod,
  createReady,
  exec,
  internalIp,
  launchHostExecPod,
  onNode,
  schedulableNodes,
} from '../../../../support/conformance-pods.ts'
import {
  ENDPOINT_LAG,
  expectEndpoints,
  ServiceJig,
} from '../../../../support/conformance-services.ts'

const HTTP = { port: 80, name: 'http', protocol: 'TCP', targetPort: 8080 }
const NETEXEC = ['netexec', '--http-port=8080', '--udp-port=8081']
const NOBODY = { shown: '', code: '000' }

describe.each(['iptables', 'nftables', 'ipvs'] as const)('%s: [sig-network] Services', (mode) => {
  const f = new Framework({ proxyMode: mode })
  beforeEach(() => f.begin('services'))

  const shell = (pod: string, command: string) =>
    exec(f, pod, ['/bin/sh', '-x', '-c', command]).stdout

  const serverOn = (node: Node, name: string, labels: Readonly<Record<string, string>>): void =>
    void createReady(
      f,
      agnhostPod(name, {
        labels,
        args: NETEXEC,
        ports: [{ containerPort: 8080 }],
        spec: onNode(node),
      }),
    )

  it('should support externalTrafficPolicy=Local for type=NodePort', () => {
    const jig = new ServiceJig(f, 'external-local-nodeport')
    const { spec } = jig.create({
      type: 'NodePort',
      externalTrafficPolicy: 'Local',
      ports: [HTTP],
    })
    const [here, there] = schedulableNodes(f, 2)
    serverOn(here!, 'server', jig.labels)
    expectEndpoints(f, jig.name, { server: [8080] })
    const command = `curl -g -q -s --connect-timeout 5 http://${internalIp(here!)}:${spec.ports![0]!.nodePort}/clientip`
    for (const node of [here!, there!]) {
      const pod = launchHostExecPod(f, `hostexec-${node.metadata.name}`, onNode(node))
      const seen = f.until('an answer', () => shell(pod, command))
      expect(seen.replace(/:\d+$/, '')).toBe(f.get('pods', pod).status.podIP)
    }
  })

  it('should implement NodePort and HealthCheckNodePort correctly when ExternalTrafficPolicy changes', () => {
    const nodes = schedulableNodes(f, 3)
    expect(nodes).toHaveLength(3)
    const [endpointNode, otherNode, clientNode] = nodes.map((node) => node)
    const jig = new ServiceJig(f, 'external-local-update')
    let service = jig.create({
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      ports: [HTTP],
    })
    serverOn(endpointNode!, 'server', jig.labels)
    expectEndpoints(f, jig.name, { server: [8080] })
    const client = launchHostExecPod(f, 'hostexec', onNode(clientNode!))
    const clientIP = internalIp(clientNode!)

    const health = (node: Node, port: number) => {
      const url = `http://${internalIp(node)}:${port}/`
      return {
        code: shell(client, `curl -g -s -o /dev/null -w "%{http_code}" --connect-timeout 2 ${url}`),
        shown: shell(client, `curl -g -s --connect-timeout 2 ${url}`),
      }
    }
    const endpointsOf = ({ shown }: { readonly shown: string }): unknown =>
      (JSON.parse(shown) as { readonly localEndpoints?: unknown }).localEndpoints
    /** Whom the server takes the client for. */
    const source = (node: Node): string => {
      const { nodePort } = service.spec.ports![0]!
      const url = `http://${internalIp(node)}:${nodePort}/clientip`
      return shell(client, `curl -g -s --connect-timeout 3 ${url}`).replace(/:\d+$/, '')
    }
    const expectLocal = (): void => {
      const { healthCheckNodePort = 0 } = service.spec
      expect(healthCheckNodePort).toBeGreaterThanOrEqual(30_000)
      const [good, bad] = [endpointNode!, otherNode!].map((n) => health(n, healthCheckNodePort))
      expect([good!.code, endpointsOf(good!)]).toEqual(['200', 1])
      expect([bad!.code, endpointsOf(bad!)]).toEqual(['503', 0])
      expect([source(endpointNode!), source(otherNode!)]).toEqual([clientIP, ''])
    }

    expectLocal()
    const { healthCheckNodePort: oldPort = 0 } = service.spec
    service = jig.update(() => ({ externalTrafficPolicy: 'Cluster', healthCheckNodePort: 0 }))
    expect(service.spec.healthCheckNodePort ?? 0).toBe(0)
    f.sleep(ENDPOINT_LAG)
    for (const node of [endpointNode!, otherNode!]) {
      expect(health(node, oldPort)).toEqual(NOBODY)
      expect(source(node)).not.toBe('')
    }
    expect(source(otherNode!)).not.toBe(clientIP)
    service = jig.update(() => ({ externalTrafficPolicy: 'Local' }))
    f.sleep(ENDPOINT_LAG)
    expectLocal()
  })
})
