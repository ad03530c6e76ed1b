import { describe, expect, it } from 'vitest'
import { Cluster } from '#cluster.ts'
import { readManyRequests, readTraceRequest } from '#network/read-request.ts'
import type { Trace } from '#network/trace.ts'
import type { SettingsRequest } from '#settings.ts'
import { machine, service, shell, workload } from '../../../support/cluster-scripts/builders.ts'
import type { ScriptedCluster } from '../../../support/scripted-cluster.ts'
import { aPod, create, liveCluster, manifest } from './live-cluster.ts'

const BODY = { from: { pod: 'client' }, to: 'http://web/', connection: 'reuse' }

/** The client on one node, the servers on another. */
const webCluster = (settings: SettingsRequest = { delays: 'instant' }): ScriptedCluster => {
  const cluster = liveCluster(settings)
  cluster.advance(30_000)
  const containers = [{ name: 'web', image: 'nginx', ports: [{ containerPort: 80 }] }]
  create(
    cluster,
    aPod('client', shell('sleep 100000'), { nodeName: 'node-1' }),
    workload('Deployment', 'web', 'nginx', {
      replicas: 3,
      template: { metadata: { labels: { app: 'web' } }, spec: { containers, nodeName: 'node-2' } },
    }),
    service('web', 'web', { ports: [{ port: 80 }] }),
  )
  return cluster
}

const send = (cluster: ScriptedCluster, more: object = {}): Trace => {
  const request = readTraceRequest({ ...BODY, ...more })
  if ('problem' in request) throw new Error(request.problem)
  return cluster.cluster.trace(request)
}

const serverOf = ({ reply }: Trace): string => reply!.from.replace('default/', '')
const kinds = ({ hops }: Trace): readonly string[] => hops.map(({ what }) => what)

/** Ends the Pod that is connected. */
const end = (cluster: ScriptedCluster, pod: string, options: object = {}): void =>
  cluster.delete(manifest('Pod', pod, {}), options)

