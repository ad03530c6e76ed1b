import { Cluster, type ClusterOptions } from '#cluster.ts'
import type { ApiAnswer } from '#kube-apiserver/endpoints/http.ts'
import { applyManifests } from '#manifests/apply.ts'
import { settingsOf } from '#settings.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hostileRequest, type HostileRequest } from '../../support/fuzz/hostile-requests.ts'
import { VALID } from '../../support/fuzz/valid-objects.ts'

const CREATED_AT = 1_760_000_000_000
const ADMIN = { username: 'admin', groups: ['system:masters', 'system:authenticated'] }

const OPTIONS: ClusterOptions = {
  seed: 1,
  settings: settingsOf({ template: 'bare', delays: 'instant' }),
  createdAt: CREATED_AT,
}

// Made once and made again from its state, which is quicker than being born.
const newborn = new Cluster(OPTIONS).state()
const newCluster = (): Cluster => new Cluster({ ...OPTIONS, state: newborn })

const send = (cluster: Cluster, request: HostileRequest): ApiAnswer =>
  cluster.handle({ ...request, userAgent: 'fuzz', user: ADMIN })

const bodyOf = (answer: ApiAnswer): string => {
  if ('body' in answer) return answer.body.join('')
  let text = ''
  answer.watch.start(
    (line) => (text += line),
    () => undefined,
  )
  answer.watch.close()
  return text
}

// What is not there yet, and a revision that has not come: the two answers above 499 that are meant.
const MEANT = new Set(['NotImplemented', 'Timeout'])

interface StatusBody {
  readonly kind: string
  readonly code: number
  readonly message: string
  readonly reason?: string
}

/** Sends a request and checks what must hold whatever it was. */
const check = (cluster: Cluster, request: HostileRequest): void => {
  const before = cluster.revision
  const answer = send(cluster, request)
  const body = bodyOf(answer)
  const changes = cluster.takeChanges()
  if (answer.contentType === 'application/json')
    for (const line of 'watch' in answer ? body.split('\n').filter((text) => text !== '') : [body])
      JSON.parse(line)
  const isDry = request.query.some(([name, value]) => name === 'dryRun' && value === 'All')
  if (answer.status >= 400 || (isDry && answer.status < 300 && request.method !== 'GET')) {
    expect(changes.revisions).toEqual([])
    expect(changes.memory).toEqual([])
    expect(cluster.revision).toBe(before)
  }
  // paths outside the API answer with plain text
  if (answer.status < 400 || answer.contentType !== 'application/json') return
  const status = JSON.parse(body) as StatusBody
  expect(status.kind).toBe('Status')
  expect(status.code).toBe(answer.status)
  expect(status.message).not.toBe('')
  // what upstream reports as a plain error with code 500 is plainError() here, with code 400: clients print the same
  if (answer.status >= 500 && !MEANT.has(status.reason ?? ''))
    throw new Error(`bad input was answered with ${body}`)
}

/** Every object as a line of text. */
const contents = (cluster: Cluster): string[] =>
  cluster
    .resources()
    .flatMap((name) => cluster.objects(name).map((object) => `${name} ${JSON.stringify(object)}`))

const post = (path: string, body: string, contentType = 'application/json'): HostileRequest => ({
  method: 'POST',
  path,
  query: [],
  contentType,
  accept: '',
  body,
})

describe('whatever is sent', () => {
  test('the objects that the fuzz begins with are valid', () => {
    for (const [path, object] of VALID) {
      const answer = send(newCluster(), post(path, JSON.stringify(object)))
      expect([path, answer.status, answer.status === 201 ? '' : bodyOf(answer)]).toEqual([
        path,
        201,
        '',
      ])
    }
  })

  test('it is answered, and what is refused changes nothing', () => {
    fc.assert(
      fc.property(fc.array(hostileRequest, { minLength: 1, maxLength: 40 }), (requests) => {
        const cluster = newCluster()
        cluster.takeChanges()
        for (const [path, object] of VALID) send(cluster, post(path, JSON.stringify(object)))
        cluster.takeChanges()
        for (const request of requests) check(cluster, request)
        // whatever was accepted, the cluster goes on, and can be made again from its store
        for (let step = 0; step < 5; step++) {
          const due = cluster.nextDeadline()
          if (due !== undefined) cluster.advance(due)
        }
        expect(cluster.faults).toEqual([])
        const state = JSON.parse(JSON.stringify(cluster.state())) as ReturnType<Cluster['state']>
        const again = new Cluster({ ...OPTIONS, state })
        expect(contents(again)).toEqual(contents(cluster))
        expect(Object.keys(Object.prototype)).toEqual([])
        expect(({} as { readonly polluted?: unknown }).polluted).toBeUndefined()
      }),
      { seed: 20_260_101, numRuns: 30, interruptAfterTimeLimit: 60_000 },
    )
  })
})

