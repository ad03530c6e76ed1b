import { abortAllDurableObjects } from 'cloudflare:test'
import { describe, expect, test } from 'vitest'
import { call, configMap, newSession, type TestSession, withBody } from './session.ts'

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'
const LISTS = ['/api/v1/pods', '/api/v1/services', '/api/v1/configmaps', '/api/v1/events']

const revisionOf = async ({ id }: Pick<TestSession, 'id'>): Promise<number> =>
  (await (await call(`/api/sessions/${id}`)).json<{ revision: number }>()).revision

const lists = async (link: string): Promise<readonly string[]> => {
  const texts: string[] = []
  for (const path of LISTS) texts.push(await (await call(`/k8s/${link}${path}`)).text())
  return texts
}

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'nginx' }] },
    },
  },
}

/** A session with something in it, what it was like then, and something that came later. */
const withPast = async () => {
  const session = await newSession({ template: 'bare', delays: 'instant' })
  await session.json('/apis/apps/v1/namespaces/default/deployments', withBody('POST', deployment))
  const revision = await revisionOf(session)
  const before = await lists(`${session.id}.${session.key}`)
  await session.json('/apis/apps/v1/namespaces/default/deployments/web', { method: 'DELETE' })
  await session.json(CONFIG_MAPS, withBody('POST', configMap('later')))
  return { session, link: `${session.id}.${session.key}`, revision, before }
}

describe('the state as of a revision', () => {
  test('is what the API said then, also after an eviction', async () => {
    const { link, revision, before } = await withPast()
    expect(await lists(link)).not.toEqual(before)
    expect(await lists(`${link}@${revision}`)).toEqual(before)
    await abortAllDurableObjects()
    expect(await lists(`${link}@${revision}`)).toEqual(before)
  })

  test('is what a fork of it begins with', async () => {
    const { link, revision, before } = await withPast()
    const answer = await call(`/api/sessions/${link}/fork`, {
      method: 'POST',
      body: JSON.stringify({ at: revision }),
    })
    expect(answer.status).toBe(201)
    const made = await answer.json<{ id: string; key: string }>()
    expect(await revisionOf(made)).toBe(revision)
    expect(await lists(`${made.id}.${made.key}`)).toEqual(before)
  })

  test('can be described, exported and traced', async () => {
    const { link, revision } = await withPast()
    const described = await (await call(`/api/sessions/${link}@${revision}`)).json()
    expect(described).toMatchObject({ revision, counts: { deployments: 1 } })
    const exported = await (await call(`/api/sessions/${link}@${revision}/export`)).text()
    expect(exported).toContain('name: web')
    const traced = await call(
      `/api/sessions/${link}@${revision}/trace`,
      withBody('POST', { from: { node: 'node-1' }, to: 'http://10.96.0.1/' }),
    )
    expect(traced.status).toBe(200)
  })

  test('cannot be changed, and says what to do', async () => {
    const { session, link, revision } = await withPast()
    const before = await revisionOf(session)
    const created = await call(
      `/k8s/${link}@${revision}${CONFIG_MAPS}`,
      withBody('POST', configMap('never')),
    )
    expect(created.status).toBe(405)
    expect(await created.json()).toMatchObject({
      kind: 'Status',
      reason: 'MethodNotAllowed',
      message: expect.stringContaining('fork') as string,
    })
    for (const [method, path] of [
      ['POST', 'apply'],
      ['POST', 'clock'],
      ['POST', 'shell'],
      ['PUT', 'files/a.txt'],
      ['DELETE', ''],
    ]) {
      const body = path === 'clock' ? '{"pause": true}' : 'x'
      const answer = await call(`/api/sessions/${link}@${revision}/${path}`.replace(/\/$/, ''), {
        method: method!,
        ...(method === 'DELETE' ? {} : { body }),
      })
      expect([path, answer.status]).toEqual([path, 405])
      expect(await answer.json()).toMatchObject({ title: 'Read-only' })
    }
    expect(await revisionOf(session)).toBe(before)
  })

  test('needs a revision that was, and says which there are', async () => {
    const { session, link } = await withPast()
    const newest = await revisionOf(session)
    const later = await call(`/k8s/${link}@${newest + 1}/api/v1/pods`)
    expect(later.status).toBe(404)
    expect(await later.json()).toMatchObject({ kind: 'Status', reason: 'NotFound' })
    const none = await call(`/api/sessions/${link}@${newest + 1}`)
    expect(none.status).toBe(404)
    expect(await none.json()).toMatchObject({ newest, oldest: expect.any(Number) as number })
    for (const odd of ['@', '@x', '@-1', '@1.5', '@1e3', '@9999999999999999', '@1@2'])
      expect((await call(`/api/sessions/${link}${odd}`)).status).toBe(404)
  })

  test('is gone when it was long ago', async () => {
    const session = await newSession({ template: 'bare', delays: 'instant', nodes: 10 })
    const first = await revisionOf(session)
    const path = '/apis/apps/v1/namespaces/default/deployments'
    const many = { ...deployment, spec: { ...deployment.spec, replicas: 900 } }
    await session.json(path, withBody('POST', many))
    const gone = await call(`/k8s/${session.id}.${session.key}@${first}/api/v1/pods`)
    expect(gone.status).toBe(410)
    expect(await gone.json()).toMatchObject({ kind: 'Status', reason: 'Expired' })
    const answer = await call(`/api/sessions/${session.id}@${first}`)
    expect(answer.status).toBe(410)
    const { oldest, newest } = await answer.json<{ oldest: number; newest: number }>()
    expect(newest - oldest).toBeLessThanOrEqual(2500)
    expect((await call(`/k8s/${session.id}@${oldest}/api/v1/pods`)).status).toBe(200)
    await abortAllDurableObjects()
    expect((await call(`/k8s/${session.id}@${first}/api/v1/pods`)).status).toBe(410)
    expect((await call(`/k8s/${session.id}@${oldest}/api/v1/pods`)).status).toBe(200)
  })
})
