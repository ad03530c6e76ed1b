// Services as the specs of [sig-network] make, change and ask them.
// kubernetes: test/e2e/framework/service/jig.go, test/e2e/network/service.go
import { expect } from 'vitest'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Service, ServiceSpec } from '#api/core/v1/service/types.ts'
import type { Framework } from './conformance.ts'
import { AGNHOST } from './conformance-objects.ts'
import {
  agnhostPod,
  type ContainerPort,
  createExecPod,
  createReady,
  deletePod,
  exec,
  failureOf,
  internalIp,
  isReady,
  type Labels,
  launchHostExecPod,
  type Protocol,
  runHostCmd,
  schedulableNodes,
} from './conformance-pods.ts'

/** In seconds. kubernetes: test/e2e/framework/service/const.go */
export const KUBE_PROXY_LAG = 45
export const ENDPOINT_LAG = 30
export const SLICES = 'endpointslices.discovery.k8s.io'

const isServed = (f: Framework, pod: string, command: string): boolean => {
  const { stdout, exitCode } = exec(f, pod, ['/bin/sh', '-x', '-c', command])
  return exitCode === 0 && stdout.trim() !== ''
}

/** kubernetes: test/e2e/framework/service/jig.go testEndpointReachability */
export const isReachable = (
  f: Framework,
  host: string,
  port: number,
  protocol: Protocol,
  pod: string,
): boolean =>
  isServed(f, pod, `echo hostName | nc -v ${protocol === 'UDP' ? '-u' : '-t'} -w 2 ${host} ${port}`)

export const expectReachable = (
  f: Framework,
  host: string,
  port: number,
  protocol: Protocol,
  pod: string,
): void =>
  void f.until(
    `${protocol} ${host}:${port}`,
    () => isReachable(f, host, port, protocol, pod),
    KUBE_PROXY_LAG,
  )

/** kubernetes: test/e2e/network/util.go execHostnameTest */
export const expectHostname = (
  f: Framework,
  pod: string,
  address: string,
  target: string,
): void => {
  const command = `curl -q -s --max-time 30 ${address}/hostname`
  const got = f.until(
    `${address} from ${pod}`,
    () => {
      const { stdout, exitCode } = exec(f, pod, ['/bin/sh', '-x', '-c', command])
      return exitCode === 0 && stdout
    },
    3,
  )
  const [first] = got.trim().split('.')
  expect(first).toBe(target.split('.')[0])
}

let jigs = 0

/** kubernetes: test/e2e/framework/service/jig.go TestJig */
export class ServiceJig {
  readonly name: string
  readonly labels: Labels
  readonly #f: Framework

  constructor(f: Framework, name: string) {
    jigs += 1
    this.#f = f
    this.name = name
    this.labels = { testid: `${name}-${jigs}` }
  }

  create(spec: object = {}, metadata: object = {}): Service {
    const created = this.#f.create('services', {
      metadata: { name: this.name, labels: this.labels, ...metadata },
      spec: { selector: this.labels, ports: [{ protocol: 'TCP', port: 80 }], ...spec },
    })
    return this.#sane(created)
  }

  createExternalName(): Service {
    const service = this.#f.create('services', {
      metadata: { name: this.name, labels: this.labels },
      spec: { selector: this.labels, externalName: 'foo.example.com', type: 'ExternalName' },
    })
    return this.#sane(service)
  }

  update(change: (spec: ServiceSpec) => object): Service {
    return this.#sane(
      this.#f.change('services', this.name, ({ spec }) => ({
        spec: { ...spec, ...change(spec) },
      })),
    )
  }

  /** Two Pods that say their names over TCP and UDP. */
  createPods(replicas: number): void {
    runDeployment(this.#f, {
      name: this.name,
      labels: this.labels,
      replicas,
      container: {
        command: ['/agnhost', 'serve-hostname', '--http=false', '--tcp', '--udp'],
      },
    })
  }

  /** kubernetes: test/e2e/framework/service/jig.go CheckServiceReachability */
  expectReachable(service: Service, pod: string): void {
    const f = this.#f
    const { type, ports = [], externalIPs = [], clusterIP = '' } = service.spec
    if (type === 'ExternalName') {
      const command = `nslookup ${this.name}.${f.namespace}.svc.cluster.local`
      return void f.until('the name', () => failureOf(f, pod, command) === undefined)
    }
    this.#untilEndpoint()
    for (const { port, protocol = 'TCP', nodePort = 0 } of ports) {
      expectReachable(f, this.name, port, protocol, pod)
      expectReachable(f, clusterIP, port, protocol, pod)
      for (const ip of externalIPs) expectReachable(f, ip, port, protocol, pod)
      if (type !== 'ClusterIP' && nodePort !== 0)
        for (const node of schedulableNodes(f, 2))
          expectReachable(f, internalIp(node), nodePort, protocol, pod)
    }
  }

  #untilEndpoint(): void {
    const selector = `kubernetes.io/service-name=${this.name}`
    this.#f.until('an endpoint', () =>
      this.#f
        .items(SLICES, selector)
        .some(({ endpoints = [] }) => endpoints.some(({ addresses }) => addresses.length > 0)),
    )
  }

  /** kubernetes: test/e2e/framework/service/jig.go sanityCheckService */
  #sane(service: Service): Service {
    const { type, externalName = '', clusterIP = '', ports = [] } = service.spec
    if (type === 'ExternalName') {
      expect(externalName).not.toBe('')
      expect(clusterIP).toBe('')
    } else {
      expect(externalName).toBe('')
      expect(clusterIP).not.toBe('')
    }
    for (const { nodePort = 0 } of ports)
      if (type === 'NodePort' || type === 'LoadBalancer') {
        expect(nodePort).toBeGreaterThanOrEqual(30_000)
        expect(nodePort).toBeLessThanOrEqual(32_767)
      } else expect(nodePort).toBe(0)
    return service
  }
}

