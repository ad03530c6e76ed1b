import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  call,
  configMap,
  linesOf,
  newSession,
  stored,
  withBody,
  type TestSession,
  type WatchEvent,
} from './session.ts'

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments'
const DAY = 86_400_000

const deployment = (name: string, replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'web', image: 'nginx', ports: [{ containerPort: 80 }] }] },
    },
  },
})

interface Snapshot {
  readonly revision: number
  readonly objects: string
}

const KINDS = [
  '/api/v1/pods',
  '/api/v1/services',
  '/api/v1/events',
  '/api/v1/nodes',
  '/api/v1/configmaps',
  '/apis/apps/v1/deployments',
  '/apis/apps/v1/replicasets',
  '/apis/discovery.k8s.io/v1/endpointslices',
  '/apis/networking.k8s.io/v1/ipaddresses',
]

const snapshot = async (session: TestSession): Promise<Snapshot> => {
  const lists: unknown[] = []
  for (const path of KINDS) lists.push((await session.json<{ items: unknown }>(path)).items)
  const { revision } = await (
    await call(`/api/sessions/${session.id}`)
  ).json<{ revision: number }>()
  return { revision, objects: JSON.stringify(lists) }
}

const evict = (): Promise<void> => abortAllDurableObjects()

/** Lets the platform's clock go ahead by so much. */
const skip = (milliseconds: number): void => {
  const now = Date.now() + milliseconds
  vi.spyOn(Date, 'now').mockReturnValue(now)
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('a session that was evicted', () => {
  test('has the same objects and revision, and writes nothing for it', async () => {
    const session = await newSession({ template: 'default', delays: 'instant' })
    await session.json(DEPLOYMENTS, withBody('POST', deployment('web', 5)))
    const service = { selector: { app: 'web' }, ports: [{ port: 80 }] }
    await session.json(
      '/api/v1/namespaces/default/services',
      withBody('POST', {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web' },
        spec: service,
      }),
    )
    const before = await snapshot(session)
    const rows = await stored(session)
    await evict()
    expect(await snapshot(session)).toEqual(before)
    const again = await stored(session)
    expect(again['revisions']).toEqual(rows['revisions'])
    expect(again['memory']).toEqual(rows['memory'])
  })

  test('goes on with what was under way', async () => {
    const session = await newSession({ template: 'bare', delays: 'lively' })
    await session.json(DEPLOYMENTS, withBody('POST', deployment('web', 2)))
    await evict()
    skip(5000)
    const { status } = await session.json<{ status: { readyReplicas: number } }>(
      `${DEPLOYMENTS}/web`,
    )
    expect(status.readyReplicas).toBe(2)
  })

  test('goes on counting revisions where it was, names never repeat', async () => {
    const session = await newSession()
    const create = async (): Promise<{ name: string; revision: number }> => {
      const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'a-' } }
      const { metadata } = await session.json<{
        metadata: { name: string; resourceVersion: string }
      }>(CONFIG_MAPS, withBody('POST', body))
      return { name: metadata.name, revision: Number(metadata.resourceVersion) }
    }
    const seen = []
    for (let round = 0; round < 4; round++) {
      seen.push(await create())
      await evict()
    }
    expect(new Set(seen.map(({ name }) => name)).size).toBe(4)
    const revisions = seen.map(({ revision }) => revision)
    expect(revisions).toEqual(revisions.map((_revision, index) => revisions[0]! + index))
  })

  test('resumes watches from old revisions', async () => {
    const session = await newSession()
    const created = await session.json<{ metadata: { resourceVersion: string } }>(
      CONFIG_MAPS,
      withBody('POST', configMap('a')),
    )
    await session.json(`${CONFIG_MAPS}/a`, withBody('PUT', configMap('a', { k: 'v' })))
    await session.json(`${CONFIG_MAPS}/a`, { method: 'DELETE' })
    await evict()
    const query = `watch=true&resourceVersion=${created.metadata.resourceVersion}`
    const lines = linesOf(await session.kubernetes(`${CONFIG_MAPS}?${query}`))
    const events = [await lines.next(), await lines.next()] as WatchEvent[]
    expect(events.map(({ type, object }) => [type, object.data])).toEqual([
      ['MODIFIED', { k: 'v' }],
      ['DELETED', { k: 'v' }],
    ])
    await lines.cancel()
  })

  test('answers 410 for revisions that were compacted, and drops their rows', async () => {
    const session = await newSession({ template: 'bare', delays: 'instant', nodes: 10 })
    await session.json(DEPLOYMENTS, withBody('POST', deployment('web', 900)))
    await session.json(`${DEPLOYMENTS}/web`, { method: 'DELETE' })
    await session.json(CONFIG_MAPS, withBody('POST', configMap('a')))
    const before = await snapshot(session)
    expect(before.revision).toBeGreaterThan(3000)
    await evict()
    expect(await snapshot(session)).toEqual(before)
    const { revisions } = await stored(session)
    expect(revisions!.length).toBeLessThan(before.revision)
    const lines = linesOf(await session.kubernetes(`${CONFIG_MAPS}?watch=true&resourceVersion=1`))
    expect(await lines.next()).toMatchObject({
      type: 'ERROR',
      object: { kind: 'Status', code: 410, reason: 'Expired' },
    })
    expect(await lines.next()).toBeUndefined()
    const list = await session.kubernetes(
      `${CONFIG_MAPS}?resourceVersion=1&resourceVersionMatch=Exact`,
    )
    expect(list.status).toBe(410)
    const kept = await session.kubernetes(
      `${CONFIG_MAPS}?watch=true&resourceVersion=${before.revision - 1000}`,
    )
    const rest = linesOf(kept)
    expect(await rest.next()).toMatchObject({ object: { metadata: { name: 'a' } } })
    await rest.cancel()
  })

  test('has the key and the view that it had', async () => {
    const session = await newSession({ title: 'kept' })
    await evict()
    expect((await session.kubernetes('/api/v1/nodes')).status).toBe(200)
    const wrong = await call(`/k8s/${session.id}.${'a'.repeat(26)}/api/v1/nodes`)
    expect(wrong.status).toBe(401)
    expect(await (await call(`/api/sessions/${session.id}`)).json()).toMatchObject({
      title: 'kept',
    })
  })
})

