import { describe, expect, test } from 'vitest'
import { call, configMap, newSession, type TestSession, withBody } from './session.ts'

interface Entry {
  readonly revision: number
  readonly by: Readonly<Record<string, string>>
  readonly what: Readonly<Record<string, string>>
}

const SECRETS = '/api/v1/namespaces/default/secrets'

const withSecret = async (): Promise<TestSession> => {
  const session = await newSession({ template: 'bare', delays: 'instant' })
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' } }
  await session.json(SECRETS, withBody('POST', { ...secret, data: { password: 'Zmlyc3Q=' } }))
  await session.json(
    `${SECRETS}/db`,
    withBody('PUT', { ...secret, data: { password: 'c2Vjb25k' } }),
  )
  return session
}

const newest = async ({ id }: TestSession): Promise<number> =>
  (await (await call(`/api/sessions/${id}`)).json<{ revision: number }>()).revision

describe('the history of a session', () => {
  test('says who did what, and what it led to', async () => {
    const session = await newSession({ template: 'bare', delays: 'instant' })
    const before = await newest(session)
    const template = {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'nginx' }] },
    }
    const created = await session.kubernetes('/apis/apps/v1/namespaces/default/deployments', {
      ...withBody('POST', {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web' },
        spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template },
      }),
      headers: { 'content-type': 'application/json', 'user-agent': 'kubectl/v1.36.2' },
    })
    expect(created.status).toBe(201)
    const answer = await call(`/api/sessions/${session.id}/history?after=${before}`)
    const { revisions } = await answer.json<{ revisions: readonly Entry[] }>()
    expect(revisions[0]).toMatchObject({
      revision: before + 1,
      by: { user: 'kubernetes-admin', agent: 'kubectl' },
      what: { verb: 'created', kind: 'Deployment', name: 'web' },
    })
    const pod = revisions.findLast(({ what }) => what['kind'] === 'Pod')!
    const one = await call(`/api/sessions/${session.id}/history/${pod.revision}`)
    const { causes } = await one.json<{ causes: readonly Entry[] }>()
    expect(causes.at(-1)).toMatchObject({ what: { kind: 'Deployment', verb: 'created' } })
    const words = await call(`/api/sessions/${session.id}/history/${pod.revision}`, {
      headers: { accept: 'text/plain' },
    })
    expect(await words.text()).toContain('because')
  })

  test('shows no values of Secrets without the key', async () => {
    const session = await withSecret()
    const revision = await newest(session)
    const paths = [
      `/history/${revision}`,
      `/history/${revision - 1}/diff/${revision}`,
      `/history/${revision}/objects`,
      '/history',
      `/history/${revision}/diff/1`,
    ]
    for (const path of paths) {
      const seen = await (await call(`/api/sessions/${session.id}${path}`)).text()
      expect(seen).not.toMatch(/c2Vjb25k|Zmlyc3Q=/)
    }
    const whole = await call(`/api/sessions/${session.id}.${session.key}/history/${revision}`)
    expect(await whole.text()).toMatch(/c2Vjb25k/)
  })

  test.each([
    ['/history?after=x', 400],
    ['/history?limit=0', 400],
    ['/history?limit=1000000', 400],
    ['/history?resource=unicorns', 400],
    ['/history?after=99999999', 404],
    ['/history/99999999', 404],
    ['/history/x', 400],
    ['/history/1/diff/x', 400],
    ['/history/1/diff/99999999', 404],
    ['/history/x/objects', 400],
    ['/history/99999999/objects', 404],
  ])('answers %s with a problem', async (path, status) => {
    const session = await newSession()
    const answer = await call(`/api/sessions/${session.id}${path}`)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(await answer.json()).toMatchObject({ status, detail: expect.any(String) as string })
  })

  test('is that of the session also for who looks at the past', async () => {
    const session = await newSession()
    await session.json(
      '/api/v1/namespaces/default/configmaps',
      withBody('POST', configMap('later')),
    )
    const revision = await newest(session)
    const answer = await call(`/api/sessions/${session.id}@${revision - 1}/history`)
    const { newest: last } = await answer.json<{ newest: number }>()
    expect(last).toBe(revision)
  })
})
