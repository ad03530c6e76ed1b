import { runInDurableObject } from 'cloudflare:test'
import { describe, expect, test } from 'vitest'
import { configMap, linesOf, newSession, withBody, type WatchEvent } from './session.ts'

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'

const revisionOf = async (list: Promise<{ metadata: { resourceVersion: string } }>) =>
  (await list).metadata.resourceVersion

describe('a watch', () => {
  test('delivers each event as it happens', async () => {
    const session = await newSession()
    const from = await revisionOf(session.json(CONFIG_MAPS))
    const answer = await session.kubernetes(`${CONFIG_MAPS}?watch=true&resourceVersion=${from}`)
    expect(answer.headers.get('content-encoding')).toBe('identity')
    const lines = linesOf(answer)
    for (const name of ['a', 'b']) {
      await session.json(CONFIG_MAPS, withBody('POST', configMap(name)))
      expect(await lines.next()).toMatchObject({ type: 'ADDED', object: { metadata: { name } } })
    }
    await session.json(`${CONFIG_MAPS}/a`, withBody('PUT', configMap('a', { k: 'v' })))
    expect(await lines.next()).toMatchObject({ type: 'MODIFIED', object: { data: { k: 'v' } } })
    await session.json(`${CONFIG_MAPS}/a`, { method: 'DELETE' })
    expect(await lines.next()).toMatchObject({
      type: 'DELETED',
      object: { metadata: { name: 'a' } },
    })
    await lines.cancel()
  })

  test('tells what happens by itself while nobody asks', async () => {
    const session = await newSession({ template: 'bare', delays: 'lively' })
    const pods = '/api/v1/namespaces/default/pods'
    const lines = linesOf(await session.kubernetes(`${pods}?watch=true&resourceVersion=0`))
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web' },
      spec: { containers: [{ name: 'web', image: 'nginx' }] },
    }
    await session.json(pods, withBody('POST', pod))
    for (;;) {
      const event = await lines.next<{ object: { status: { phase: string } } }>()
      if (event!.object.status.phase === 'Running') break
    }
    await lines.cancel()
  })

  test('begins with all there is and marks its end when it is asked to', async () => {
    const session = await newSession()
    await session.json(CONFIG_MAPS, withBody('POST', configMap('a')))
    const query =
      'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
    const lines = linesOf(await session.kubernetes(`${CONFIG_MAPS}?${query}`))
    const [first, second, third] = [
      await lines.next(),
      await lines.next(),
      await lines.next(),
    ] as WatchEvent[]
    expect([first, second].map((event) => event?.object.metadata.name)).toEqual([
      'a',
      'kube-root-ca.crt',
    ])
    expect(third).toMatchObject({
      type: 'BOOKMARK',
      object: { metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
    })
    await session.json(CONFIG_MAPS, withBody('POST', configMap('b')))
    expect(await lines.next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'b' } } })
    await lines.cancel()
  })

  test('ends when its time is over', async () => {
    const session = await newSession()
    const answer = await session.kubernetes(`${CONFIG_MAPS}?watch=true&timeoutSeconds=1`)
    const lines = linesOf(answer)
    expect((await lines.next())?.type).toBe('ADDED')
    expect(await lines.next()).toBeUndefined()
  })

  test('is told how far it has come before its time is over', async () => {
    const session = await newSession()
    const revision = await revisionOf(session.json(CONFIG_MAPS))
    const query =
      'watch=true&timeoutSeconds=3&allowWatchBookmarks=true&fieldSelector=metadata.name=x'
    const lines = linesOf(await session.kubernetes(`${CONFIG_MAPS}?${query}`))
    expect(await lines.next()).toEqual({
      type: 'BOOKMARK',
      object: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { resourceVersion: revision } },
    })
    expect(await lines.next()).toBeUndefined()
  })

  test('ends when its session is deleted', async () => {
    const session = await newSession()
    const answer = await session.kubernetes(`${CONFIG_MAPS}?watch=true`)
    const lines = linesOf(answer)
    await lines.next()
    await session.stub().remove({ key: session.key })
    expect(await lines.next()).toBeUndefined()
  })

  test('two watches see the same, one that left takes nothing with it', async () => {
    const session = await newSession()
    const from = await revisionOf(session.json(CONFIG_MAPS))
    const open = async () =>
      linesOf(await session.kubernetes(`${CONFIG_MAPS}?watch=true&resourceVersion=${from}`))
    const [one, other] = [await open(), await open()]
    await session.json(CONFIG_MAPS, withBody('POST', configMap('a')))
    expect(await one.next()).toEqual(await other.next())
    await other.cancel()
    await session.json(CONFIG_MAPS, withBody('POST', configMap('b')))
    expect(await one.next()).toMatchObject({ object: { metadata: { name: 'b' } } })
    await one.cancel()
  })

  test('a refused write is no event', async () => {
    const session = await newSession()
    const from = await revisionOf(session.json(CONFIG_MAPS))
    const lines = linesOf(
      await session.kubernetes(`${CONFIG_MAPS}?watch=true&resourceVersion=${from}`),
    )
    const refused = await session.kubernetes(CONFIG_MAPS, withBody('POST', configMap('No_Name')))
    expect(refused.status).toBe(422)
    await session.json(CONFIG_MAPS, withBody('POST', configMap('a')))
    expect(await lines.next()).toMatchObject({ object: { metadata: { name: 'a' } } })
    await lines.cancel()
  })
})

describe('a cluster at rest', () => {
  test('sets no timer, watched or not, and writes nothing', async () => {
    const session = await newSession()
    await session.json('/api/v1/nodes')
    const before = await runInDurableObject(session.stub(), (_instance, state) =>
      JSON.stringify(state.storage.sql.exec('SELECT * FROM revisions').toArray()),
    )
    const { setTimeout } = globalThis
    const timers: unknown[] = []
    globalThis.setTimeout = ((...parameters: Parameters<typeof setTimeout>) => {
      timers.push(parameters[1])
      return setTimeout(...parameters)
    }) as typeof setTimeout
    try {
      for (const path of ['/api/v1/pods', '/apis/apps/v1/deployments', '/version'])
        await session.json(path)
      const lines = linesOf(await session.kubernetes('/api/v1/nodes?watch=true'))
      for (let node = 0; node < 3; node++) await lines.next()
      expect(timers).toEqual([])
      await lines.cancel()
    } finally {
      globalThis.setTimeout = setTimeout
    }
    const after = await runInDurableObject(session.stub(), (_instance, state) =>
      JSON.stringify(state.storage.sql.exec('SELECT * FROM revisions').toArray()),
    )
    expect(after).toBe(before)
  })
})
