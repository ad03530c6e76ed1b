import { settingsOf } from '#settings.ts'
import { describe, expect, test } from 'vitest'
import { StoredCluster } from '../../support/stored-cluster.ts'

const CREATED_AT = 1_760_000_000_000
const PODS = 30
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments'

const handle = (stored: StoredCluster, method: string, path: string, body?: unknown) =>
  stored.cluster.handle({
    method,
    path,
    query: [],
    accept: 'application/json',
    contentType: method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
    userAgent: 'test',
    body: body === undefined ? '' : JSON.stringify(body),
    user: { username: 'admin', groups: ['system:masters', 'system:authenticated'] },
  })

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: PODS,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'nginx' }] },
    },
  },
}

/** A cluster with a Deployment that was thrown away and made again after so long. */
const woken = (seconds: number): StoredCluster => {
  const settings = settingsOf({ delays: 'lively' })
  const stored = new StoredCluster({ seed: 1, settings, createdAt: CREATED_AT })
  handle(stored, 'POST', DEPLOYMENTS, deployment)
  stored.save()
  stored.cluster.advance(CREATED_AT + seconds * 1000)
  stored.save()
  stored.rebuild(true)
  return stored
}

const readyOf = (stored: StoredCluster): number | undefined => {
  const answer = handle(stored, 'GET', `${DEPLOYMENTS}/web`)
  if ('watch' in answer) throw new Error('it is a watch')
  const { status } = JSON.parse(answer.body.join('')) as { status: { readyReplicas?: number } }
  return status.readyReplicas
}

const HOUR = 3600

describe('a cluster that was at rest when it was stored', () => {
  test('answers who only reads without its components, while time passes', () => {
    const stored = woken(HOUR)
    expect(stored.cluster.nextDeadline()).toBeUndefined()
    for (const path of ['/api/v1/pods', '/api/v1/nodes', '/apis', '/version'])
      expect(handle(stored, 'GET', path).status).toBe(200)
    stored.cluster.advance(CREATED_AT + 2 * HOUR * 1000)
    expect(readyOf(stored)).toBe(PODS)
    expect(stored.cluster.runs).toBe(0)
    expect(stored.cluster.now).toBe(CREATED_AT + 2 * HOUR * 1000)
  })

  test.each([
    ['what a node uses', '/apis/metrics.k8s.io/v1beta1/nodes'],
    ['a subresource', `${DEPLOYMENTS}/web/scale`],
  ])('has its components look first if somebody asks for %s', (_what, path) => {
    const stored = woken(HOUR)
    handle(stored, 'GET', path)
    expect(stored.cluster.runs).toBeGreaterThan(0)
  })

  test('does what follows from a write', () => {
    const stored = woken(HOUR)
    expect(handle(stored, 'PATCH', `${DEPLOYMENTS}/web`, { spec: { replicas: 3 } }).status).toBe(
      200,
    )
    stored.cluster.advance(CREATED_AT + HOUR * 1000 + 600_000)
    expect(readyOf(stored)).toBe(3)
    expect(
      stored.cluster.objects('pods').filter(({ metadata }) => metadata.labels?.['app']),
    ).toHaveLength(3)
  })

  test('does not work on each Pod that runs as it should', () => {
    const [atRest, inDoubt] = [woken(HOUR), woken(HOUR)]
    inDoubt.rebuild()
    handle(atRest, 'DELETE', '/api/v1/namespaces/default/configmaps/none')
    expect(inDoubt.cluster.runs - atRest.cluster.runs).toBeGreaterThanOrEqual(PODS)
  })
})

describe('a cluster that was busy when it was stored', () => {
  test('goes on when the next thing falls due, and not before', () => {
    const stored = woken(0)
    const due = stored.cluster.nextDeadline()!
    stored.cluster.advance(due - 1)
    expect(stored.cluster.runs).toBe(0)
    stored.cluster.advance(due)
    expect(stored.cluster.runs).toBeGreaterThan(0)
    stored.cluster.advance(due + 60_000)
    expect(readyOf(stored)).toBe(PODS)
  })
})
