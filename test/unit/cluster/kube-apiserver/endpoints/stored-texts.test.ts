import { vi, describe, expect, test } from 'vitest'
import { Cluster, type ClusterOptions } from '#cluster.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import { keptText } from '#kube-apiserver/endpoints/kept-texts.ts'
import type { ApiRequest } from '#kube-apiserver/endpoints/http.ts'
import { settingsOf } from '#settings.ts'
import { DEFINITIONS, WIDGETS, widgetDefinition } from '../../../../support/custom-resources.ts'

const OPTIONS: ClusterOptions = {
  seed: 1,
  settings: settingsOf({ template: 'bare', delays: 'instant', loadBalancer: 'none' }),
  createdAt: Date.parse('2026-01-01T00:00:00Z'),
}
const MAPS = '/api/v1/namespaces/default/configmaps'
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'

/** A cluster that is stored after each turn, as a session does it. */
class Turns {
  readonly cluster = new Cluster(OPTIONS)
  readonly texts = new Map<string, string>()

  constructor() {
    this.end()
  }

  ask(method: string, path: string, body?: unknown, more: Partial<ApiRequest> = {}) {
    return this.cluster.handle({
      method,
      path,
      query: [],
      accept: 'application/json',
      contentType: 'application/json',
      userAgent: 'test',
      body: body === undefined ? '' : JSON.stringify(body),
      user: { username: 'admin', groups: ['system:masters'] },
      ...more,
    })
  }

  /** Stores what the turn wrote, then tells the watches. */
  end(): void {
    for (const revision of this.cluster.takeChanges().revisions) {
      const key = `${revision.resource}/${revision.namespace}/${revision.name}`
      const text = this.cluster.storedText(revision)
      if (text === undefined) this.texts.delete(key)
      else this.texts.set(key, text)
    }
    this.cluster.flushWatches()
  }

  do(method: string, path: string, body?: unknown): void {
    const { status } = this.ask(method, path, body)
    if (status >= 300) throw new Error(`${method} ${path} answered ${status}`)
    this.end()
  }

  read(path: string, more: Partial<ApiRequest> = {}): string {
    const answer = this.ask('GET', path, undefined, more)
    if ('watch' in answer) throw new Error(`${path} is a watch`)
    return answer.body.join('')
  }

  /** Opens watches of ConfigMaps and returns what each is told. */
  watch(count: number, more: Partial<ApiRequest> = {}): readonly string[][] {
    return Array.from({ length: count }, () => {
      const answer = this.ask('GET', MAPS, undefined, { query: [['watch', 'true']], ...more })
      if (!('watch' in answer)) throw new Error('no watch')
      const lines: string[] = []
      answer.watch.start(
        (text) => lines.push(text),
        () => undefined,
      )
      lines.length = 0
      return lines
    })
  }

  /** The texts of all objects that should have one take so many bytes. */
  get owed(): number {
    return this.cluster
      .resources()
      .filter((resource) => resource !== 'events')
      .flatMap((resource) => this.cluster.objects(resource))
      .reduce((sum, object) => sum + (keptText(object)?.length ?? NaN), 0)
  }
}

const configMap = (name: string, value: string): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { labels: { of: 'test' }, name },
  data: { value },
})

const deployment = (replicas: number): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'nginx' }] },
    },
  },
})

const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments'

/** How often a text was made of a stored object that has this in it, while `act` runs. */
const writesOf = (marker: string, act: () => void): number => {
  const stringify = vi.spyOn(JSON, 'stringify')
  try {
    act()
    const texts = stringify.mock.results.map(({ value }) => String(value))
    return texts.filter((text) => text.includes(marker) && text.includes('"resourceVersion"'))
      .length
  } finally {
    stringify.mockRestore()
  }
}

describe('what is stored of an object', () => {
  test('is what is read of it, to the letter', () => {
    const turns = new Turns()
    turns.do('POST', MAPS, configMap('a', '<é漢>'))
    const text = turns.texts.get('configmaps/default/a')!
    expect(turns.read(`${MAPS}/a`)).toBe(`${text}\n`)
    expect(turns.read(MAPS)).toContain(text.slice(text.indexOf('"metadata"')))
  })

  test('is the object again when it is read, in the same order, whatever its kind', () => {
    const turns = new Turns()
    turns.do('POST', DEPLOYMENTS, deployment(3))
    for (const resource of turns.cluster.resources())
      for (const object of turns.cluster.objects(resource)) {
        const { namespace = '', name } = object.metadata
        const text = turns.texts.get(`${resource}/${namespace}/${name}`)!
        expect(JSON.stringify(JSON.parse(text))).toBe(JSON.stringify(object))
      }
    expect(turns.cluster.count('pods')).toBe(3)
  })

  test('of a custom resource is the object, not what its definition shows of it', () => {
    const turns = new Turns()
    turns.do('POST', DEFINITIONS, widgetDefinition())
    const widget = { apiVersion: 'example.com/v1', kind: 'Widget', spec: { size: 2, color: 'red' } }
    turns.do('POST', WIDGETS, { ...widget, metadata: { name: 'a' } })
    const [object] = turns.cluster.objects('widgets.example.com')
    expect(turns.texts.get('widgets.example.com/default/a')).toBe(JSON.stringify(object))
    expect(keptText(object!)).toBeUndefined()
  })
})

