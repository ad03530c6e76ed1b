import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { call, configMap, newSession, type TestSession, withBody } from './session.ts'
import { askToFollow, ViewerSocket } from './viewer-socket.ts'

const HOUR = 3_600_000
const SERVICES = '/api/v1/namespaces/default/services'
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments'

afterEach(() => {
  vi.restoreAllMocks()
})

const service = (name: string, annotations: Readonly<Record<string, string>> = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, annotations },
  spec: { ports: [{ port: 80 }] },
})

const make = (session: TestSession, name: string, annotations?: Readonly<Record<string, string>>) =>
  session.json(SERVICES, withBody('POST', service(name, annotations)))

const namesOf = (viewer: ViewerSocket, resource = 'services'): readonly string[] =>
  viewer.events
    .filter((event) => event.resource === resource)
    .map(({ object }) => object.metadata.name)

/** Until an event of this object has come. */
const sees = (viewer: ViewerSocket, name: string) =>
  viewer.next(({ events = [] }) => events.some(({ object }) => object.metadata.name === name))

describe('a viewer', () => {
  test('is told all that there is, then what happens', async () => {
    const session = await newSession()
    await make(session, 'before')
    const viewer = await ViewerSocket.open(session.id)
    expect(await viewer.nextOf('hello')).toEqual({ type: 'hello', version: 1, access: 'view' })
    viewer.subscribe()
    const revision = await viewer.listed()
    expect(viewer.namesOf('nodes')).toEqual(['node-1', 'node-2', 'node-3'])
    expect(viewer.namesOf('machines')).toEqual(['node-1', 'node-2', 'node-3'])
    expect(viewer.namesOf('services')).toEqual(['before', 'kubernetes'])
    expect(viewer.events).toEqual([])

    await make(session, 'after')
    const told = await viewer.nextOf('objects')
    expect(told.events).toMatchObject([
      { resource: 'services', type: 'ADDED', object: { metadata: { name: 'after' } } },
    ])
    expect(told.revision).toBeGreaterThan(revision)
  })

  test('gets the events of one change in the order in which they happened', async () => {
    const session = await newSession({ template: 'default', delays: 'instant' })
    const viewer = await ViewerSocket.open(session.id)
    viewer.subscribe({ resources: ['pods', 'deployments', 'replicasets', 'events', 'namespaces'] })
    await viewer.listed()
    const container = { name: 'web', image: 'nginx' }
    const labels = { app: 'web' }
    await session.json(
      DEPLOYMENTS,
      withBody('POST', {
        metadata: { name: 'web' },
        spec: {
          replicas: 3,
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [container] } },
        },
      }),
    )
    await sees(viewer, 'web')
    const revisions = viewer.events.map(({ object }) => Number(object.metadata.resourceVersion))
    expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b))
    expect(new Set(viewer.events.map(({ resource }) => resource))).toEqual(
      new Set(['deployments', 'replicasets', 'pods', 'events']),
    )
  })

  test('keeps an event whole, whatever stands in its texts', async () => {
    const session = await newSession()
    const viewer = await ViewerSocket.open(session.id)
    viewer.subscribe()
    await viewer.listed()
    const annotations = { text: '\n{"type":"DELETED","resourceVersion":"1"}\n{' }
    await make(session, 'web', annotations)
    await sees(viewer, 'web')
    expect(viewer.events).toMatchObject([{ object: { metadata: { annotations } } }])
  })

  test('goes on from the revision that he knows', async () => {
    const session = await newSession()
    const before = await ViewerSocket.open(session.id)
    before.subscribe()
    const after = await before.listed()
    before.close()
    await make(session, 'meanwhile')
    const viewer = await ViewerSocket.open(session.id)
    viewer.subscribe({ after })
    await sees(viewer, 'meanwhile')
    expect(viewer.messages.map(({ type }) => type)).not.toContain('list')
    await make(session, 'now')
    await sees(viewer, 'now')
    expect(namesOf(viewer)).toEqual(['meanwhile', 'now'])
  })

  test.each([
    ['is not kept any more', 1],
    ['never was', 10_000_000],
  ])('begins anew when his revision %s', async (_, after) => {
    const session = await newSession()
    const path = `${CONFIG_MAPS}/a`
    await session.json(CONFIG_MAPS, withBody('POST', configMap('a')))
    // more than is kept of the past
    for (let count = 0; count < 12; count++) {
      const text = String(count % 10).repeat(1_000_000)
      await session.json(path, withBody('PUT', configMap('a', { text })))
    }
    await abortAllDurableObjects()
    const viewer = await ViewerSocket.open(session.id)
    viewer.subscribe({ after })
    await viewer.nextOf('expired')
    viewer.subscribe()
    await viewer.listed()
    await make(session, 'web')
    await sees(viewer, 'web')
  })

  test.each([
    ['no JSON', 1007],
    ['null', 1008],
    ['{"type": "dance"}', 1008],
    ['{"type": "subscribe", "after": -1}', 1008],
    ['{"type": "subscribe", "after": 1e300}', 1008],
    ['{"type": "subscribe", "resources": ["secrets"]}', 1008],
    ['{"type": "subscribe", "resources": ["__proto__"]}', 1008],
    ['{"type": "subscribe", "resources": "pods"}', 1008],
    ['{"type": "mark", "mark": 1}', 1008],
    [JSON.stringify({ type: 'ping', more: 'x'.repeat(2000) }), 1009],
    [new Uint8Array([1, 2, 3]).buffer, 1003],
  ])('who sends what nobody can read is hung up on', async (message, code) => {
    const session = await newSession()
    const viewer = await ViewerSocket.open(session.id)
    viewer.send(message)
    const end = await viewer.end()
    expect(end.code).toBe(code)
    expect(end.reason).not.toBe('')
    expect((await call(`/api/sessions/${session.id}`)).status).toBe(200)
  })

  test('who asks without end is hung up on', async () => {
    const session = await newSession()
    const viewer = await ViewerSocket.open(session.id)
    for (let count = 0; count < 70; count++) viewer.subscribe({ resources: [] })
    expect(await viewer.end()).toMatchObject({ code: 1008, reason: /at most 60/ })
  })

  test('who does not read is told no more until he does', async () => {
    const session = await newSession()
    const viewer = await ViewerSocket.open(session.id)
    const reader = await ViewerSocket.open(session.id)
    for (const each of [viewer, reader]) {
      each.subscribe()
      await each.listed()
    }
    viewer.isReading = false
    const annotations = { text: 'x'.repeat(200_000) }
    for (let count = 0; count < 24; count++) await make(session, `web-${count}`, annotations)
    await sees(reader, 'web-23')
    const names = Array.from({ length: 24 }, (_, index) => `web-${index}`)
    expect(namesOf(reader)).toEqual(names)
    const told = namesOf(viewer)
    expect(told).toEqual(names.slice(0, told.length))
    expect(told.length).toBeLessThan(20)

    viewer.isReading = true
    for (const message of viewer.messages.filter(({ type }) => type === 'mark'))
      viewer.send(message)
    await sees(viewer, 'web-23')
    expect(namesOf(viewer)).toEqual(names)
  })

  test('needs a session, and its key if he brings one', async () => {
    const { id } = await newSession()
    const wrong = 'a'.repeat(26)
    expect((await askToFollow(wrong)).status).toBe(404)
    expect((await askToFollow(`${id}.${wrong}`)).status).toBe(401)
    expect((await askToFollow(`${id}@1`)).status).toBe(400)
  })
})

