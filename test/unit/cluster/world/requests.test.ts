import { describe, expect, it } from 'vitest'
import { readTraceRequest } from '#network/read-request.ts'
import type { TraceRequest } from '#network/trace.ts'
import type { ScriptedCluster } from '../../../support/scripted-cluster.ts'
import { service, workload } from '../../../support/cluster-scripts/builders.ts'
import { create, liveCluster } from './live-cluster.ts'

const CLUSTER_IP = '10.96.0.77'

/** Four endpoints behind one address. */
const webCluster = (spec: object = {}): ScriptedCluster => {
  const cluster = liveCluster({ template: 'bare' })
  const ports = [{ containerPort: 8080 }]
  const pods = { containers: [{ name: 'web', image: 'nginx', ports }] }
  create(
    cluster,
    workload('Deployment', 'web', 'nginx', {
      replicas: 4,
      template: { metadata: { labels: { app: 'web' } }, spec: pods },
    }),
    service('web', 'web', { clusterIP: CLUSTER_IP, ...spec }),
  )
  return cluster
}

const request = (from: object): TraceRequest => {
  const read = readTraceRequest({ from, to: `http://${CLUSTER_IP}/` })
  if ('problem' in read) throw new Error(read.problem)
  return read
}

describe('many requests', () => {
  it('spread over all endpoints alike', () => {
    const cluster = webCluster()
    const { endpoints } = cluster.cluster.requests({
      request: request({ node: 'node-2' }),
      count: 20_000,
    })
    expect(endpoints.length).toBe(4)
    expect(endpoints.every(({ share }) => share > 0.23 && share < 0.27)).toBe(true)
  })

  it('spread alike although ports are in use by connections that are not forgotten yet', () => {
    const cluster = webCluster()
    const from = request({ node: 'node-2' })
    for (let count = 0; count < 400; count++) cluster.cluster.trace(from)
    for (let count = 0; count < 20; count++) {
      const { endpoints } = cluster.cluster.requests({ request: from, count: 2000 })
      expect(endpoints.every(({ share }) => share > 0.2 && share < 0.3)).toBe(true)
    }
  })

  it('stay with one endpoint where clients are to', () => {
    const cluster = webCluster({ sessionAffinity: 'ClientIP' })
    const of = (node: string) =>
      cluster.cluster.requests({ request: request({ node }), count: 1000 }).endpoints
    expect(of('node-2').map(({ share }) => share)).toEqual([1])
    expect(of('node-2')).toEqual(of('node-2'))
  })
})