describe('a connection that the client keeps', () => {
  it('carries the next request without a question for the name, to the same Pod', () => {
    const cluster = webCluster()
    const first = serverOf(send(cluster))
    for (let times = 0; times < 8; times++) {
      const again = send(cluster)
      expect(serverOf(again)).toBe(first)
      expect(kinds(again)).not.toContain('dns-query')
      expect(again.hops[0]!.says).toContain('that it keeps open')
    }
  })

  it('is still there after hours', () => {
    const cluster = webCluster()
    const first = serverOf(send(cluster))
    cluster.advance(5 * 3_600_000)
    expect(kinds(send(cluster))).not.toContain('dns-query')
    expect(serverOf(send(cluster))).toBe(first)
  })

  it('does not notice that the Service is gone', () => {
    const cluster = webCluster()
    send(cluster)
    cluster.delete(service('web', 'web'))
    cluster.advance(1000)
    expect(send(cluster).outcome).toBe('delivered')
    expect(
      send(cluster, { from: { pod: 'client' }, to: 'http://web:80/x', connection: undefined }),
    ).toMatchObject({ outcome: 'nxdomain' })
  })

  it('keeps all requests with one Pod: nothing is balanced any more', () => {
    const many = readManyRequests({ ...BODY, count: 100_000 })
    if ('problem' in many) throw new Error(many.problem)
    const { outcomes, endpoints } = webCluster().cluster.requests(many)
    expect(outcomes).toEqual({ delivered: 100_000 })
    expect(endpoints).toMatchObject([{ count: 100_000, status: 200 }])
  })

  it.each([
    ['told to end', {}],
    ['deleted by force', { gracePeriodSeconds: 0 }],
  ])('is closed by a Pod that is %s: the client opens another one', (_, options) => {
    const cluster = webCluster()
    const first = serverOf(send(cluster))
    end(cluster, first, options)
    cluster.advance(40_000)
    const after = send(cluster)
    expect(after.outcome).toBe('delivered')
    expect(after.hops[0]).toMatchObject({ what: 'closed' })
    expect(after.hops[0]!.says).toContain('(FIN)')
    expect(serverOf(after)).not.toBe(first)
    expect(serverOf(send(cluster))).toBe(serverOf(after))
  })

  it('is served while its Pod ends, though new ones go elsewhere', () => {
    const cluster = webCluster({ delays: 'real' })
    cluster.advance(60_000)
    const first = serverOf(send(cluster))
    end(cluster, first)
    cluster.advance(1100)
    expect(serverOf(send(cluster))).toBe(first)
    for (let times = 0; times < 8; times++)
      expect(serverOf(send(cluster, { connection: undefined }))).not.toBe(first)
  })

  it('hangs when the node has lost its power, and is given up', () => {
    const cluster = webCluster()
    send(cluster)
    cluster.merge(machine('node-2'), { spec: { power: 'Off' } })
    const hanging = send(cluster)
    expect(hanging.outcome).toBe('timeout')
    expect(hanging.says).toContain('node node-2 has no power')
    expect(hanging.hops.at(-1)!.says).toContain('"Connection timed out"')
    cluster.merge(machine('node-2'), { spec: { power: 'On' } })
    cluster.advance(120_000)
    expect(kinds(send(cluster))).toContain('dns-query')
  })

  it('leads nowhere when the node is back, where its Pods have other addresses', () => {
    const cluster = webCluster()
    send(cluster)
    cluster.merge(machine('node-2'), { spec: { power: 'Off' } })
    cluster.advance(1000)
    cluster.merge(machine('node-2'), { spec: { power: 'On' } })
    cluster.advance(120_000)
    const { outcome, hops } = send(cluster)
    expect(outcome).toBe('no-route')
    expect(hops.at(-1)!.says).toContain('"No route to host"')
    expect(send(cluster).outcome).toBe('delivered')
  })

  it('leads nowhere if its Pod went while the node was cut off', () => {
    const cluster = webCluster()
    const first = serverOf(send(cluster))
    cluster.merge(machine('node-2'), { spec: { network: 'Cut' } })
    end(cluster, first, { gracePeriodSeconds: 0 })
    cluster.advance(10_000)
    expect(send(cluster).outcome).toBe('timeout')
  })

  it('belongs to its client alone', () => {
    const cluster = webCluster()
    send(cluster)
    create(cluster, aPod('other', shell('sleep 100000'), { nodeName: 'node-1' }))
    expect(kinds(send(cluster, { from: { pod: 'other' } }))).toContain('dns-query')
    expect(kinds(send(cluster, { to: 'http://web.default/' }))).toContain('dns-query')
  })

  it('is not kept by who only looks', () => {
    const cluster = webCluster()
    const request = readTraceRequest(BODY)
    if ('problem' in request) throw new Error(request.problem)
    cluster.cluster.trace(request, true)
    expect(kinds(send(cluster))).toContain('dns-query')
  })

  it('from outside goes on through the balancer and the node that it chose', () => {
    const cluster = webCluster()
    create(cluster, service('out', 'web', { type: 'LoadBalancer', ports: [{ port: 80 }] }))
    const { status } = cluster.get('/api/v1/namespaces/default/services/out') as {
      status: { loadBalancer: { ingress: [{ ip: string }] } }
    }
    const more = { from: { internet: true }, to: `http://${status.loadBalancer.ingress[0].ip}/` }
    const first = serverOf(send(cluster, more))
    for (let times = 0; times < 8; times++) expect(serverOf(send(cluster, more))).toBe(first)
  })

  it('is there again when the session comes back', () => {
    const { cluster } = webCluster()
    const read = readTraceRequest(BODY)
    if ('problem' in read) throw new Error(read.problem)
    const first = cluster.trace(read)
    const again = new Cluster({
      seed: 1,
      settings: cluster.settings,
      createdAt: cluster.now,
      state: cluster.state(),
    })
    const second = again.trace(read)
    expect(kinds(second)).not.toContain('dns-query')
    expect(serverOf(second)).toBe(serverOf(first))
  })
})