describe("a session's clock", () => {
  const nowOf = async ({ id }: TestSession): Promise<number> => {
    const session = await (await call(`/api/sessions/${id}`)).json<{ clock: { now: string } }>()
    return Date.parse(session.clock.now)
  }

  test('stands still while nobody is there, and so do ages', async () => {
    const session = await newSession()
    const before = await nowOf(session)
    skip(30 * DAY)
    const after = await nowOf(session)
    expect(after - before).toBe(10 * 60_000)
    await evict()
    expect(await nowOf(session)).toBe(after)
  })

  test('is stored now and then although nothing else happens, and not more often', async () => {
    const session = await newSession()
    await nowOf(session)
    const before = await stored(session)
    skip(60_000)
    await nowOf(session)
    expect(await stored(session)).toEqual(before)
    skip(6 * 60_000)
    await nowOf(session)
    const after = await stored(session)
    expect(after['session']).not.toEqual(before['session'])
    expect(after['revisions']).toEqual(before['revisions'])
  })
})

describe('the alarm', () => {
  const alarmOf = ({ stub }: TestSession): Promise<number | null> =>
    runInDurableObject(stub(), (_instance, state) => state.storage.getAlarm())

  test('deletes a session that nobody used for 90 days', async () => {
    const session = await newSession()
    await session.json('/api/v1/nodes')
    skip(90 * DAY + 1)
    expect(await runDurableObjectAlarm(session.stub())).toBe(true)
    expect((await call(`/api/sessions/${session.id}`)).status).toBe(404)
    expect(await stored(session)).toEqual({})
    expect(await alarmOf(session)).toBeNull()
  })

  test('deletes one that nobody ever looked at', async () => {
    const session = await newSession()
    skip(90 * DAY + 1)
    await runDurableObjectAlarm(session.stub())
    expect((await call(`/api/sessions/${session.id}`)).status).toBe(404)
  })

  test('leaves one that was used in between, and comes again', async () => {
    const session = await newSession()
    skip(60 * DAY)
    await session.json('/api/v1/nodes')
    const used = Date.now()
    skip(31 * DAY)
    await runDurableObjectAlarm(session.stub())
    expect((await call(`/api/sessions/${session.id}`)).status).toBe(200)
    expect(await alarmOf(session)).toBe(used + 90 * DAY)
  })
})

describe('looking for a session that does not exist', () => {
  test('leaves no trace', async () => {
    const session = await newSession()
    await session.stub().remove({ key: session.key })
    expect((await call(`/api/sessions/${session.id}`)).status).toBe(404)
    expect((await call(`/k8s/${session.id}/api/v1/nodes`)).status).toBe(404)
    expect(await stored(session)).toEqual({})
  })
})
