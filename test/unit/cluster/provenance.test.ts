import { actorOf, client, component } from '#apimachinery/origin.ts'
import type { Revision } from '#etcd/etcd.ts'
import { describe, expect, it, test } from 'vitest'
import { pod, workload } from '../../support/cluster-scripts/builders.ts'
import { ScriptedCluster } from '../../support/scripted-cluster.ts'

const web = workload('Deployment', 'web', 'nginx')

const historyOf = ({ cluster }: ScriptedCluster): readonly Revision[] => cluster.revisions()

const lively = (): ScriptedCluster => new ScriptedCluster({ settings: { delays: 'lively' } })

/** From a revision back to what began it. */
const chainOf = (revisions: readonly Revision[], last: Revision): Revision[] => {
  const byNumber = new Map(revisions.map((revision) => [revision.revision, revision]))
  const chain: Revision[] = []
  for (
    let link: Revision | undefined = last;
    link !== undefined;
    link = link.cause && byNumber.get(link.cause.revision)
  )
    chain.push(link)
  return chain
}

describe('who acted', () => {
  test.each([
    [component('kube-apiserver'), { component: 'kube-apiserver' }],
    [client('kubernetes-admin', 'kubectl'), { user: 'kubernetes-admin', agent: 'kubectl' }],
    [
      client('system:serviceaccount:a:b', 'x:y%3A'),
      { user: 'system:serviceaccount:a:b', agent: 'x:y%3A' },
    ],
    [client('', ''), { user: '', agent: '' }],
    ['', undefined],
    ['nobody', undefined],
  ])('%s', (by, actor) => {
    expect(actorOf(by)).toEqual(actor)
  })

  it('keeps names short however long they are given', () => {
    const by = client('🐙'.repeat(5000), ':'.repeat(5000))
    expect(actorOf(by)).toEqual({ user: '🐙'.repeat(128), agent: ':'.repeat(128) })
  })
})

describe('a revision', () => {
  it('is made by the API server when the cluster is born', () => {
    const [first] = historyOf(lively())
    expect(first).toMatchObject({ revision: 1, by: 'component:kube-apiserver', cause: undefined })
    expect(first!.at).toBe(Date.parse('2026-01-01T00:00:00Z'))
  })

  it('says who made it, when, and because of what', () => {
    const script = lively()
    script.advance(60_000)
    script.create(web)
    script.advance(60_000)
    const revisions = historyOf(script)
    const ready = revisions.findLast(({ resource }) => resource === 'deployments.apps')!
    const chain = chainOf(revisions, ready)
    expect(
      chain.reverse().map(({ resource, by, cause }) => [resource, by, cause?.due !== undefined]),
    ).toEqual([
      ['deployments.apps', 'client:kubernetes-admin:kubectl', false],
      ['replicasets.apps', 'component:deployment-controller', false],
      ['pods', 'component:replicaset-controller', false],
      ['pods', 'component:kube-scheduler', false],
      ['pods', 'component:kubelet', true],
      ['replicasets.apps', 'component:replicaset-controller', false],
      ['deployments.apps', 'component:deployment-controller', false],
    ])
  })

  it('knows the moments in between', () => {
    const script = lively()
    script.create(pod('one', 'nginx'))
    script.advance(60_000)
    const revisions = historyOf(script)
    for (const { cause, at } of revisions) {
      if (cause === undefined) continue
      const before = revisions.find(({ revision }) => revision === cause.revision)!
      expect(before.at).toBeLessThanOrEqual(cause.due ?? at)
      expect(cause.due ?? at).toBeLessThanOrEqual(at)
    }
    const positions = revisions.map(({ random }) => random)
    expect(positions).toEqual([...positions].sort((a, b) => a - b))
  })

  it('is the same when the same is asked again', () => {
    const life = (): readonly Revision[] => {
      const script = lively()
      script.create(web)
      script.advance(30_000)
      script.merge(web, { spec: { replicas: 1 } })
      script.advance(30_000)
      return historyOf(script)
    }
    expect(JSON.stringify(life())).toBe(JSON.stringify(life()))
  })
})
