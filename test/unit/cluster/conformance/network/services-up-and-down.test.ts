import { beforeEach, describe, expect, it } from 'vitest'
import { Framework } from '../../../../support/conformance.ts'
import {
  createReady,
  createExecPod,
  agnhostPod,
  exec,
  isReady,
  launchHostExecPod,
  schedulableNodes,
} from '../../../../support/conformance-pods.ts'
import {
  expectDown,
  expectEndpoints,
  expectUp,
  hostnameService,
  KUBE_PROXY_LAG,
  runDeployment,
  ServiceJig,
  startHostnameService,
  stopHostnameService,
} from '../../../../support/conformance-services.ts'

const f = new Framework()
beforeEach(() => f.begin('services'))

describe('[sig-network] Services', () => {
  it('should be able to up and down services', () => {
    const first = startHostnameService(f, hostnameService('up-down-1'), 3)
    const second = startHostnameService(f, hostnameService('up-down-2'), 3)
    expectUp(f, first, first.ip)
    expectUp(f, second, second.ip)
    stopHostnameService(f, 'up-down-1')
    expectDown(f, first.ip)
    expectUp(f, second, second.ip)
    const third = startHostnameService(f, hostnameService('up-down-3'), 3)
    expect(third.ip).not.toBe(second.ip)
    expectUp(f, second, second.ip)
    expectUp(f, third, third.ip)
  })

  it('should work after the service has been recreated', () => {
    const name = 'service-deletion'
    const old = startHostnameService(f, hostnameService(name), 1)
    expectUp(f, old, old.ip)
    f.delete('services', name)
    f.until('the service to disappear', () => f.find('services', name) === undefined)
    const { spec } = f.create('services', hostnameService(name))
    expectUp(f, old, spec.clusterIP!)
  })

  const SYSTEM = { namespace: 'kube-system' }

  /** kubernetes: test/e2e/network/service.go restartComponent */
  const restart = (selector: string): void => {
    const before = f.items('pods', selector, SYSTEM)
    expect(before).not.toHaveLength(0)
    for (const { metadata } of before)
      f.delete('pods', metadata.name, { gracePeriodSeconds: 0 }, SYSTEM)
    const old = new Set(before.map(({ metadata }) => metadata.uid))
    f.until('as many others', () => {
      const others = f
        .items('pods', selector, SYSTEM)
        .filter((pod) => isReady(pod) && !old.has(pod.metadata.uid))
      return others.length === before.length
    })
  }

  it('should work after restarting kube-proxy [Disruptive]', () => {
    const first = startHostnameService(f, hostnameService('restart-proxy-1'), 3)
    const second = startHostnameService(f, hostnameService('restart-proxy-2'), 3)
    expect(first.ip).not.toBe(second.ip)
    expectUp(f, first, first.ip)
    expectUp(f, second, second.ip)
    restart('k8s-app=kube-proxy')
    expectUp(f, first, first.ip)
    expectUp(f, second, second.ip)
  })

  it('should work after restarting apiserver [Disruptive]', () => {
    const first = startHostnameService(f, hostnameService('restart-apiserver-1'), 3)
    expectUp(f, first, first.ip)
    // upstream deletes its Pod, and skips the spec where there is none: here it goes with all that it remembers
    expect(f.items('pods', 'component=kube-apiserver', SYSTEM)).toEqual([])
    f.api.restart()
    expect(f.api.send('GET', '/healthz').text).toBe('ok')
    expectUp(f, first, first.ip)
    const second = startHostnameService(f, hostnameService('restart-apiserver-2'), 3)
    expect(second.ip).not.toBe(first.ip)
    expectUp(f, first, first.ip)
    expectUp(f, second, second.ip)
  })

  it.each([
    ['service-proxy-name', 'service-proxy', { 'service.kubernetes.io/service-proxy-name': 'foo' }],
    ['headless', 'service-headless', { 'service.kubernetes.io/headless': '' }],
  ])('should implement service.kubernetes.io/%s', (_, name, labels) => {
    const disabled = startHostnameService(f, hostnameService(name, {}, { labels }), 3)
    const toggledName = `${name}-toggled`
    const toggled = startHostnameService(f, hostnameService(toggledName), 3)
    const label = (wanted: object): void =>
      void f.change('services', toggledName, ({ metadata }) => ({
        metadata: { ...metadata, labels: wanted },
      }))
    expectUp(f, toggled, toggled.ip)
    expectDown(f, disabled.ip)
    label(labels)
    expectDown(f, toggled.ip)
    label({})
    expectUp(f, toggled, toggled.ip)
    expectDown(f, disabled.ip)
  })

  it('should preserve source pod IP for traffic thru service cluster IP [LinuxOnly]', () => {
    const jig = new ServiceJig(f, 'sourceip-test')
    const { spec } = jig.create({ ports: [{ port: 8080, protocol: 'TCP' }] })
    const args = ['netexec', '--http-port', '8080']
    createReady(f, agnhostPod('echo-sourceip', { labels: jig.labels, args }))
    expectEndpoints(f, jig.name, { 'echo-sourceip': [8080] })
    const labels = { deployment: 'agnhost-pause' }
    const apart = {
      labelSelector: { matchLabels: labels },
      topologyKey: 'kubernetes.io/hostname',
      namespaces: [f.namespace],
    }
    const pods = runDeployment(f, {
      name: 'pause-pod',
      labels,
      replicas: schedulableNodes(f, 2).length,
      container: { args: ['pause'] },
      spec: {
        affinity: {
          podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [apart] },
        },
      },
    })
    expect(new Set(pods.map((pod) => pod.spec.nodeName)).size).toBe(2)
    for (const { metadata, status } of pods) {
      // kubernetes: test/e2e/network/util.go execSourceIPTest
      const command = `curl -q -s --connect-timeout 30 ${spec.clusterIP}:8080/clientip`
      const out = exec(f, metadata.name!, ['/bin/sh', '-x', '-c', command]).stdout
      expect(out.trim()).toMatch(/^[\d.]+:\d+$/)
      expect(out.split(':')[0]).toBe(status?.podIP)
    }
  })

  it('should allow pods to hairpin back to themselves through services', () => {
    const jig = new ServiceJig(f, 'hairpin-test')
    const service = jig.create({ ports: [{ port: 8080, protocol: 'TCP' }] })
    const args = ['netexec', '--http-port', '8080']
    createReady(f, agnhostPod('hairpin', { labels: jig.labels, args }))
    expectEndpoints(f, jig.name, { hairpin: [8080] })
    jig.expectReachable(service, 'hairpin')
  })

  it('should release NodePorts on delete', () => {
    const whole = {
      metadata: { name: 'nodeport-reuse' },
      spec: { type: 'NodePort', selector: { a: 'b' }, ports: [{ port: 80 }] },
    }
    const nodePort = f.create('services', whole).spec?.ports?.[0]?.nodePort
    f.delete('services', 'nodeport-reuse')
    const host = launchHostExecPod(f, 'hostexec')
    const command = `! ss -ant46 'sport = :${nodePort}' | tail -n +2 | grep LISTEN`
    f.until(
      'the port to be free',
      () => exec(f, host, ['/bin/sh', '-x', '-c', command]).exitCode === 0,
      KUBE_PROXY_LAG,
    )
    const ports = [{ port: 80, nodePort }]
    expect(
      f.create('services', { ...whole, spec: { ...whole.spec, ports } }).spec?.ports?.[0]?.nodePort,
    ).toBe(nodePort)
  })

  it('should support named targetPorts that resolve to different ports on different endpoints', () => {
    const jig = new ServiceJig(f, 'named-port-test')
    const service = jig.create({
      ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 'server-port' }],
    })
    for (const [index, port] of [100, 101].entries())
      createReady(
        f,
        agnhostPod(`pod${index + 1}`, {
          labels: jig.labels,
          ports: [{ name: 'server-port', containerPort: port }],
          args: ['netexec', '--http-port', String(port)],
        }),
      )
    expectEndpoints(f, jig.name, { pod1: [100], pod2: [101] })
    const execPod = createExecPod(f, 'execpod')
    jig.expectReachable(service, execPod)
    const command = `curl -q -s --connect-timeout 2 http://${service.spec.clusterIP}/hostname`
    const seen = new Set<string>()
    f.until('both Pods', () => {
      seen.add(exec(f, execPod, ['/bin/sh', '-x', '-c', command]).stdout.trim())
      return seen.size === 2
    })
    expect([...seen].toSorted()).toEqual(['pod1', 'pod2'])
  })

  it.each([
    ['ports', 8080],
    ['named ports', 'http-sidecar'],
  ])('should connect to the %s exposed by restartable init containers', (_, targetPort) => {
    const labels = { app: 'sidecar-port' }
    f.create('services', {
      metadata: { name: 'sidecar-with-port' },
      spec: { selector: labels, ports: [{ name: 'http-sidecar', port: 8080, targetPort }] },
    })
    const sidecar = {
      name: 'init-container',
      image: 'registry.k8s.io/e2e-test-images/agnhost:2.63.0',
      restartPolicy: 'Always',
      args: ['netexec', '--http-port=8080'],
      ports: [{ name: 'http-sidecar', containerPort: 8080, protocol: 'TCP' }],
    }
    createReady(f, agnhostPod('sidecar-port', { labels, spec: { initContainers: [sidecar] } }))
    const ip = f.get('services', 'sidecar-with-port').spec.clusterIP!
    const execPod = createExecPod(f, 'execpod-')
    const command = `curl -q -s --connect-timeout 2 http://${ip}:8080/`
    f.until(
      'the sidecar',
      () => exec(f, execPod, ['/bin/sh', '-x', '-c', command]).exitCode === 0,
      KUBE_PROXY_LAG,
    )
  })
})
