import { describe, expect, it } from 'vitest'
import { readTraceRequest } from '#network/read-request.ts'
import type { Trace } from '#network/trace.ts'
import { tablesState } from '#manifests/network-state.ts'
import { service, shell, workload } from '../../../support/cluster-scripts/builders.ts'
import type { ScriptedCluster } from '../../../support/scripted-cluster.ts'
import type { SettingsRequest } from '#settings.ts'
import { aPod, create, liveCluster, manifest } from './live-cluster.ts'

const WEB = manifest('Deployment', 'web', {}, 'apps/v1')

const webCluster = (settings: SettingsRequest = { delays: 'real' }): ScriptedCluster => {
  const cluster = liveCluster(settings)
  cluster.advance(30_000)
  create(
    cluster,
    aPod('client', shell('sleep 100000'), { nodeName: 'node-2' }),
    workload('Deployment', 'web', 'nginx', { replicas: 2 }),
    service('web', 'web', {
      clusterIP: '10.96.0.77',
      type: 'NodePort',
      ports: [{ port: 80, nodePort: 30080 }],
    }),
  )
  return cluster
}

const traceTo = (cluster: ScriptedCluster, from: object, to: string): Trace => {
  const request = readTraceRequest({ from, to })
  if ('problem' in request) throw new Error(request.problem)
  return cluster.cluster.trace(request, true)
}

const staleIn = ({ hops }: Trace): readonly (readonly [string | undefined, string])[] =>
  hops.filter(({ what }) => what === 'stale').map(({ where, says }) => [where.node, says])

const CLIENT = { pod: 'client' }
const URL = 'http://10.96.0.77/'

describe('a trace through rules that are old', () => {
  it('says when the proxy writes new ones', () => {
    const cluster = webCluster()
    expect(staleIn(traceTo(cluster, CLIENT, URL))).toEqual([])
    cluster.merge(WEB, { spec: { replicas: 0 } })
    const gap = traceTo(cluster, CLIENT, URL)
    expect(staleIn(gap)).toEqual([
      [
        'node-2',
        'kube-proxy on node-2 writes its rules anew in 1 s; until then they are old: Service default/web or its endpoints have changed since',
      ],
    ])
    cluster.advance(700)
    expect(staleIn(traceTo(cluster, { workstation: true }, 'http://192.168.49.3:30080/'))).toEqual([
      ['node-2', expect.stringContaining('in 0.3 s;')],
    ])
    cluster.advance(300)
    expect(staleIn(traceTo(cluster, CLIENT, URL))).toEqual([])
  })

  it('says nothing of Services that the packet is not for', () => {
    const cluster = webCluster()
    cluster.create(service('other', 'web'))
    expect(staleIn(traceTo(cluster, CLIENT, URL))).toEqual([])
  })

  it('says that the proxy hears of no changes', () => {
    const cluster = webCluster({ delays: 'instant' })
    const proxies = manifest('DaemonSet', 'kube-proxy', {}, 'apps/v1', 'kube-system')
    cluster.merge(proxies, { spec: { template: { spec: { nodeSelector: { none: 'such' } } } } })
    cluster.advance(5000)
    expect(staleIn(traceTo(cluster, CLIENT, URL))).toEqual([])
    cluster.merge(WEB, { spec: { replicas: 0 } })
    cluster.advance(5000)
    expect(staleIn(traceTo(cluster, CLIENT, URL))).toEqual([
      ['node-2', expect.stringMatching(/^kube-proxy on node-2 hears of no changes/)],
    ])
  })
})

describe('the state of a session', () => {
  it('says in how many milliseconds the proxies write what has changed', () => {
    const cluster = webCluster()
    const writesIn = () => tablesState(cluster.cluster).map(({ writesIn: left }) => left)
    expect(writesIn()).toEqual([undefined])
    cluster.merge(WEB, { spec: { replicas: 0 } })
    cluster.advance(400)
    expect(writesIn()).toEqual([600])
  })
})