describe('whatever is applied to a session', () => {
  test('it is applied or refused with a reason and a place', () => {
    const text = fc.oneof(
      hostileRequest.map(({ body }) => (typeof body === 'string' ? body : '')),
      fc
        .array(hostileRequest, { maxLength: 4 })
        .map((requests) =>
          requests.map(({ body }) => (typeof body === 'string' ? body : '')).join('\n---\n'),
        ),
    )
    fc.assert(
      fc.property(fc.array(text, { maxLength: 20 }), (texts) => {
        const cluster = newCluster()
        for (const manifests of texts) {
          const { results, error } = applyManifests(cluster, ADMIN, manifests)
          for (const { result } of results)
            expect(['created', 'configured', 'unchanged']).toContain(result)
          if (error === undefined) continue
          expect(error.message).not.toBe('')
          expect([error.document >= 1, error.line >= 1]).toEqual([true, true])
          expect(error.code).toBeGreaterThanOrEqual(400)
          expect(error.code).toBeLessThan(500)
        }
        expect(cluster.faults).toEqual([])
      }),
      { seed: 20_260_102, numRuns: 30, interruptAfterTimeLimit: 60_000 },
    )
  })
})

describe('bombs', () => {
  const configMaps = '/api/v1/namespaces/default/configmaps'
  const nested = (open: string, close: string, depth: number): string =>
    open.repeat(depth) + close.repeat(depth)
  const laughs = (levels: number): string =>
    [
      'a0: &a0 [x, x, x, x, x, x, x, x, x]',
      ...Array.from(
        { length: levels },
        (_, level) => `a${level + 1}: &a${level + 1} [${Array(9).fill(`*a${level}`).join(', ')}]`,
      ),
    ].join('\n')

  test.each([
    ['JSON lists 1,000 deep', nested('[', ']', 1000), 'application/json'],
    ['JSON lists 100,000 deep', nested('[', ']', 100_000), 'application/json'],
    ['JSON objects 100,000 deep', nested('{"a":', '}', 100_000), 'application/json'],
    [
      'data 1,000 deep',
      `{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a"},"data":${'{"a":'.repeat(990)}1${'}'.repeat(990)}}`,
      'application/json',
    ],
    ['YAML flow lists 100,000 deep', nested('[', ']', 100_000), 'application/yaml'],
    ['YAML block lists 10,000 deep', '- '.repeat(10_000), 'application/yaml'],
    [
      'YAML maps 2,000 deep',
      Array.from({ length: 2000 }, (_, level) => `${' '.repeat(level)}a:`).join('\n'),
      'application/yaml',
    ],
    ['a billion laughs', laughs(9), 'application/yaml'],
    ['an alias of itself', 'a: &a [*a]', 'application/yaml'],
    ['a merge of itself', 'a: &a\n  <<: *a\n', 'application/yaml'],
    [
      'many anchors',
      Array.from({ length: 5000 }, (_, n) => `k${n}: &k${n} 1`).join('\n'),
      'application/yaml',
    ],
    [
      'a long number',
      `{"kind":"ConfigMap","data":{"a":${'9'.repeat(100_000)}}}`,
      'application/json',
    ],
    [
      'many keys',
      `{${Array.from({ length: 100_000 }, (_, n) => `"k${n}":1`).join()}}`,
      'application/json',
    ],
    [
      'protobuf that nests without end',
      new Uint8Array(50_000).fill(0x0a),
      'application/vnd.kubernetes.protobuf',
    ],
  ])('%s', (_name, body, contentType) => {
    const cluster = newCluster()
    cluster.takeChanges()
    const request = { ...post(configMaps, ''), body, contentType }
    const answer = send(cluster, request)
    expect([400, 413, 415, 422]).toContain(answer.status)
    expect(cluster.takeChanges().revisions).toEqual([])
  })

  test('a deep patch is refused as well', () => {
    const cluster = newCluster()
    send(cluster, post(configMaps, JSON.stringify(VALID[1]![1])))
    for (const type of ['merge-patch+json', 'strategic-merge-patch+json', 'apply-patch+yaml']) {
      const answer = send(cluster, {
        ...post(`${configMaps}/fuzz`, nested('{"data":', '}', 5000).replace(':}', ':1}')),
        method: 'PATCH',
        query: [['fieldManager', 'fuzz']],
        contentType: `application/${type}`,
      })
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.status).toBeLessThan(500)
    }
  })
})

describe('a refused Service', () => {
  test('keeps neither its address nor its port', () => {
    const cluster = newCluster()
    const service = (name: string, spec: object) =>
      post(
        '/api/v1/namespaces/default/services',
        JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec }),
      )
    const wanted = {
      type: 'NodePort',
      clusterIP: '10.96.0.77',
      ports: [{ port: 80, nodePort: 30_077 }],
    }
    const refused = [
      service('a', { ...wanted, sessionAffinity: 'Nobody' }),
      service('a', { ...wanted, ports: [...wanted.ports, { port: 81 }] }),
      service('A_b', wanted),
      { ...service('a', wanted), query: [['dryRun', 'All']] as const },
      {
        ...service('a', { ...wanted, nonsense: 1 }),
        query: [['fieldValidation', 'Strict']] as const,
      },
    ]
    for (const request of refused) {
      const { status } = send(cluster, request)
      expect(status === 201 ? request.query : status).not.toEqual([])
    }
    expect(send(cluster, service('b', wanted)).status).toBe(201)
  })
})
