import { Cluster, type ClusterState } from '#cluster.ts'
import { settingsOf, type SettingsRequest } from '#settings.ts'
import { ExecSession } from '#world/container/container-session.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { beforeAll, describe, expect, it, test } from 'vitest'
import { pod, service, workload } from '../../../support/cluster-scripts/builders.ts'
import { ScriptedCluster } from '../../../support/scripted-cluster.ts'
import { ask, type Asked, see, stillCluster, textOf } from '../../../support/still.ts'
import { StoredCluster } from '../../../support/stored-cluster.ts'

const SETTINGS: SettingsRequest = { delays: 'lively' }

const life = (): ScriptedCluster => {
  const script = new ScriptedCluster({ settings: SETTINGS })
  script.advance(60_000)
  script.create(workload('Deployment', 'web', 'nginx', { replicas: 2 }))
  script.create(service('web', 'web', { ports: [{ port: 80, targetPort: 80 }] }))
  script.create(pod('one', 'nginx'))
  script.advance(60_000)
  return script
}

const stateOf = (cluster: Cluster, revision: number): ClusterState => {
  const state = cluster.stateAt(revision)
  if (typeof state === 'string') throw new Error(state)
  return state
}

const ONE = '/api/v1/namespaces/default/pods/one'
const WEB = '/apis/apps/v1/namespaces/default/deployments/web'
const MERGE = 'application/merge-patch+json'

describe('a cluster that stands still', () => {
  let still: Cluster
  let seen: readonly string[]

  beforeAll(() => {
    const { cluster } = life()
    still = stillCluster(stateOf(cluster, cluster.revision), SETTINGS)
    seen = see(still)
  })

  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'one' } }
  const binding = {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name: 'two' },
    target: { kind: 'Node', name: 'node-1' },
  }

  test.each<readonly [string, string, Asked]>([
    ['create', '/api/v1/namespaces/default/pods', { method: 'POST', body: pod('two', 'nginx') }],
    [
      'patch',
      WEB,
      { method: 'PATCH', body: { metadata: { labels: { a: 'b' } } }, contentType: MERGE },
    ],
    [
      'apply',
      '/api/v1/namespaces/default/configmaps/new',
      {
        method: 'PATCH',
        body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'new' }, data: { a: 'b' } },
        contentType: 'application/apply-patch+yaml',
        query: [['fieldManager', 'me']],
      },
    ],
    [
      'scale',
      `${WEB}/scale`,
      { method: 'PATCH', body: { spec: { replicas: 9 } }, contentType: MERGE },
    ],
    ['delete', ONE, { method: 'DELETE' }],
    ['delete all', '/api/v1/namespaces/default/pods', { method: 'DELETE' }],
    ['evict', `${ONE}/eviction`, { method: 'POST', body: eviction }],
    ['exec', `${ONE}/exec`, { query: [['command', 'sh']], upgrade: true }],
    ['attach', `${ONE}/attach`, { upgrade: true }],
    ['portforward', `${ONE}/portforward`, { query: [['ports', '80']], upgrade: true }],
  ])('refuses to %s, and says what to do', (_verb, path, asked) => {
    const answer = ask(still, path, asked)
    expect(answer.status).toBe(405)
    expect(JSON.parse(textOf(answer).slice(4))).toMatchObject({
      kind: 'Status',
      reason: 'MethodNotAllowed',
      message: expect.stringContaining('fork the session at this revision') as unknown,
    })
    expect(see(still)).toEqual(seen)
  })

  it('refuses to bind', () => {
    const script = life()
    script.create(pod('two', 'nginx', { schedulingGates: [{ name: 'later' }] }))
    script.create(pod('three', 'nginx', { nodeSelector: { no: 'where' } }))
    const past = stillCluster(stateOf(script.cluster, script.cluster.revision), SETTINGS)
    const path = '/api/v1/namespaces/default/pods/three/binding'
    const body = { ...binding, metadata: { name: 'three' } }
    expect(ask(past, path, { method: 'POST', body }).status).toBe(405)
  })

  it('answers what changes nothing', () => {
    const dryRun = [['dryRun', 'All']] as const
    const created = ask(still, '/api/v1/namespaces/default/pods', {
      method: 'POST',
      body: pod('two', 'nginx'),
      query: dryRun,
    })
    expect(created.status).toBe(201)
    expect(ask(still, ONE, { method: 'DELETE', query: dryRun }).status).toBe(200)
    const review = ask(still, '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
      method: 'POST',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { verb: 'create', resource: 'pods', namespace: 'default' } },
      },
    })
    expect(JSON.parse(textOf(review).slice(4))).toMatchObject({ status: { allowed: true } })
    expect(see(still)).toEqual(seen)
  })

  it('lets no program run', () => {
    const [one] = still.objects('pods').filter(({ metadata }) => metadata.name === 'one') as Pod[]
    const session = new ExecSession({
      pod: one!,
      container: 'main',
      command: ['sh', '-c', 'echo a > /tmp/b'],
      stdin: false,
      tty: false,
    })
    expect(() => still.look(session)).toThrow('can only be looked at')
  })

  it('does not grow older', () => {
    const { now } = still
    still.advance(now + 3_600_000)
    expect(still.now).toBe(now)
    expect(still.nextDeadline()).toBeUndefined()
    expect(still.nextNews()).toBeUndefined()
    expect(see(still)).toEqual(seen)
  })
})

