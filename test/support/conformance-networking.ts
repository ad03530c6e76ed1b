// The Pods that ask each other in the specs of [sig-network] Networking. kubernetes: test/e2e/framework/network/utils.go NetworkingTestConfig
import { expect } from 'vitest'
import type { Node } from '#api/core/v1/node/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Framework } from './conformance.ts'
import { AGNHOST } from './conformance-objects.ts'
import { createReady, exec, type Ran, schedulableNodes, untilReady } from './conformance-pods.ts'

export const HTTP_PORT = 8083
export const UDP_PORT = 8081
const SELECTOR = { 'selector-1': 'true' }

const PROBE = {
  initialDelaySeconds: 10,
  timeoutSeconds: 30,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
  httpGet: { path: '/healthz', port: HTTP_PORT },
}

const serverPod = (name: string, node: Node): object => ({
  metadata: { name, labels: SELECTOR },
  spec: {
    containers: [
      {
        name: 'webserver',
        image: AGNHOST,
        imagePullPolicy: 'IfNotPresent',
        args: ['netexec', `--http-port=${HTTP_PORT}`, `--udp-port=${UDP_PORT}`],
        ports: [
          { name: 'http', containerPort: HTTP_PORT },
          { name: 'udp', containerPort: UDP_PORT, protocol: 'UDP' },
        ],
        livenessProbe: PROBE,
        readinessProbe: PROBE,
      },
    ],
    nodeSelector: { 'kubernetes.io/hostname': node.metadata.labels!['kubernetes.io/hostname'] },
  },
})

const TEST_POD: object = {
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
}

const HOST_POD: object = {
  metadata: { name: 'host-test-container-pod' },
  spec: {
    hostNetwork: true,
    securityContext: {},
    terminationGracePeriodSeconds: 0,
    containers: [{ name: 'agnhost-container', image: AGNHOST, securityContext: {} }],
  },
}

export type DialProtocol = 'http' | 'udp'

/** Somebody who is asked, and where. */
export interface Target {
  readonly ip: string
  readonly port: number
}

export interface Dialled {
  readonly responses?: readonly string[]
  readonly errors?: readonly string[]
}

export class NetworkingPods {
  readonly servers: readonly Pod[]
  readonly testPod: Pod
  readonly #f: Framework

  constructor(f: Framework) {
    this.#f = f
    const nodes = schedulableNodes(f)
    expect(nodes.length).toBeGreaterThan(1)
    const names = nodes.map((node, index) => {
      const name = `netserver-${index}`
      f.create('pods', serverPod(name, node))
      return name
    })
    this.servers = names.map((name) => untilReady(f, name))
    this.testPod = createReady(f, TEST_POD)
    createReady(f, HOST_POD)
  }

  get names(): readonly string[] {
    return this.servers.map(({ metadata }) => metadata.name!).toSorted()
  }

  /** A Service in front of all servers. kubernetes: createNodePortServiceSpec */
  service(name: string, spec: object = {}) {
    return this.#f.create('services', {
      metadata: { name },
      spec: {
        type: 'NodePort',
        ports: [
          { port: 80, name: 'http', protocol: 'TCP', targetPort: HTTP_PORT },
          { port: 90, name: 'udp', protocol: 'UDP', targetPort: UDP_PORT },
        ],
        selector: SELECTOR,
        ...spec,
      },
    })
  }

  fromHost(command: string): Ran {
    return exec(this.#f, 'host-test-container-pod', ['/bin/sh', '-c', command], 'agnhost-container')
  }

  /** Lets a Pod ask somebody. kubernetes: GetResponseFromContainer */
  dial(
    protocol: DialProtocol,
    to: Target,
    request = 'hostname',
    from: Target = this.#own,
  ): Dialled {
    const query = `request=${request}&protocol=${protocol}&host=${to.ip}&port=${to.port}&tries=1`
    const { stdout } = this.fromHost(`curl -g -q -s 'http://${from.ip}:${from.port}/dial?${query}'`)
    return JSON.parse(stdout) as Dialled
  }

  get #own(): Target {
    return { ip: this.testPod.status.podIP!, port: 9080 }
  }

  /** Asks from the host. kubernetes: DialFromNode */
  askFromHost(protocol: DialProtocol, { ip, port }: Target): Ran {
    const command =
      protocol === 'http'
        ? `curl -g -q -s --max-time 15 --connect-timeout 1 http://${ip}:${port}/hostName`
        : `echo hostName | nc -w 1 -u ${ip} ${port}`
    return this.fromHost(`${command} | grep -v '^\\s*$'`)
  }

  /** All that are expected answer, and nobody else. kubernetes: DialFromContainer */
  expectAll(ask: () => readonly string[], expected: readonly string[] = this.names): void {
    const seen = new Set<string>()
    this.#f.until(`answers of ${expected.join(' ')}`, () => {
      for (const answer of ask()) seen.add(answer.trim())
      return expected.every((name) => seen.has(name))
    })
    expect([...seen].toSorted()).toEqual(expected)
  }
}