/** Until the platform has said that the viewers are gone. */
const untilAlone = async (session: TestSession): Promise<void> => {
  for (;;) {
    const { presence } = await (
      await call(`/api/sessions/${session.id}`)
    ).json<{ presence: { viewers: number } }>()
    if (presence.viewers === 0) return
  }
}

describe('a session that sleeps', () => {
  /** As the platform does it to an object that nothing happens in: its memory goes, its sockets stay. */
  const attachments = (session: TestSession) =>
    runInDurableObject(session.stub(), (_instance, context) =>
      context.getWebSockets().map((socket) => socket.deserializeAttachment() as object),
    )

  test('keeps with each socket how far its viewer is', async () => {
    const session = await newSession()
    const viewer = await ViewerSocket.open(session.id)
    viewer.subscribe({ resources: ['services'] })
    const listed = await viewer.listed(1)
    expect(await attachments(session)).toMatchObject([{ canEdit: false, revision: listed }])
    await make(session, 'web')
    const { revision } = await sees(viewer, 'web')
    expect(await attachments(session)).toMatchObject([{ resources: ['services'], revision }])
  })

  test('is woken by its alarm when something is due, and only then', async () => {
    const session = await newSession()
    await call(`/api/sessions/${session.id}`)
    const alarm = () =>
      runInDurableObject(session.stub(), (_instance, { storage }) => storage.getAlarm())
    const days = (await alarm())!
    const viewer = await ViewerSocket.open(session.id)
    viewer.subscribe()
    await viewer.listed()
    expect(await alarm()).toBe(days)
    const hours = (new Date().getUTCHours() + 12) % 24
    const container = { name: 'a', image: 'busybox', command: ['true'] }
    const template = { spec: { restartPolicy: 'Never', containers: [container] } }
    await session.json(
      '/apis/batch/v1/namespaces/default/cronjobs',
      withBody('POST', {
        metadata: { name: 'daily' },
        spec: { schedule: `0 ${hours} * * *`, jobTemplate: { spec: { template } } },
      }),
    )
    const due = (await alarm())!
    expect(due).toBeLessThan(days)
    // too early: it looks, and sleeps on
    await runDurableObjectAlarm(session.stub())
    expect(Math.abs((await alarm())! - due)).toBeLessThan(60_000)
    viewer.close()
    await untilAlone(session)
    await runDurableObjectAlarm(session.stub())
    expect(await alarm()).toBeGreaterThan(due + 60_000)
  })
})

