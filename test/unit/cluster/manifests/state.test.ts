import { describe, expect, test } from 'vitest'
import { stateDocument } from '#manifests/state.ts'
import { BrokenCluster, webDeployment, webService } from '../../../support/diagnosis.ts'

interface State {
  readonly services: readonly unknown[]
  readonly tables: readonly {
    readonly nodes: readonly string[]
    readonly mode: string
    readonly sync: string
    readonly text: string
  }[]
  readonly dns: readonly string[]
}

const stateOf = ({ script: { cluster } }: BrokenCluster): State =>
  JSON.parse(stateDocument(cluster, 'json')) as State

describe('the state of a session', () => {
  test('has the tables of all nodes, equal ones once', () => {
    const { tables } = stateOf(new BrokenCluster().with(webDeployment(), webService()))
    expect(tables).toHaveLength(1)
    expect(tables[0]).toMatchObject({
      nodes: ['node-1', 'node-2', 'node-3'],
      mode: 'iptables',
      sync: 'synced',
    })
    expect(tables[0]!.text).toContain('"default/web cluster IP"')
  })

  test('has the tables of nodes that differ apart', () => {
    const cluster = new BrokenCluster({ settings: { proxyMode: 'nftables' } })
    expect(stateOf(cluster).tables.map(({ nodes }) => nodes)).toEqual([
      ['node-1'],
      ['node-2'],
      ['node-3'],
    ])
  })

  test('has the names of Services as CoreDNS answers them', () => {
    const { dns } = stateOf(
      new BrokenCluster().with(
        webDeployment(),
        webService({ clusterIP: '10.96.1.1' }),
        webService(
          {
            selector: undefined,
            ports: undefined,
            type: 'ExternalName',
            externalName: 'example.com',
          },
          'elsewhere',
        ),
      ),
    )
    expect(dns).toContain('web.default.svc.cluster.local. 30 IN A 10.96.1.1')
    expect(dns).toContain('elsewhere.default.svc.cluster.local. 30 IN CNAME example.com.')
  })

  test('has no names where nothing answers for them', () => {
    expect(stateOf(new BrokenCluster({ settings: { template: 'bare' } })).dns).toEqual([])
  })
})
