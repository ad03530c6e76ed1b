import fc from 'fast-check'
import { settingsOf } from '#settings.ts'
import { describe, expect, test } from 'vitest'
import { News } from '../../../durable-objects/session/live/news.ts'
import { readMessage } from '../../../durable-objects/session/live/protocol.ts'
import { Viewer } from '../../../durable-objects/session/live/viewer.ts'
import { ADMINISTRATOR } from '../../../durable-objects/session/users.ts'
import { StoredCluster } from '../../support/stored-cluster.ts'

const SERVICES = '/api/v1/namespaces/default/services'

interface Message {
  readonly type: string
  readonly resource?: string
  readonly revision?: number
  readonly mark?: number
  readonly events?: readonly {
    readonly type: string
    readonly object: { readonly metadata: { readonly name: string } }
  }[]
  readonly list?: { readonly items: readonly { readonly metadata: { readonly name: string } }[] }
}

/** A session with one viewer, whose memory can go at any moment. */
class Watched {
  readonly messages: Message[] = []
  /** The longest message. */
  longest = 0
  readonly #stored = new StoredCluster({
    settings: settingsOf({ template: 'bare', delays: 'instant' }),
    seed: 1,
    createdAt: 0,
  })
  #attachment: unknown
  #viewer: Viewer

  constructor() {
    this.#viewer = Viewer.begin(this.#socket, false)
    this.#endTurn()
  }

  request(method: string, path: string, body: object | string): void {
    const { status } = this.#stored.cluster.handle({
      method,
      path,
      query: [],
      accept: '',
      contentType: 'application/json',
      userAgent: '',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      user: ADMINISTRATOR,
    })
    expect(status).toBeLessThan(300)
    this.#endTurn()
  }

  make(name: string, text = ''): void {
    this.request('POST', SERVICES, {
      metadata: { name, annotations: { text } },
      spec: { ports: [{ port: 80 }] },
    })
  }

  send(message: object): void {
    const read = readMessage(JSON.stringify(message))
    if ('code' in read) throw new Error(read.reason)
    const taken = this.#viewer.take(read, 0)
    if (typeof taken === 'object') throw new Error(taken.reason)
    this.#endTurn()
  }

  /** Sends back every mark that has come. */
  read(): void {
    for (;;) {
      const index = this.messages.findIndex(({ type }) => type === 'mark')
      if (index < 0) return
      const [mark] = this.messages.splice(index, 1)
      this.send(mark!)
    }
  }

  sleep(): void {
    this.#stored.rebuild()
    this.#viewer = Viewer.wake(this.#socket)
  }

  get names(): readonly string[] {
    return this.messages.flatMap(({ events = [] }) =>
      events.map(({ type, object }) => `${type} ${object.metadata.name}`),
    )
  }

  get listed(): readonly string[] {
    return this.messages.flatMap(({ list }) =>
      (list?.items ?? []).map(({ metadata }) => metadata.name),
    )
  }

  get #socket() {
    return {
      send: (text: string): void => {
        this.longest = Math.max(this.longest, text.length)
        this.messages.push(JSON.parse(text) as Message)
      },
      close: (): void => {},
      serializeAttachment: (attachment: unknown): void => {
        this.#attachment = structuredClone(attachment)
      },
      deserializeAttachment: () => this.#attachment,
    }
  }

  #endTurn(): void {
    this.#stored.save()
    this.#stored.cluster.flushWatches()
    this.#viewer.tell(new News(this.#stored.cluster))
  }
}

describe('a viewer', () => {
  test('is told everything once and in order, whenever the session sleeps', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }), (sleeps) => {
        const watched = new Watched()
        watched.send({ type: 'subscribe', resources: ['services'] })
        expect(watched.listed).toEqual(['kubernetes'])
        const expected: string[] = []
        for (const [index, sleepsNow] of sleeps.entries()) {
          if (sleepsNow) watched.sleep()
          if (index % 3 === 2) {
            watched.request('DELETE', `${SERVICES}/web-${index - 1}`, '')
            expected.push(`DELETED web-${index - 1}`)
          } else {
            watched.make(`web-${index}`)
            expected.push(`ADDED web-${index}`)
          }
        }
        expect(watched.names).toEqual(expected)
      }),
      { numRuns: 12 },
    )
  })

  test('is given a long list in parts, as he reads, as it was at its beginning', () => {
    const watched = new Watched()
    const text = 'x'.repeat(20_000)
    const names = Array.from({ length: 150 }, (_, index) => `web-${String(index + 100)}`)
    for (const name of names) watched.make(name, text)
    watched.send({ type: 'subscribe', resources: ['services', 'nodes'] })
    const told = watched.listed.length
    expect(told).toBeGreaterThan(0)
    expect(told).toBeLessThan(names.length)
    expect(watched.longest).toBeLessThan(2 * 1024 * 1024)

    watched.sleep()
    watched.make('later')
    watched.request('DELETE', `${SERVICES}/web-249`, '')
    expect(watched.listed.length).toBe(told)
    watched.read()
    expect(watched.listed).toEqual(['kubernetes', ...names, 'node-1', 'node-2', 'node-3'])
    expect(watched.names).toEqual(['ADDED later', 'DELETED web-249'])
  })

  test('who does not read is owed what happened, not kept it', () => {
    const watched = new Watched()
    watched.send({ type: 'subscribe', resources: ['services'] })
    const names = Array.from({ length: 30 }, (_, index) => `web-${index + 10}`)
    for (const name of names) watched.make(name, 'x'.repeat(100_000))
    const told = watched.names.length
    expect(told).toBeLessThan(20)
    watched.sleep()
    expect(watched.names.length).toBe(told)
    watched.read()
    expect(watched.names).toEqual(names.map((name) => `ADDED ${name}`))
  })

  test('follows nothing until he has subscribed, and then what he asked for last', () => {
    const watched = new Watched()
    watched.make('before')
    expect(watched.messages).toEqual([])
    watched.send({ type: 'subscribe', resources: ['nodes'] })
    watched.send({ type: 'subscribe', resources: [] })
    watched.make('after')
    expect(watched.names).toEqual([])
    expect(watched.listed).toEqual(['node-1', 'node-2', 'node-3'])
  })
})