describe('the clock', () => {
  test('goes on for a viewer, however long nothing happens, and stands when he has gone', async () => {
    const session = await newSession()
    const clock = async (): Promise<number> => {
      const answer = await call(`/api/sessions/${session.id}`)
      return Date.parse((await answer.json<{ clock: { now: string } }>()).clock.now)
    }
    const viewer = await ViewerSocket.open(session.id)
    viewer.subscribe()
    await viewer.listed()
    const before = await clock()
    const real = Date.now()
    const spy = vi.spyOn(Date, 'now').mockReturnValue(real + 5 * HOUR)
    expect((await clock()) - before).toBeGreaterThanOrEqual(5 * HOUR - 60_000)
    viewer.close()
    await untilAlone(session)
    const left = await clock()
    spy.mockReturnValue(real + 50 * HOUR)
    expect((await clock()) - left).toBeLessThan(HOUR)
  })

  test('is told when it is paused, goes at another speed, or is set, and not otherwise', async () => {
    const session = await newSession()
    const set = (call_: object) =>
      call(`/api/sessions/${session.id}.${session.key}/clock`, withBody('POST', call_))
    const viewer = await ViewerSocket.open(session.id)
    const first = await viewer.nextOf('clock')
    expect(first).toMatchObject({ running: true, speed: 1 })
    await make(session, 'web')
    await set({ pause: true })
    expect(await viewer.nextOf('clock')).toMatchObject({ running: false })
    await set({ advance: '1h' })
    const { now } = await viewer.nextOf('clock')
    expect(Date.parse(String(now)) - Date.parse(String(first['now']))).toBeGreaterThan(3_599_000)
    await set({ run: true, speed: 10 })
    expect(await viewer.nextOf('clock')).toMatchObject({ running: true, speed: 10 })
  })
})