describe('a text', () => {
  test('is made once for the answer, the store, watches and lists', () => {
    const turns = new Turns()
    const watches = turns.watch(2)
    const act = (): void => {
      turns.do('POST', MAPS, configMap('a', 'marked'))
      for (let index = 0; index < 3; index++) turns.read(MAPS)
      turns.read(`${MAPS}/a`)
    }
    expect(writesOf('marked', act)).toBe(1)
    expect(watches.map((lines) => lines.length)).toEqual([1, 1])
  })

  test.each([
    ['whole objects', {}],
    ['tables', { accept: TABLE }],
  ])('is made once for a hundred watches of %s', (_name, more) => {
    const turns = new Turns()
    const watches = turns.watch(100, more)
    turns.do('POST', MAPS, configMap('before', ''))
    const act = (): void => {
      turns.do('POST', MAPS, configMap('marked', '1'))
      turns.do('PUT', `${MAPS}/marked`, configMap('marked', '2'))
      turns.do('DELETE', `${MAPS}/marked`)
    }
    act()
    const [first] = watches
    expect(first?.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual([
      'ADDED',
      'ADDED',
      'MODIFIED',
      'DELETED',
    ])
    // the very same text, not only an equal one: each was encoded once
    for (const lines of watches) expect(lines).toEqual(first)
    const few = new Turns()
    few.watch(1, more)
    const one = writesOf('marked', () => few.do('POST', MAPS, configMap('marked', '3')))
    expect(writesOf('marked', () => turns.do('POST', MAPS, configMap('marked', '3')))).toBe(one)
    const gone = writesOf('marked', () => few.do('DELETE', `${MAPS}/marked`))
    expect(writesOf('marked', () => turns.do('DELETE', `${MAPS}/marked`))).toBe(gone)
  })

  test('of what came and went within a turn is told to watches as it was stored', () => {
    const turns = new Turns()
    const [lines] = turns.watch(1)
    turns.ask('POST', MAPS, configMap('marked', '1'))
    turns.ask('PUT', `${MAPS}/marked`, configMap('marked', '2'))
    // the store writes each once; the watch finds both
    expect(writesOf('"value":"1"', () => turns.end())).toBe(1)
    expect(lines).toHaveLength(2)
    expect(turns.cluster.textBytes).toBe(turns.owed)
  })
})

describe('what is kept', () => {
  test('is counted to the byte, whatever came, changed and went', () => {
    const turns = new Turns()
    turns.watch(1)
    for (const replicas of [3, 8, 1]) {
      turns.do(
        replicas === 3 ? 'POST' : 'PUT',
        DEPLOYMENTS + (replicas === 3 ? '' : '/web'),
        deployment(replicas),
      )
      expect(turns.cluster.count('pods')).toBe(replicas)
      expect(turns.cluster.textBytes).toBe(turns.owed)
    }
    turns.do('POST', MAPS, configMap('a', '1'))
    const [old] = turns.cluster
      .objects('configmaps')
      .filter(({ metadata }) => metadata.name === 'a')
    turns.do('PUT', `${MAPS}/a`, configMap('a', '2'))
    expect(keptText(old!)).toBeUndefined()
    turns.do('DELETE', `${MAPS}/a`)
    turns.do('DELETE', `${DEPLOYMENTS}/web`)
    expect(turns.cluster.textBytes).toBe(turns.owed)
  })

  test('is not made of events, which are many and seldom read', () => {
    const turns = new Turns()
    turns.do('POST', DEPLOYMENTS, deployment(1))
    const events = turns.cluster.objects('events')
    expect(events.length).toBeGreaterThan(0)
    expect(events.map(keptText)).toEqual(events.map(() => undefined))
  })

  test('comes back with what is read from the store, but for texts that were written otherwise', () => {
    const { cluster } = new Turns()
    const state = cluster.state()
    const objects = state.etcd.objects.map(({ resource, object }) => {
      const copy = JSON.parse(JSON.stringify(object)) as KubeObject
      const { kind, apiVersion, ...rest } = copy
      const text = JSON.stringify(
        resource === 'nodes' ? { apiVersion, kind, ...rest } : { kind, apiVersion, ...rest },
      )
      return { resource, object: copy, text }
    })
    const again = new Cluster({ ...OPTIONS, state: { ...state, etcd: { ...state.etcd, objects } } })
    for (const { resource, object, text } of objects)
      expect(keptText(object)).toBe(
        resource === 'events' || resource === 'nodes' ? undefined : text,
      )
    expect(again.count('nodes')).toBeGreaterThan(0)
  })
})
