import { abortAllDurableObjects, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { call, configMap, newSession, stored, type TestSession, withBody } from './session.ts'
import { ViewerSocket } from './viewer-socket.ts'

interface Made {
  readonly hash: string
  readonly link: string
  readonly size: number
  readonly revision: number
}

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'
const SECRETS = '/api/v1/namespaces/default/secrets'
const LISTS = ['/api/v1/pods', '/api/v1/services', '/api/v1/configmaps', '/api/v1/events']

const secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db' },
  data: { password: 'cHc=' },
}

/** Its clock stands, so that nothing but what a test does changes its state. */
const standing = async (): Promise<TestSession & { readonly link: string }> => {
  const files = { 'a.txt': 'mine' }
  const session = await newSession({ title: 'Shop', delays: 'instant', paused: true, files })
  await session.json(CONFIG_MAPS, withBody('POST', configMap('a', { k: 'v' })))
  await session.json(SECRETS, withBody('POST', secret))
  return { ...session, link: `${session.id}.${session.key}` }
}

const snapshot = async (link: string): Promise<Made> => {
  const answer = await call(`/api/sessions/${link}/snapshots`, { method: 'POST' })
  expect(answer.status).toBe(201)
  return answer.json()
}

const lists = async (link: string): Promise<readonly string[]> => {
  const texts: string[] = []
  for (const path of LISTS) texts.push(await (await call(`/k8s/${link}${path}`)).text())
  return texts
}

describe('a snapshot', () => {
  test('is shown to whoever follows it as if it were a session', async () => {
    const { link } = await standing()
    const { hash } = await snapshot(link)
    const viewer = await ViewerSocket.open(hash)
    expect(await viewer.nextOf('session')).toMatchObject({ title: 'Shop' })
    expect(await viewer.nextOf('clock')).toMatchObject({ running: false })
    viewer.subscribe()
    await viewer.listed()
    expect(viewer.namesOf('nodes')).toEqual(['node-1', 'node-2', 'node-3'])
  })

  test.each([30_000, 64_000, 80_000, 300_000])(
    'holds %i characters that nothing makes smaller',
    async (length) => {
      const { link, json } = await standing()
      const noise = Array.from({ length: length / 10 }, () =>
        Math.random().toString(36).slice(2, 12).padEnd(10, 'x'),
      ).join('')
      await json(CONFIG_MAPS, withBody('POST', configMap('noise', { noise })))
      const { hash } = await snapshot(link)
      const kept = await call(`/k8s/${hash}${CONFIG_MAPS}/noise`)
      expect(await kept.json()).toMatchObject({ data: { noise } })
    },
  )

  test('has the same hash for the same state, and another one for another', async () => {
    const { link, json } = await standing()
    const first = await snapshot(link)
    expect(first.hash).toMatch(/^[a-z2-7]{52}$/)
    expect(first.link).toMatch(new RegExp(`/p/${first.hash}$`))
    expect((await snapshot(link)).hash).toBe(first.hash)
    const forked = await (
      await call(`/api/sessions/${link}/fork`, { method: 'POST' })
    ).json<{ id: string; key: string }>()
    await call(`/api/sessions/${forked.id}.${forked.key}/clock`, withBody('POST', { pause: true }))
    await json(CONFIG_MAPS, withBody('POST', configMap('b')))
    expect((await snapshot(link)).hash).not.toBe(first.hash)
    const again = await call(`/api/sessions/${first.hash}`)
    expect(await again.json()).toMatchObject({ title: 'Shop', revision: first.revision })
  })

  test('is looked at through the same calls, for ever the same', async () => {
    const { link, json } = await standing()
    const before = await lists(link)
    const { hash, revision } = await snapshot(link)
    await json(`${CONFIG_MAPS}/a`, { method: 'DELETE' })
    expect(await lists(hash)).toEqual(before)
    await abortAllDurableObjects()
    expect(await lists(hash)).toEqual(before)
    expect(await lists(`${hash}@${revision}`)).toEqual(before)
    expect(await (await call(`/api/sessions/${hash}/files/a.txt`)).text()).toBe('mine')
    expect(await (await call(`/api/sessions/${hash}/clock`)).json()).toMatchObject({
      running: false,
      revision,
    })
    for (const other of [revision - 1, revision + 1]) {
      const { status } = await call(`/k8s/${hash}@${other}/api/v1/pods`)
      expect(status).toBe(other < revision ? 410 : 404)
    }
  })

  test('cannot be changed, not even with the key', async () => {
    const { link, key } = await standing()
    const { hash } = await snapshot(link)
    const created = await call(
      `/k8s/${hash}.${key}${CONFIG_MAPS}`,
      withBody('POST', configMap('never')),
    )
    expect(created.status).toBe(405)
    const calls: readonly (readonly [string, string, string])[] = [
      ['POST', '/apply', 'x'],
      ['POST', '/clock', '{"pause": true}'],
      ['POST', '/shell', 'ls'],
      ['PUT', '/files/b.txt', 'x'],
      ['PATCH', '', '{"title": "x"}'],
      ['POST', '/key', ''],
    ]
    for (const [method, path, body] of calls) {
      const answer = await call(`/api/sessions/${hash}.${key}${path}`, { method, body })
      expect([method, path, answer.status]).toEqual([method, path, 405])
    }
  })

  test('is forked by anybody, who gets no values of Secrets unless he has the key', async () => {
    const { link, key } = await standing()
    const { hash } = await snapshot(link)
    const fork = async (from: string) => {
      const answer = await call(`/api/sessions/${from}/fork`, { method: 'POST' })
      expect(answer.status).toBe(201)
      const made = await answer.json<{ id: string; key: string }>()
      return (await call(`/k8s/${made.id}.${made.key}${SECRETS}/db`)).json()
    }
    expect((await call(`/k8s/${hash}${SECRETS}/db`)).status).toBe(403)
    expect(await fork(hash)).toMatchObject({ data: { password: '' } })
    expect(await fork(`${hash}.${key}`)).toMatchObject({ data: { password: 'cHc=' } })
  })

  test('is made and deleted with the key, also with a newer one', async () => {
    const { id, link, key } = await standing()
    expect((await call(`/api/sessions/${id}/snapshots`, { method: 'POST' })).status).toBe(403)
    const { hash } = await snapshot(link)
    const remove = (as: string) => call(`/api/sessions/${as}`, { method: 'DELETE' })
    expect((await remove(hash)).status).toBe(403)
    expect((await remove(`${hash}.${'a'.repeat(26)}`)).status).toBe(401)
    const changed = await (
      await call(`/api/sessions/${link}/key`, { method: 'POST' })
    ).json<{ key: string }>()
    expect((await remove(`${hash}.${changed.key}`)).status).toBe(204)
    expect((await call(`/api/sessions/${hash}`)).status).toBe(404)
    expect((await remove(`${hash}.${key}`)).status).toBe(404)
  })

  test('that several made is there until all have deleted it', async () => {
    const first = await standing()
    const { hash } = await snapshot(first.link)
    const forked = await (
      await call(`/api/sessions/${first.link}/fork`, { method: 'POST' })
    ).json<{ id: string; key: string }>()
    const kept = await runInDurableObject(env.SESSIONS.getByName(hash), async (instance) => {
      const bytes = (await instance.snapshotBytes({ key: first.key })) as Uint8Array
      const maker = { session: forked.id, keyHash: '00'.repeat(32) }
      const head = { settings: {}, bornAt: 0, seed: 0, now: 0, randomPosition: 0, revision: 1 }
      instance.keepSnapshot({
        hash,
        bytes,
        head: { ...head, revision: (instance.describe({}) as { revision: number }).revision },
        files: undefined,
        about: { title: 'other', maker },
      })
      return instance.describe({})
    })
    expect(kept).toMatchObject({ title: 'Shop' })
    const remove = (key: string) => call(`/api/sessions/${hash}.${key}`, { method: 'DELETE' })
    expect((await remove(first.key)).status).toBe(204)
    expect((await call(`/api/sessions/${hash}`)).status).toBe(200)
    expect((await remove(forked.key)).status).toBe(204)
    expect((await call(`/api/sessions/${hash}`)).status).toBe(404)
    expect(await stored({ ...first, stub: () => env.SESSIONS.getByName(hash) })).toEqual({})
  })
})