describe('who is there', () => {
  test('is told to all whenever it changes, and stands in the description', async () => {
    const session = await newSession()
    const viewer = await ViewerSocket.open(session.id)
    expect(await viewer.nextOf('presence')).toMatchObject({ viewers: 1, editors: 0 })
    const editor = await ViewerSocket.open(`${session.id}.${session.key}`)
    expect(await editor.nextOf('hello')).toMatchObject({ access: 'edit' })
    expect(await editor.nextOf('presence')).toMatchObject({ viewers: 1, editors: 1 })
    await viewer.next(({ type, editors }) => type === 'presence' && editors === 1)
    const described = await (await call(`/api/sessions/${session.id}`)).json()
    expect(described).toMatchObject({ presence: { viewers: 1, editors: 1 } })
    viewer.close()
    await editor.next(({ type, viewers }) => type === 'presence' && viewers === 0)
  })

  test('does not count whose machine has died', async () => {
    const session = await newSession()
    const dead = await ViewerSocket.open(session.id)
    dead.send('{"type":"ping"}')
    await dead.nextOf('pong')
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 150_000)
    const viewer = await ViewerSocket.open(session.id)
    expect(await viewer.nextOf('presence')).toMatchObject({ viewers: 1, editors: 0 })
    expect(await dead.end()).toMatchObject({ code: 1008 })
  })

  test('is told once when many come at once', async () => {
    const session = await newSession()
    const first = await ViewerSocket.open(session.id)
    const others = await Promise.all(
      Array.from({ length: 20 }, () => ViewerSocket.open(session.id)),
    )
    await first.next(({ type, viewers }) => type === 'presence' && viewers === 21)
    const told = first.messages.filter(({ type }) => type === 'presence')
    expect(told.length).toBeLessThan(others.length)
  })
})

describe('what is said of a session', () => {
  test('is changed with the key, stored, and told', async () => {
    const session = await newSession()
    const viewer = await ViewerSocket.open(session.id)
    expect(await viewer.nextOf('session')).toMatchObject({ title: '', description: '' })
    const change = { title: '<b>Services</b>', description: 'Day 2' }
    const path = `/api/sessions/${session.id}.${session.key}`
    const answer = await call(path, withBody('PATCH', change))
    expect([answer.status, await answer.json()]).toMatchObject([200, change])
    expect(await viewer.nextOf('session')).toEqual({ type: 'session', ...change })
    await call(path, withBody('PATCH', { title: 'Services' }))
    await abortAllDurableObjects()
    expect(await (await call(`/api/sessions/${session.id}`)).json()).toMatchObject({
      title: 'Services',
      description: 'Day 2',
    })
  })

  test.each([
    [{ title: 'x'.repeat(201) }, 'title'],
    [{ description: 'x'.repeat(2001) }, 'description'],
    [{ title: 1 }, 'title'],
    [{ keyHash: 'a' }, 'keyHash'],
    [[], 'body'],
    ['{', 'JSON'],
  ])('is refused as a whole if it cannot be', async (body, word) => {
    const session = await newSession()
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const answer = await call(`/api/sessions/${session.id}.${session.key}`, {
      method: 'PATCH',
      body: text,
    })
    const { status, detail } = await answer.json<{ status: number; detail: string }>()
    expect([status, detail]).toEqual([400, expect.stringContaining(word)])
  })

  test('is not changed without the key', async () => {
    const { id } = await newSession()
    expect((await call(`/api/sessions/${id}`, withBody('PATCH', { title: 'a' }))).status).toBe(403)
    expect((await call(`/api/sessions/${id}/key`, { method: 'POST' })).status).toBe(403)
  })
})