describe('the state as of a revision', () => {
  it('is not to be had of what is not yet, and of what was dropped', () => {
    const { cluster } = life()
    const newest = cluster.revision
    expect(cluster.oldest).toBe(1)
    expect(cluster.stateAt(0)).toBe('compacted')
    expect(cluster.stateAt(newest + 1)).toBe('not yet')
    expect(cluster.stateAt(NaN)).toBe('not yet')
    cluster.compact(20)
    expect(cluster.oldest).toBe(20)
    expect(cluster.stateAt(19)).toBe('compacted')
    expect(cluster.stateAt(20)).toMatchObject({ etcd: { revision: 20 } })
    expect(cluster.revisions()[0]!.revision).toBe(20)
    cluster.compact(newest + 50)
    expect(cluster.oldest).toBe(newest)
    expect(cluster.stateAt(newest)).toMatchObject({ etcd: { revision: newest } })
  })

  it('can be gone on from as if nothing had been since', () => {
    const script = life()
    const { revision } = script.cluster
    const state = stateOf(script.cluster, revision)
    const go = (cluster: Cluster): readonly string[] => {
      ask(cluster, ONE, { method: 'DELETE' })
      ask(cluster, WEB, { method: 'PATCH', body: { spec: { replicas: 4 } }, contentType: MERGE })
      cluster.advance(state.now + 240_000)
      return see(cluster)
    }
    const fork = new Cluster({ seed: 1, settings: settingsOf(SETTINGS), createdAt: 0, state })
    expect(fork.oldest).toBe(revision)
    fork.advance(script.cluster.now)
    expect(go(fork)).toEqual(go(script.cluster))
    expect(fork.oldest).toBe(revision)
  })

  it('is the same after the cluster was made again from its store', () => {
    const stored = new StoredCluster({
      seed: 1,
      settings: settingsOf(SETTINGS),
      createdAt: Date.parse('2026-01-01T00:00:00Z'),
    })
    const post = { method: 'POST', body: pod('one', 'nginx') }
    stored.save()
    ask(stored.cluster, '/api/v1/namespaces/default/pods', post)
    stored.save()
    stored.cluster.advance(stored.cluster.now + 30_000)
    stored.save()
    const { oldest, revision } = stored.cluster
    const states: ClusterState[] = []
    for (let at = oldest; at <= revision; at++) states.push(stateOf(stored.cluster, at))
    stored.rebuild()
    expect(stored.cluster.oldest).toBe(oldest)
    for (const state of states) expect(stateOf(stored.cluster, state.etcd.revision)).toEqual(state)
  })
})
