import { describe, expect, test } from 'vitest'
import { freeze, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import { applyStrategicMergePatch } from '#apimachinery/patch/strategic-merge.ts'
import { StatusError } from '#apimachinery/status-error.ts'
import { schemaOfKind } from '../managed-fields/fixtures.ts'

const pod = schemaOfKind('v1', 'Pod')
const deployment = schemaOfKind('apps/v1', 'Deployment')
const service = schemaOfKind('v1', 'Service')
const configMap = schemaOfKind('v1', 'ConfigMap')

const refusal = (act: () => unknown): StatusError['status'] => {
  try {
    act()
  } catch (error) {
    if (error instanceof StatusError) return error.status
    throw error
  }
  throw new Error('nothing was refused')
}

const inSpec = (spec: JsonValue): JsonObject => ({ spec })
const patched = (original: JsonValue, patch: JsonValue, schema = pod): JsonValue | undefined =>
  applyStrategicMergePatch(freeze(inSpec(original)), freeze(inSpec(patch)), schema)['spec']

const names = (spec: unknown): string =>
  (spec as { containers: readonly { name: string }[] }).containers.map(({ name }) => name).join('')
const containers = (text: string, more: JsonObject = {}): JsonObject[] =>
  [...text].map((name) => ({ name, ...more }))

describe('a strategic merge patch of maps', () => {
  test.each<[string, JsonObject, JsonObject, JsonObject]>([
    [
      'sets, adds and deletes keys',
      { data: { a: '1', b: '1' } },
      { data: { a: '2', b: null, c: '3' } },
      { data: { a: '2', c: '3' } },
    ],
    ['drops nulls in what is new', {}, { data: { a: null, b: '1' } }, { data: { b: '1' } }],
    ['deletes a map', { data: { a: '1' } }, { data: null }, {}],
    [
      'replaces a map',
      { data: { a: '1' } },
      { data: { $patch: 'replace', b: '2' } },
      { data: { b: '2' } },
    ],
    ['empties a map', { data: { a: '1' } }, { data: { $patch: 'delete' } }, { data: {} }],
    [
      'leaves out a directive where there is nothing to act on',
      {},
      { data: { $patch: 'delete' }, metadata: { labels: { $patch: 'replace', a: '1' } } },
      { metadata: {} },
    ],
    [
      'keeps keys that mean something to JavaScript',
      JSON.parse('{"data":{"__proto__":"1"}}') as JsonObject,
      JSON.parse('{"data":{"__proto__":"2","constructor":"3"}}') as JsonObject,
      JSON.parse('{"data":{"__proto__":"2","constructor":"3"}}') as JsonObject,
    ],
  ])('%s', (_, original, patch, expected) => {
    const result = applyStrategicMergePatch(freeze(original), freeze(patch), configMap)
    expect(JSON.stringify(result)).toBe(JSON.stringify(expected))
  })

  test('replaces the selector of a PodDisruptionBudget, as its type says', () => {
    const budget = schemaOfKind('policy/v1', 'PodDisruptionBudget')
    const selector = (app: string): JsonObject => ({ selector: { matchLabels: { [app]: 'x' } } })
    expect(patched(selector('a'), selector('b'), budget)).toEqual(selector('b'))
  })

  test('keeps only the keys that $retainKeys names', () => {
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } }
    expect(
      patched({ strategy }, { strategy: { $retainKeys: ['type'], type: 'Recreate' } }, deployment),
    ).toEqual({ strategy: { type: 'Recreate' } })
    const malformed = (retained: JsonValue) => () =>
      patched({ strategy }, { strategy: { $retainKeys: retained, type: 'Recreate' } }, deployment)
    for (const act of [malformed('type'), malformed(['rollingUpdate'])])
      expect(refusal(act)).toMatchObject({
        code: 400,
        message: 'invalid patch format of retainKeys',
      })
  })

  test('gives the object itself if nothing changes, and shares what does not', () => {
    const original = freeze<JsonObject>({
      metadata: { labels: { a: '1' } },
      spec: { containers: containers('ab', { image: 'x' }), nodeName: 'n' },
    })
    expect(
      applyStrategicMergePatch(
        original,
        { spec: { nodeName: 'n', containers: [{ name: 'b', image: 'x' }] } },
        pod,
      ),
    ).toBe(original)
    const result = applyStrategicMergePatch(
      original,
      { spec: { containers: [{ name: 'b', image: 'y' }] } },
      pod,
    )
    expect(result['metadata']).toBe(original['metadata'])
    const list = (object: JsonObject): readonly JsonValue[] =>
      (object['spec'] as { containers: JsonValue[] }).containers
    expect(list(result)[0]).toBe(list(original)[0])
  })

  test('merges a patch of a version field that kubectl sends along', () => {
    const patch = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { annotations: { a: 'b' } } }
    expect(
      applyStrategicMergePatch({ kind: 'ConfigMap', metadata: { name: 'x' } }, patch, configMap),
    ).toEqual({
      kind: 'ConfigMap',
      metadata: { name: 'x', annotations: { a: 'b' } },
      apiVersion: 'v1',
    })
  })
})