interface RunParts {
  readonly name: string
  readonly labels: Labels
  readonly replicas: number
  readonly container: object
  readonly spec?: object
}

const templateOf = ({ name, labels, container, spec }: RunParts): object => ({
  metadata: { labels },
  spec: { containers: [{ name, image: AGNHOST, ...container }], ...spec },
})

/** Creates a Deployment and waits until it is complete. */
export const runDeployment = (f: Framework, parts: RunParts): readonly Pod[] => {
  const { name, labels, replicas } = parts
  f.create('deployments.apps', {
    metadata: { name, labels },
    spec: { replicas, selector: { matchLabels: labels }, template: templateOf(parts) },
  })
  f.until(`${name} to be complete`, () => {
    const { status, metadata } = f.get('deployments.apps', name)
    return (
      status?.updatedReplicas === replicas &&
      status.replicas === replicas &&
      status.availableReplicas === replicas &&
      (status.observedGeneration ?? 0) >= (metadata.generation ?? 0)
    )
  })
  return f.items(
    'pods',
    Object.entries(labels)
      .map((pair) => pair.join('='))
      .join(','),
  )
}

/** kubernetes: test/e2e/framework/rc RunRC */
export const runReplicationController = (f: Framework, parts: RunParts): readonly Pod[] => {
  const { name, labels, replicas } = parts
  f.create('replicationcontrollers', {
    metadata: { name },
    spec: { replicas, selector: labels, template: templateOf(parts) },
  })
  const pods = () => f.items('pods', `name=${name}`)
  f.until(`${replicas} Pods of ${name}`, () => pods().filter(isReady).length === replicas)
  return pods()
}

export interface HostnameService {
  readonly pods: readonly string[]
  readonly ip: string
  readonly service: Service
}

export const HOSTNAME_PORT = 80

/** kubernetes: test/e2e/network/service.go getServeHostnameService */
export const hostnameService = (name: string, spec: object = {}, metadata: object = {}) => ({
  metadata: { name, ...metadata },
  spec: {
    ports: [{ port: HOSTNAME_PORT, targetPort: 9376, protocol: 'TCP' }],
    selector: { name },
    ...spec,
  },
})

/** kubernetes: test/e2e/network/service.go StartServeHostnameService */
export const startHostnameService = (
  f: Framework,
  service: ReturnType<typeof hostnameService>,
  replicas: number,
): HostnameService => {
  const { name } = service.metadata
  f.create('services', service)
  const pods = runReplicationController(f, {
    name,
    labels: { name },
    replicas,
    container: { command: ['/agnhost', 'serve-hostname'] },
  })
  const created = f.get('services', name)
  expect(created.spec?.clusterIP ?? '').not.toBe('')
  return {
    pods: pods.map(({ metadata }) => metadata.name!).toSorted(),
    ip: created.spec.clusterIP!,
    service: created,
  }
}

/** kubernetes: test/e2e/network/service.go StopServeHostnameService */
export const stopHostnameService = (f: Framework, name: string): void => {
  f.delete('replicationcontrollers', name, { propagationPolicy: 'Background' })
  f.until('the end of the Pods', () => f.items('pods', `name=${name}`).length === 0)
  f.delete('services', name)
}

