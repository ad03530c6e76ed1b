import { beforeEach, describe, expect, it } from 'vitest'
import type { Service } from '#api/core/v1/service/types.ts'
import { Framework } from '../../../../support/conformance.ts'
import {
  createExecPod,
  exec,
  internalIp,
  schedulableNodes,
} from '../../../../support/conformance-pods.ts'
import {
  expectAffinity,
  hostnameService,
  ServiceJig,
  startHostnameService,
} from '../../../../support/conformance-services.ts'

const TIMEOUT = 125

describe.each(['iptables', 'nftables', 'ipvs'] as const)('%s: [sig-network] Services', (mode) => {
  const f = new Framework({ proxyMode: mode })
  beforeEach(() => f.begin('services'))

  /** Where the service is asked. */
  const placeOf = ({ spec }: Service): readonly [string, number] =>
    spec?.type === 'NodePort'
      ? [internalIp(schedulableNodes(f)[0]!), spec.ports![0]!.nodePort!]
      : [spec.clusterIP!, spec.ports![0]!.port]

  const started = (name: string, spec: object) => {
    const affine = hostnameService(name, { sessionAffinity: 'ClientIP', ...spec })
    const { service } = startHostnameService(f, affine, 3)
    const execPod = createExecPod(f, 'execpod-affinity')
    const jig = new ServiceJig(f, name)
    jig.expectReachable(service, execPod)
    const [ip, port] = placeOf(service)
    return { jig, execPod, ip, port }
  }

  const TYPES = [
    ['service with type clusterIP', 'ClusterIP', 'affinity-clusterip'],
    ['NodePort service', 'NodePort', 'affinity-nodeport'],
  ] as const

  it.each(TYPES)('should have session affinity work for %s [Conformance]', (_, type, name) => {
    const { execPod, ip, port } = started(name, { type })
    expectAffinity(f, execPod, ip, port, true)
  })

  it.each(TYPES)(
    'should be able to switch session affinity for %s [Conformance]',
    (_, type, name) => {
      const { jig, execPod, ip, port } = started(`${name}-transition`, { type })
      jig.update(() => ({ sessionAffinity: 'None', sessionAffinityConfig: null }))
      expectAffinity(f, execPod, ip, port, false)
      jig.update(() => ({ sessionAffinity: 'ClientIP' }))
      expectAffinity(f, execPod, ip, port, true)
    },
  )

  it.each(TYPES)('should have session affinity timeout work for %s', (_, type, name) => {
    const { execPod, ip, port } = started(`${name}-timeout`, {
      type,
      sessionAffinityConfig: { clientIP: { timeoutSeconds: TIMEOUT } },
    })
    expectAffinity(f, execPod, ip, port, true)
    const command = `curl -q -s --connect-timeout 2 http://${ip}:${port}/`
    const hosts = new Set<string>()
    for (let turn = 0; turn < 10 && hosts.size < 2; turn += 1) {
      const { stdout, exitCode } = exec(f, execPod, ['/bin/sh', '-x', '-c', command])
      if (exitCode !== 0) continue
      hosts.add(stdout)
      f.sleep(TIMEOUT + 5)
    }
    expect(hosts.size).toBeGreaterThan(1)
  })
})