describe('another key', () => {
  const changeKey = async ({ id, key }: TestSession) => {
    const answer = await call(`/api/sessions/${id}/key`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
    })
    return answer.json<{ key: string; links: Record<string, string> }>()
  }

  test('stops the old one everywhere, and nobody who only looks', async () => {
    const session = await newSession()
    const { id, key } = session
    const { key: other, links } = await changeKey(session)
    expect(other).toMatch(/^[a-z2-7]{26}$/)
    expect(links['edit']).toContain(`/s/${id}#:${other}`)
    for (const [old, status] of [
      [key, 401],
      [other, 200],
    ] as const) {
      expect((await call(`/k8s/${id}.${old}/api/v1/nodes`)).status).toBe(status)
      expect((await call(`/api/sessions/${id}.${old}/export`)).status).toBe(status)
      expect((await askToFollow(`${id}.${old}`)).status).toBe(status === 200 ? 101 : status)
      const shell = { method: 'POST', body: 'true' }
      expect((await call(`/api/sessions/${id}.${old}/shell`, shell)).status).toBe(status)
    }
    expect((await call(`/k8s/${id}/api/v1/nodes`)).status).toBe(200)
    await abortAllDurableObjects()
    expect((await call(`/k8s/${id}.${key}/api/v1/nodes`)).status).toBe(401)
    expect((await call(`/k8s/${id}.${other}/api/v1/nodes`)).status).toBe(200)
  })

  test('ends what was opened with the old one', async () => {
    const session = await newSession()
    const { id, key } = session
    const editor = await ViewerSocket.open(`${id}.${key}`)
    const viewer = await ViewerSocket.open(id)
    const socketOf = async (path: string, protocol = '') => {
      const headers = new Headers({ upgrade: 'websocket' })
      if (protocol !== '') headers.set('sec-websocket-protocol', protocol)
      const answer = await call(path, { headers })
      expect(answer.status).toBe(101)
      const socket = answer.webSocket!
      socket.accept()
      return new Promise<{ code: number; reason: string }>((resolve) => {
        socket.addEventListener('close', ({ code, reason }) => resolve({ code, reason }))
      })
    }
    const container = { name: 'a', image: 'nginx' }
    await session.json(
      '/api/v1/namespaces/default/pods',
      withBody('POST', { metadata: { name: 'a' }, spec: { containers: [container] } }),
    )
    const exec = `/k8s/${id}.${key}/api/v1/namespaces/default/pods/a/exec?command=cat&stdin=1&stdout=1`
    const ends = [
      socketOf(`/api/sessions/${id}.${key}/terminal`),
      socketOf(`/k8s/${id}.${key}/api/v1/pods?watch=1`),
      socketOf(exec, 'v5.channel.k8s.io'),
    ]
    const lines = await call(`/api/sessions/${id}.${key}/live`)
    const watch = await session.kubernetes('/api/v1/pods?watch=1')
    const waiting = call(`/api/sessions/${id}.${key}/shell`, { method: 'POST', body: 'sleep 50' })
    await call(`/api/sessions/${id}`)
    await Promise.resolve()
    await changeKey(session)

    const why = 'the key of the session was changed'
    expect(await editor.nextOf('gone')).toEqual({ type: 'gone', why })
    expect(await editor.end()).toEqual({ code: 4401, reason: why })
    const [, watched, execed] = await Promise.all(ends)
    expect([watched, execed]).toEqual([
      { code: 1008, reason: why },
      { code: 1008, reason: why },
    ])
    await Promise.all([lines.text(), watch.text()])
    expect(await (await waiting).json()).toMatchObject({ exitCode: expect.any(Number) })
    viewer.subscribe()
    await viewer.listed()
  })
})

describe('several editors', () => {
  test('do not overwrite each other: who is late is told of the conflict, and sees what there is', async () => {
    const session = await newSession()
    const read = await session.json<{ metadata: object; data?: object }>(
      CONFIG_MAPS,
      withBody('POST', configMap('shared', { by: 'nobody' })),
    )
    const write = (by: string) =>
      session.kubernetes(`${CONFIG_MAPS}/shared`, withBody('PUT', { ...read, data: { by } }))
    const answers = await Promise.all([write('first'), write('second')])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    const late = answers.find(({ status }) => status === 409)!
    expect(await late.json()).toMatchObject({ reason: 'Conflict' })
    const won = answers[0].status === 200 ? 'first' : 'second'
    expect(await session.json(`${CONFIG_MAPS}/shared`)).toMatchObject({ data: { by: won } })
  })
})

test('a session that is deleted says so to whoever follows it', async () => {
  const { id, key } = await newSession()
  const viewer = await ViewerSocket.open(id)
  await call(`/api/sessions/${id}.${key}`, { method: 'DELETE' })
  expect(await viewer.nextOf('gone')).toMatchObject({ why: 'the session was deleted' })
  expect(await viewer.end()).toMatchObject({ code: 4404 })
})