/** kubernetes: test/e2e/network/service.go verifyServeHostnameServiceUp */
export const expectUp = (f: Framework, { pods }: HostnameService, ip: string, port = 80): void => {
  const host = launchHostExecPod(f, 'verify-service-up-host-exec-pod')
  const inside = createExecPod(f, 'verify-service-up-exec-pod-')
  const command = `for i in $(seq 1 ${50 * pods.length}); do wget -q -O - -T 1 http://${ip}:${port} 2>&1 || true; echo; done`
  for (const pod of [host, inside]) {
    const seen = new Set<string>()
    f.until(`all of ${pods.join(' ')} from ${pod}`, () => {
      for (const line of runHostCmd(f, pod, command).split('\n'))
        if (line.trim() !== '') seen.add(line.trim())
      return pods.every((name) => seen.has(name))
    })
    expect([...seen].toSorted()).toEqual(pods)
  }
  deletePod(f, host)
  deletePod(f, inside)
}

/** kubernetes: test/e2e/network/service.go verifyServeHostnameServiceDown */
export const expectDown = (f: Framework, ip: string, port = 80): void => {
  const pod = launchHostExecPod(f, 'verify-service-down-host-exec-pod')
  const command = `curl -g -s --connect-timeout 2 http://${ip}:${port} && echo service-down-failed`
  f.until(
    'the service to be down',
    () => !exec(f, pod, ['/bin/sh', '-x', '-c', command]).stdout.includes('service-down-failed'),
    KUBE_PROXY_LAG,
  )
  deletePod(f, pod)
}

type Ports = Readonly<Record<string, readonly (number | readonly [number, Protocol])[]>>

const portText = (port: number | undefined, protocol: string | undefined): string =>
  `${port}/${protocol}`

interface ExposedPort {
  readonly port?: number
  readonly protocol?: string
}

interface ExposedEndpoint {
  readonly targetRef?: { readonly uid?: string }
}

/** A Pod that is reached on no port is none. */
const byUid = (
  groups: readonly (readonly [readonly ExposedEndpoint[], readonly ExposedPort[]])[],
): Readonly<Record<string, readonly string[]>> => {
  const all: Record<string, string[]> = {}
  for (const [endpoints, ports] of groups)
    for (const { targetRef } of endpoints)
      for (const { port, protocol } of ports)
        (all[targetRef?.uid ?? ''] ??= []).push(portText(port, protocol))
  return all
}

/** Which Pod is reached on which ports, by Endpoints and by slices. */
const exposed = (f: Framework, service: string) => [
  byUid(
    (f.get('endpoints', service).subsets ?? []).map(({ addresses = [], ports = [] }) => [
      addresses,
      ports,
    ]),
  ),
  byUid(
    f
      .items(SLICES, `kubernetes.io/service-name=${service}`)
      .map(({ endpoints, ports }) => [endpoints ?? [], ports ?? []]),
  ),
]

/** kubernetes: test/e2e/network/service.go validateEndpointsPortsOrFail, validateEndpointsPortsWithProtocolsOrFail */
export const expectEndpoints = (f: Framework, service: string, expected: Ports): void => {
  const wanted = Object.fromEntries(
    Object.entries(expected).map(([pod, ports]) => [
      f.get('pods', pod).metadata.uid!,
      ports.map((port) =>
        typeof port === 'number' ? portText(port, 'TCP') : portText(port[0], port[1]),
      ),
    ]),
  )
  const sorted = (ports: Readonly<Record<string, readonly string[]>>) =>
    JSON.stringify(
      Object.entries(ports)
        .map(([uid, all]) => [uid, all.toSorted()])
        .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
    )
  f.until(
    `${service} to expose ${JSON.stringify(expected)}`,
    () => {
      if (f.find('endpoints', service) === undefined) return false
      return exposed(f, service).every((ports) => sorted(ports) === sorted(wanted))
    },
    180,
  )
}

/** kubernetes: test/e2e/network/service.go createPodOrFail */
export const createServerPod = (
  f: Framework,
  name: string,
  labels: Labels,
  ports: readonly ContainerPort[],
  ...args: readonly string[]
): Pod => createReady(f, agnhostPod(name, { labels, ports, args }))

const CONFIRM = 15

/** kubernetes: test/e2e/network/service.go checkAffinity */
export const expectAffinity = (
  f: Framework,
  pod: string,
  ip: string,
  port: number,
  shouldHold: boolean,
): void => {
  const command = `for i in $(seq 0 ${CONFIRM}); do echo; curl -q -s --connect-timeout 2 --max-time 60 http://${ip}:${port}/ ; done`
  const trace: string[] = []
  f.until(
    `affinity to ${shouldHold ? '' : 'not '}hold`,
    () => {
      const hosts = runHostCmd(f, pod, command).split('\n')
      trace.push(...hosts.map((host) => host.trim()).filter((host) => host !== ''))
      const last = trace.slice(-CONFIRM)
      if (last.length < CONFIRM) return false
      return last.every((host) => host === last[0]) === shouldHold
    },
    4,
  )
}
