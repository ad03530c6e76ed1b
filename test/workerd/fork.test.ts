import { abortAllDurableObjects, runInDurableObject } from 'cloudflare:test'
import { describe, expect, test } from 'vitest'
import { call, configMap, newSession, stored, type TestSession, withBody } from './session.ts'

interface Fork {
  readonly id: string
  readonly key: string
  readonly title: string
  readonly links: Readonly<Record<string, string>>
}

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'
const SECRETS = '/api/v1/namespaces/default/secrets'
const LISTS = ['/api/v1/pods', '/api/v1/nodes', '/api/v1/configmaps', '/api/v1/events']

const fork = async (link: string, body?: unknown): Promise<Fork> => {
  const answer = await call(`/api/sessions/${link}/fork`, {
    method: 'POST',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  expect(answer.status).toBe(201)
  return answer.json()
}

const lists = async ({ id, key }: Pick<TestSession, 'id' | 'key'>): Promise<readonly string[]> => {
  const texts: string[] = []
  for (const path of LISTS) texts.push(await (await call(`/k8s/${id}.${key}${path}`)).text())
  return texts
}

const withWork = async (): Promise<TestSession> => {
  const session = await newSession({ title: 'Shop', delays: 'instant', files: { 'a.txt': 'mine' } })
  const template = {
    metadata: { labels: { app: 'web' } },
    spec: { containers: [{ name: 'web', image: 'nginx' }] },
  }
  await session.json(
    '/apis/apps/v1/namespaces/default/deployments',
    withBody('POST', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { replicas: 3, selector: { matchLabels: { app: 'web' } }, template },
    }),
  )
  await session.json(SECRETS, withBody('POST', secret()))
  return session
}

const secret = () => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: 'db',
    annotations: {
      'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"password":"cHc="}}',
    },
  },
  data: { password: 'cHc=' },
})

describe('a fork', () => {
  test('is equal to what it was made of, files included, and has links of its own', async () => {
    const session = await withWork()
    const made = await fork(`${session.id}.${session.key}`)
    expect(made.id).not.toBe(session.id)
    expect(made).toMatchObject({ title: 'Shop' })
    expect(made.links['edit']).toContain(`${made.id}#:${made.key}`)
    expect(await lists(made)).toEqual(await lists(session))
    const file = await call(`/api/sessions/${made.id}/files/a.txt`)
    expect(await file.text()).toBe('mine')
  })

  test('knows what it was made of, and says where that is to who has its key', async () => {
    const session = await withWork()
    const { revision } = await (
      await call(`/api/sessions/${session.id}`)
    ).json<{ revision: number }>()
    const made = await fork(session.id)
    const seen = async (link: string) => (await call(`/api/sessions/${link}`)).json()
    const lineage = { title: 'Shop', revision }
    expect(await seen(`${made.id}.${made.key}`)).toMatchObject({
      forkedFrom: { id: session.id, ...lineage },
    })
    const { forkedFrom } = (await seen(made.id)) as { forkedFrom: unknown }
    expect(forkedFrom).toEqual(lineage)
  })

  test('goes its own way', async () => {
    const session = await withWork()
    const made = await fork(`${session.id}.${session.key}`)
    const created = await call(
      `/k8s/${made.id}.${made.key}${CONFIG_MAPS}`,
      withBody('POST', configMap('only-there')),
    )
    expect(created.status).toBe(201)
    expect((await session.kubernetes(`${CONFIG_MAPS}/only-there`)).status).toBe(404)
    await abortAllDurableObjects()
    const kept = await call(`/k8s/${made.id}.${made.key}${CONFIG_MAPS}/only-there`)
    expect(kept.status).toBe(200)
  })

  test("of who only looks holds the names of Secrets' entries, not their values", async () => {
    const session = await withWork()
    const made = await fork(session.id)
    const path = `/k8s/${made.id}.${made.key}${SECRETS}/db`
    const copied = await (await call(path)).json<Record<string, unknown>>()
    expect(copied).toMatchObject({ data: { password: '' } })
    expect(JSON.stringify(copied)).not.toContain('cHc=')
    const whole = await fork(`${session.id}.${session.key}`)
    const same = await (await call(`/k8s/${whole.id}.${whole.key}${SECRETS}/db`)).json()
    expect(same).toMatchObject({ data: { password: 'cHc=' } })
  })

  test('of who only looks gives Pods nothing of Secrets that they were given', async () => {
    const session = await newSession({ template: 'default', delays: 'instant' })
    await session.json(SECRETS, withBody('POST', secret()))
    const password = { secretKeyRef: { name: 'db', key: 'password' } }
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'app' },
      spec: {
        containers: [{ name: 'c', image: 'nginx', env: [{ name: 'P', valueFrom: password }] }],
      },
    }
    await session.json('/api/v1/namespaces/default/pods', withBody('POST', pod))
    const print = async (link: string): Promise<string> => {
      const command = ['kubectl', 'exec', 'app', '--', 'sh', '-c', 'echo "($P)"']
      const body = JSON.stringify({ command })
      const answer = await call(`/api/sessions/${link}/shell`, { method: 'POST', body })
      return (await answer.json<{ stdout: string }>()).stdout
    }
    expect(await print(`${session.id}.${session.key}`)).toBe('(pw)\n')
    const made = await fork(session.id)
    expect(await print(`${made.id}.${made.key}`)).toBe('()\n')
    const whole = await fork(`${session.id}.${session.key}`)
    expect(await print(`${whole.id}.${whole.key}`)).toBe('(pw)\n')
  })

  test.each([
    ['{', 400],
    ['{"at": "yesterday"}', 400],
    ['{"at": -1}', 400],
    ['{"at": 1.5}', 400],
    ['{"at": 9007199254740993}', 400],
    ['[]', 400],
    ['{"until": 3}', 400],
  ])('is refused for %s, and nothing is made', async (body, status) => {
    const session = await newSession()
    const answer = await call(`/api/sessions/${session.id}/fork`, { method: 'POST', body })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
  })

  test('of a session that is not there is refused', async () => {
    const answer = await call(`/api/sessions/${'a'.repeat(26)}/fork`, { method: 'POST' })
    expect(answer.status).toBe(404)
  })

  test('that was never finished is cleared away', async () => {
    const session = await newSession()
    await runInDurableObject(session.stub(), (_instance, { storage }) => {
      storage.sql.exec("DELETE FROM session WHERE key = 'birth'")
    })
    await abortAllDurableObjects()
    expect((await call(`/api/sessions/${session.id}`)).status).toBe(404)
    await runInDurableObject(session.stub(), (instance) => instance.alarm())
    expect(await stored(session)).toEqual({})
  })
})
