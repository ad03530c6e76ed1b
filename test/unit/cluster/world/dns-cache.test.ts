import { describe, expect, it } from 'vitest'
import { readTraceRequest } from '#network/read-request.ts'
import type { Trace, TraceDns } from '#network/trace.ts'
import { ScriptedCluster } from '../../../support/scripted-cluster.ts'
import { service, shell, workload } from '../../../support/cluster-scripts/builders.ts'
import { aPod, create, liveCluster, manifest, objectAt } from './live-cluster.ts'

const COREDNS = manifest('Deployment', 'coredns', {}, 'apps/v1', 'kube-system')
const CONFIG = manifest('ConfigMap', 'coredns', {}, 'v1', 'kube-system')

/** With one CoreDNS, so that there is one cache. */
const clusterWithClient = (cluster: ScriptedCluster = liveCluster()): ScriptedCluster => {
  cluster.merge(COREDNS, { spec: { replicas: 1 } })
  create(cluster, aPod('client', shell('sleep 100000')))
  return cluster
}

const traceTo = (cluster: ScriptedCluster, to: string, leavesNoTrace = false): Trace => {
  const request = readTraceRequest({ from: { pod: 'client' }, to })
  if ('problem' in request) throw new Error(request.problem)
  return cluster.cluster.trace(request, leavesNoTrace)
}

const lastAnswer = ({ hops }: Trace): TraceDns =>
  hops.findLast(({ what }) => what === 'dns-answer')!.dns!

const withoutDisable = (cluster: ScriptedCluster): void => {
  const { data } = objectAt(
    cluster,
    '/api/v1/namespaces/kube-system/configmaps/coredns',
  ) as unknown as { data: { Corefile: string } }
  const Corefile = data.Corefile.replace(/cache 30 \{[^}]*\}/, 'cache 30')
  expect(Corefile).not.toBe(data.Corefile)
  cluster.merge(CONFIG, { data: { Corefile } })
}

describe('the cache of CoreDNS', () => {
  it('keeps names of the internet for half a minute of the session', () => {
    const cluster = clusterWithClient()
    const URL = 'http://example.com./'
    expect(lastAnswer(traceTo(cluster, URL)).cacheSecondsLeft).toBeUndefined()
    cluster.advance(18_000)
    const { hops } = traceTo(cluster, URL)
    expect(hops.findLast(({ what }) => what === 'dns-answer')).toMatchObject({
      dns: { cacheSecondsLeft: 12, answer: [expect.stringMatching(/ 12 IN A /)] },
      says: expect.stringContaining('answered from the cache, 12 s left') as string,
    })
    cluster.advance(12_000)
    expect(lastAnswer(traceTo(cluster, URL)).cacheSecondsLeft).toBeUndefined()
  })

  it('keeps no names of the cluster, as kubeadm has it', () => {
    const cluster = clusterWithClient()
    for (let times = 0; times < 2; times++)
      expect(
        lastAnswer(traceTo(cluster, 'http://kubernetes.default')).cacheSecondsLeft,
      ).toBeUndefined()
  })

  it('keeps them under another Corefile: Pods that are gone are still asked', () => {
    const cluster = clusterWithClient()
    withoutDisable(cluster)
    create(
      cluster,
      workload('Deployment', 'web', 'nginx', { replicas: 1 }),
      service('web', 'web', { clusterIP: 'None' }),
    )
    const URL = 'http://web.default.svc.cluster.local.:80/'
    expect(traceTo(cluster, URL).outcome).toBe('delivered')
    cluster.merge(manifest('Deployment', 'web', {}, 'apps/v1'), { spec: { replicas: 0 } })
    cluster.advance(2000)
    const gone = traceTo(cluster, URL)
    expect(lastAnswer(gone).cacheSecondsLeft).toBe(28)
    expect(gone.outcome).toBe('no-route')
    cluster.advance(28_000)
    expect(traceTo(cluster, URL).outcome).toBe('nxdomain')
  })

  it('is empty when CoreDNS has read another Corefile', () => {
    const cluster = clusterWithClient()
    traceTo(cluster, 'http://example.com./')
    withoutDisable(cluster)
    expect(lastAnswer(traceTo(cluster, 'http://example.com./')).cacheSecondsLeft).toBeUndefined()
  })

  it('keeps nothing of who only looks', () => {
    const cluster = clusterWithClient()
    traceTo(cluster, 'http://example.com./', true)
    expect(lastAnswer(traceTo(cluster, 'http://example.com./')).cacheSecondsLeft).toBeUndefined()
  })

  it('is there again when the session comes back', () => {
    const settings = { delays: 'instant' } as const
    const cluster = clusterWithClient(new ScriptedCluster({ rebuilt: true, settings }))
    const answerOf = (name: string): TraceDns => {
      const spec = { from: { pod: 'client' }, to: 'http://example.com./' }
      cluster.create(manifest('Trace', name, { spec }, 'kubarium.dev/v1'))
      const path = `/apis/kubarium.dev/v1/namespaces/default/traces/${name}`
      return lastAnswer((objectAt(cluster, path) as unknown as { status: Trace }).status)
    }
    answerOf('first')
    cluster.advance(10_000)
    expect(answerOf('second').cacheSecondsLeft).toBe(20)
    expect(cluster.idleWrites).toEqual([])
  })
})