describe('a strategic merge patch of lists', () => {
  test('merges items by their key', () => {
    const original = {
      ports: [
        { port: 53, protocol: 'UDP', targetPort: 53, nodePort: 30053 },
        { port: 80, protocol: 'TCP' },
      ],
    }
    expect(
      patched(original, { ports: [{ port: 53, protocol: 'UDP', targetPort: 9053 }] }, service),
    ).toEqual({
      ports: [
        { port: 53, protocol: 'UDP', targetPort: 9053, nodePort: 30053 },
        { port: 80, protocol: 'TCP' },
      ],
    })
  })

  test('deletes an item', () => {
    expect(
      names(
        patched(
          { containers: containers('abc') },
          { containers: [{ $patch: 'delete', name: 'b' }] },
        ),
      ),
    ).toBe('ac')
    expect(
      patched({ containers: containers('a') }, { containers: [{ $patch: 'delete', name: 'a' }] }),
    ).toEqual({ containers: [] })
  })

  test('replaces a list', () => {
    expect(
      names(
        patched(
          { containers: containers('abc') },
          { containers: [{ $patch: 'replace' }, { name: 'x' }, { name: 'a' }] },
        ),
      ),
    ).toBe('xa')
  })

  test('replaces a list that has no key, and one of scalars', () => {
    expect(patched({ tolerations: [{ key: 'a' }] }, { tolerations: [{ key: 'b' }] })).toEqual({
      tolerations: [{ key: 'b' }],
    })
    expect(patched({ externalIPs: ['1.1.1.1'] }, { externalIPs: ['2.2.2.2'] }, service)).toEqual({
      externalIPs: ['2.2.2.2'],
    })
  })

  test('unites sets and takes from them', () => {
    const meta = (finalizers: JsonValue): JsonObject => ({ metadata: { finalizers } })
    const run = (patch: JsonObject): JsonObject =>
      applyStrategicMergePatch(freeze(meta(['a', 'b'])), { metadata: patch }, pod)
    expect(run({ finalizers: ['b', 'c'] })).toEqual(meta(['a', 'b', 'c']))
    expect(run({ '$deleteFromPrimitiveList/finalizers': ['a', 'x'] })).toEqual(meta(['b']))
    expect(
      run({
        '$deleteFromPrimitiveList/finalizers': ['a'],
        '$setElementOrder/finalizers': ['c', 'b'],
        finalizers: ['c'],
      }),
    ).toEqual(meta(['c', 'b']))
    expect(run({ '$deleteFromPrimitiveList/nothing': ['a'] })).toEqual(meta(['a', 'b']))
  })

  test.each([
    ['puts new items where the patch has them', 'ab', 'bx', undefined, 'abx'],
    ['orders by the patch', 'abc', 'cb', undefined, 'acb'],
    ['orders by $setElementOrder', 'abc', '', 'cab', 'cab'],
    ['orders new items too', 'ab', 'x', 'xba', 'xba'],
    ['keeps what only the server has between its neighbours', 'a1b2', 'b', 'ba', '1ba2'],
    ['keeps what only the server has behind what is new', 'ab12', 'x', 'abx', 'abx12'],
    ['takes a new list in its order', '', 'ab', 'ab', 'ab'],
  ])('%s', (_, original, patch, order, expected) => {
    const change = {
      ...(patch === '' ? {} : { containers: containers(patch) }),
      ...(order === undefined ? {} : { '$setElementOrder/containers': containers(order) }),
    }
    const before = original === '' ? {} : { containers: containers(original) }
    expect(names(patched(before, change))).toBe(expected)
  })

  test('does what kubectl apply sends for a container replaced by another', () => {
    const change = {
      '$setElementOrder/containers': [{ name: 'new' }],
      containers: [
        {
          name: 'new',
          image: 'x',
          '$setElementOrder/env': [{ name: 'B' }],
          env: [{ name: 'B', value: '1' }],
        },
        { $patch: 'delete', name: 'old' },
      ],
    }
    const spec = patched({ containers: [{ name: 'old', image: 'y' }] }, change)
    expect(spec).toMatchObject({
      containers: [{ name: 'new', image: 'x', env: [{ name: 'B', value: '1' }] }],
    })
    expect(names(spec)).toHaveLength(3)
  })

  test('ignores an order for a list that is nowhere', () => {
    expect(patched({ nodeName: 'n' }, { '$setElementOrder/containers': [{ name: 'a' }] })).toEqual({
      nodeName: 'n',
    })
  })
})