describe('a state in a link', () => {
  const bytesOf = async (link: string): Promise<string> => {
    const answer = await call(`/api/sessions/${link}/snapshot`)
    expect(answer.status).toBe(200)
    return Buffer.from(await answer.arrayBuffer()).toString('base64url')
  }
  const open = (body: unknown) => call('/api/sessions', withBody('POST', body))

  test('makes a session that is equal to it', async () => {
    const { link } = await standing()
    const answer = await open({ snapshot: await bytesOf(link), title: 'Mine' })
    expect(answer.status).toBe(201)
    const made = await answer.json<{ id: string; key: string; title: string }>()
    expect(made.title).toBe('Mine')
    expect(await lists(`${made.id}.${made.key}`)).toEqual(await lists(link))
    expect(await (await call(`/api/sessions/${made.id}/files/a.txt`)).text()).toBe('mine')
  })

  test('holds no values of Secrets if it was made without the key', async () => {
    const { id } = await standing()
    const made = await (
      await open({ snapshot: await bytesOf(id) })
    ).json<{ id: string; key: string }>()
    const copied = await (await call(`/k8s/${made.id}.${made.key}${SECRETS}/db`)).json()
    expect(copied).toMatchObject({ data: { password: '' } })
  })

  test('is refused when it is not ours or not whole, and nothing is left of it', async () => {
    const { link } = await standing()
    const bytes = Buffer.from(await bytesOf(link), 'base64url')
    const flipped = Buffer.from(bytes)
    flipped[bytes.length >> 1]! ^= 1
    for (const given of [
      'AAAA',
      bytes.subarray(0, -20).toString('base64url'),
      flipped.toString('base64url'),
      `${bytes.toString('base64url')}AAAA`,
    ]) {
      const answer = await open({ snapshot: given })
      expect(answer.status).toBe(400)
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
    }
    expect((await open({ snapshot: '%%%' })).status).toBe(400)
    expect((await open({ snapshot: 'A'.repeat(70_000) })).status).toBe(400)
    expect((await open({ snapshot: 'AAAA', nodes: 3 })).status).toBe(400)
  })
})
