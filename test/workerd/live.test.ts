import { describe, expect, test } from 'vitest'
import { call, linesOf, newSession, withBody, type WatchEvent } from './session.ts'

interface LiveEvent extends WatchEvent {
  readonly resource: string
}

const RESOURCES = ['nodes', 'machines', 'pods', 'services', 'endpointslices']
const SERVICES = '/api/v1/namespaces/default/services'

const service = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { ports: [{ port: 80 }] },
})

/** Reads on until every resource was listed. */
const readLists = async (lines: ReturnType<typeof linesOf>): Promise<readonly LiveEvent[]> => {
  const waiting = new Set(RESOURCES)
  const events: LiveEvent[] = []
  while (waiting.size > 0) {
    const event = (await lines.next<LiveEvent>())!
    if (event.type === 'BOOKMARK') {
      expect(event.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' })
      waiting.delete(event.resource)
    } else events.push(event)
  }
  return events
}

describe('the live stream', () => {
  test('begins with all that the page shows', async () => {
    const { id, key } = await newSession()
    const answer = await call(`/api/sessions/${id}.${key}/live`)
    expect(answer.headers.get('content-encoding')).toBe('identity')
    const lines = linesOf(answer)
    const names = (await readLists(lines)).map(
      ({ resource, object }) => `${resource} ${object.metadata.name}`,
    )
    expect(names).toEqual(
      expect.arrayContaining(['nodes node-1', 'machines node-3', 'services kubernetes']),
    )
    await lines.cancel()
  })

  test('tells what happens, to whoever has the view link', async () => {
    const session = await newSession()
    const lines = linesOf(await call(`/api/sessions/${session.id}/live`))
    await readLists(lines)
    await session.json(SERVICES, withBody('POST', service('web')))
    expect(await lines.next<LiveEvent>()).toMatchObject({
      resource: 'services',
      type: 'ADDED',
      object: { metadata: { name: 'web' } },
    })
    await lines.cancel()
  })

  test('keeps an event whole, whatever stands in its texts', async () => {
    const session = await newSession()
    const annotations = { text: 'a\n{"type":"DELETED"}\n{' }
    const hostile = { ...service('web'), metadata: { name: 'web', annotations } }
    await session.json(SERVICES, withBody('POST', hostile))
    const lines = linesOf(await call(`/api/sessions/${session.id}/live`))
    const events = await readLists(lines)
    expect(
      events.find(({ object }) => object.metadata.name === 'web')?.object.metadata,
    ).toMatchObject({ annotations })
    await lines.cancel()
  })

  test('ends when the session is deleted, and is not there afterwards', async () => {
    const { id, key } = await newSession()
    const lines = linesOf(await call(`/api/sessions/${id}/live`))
    await readLists(lines)
    await call(`/api/sessions/${id}.${key}`, { method: 'DELETE' })
    expect(await lines.next()).toBeUndefined()
    expect((await call(`/api/sessions/${id}/live`)).status).toBe(404)
  })
})