describe('a strategic merge patch is refused', () => {
  const spec = { containers: containers('ab'), nodeName: 'n' }

  test.each<[string, JsonValue, string | undefined, string]>([
    [
      'without the key of an item',
      { containers: [{ image: 'nginx', ports: [1, 2.5, true, null] }] },
      undefined,
      'map: map[image:nginx ports:[1 2.5 true <nil>]] does not contain declared merge key: name',
    ],
    [
      'without the key of an item to delete',
      { containers: [{ $patch: 'delete' }] },
      undefined,
      'map: map[$patch:delete] does not contain declared merge key: name',
    ],
    [
      'with an unknown directive',
      { containers: [{ $patch: 'frob', name: 'a' }] },
      undefined,
      'unknown patch type: frob in map: map[$patch:frob name:a]',
    ],
    [
      'with a directive to merge',
      { containers: [{ $patch: 'merge', name: 'a' }] },
      undefined,
      'merging lists cannot yet be specified in the patch',
    ],
    [
      'with an unknown directive in a map',
      { $patch: 'frob' },
      undefined,
      'unknown patch type: frob in map: map[$patch:frob]',
    ],
    [
      'with items of several types',
      { containers: [{ name: 'a' }, 'b'] },
      undefined,
      'list element types are not identical: [[map[name:a] map[name:b]] [map[name:a] b]]',
    ],
    [
      'with an order that is no list',
      { '$setElementOrder/containers': 'a' },
      undefined,
      'expected a []interface {}, but received a string',
    ],
    [
      'with an order of no field',
      { '$setElementOrder/frobs': [] },
      undefined,
      'unable to find api field in struct PodSpec for the json field "frobs"',
    ],
    [
      'with an order without name',
      { $setElementOrder: [] },
      'BadRequest',
      'invalid patch format of setElementOrder list',
    ],
    [
      'with a deletion without name',
      { $deleteFromPrimitiveList: ['a'] },
      'BadRequest',
      'invalid patch format of primitive list',
    ],
    [
      'with an order for a scalar',
      { '$setElementOrder/nodeName': [] },
      undefined,
      'expected a []interface {}, but received a string',
    ],
    [
      'with items out of their order',
      {
        '$setElementOrder/containers': [{ name: 'a' }, { name: 'b' }],
        containers: [{ name: 'b' }, { name: 'a' }],
      },
      undefined,
      "the order in patch list:\n[map[name:b] map[name:a]]\n doesn't match $setElementOrder list:\n[map[name:a] map[name:b]]",
    ],
    [
      'with an item that its order does not name',
      { '$setElementOrder/containers': [{ name: 'a' }], containers: [{ name: 'x' }] },
      undefined,
      "the order in patch list:\n[map[name:x]]\n doesn't match $setElementOrder list:\n[map[name:a]]",
    ],
  ])('%s', (_, patch, reason, message) => {
    const status = refusal(() => patched(spec, patch))
    expect(status).toMatchObject({ code: 400, message })
    expect(status.reason).toBe(reason)
  })

  test('with a list of lists', () => {
    const status = refusal(() =>
      applyStrategicMergePatch(
        { metadata: { finalizers: [] } },
        { metadata: { finalizers: [['a']] } },
        pod,
      ),
    )
    expect(status).toMatchObject({ code: 422, reason: 'Invalid' })
  })

  test('if it is no object', () => {
    expect(refusal(() => applyStrategicMergePatch({}, [], pod))).toMatchObject({
      code: 400,
      message: 'json: cannot unmarshal array into Go value of type map[string]interface {}',
    })
  })
})
