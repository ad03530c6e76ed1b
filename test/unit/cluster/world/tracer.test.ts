import { describe, expect, it } from 'vitest'
import type { Trace } from '#api/kubarium/v1/trace/types.ts'
import { kubariumSchemas } from '#api/kubarium/v1/schemas.ts'
import type { Status } from '#apimachinery/status-error.ts'
import type { Manifest, ScriptedCluster } from '../../../support/scripted-cluster.ts'
import { service } from '../../../support/cluster-scripts/builders.ts'
import { aPod, create, liveCluster } from './live-cluster.ts'

const TRACES = '/apis/kubarium.dev/v1/namespaces/default/traces'

const aTrace = (name: string, spec: object): Manifest => ({
  apiVersion: 'kubarium.dev/v1',
  kind: 'Trace',
  metadata: { name, namespace: 'default' },
  spec,
})

const traceNamed = (cluster: ScriptedCluster, name: string): Trace =>
  cluster.get(`${TRACES}/${name}`) as Trace

interface Definition {
  readonly properties: Readonly<Record<string, Definition>>
  readonly $ref?: string
  readonly items?: Definition
}

/** The fields of a value that the schema of a kind of this group does not have. */
const unexplained = (name: string, value: object): readonly string[] => {
  const { properties } = (kubariumSchemas as unknown as Record<string, Definition>)[
    `dev.kubarium.v1.${name}`
  ]!
  return Object.entries(value).flatMap(([key, field]: [string, unknown]) => {
    const definition = properties[key]
    if (definition === undefined) return [`${name}.${key}`]
    const part = /^dev\.kubarium\.v1\.(.*)$/.exec((definition.items ?? definition).$ref ?? '')?.[1]
    if (part === undefined) return []
    return (Array.isArray(field) ? field : [field]).flatMap((each: object) =>
      unexplained(part, each),
    )
  })
}

const webCluster = (): ScriptedCluster => {
  const cluster = liveCluster()
  const ports = [{ port: 80, targetPort: 80 }]
  create(
    cluster,
    aPod('web', { image: 'nginx' }),
    aPod('client', { image: 'busybox', command: ['sleep', '1d'] }),
    service('web', 'web', { ports }),
  )
  return cluster
}

describe('a Trace', () => {
  it('is sent when it is created', () => {
    const cluster = webCluster()
    cluster.create(aTrace('first', { from: { pod: 'client' }, to: 'http://web/' }))
    const { status } = traceNamed(cluster, 'first')
    expect(status).toMatchObject({
      observedGeneration: 1,
      outcome: 'delivered',
      reply: { protocol: 'HTTP', status: 200, from: 'default/web' },
    })
    expect(status.hops!.length).toBeGreaterThan(5)
  })

  it('is sent again when its spec changes, and only then', () => {
    const cluster = webCluster()
    const manifest = aTrace('first', { from: { pod: 'client' }, to: 'http://web/' })
    cluster.create(manifest)
    const before = traceNamed(cluster, 'first')
    cluster.merge(manifest, { metadata: { labels: { a: 'b' } } })
    expect(traceNamed(cluster, 'first').status).toEqual(before.status)
    cluster.merge(manifest, { spec: { to: 'http://web:8080/' } })
    const { status } = traceNamed(cluster, 'first')
    expect(status.observedGeneration).toBe(2)
    expect(status.outcome).not.toBe('delivered')
    expect(status.reply).toBeUndefined()
  })

  it('cannot be given an outcome by hand', () => {
    const cluster = webCluster()
    cluster.create({
      ...aTrace('first', { from: { workstation: true }, to: 'tcp://192.168.49.2:10250' }),
      status: { outcome: 'dropped' },
    })
    expect(traceNamed(cluster, 'first').status.outcome).toBe('delivered')
  })

  it.each([
    ['no sender', { from: {}, to: 'http://web/' }, 'spec.from'],
    ['two senders', { from: { internet: true, node: 'node-1' }, to: 'http://web/' }, 'spec.from'],
    ['a sender that is false', { from: { internet: false }, to: 'http://web/' }, 'spec.from'],
    ['no target', { from: { internet: true }, to: '' }, 'spec.to'],
    ['an unknown protocol', { from: { internet: true }, to: 'gopher://web/' }, 'spec.to'],
    ['a port that is none', { from: { internet: true }, to: 'http://web:70000/' }, 'spec.to'],
    [
      'a broken header',
      { from: { internet: true }, to: 'http://web/', headers: { 'a b': 'c' } },
      'spec.headers',
    ],
    [
      'a method with blanks',
      { from: { internet: true }, to: 'http://web/', method: 'GET /' },
      'spec.method',
    ],
  ])('is refused with %s', (_what, spec, field) => {
    const cluster = liveCluster()
    const status = cluster.request('POST', TRACES, aTrace('bad', spec)) as Status
    expect(status).toMatchObject({ code: 422, reason: 'Invalid', details: { causes: [{ field }] } })
    expect(status.message).toContain(`Trace.kubarium.dev "bad" is invalid: ${field}: `)
    expect(cluster.list(TRACES)).toEqual([])
  })

  it('must have a sender and a target', () => {
    const cluster = liveCluster()
    expect(cluster.request('POST', TRACES, aTrace('bad', {}))).toMatchObject({ code: 422 })
    expect(
      cluster.request('POST', TRACES, { ...aTrace('bad', {}), spec: undefined }),
    ).toMatchObject({ code: 422 })
  })

  it('is checked when it is changed', () => {
    const cluster = webCluster()
    const manifest = aTrace('first', { from: { pod: 'client' }, to: 'http://web/' })
    cluster.create(manifest)
    cluster.merge(manifest, { spec: { to: 'nowhere' } })
    expect(cluster.transcript.at(-1)).toContain('spec.to: Invalid value')
    expect(traceNamed(cluster, 'first').spec.to).toBe('http://web/')
  })

  it('has no field that kubectl explain does not know', () => {
    const cluster = webCluster()
    cluster.create(aTrace('first', { from: { pod: 'client' }, to: 'http://web/' }))
    expect(unexplained('Trace', traceNamed(cluster, 'first'))).toEqual([])
  })

  it('is shown as a row', () => {
    const cluster = webCluster()
    cluster.create(aTrace('first', { from: { pod: 'default/client' }, to: 'http://web/' }))
    cluster.table(TRACES)
    expect(cluster.transcript.at(-1)).toContain(
      '["first","pod/default/client","http://web/","delivered","0s"]',
    )
  })
})
