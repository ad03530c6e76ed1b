import { describe, expect, test } from 'vitest'
import { StatusError } from '#apimachinery/status-error.ts'
import { apply } from '#apimachinery/managed-fields/manager.ts'
import { schemaOfKind, Subject, timeAt } from './fixtures.ts'

const refusal = (act: () => void): StatusError => {
  try {
    act()
  } catch (error) {
    if (error instanceof StatusError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

const configMap = (): Subject => new Subject('v1', 'ConfigMap')
const A = { metadata: { labels: { owner: 'a' } }, data: { shared: 'from-a', 'only-a': '1' } }
const B = { data: { shared: 'from-b', 'only-b': '2' } }

describe('appliers of a ConfigMap', () => {
  test('own what they name, without identity and without the maps around it', () => {
    const subject = configMap()
    subject.apply('alice', A)
    expect(subject.entries).toEqual([
      {
        manager: 'alice',
        operation: 'Apply',
        apiVersion: 'v1',
        time: timeAt(0),
        fieldsType: 'FieldsV1',
        fieldsV1: {
          'f:data': { 'f:only-a': {}, 'f:shared': {} },
          'f:metadata': { 'f:labels': { 'f:owner': {} } },
        },
      },
    ])
    expect(JSON.stringify(subject.entries)).toBe(
      `[{"manager":"alice","operation":"Apply","apiVersion":"v1","time":"${timeAt(0)}","fieldsType":"FieldsV1","fieldsV1":{"f:data":{"f:only-a":{},"f:shared":{}},"f:metadata":{"f:labels":{"f:owner":{}}}}}]`,
    )
  })

  test('change nothing when they say the same again', () => {
    const subject = configMap()
    subject.apply('alice', A)
    const before = subject.object
    const again = apply({
      live: before,
      applied: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        ...A,
        metadata: { name: 'x', ...A.metadata },
      },
      manager: 'alice',
      force: false,
      apiVersion: 'v1',
      kind: 'ConfigMap',
      time: timeAt(59),
      schema: schemaOfKind('v1', 'ConfigMap'),
    })
    expect(again).toBe(before)
  })

  test('conflict over a value that another set', () => {
    const subject = configMap()
    subject.apply('alice', A)
    const { status } = refusal(() => subject.apply('bob', B))
    expect(status).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'Apply failed with 1 conflict: conflict with "alice": .data.shared',
      reason: 'Conflict',
      details: {
        causes: [
          {
            reason: 'FieldManagerConflict',
            message: 'conflict with "alice"',
            field: '.data.shared',
          },
        ],
      },
      code: 409,
    })
  })

  test('take by force what they name, and others keep the rest', () => {
    const subject = configMap()
    subject.apply('alice', A)
    subject.apply('bob', B, true)
    expect(subject.fields['data']).toEqual({ shared: 'from-b', 'only-a': '1', 'only-b': '2' })
    expect(subject.owners).toEqual({
      'alice Apply': {
        'f:data': { 'f:only-a': {} },
        'f:metadata': { 'f:labels': { 'f:owner': {} } },
      },
      'bob Apply': { 'f:data': { 'f:only-b': {}, 'f:shared': {} } },
    })
  })

  test('share a field when they agree, and keep it until the last gives it up', () => {
    const subject = configMap()
    subject.apply('alice', A)
    subject.apply('bob', { data: { shared: 'from-a' } })
    expect(subject.owners['bob Apply']).toEqual({ 'f:data': { 'f:shared': {} } })
    expect(subject.entries.find(({ manager }) => manager === 'bob')).not.toHaveProperty('time')
    subject.apply('alice', { data: { 'only-a': '1' } })
    expect(subject.fields).toEqual({ data: { shared: 'from-a', 'only-a': '1' } })
    subject.apply('bob', {})
    expect(subject.fields).toEqual({ data: { 'only-a': '1' } })
    expect(subject.owners).toEqual({ 'alice Apply': { 'f:data': { 'f:only-a': {} } } })
  })

  test('lose what an update changes, and conflict with the updater afterwards', () => {
    const subject = configMap()
    subject.apply('bob', B)
    subject.write('carol', { data: { shared: 'from-b', 'only-b': 'patched' } })
    expect(subject.owners).toEqual({
      'bob Apply': { 'f:data': { 'f:shared': {} } },
      'carol Update': { 'f:data': { 'f:only-b': {} } },
    })
    expect(refusal(() => subject.apply('bob', B)).message).toBe(
      'Apply failed with 1 conflict: conflict with "carol" using v1: .data.only-b',
    )
  })

  test('see several conflicts grouped by manager', () => {
    const subject = configMap()
    subject.apply('zoe', { data: { a: '1', b: '1' } })
    subject.write('carol', { data: { a: '1', b: '1', c: '1' } })
    subject.write('eve', { data: { a: '1', b: '1', c: '1', d: '1' } }, 'status')
    const error = refusal(() => subject.apply('bob', { data: { a: '2', b: '2', c: '2', d: '2' } }))
    expect(error.message).toBe(
      [
        'Apply failed with 4 conflicts: conflicts with "carol" using v1:',
        '- .data.c',
        'conflicts with "eve" with subresource "status" using v1:',
        '- .data.d',
        'conflicts with "zoe":',
        '- .data.a',
        '- .data.b',
      ].join('\n'),
    )
    expect(error.status.details?.causes).toHaveLength(4)
  })

  test('remove a map with its last key, and nothing that they never owned', () => {
    const subject = configMap()
    subject.apply('alice', A)
    subject.apply('alice', {})
    expect(subject.fields).toEqual({})
    expect(subject.entries).toEqual([])
    subject.write('carol', { data: { own: '1' } })
    subject.apply('alice', { data: { a: '1' } })
    subject.apply('alice', {})
    expect(subject.fields).toEqual({ data: { own: '1' } })
  })

  test('leave alone what updaters own, even if they applied it once', () => {
    const subject = configMap()
    subject.apply('alice', { data: { a: '1' } })
    subject.write('carol', { data: { a: '2' } })
    subject.apply('alice', {})
    expect(subject.fields).toEqual({ data: { a: '2' } })
    expect(subject.owners).toEqual({ 'carol Update': { 'f:data': { 'f:a': {} } } })
  })

  test('may use keys that mean something to JavaScript', () => {
    const subject = configMap()
    const data = JSON.parse('{"__proto__":"1","constructor":"2"}') as Record<string, string>
    subject.apply('alice', { data })
    expect(JSON.stringify(subject.fields)).toBe('{"data":{"__proto__":"1","constructor":"2"}}')
    expect(Object.keys(subject.entries[0]!.fieldsV1!['f:data']!)).toEqual([
      'f:__proto__',
      'f:constructor',
    ])
    subject.apply('alice', { data: { a: '1' } })
    expect(subject.fields).toEqual({ data: { a: '1' } })
  })

  test('of an object that nobody manages conflict with all of it', () => {
    const subject = configMap()
    subject.object = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x', uid: 'u' },
      data: { a: '1' },
    } as never
    expect(refusal(() => subject.apply('alice', { data: { a: '2' } })).message).toBe(
      'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.a',
    )
    subject.apply('alice', { data: { b: '2' } })
    expect(subject.owners).toEqual({
      'alice Apply': { 'f:data': { 'f:b': {} } },
      'before-first-apply Update': { 'f:data': { '.': {}, 'f:a': {} } },
    })
  })
})

describe('a configuration is refused', () => {
  const service = (): Subject => new Subject('v1', 'Service')
  const typed = (why: string): string =>
    `failed to create typed patch object (default/x; /v1, Kind=Service): ${why}`

  test.each([
    [
      'with an item twice',
      {
        ports: [
          { port: 90, name: 'a', protocol: 'TCP' },
          { port: 90, name: 'b', protocol: 'TCP' },
        ],
      },
      '.spec.ports: duplicate entries for key [port=90,protocol="TCP"]',
    ],
    [
      'with an item twice by default',
      { ports: [{ port: 90 }, { port: 90, protocol: 'TCP' }] },
      '.spec.ports: duplicate entries for key [port=90,protocol="TCP"]',
    ],
    [
      'with an item without key',
      { ports: [{ name: 'a' }] },
      '.spec.ports: element 0: associative list with keys has an element that omits key field "port" (and doesn\'t have default value)',
    ],
    [
      'with a null item',
      { ports: [null] },
      '.spec.ports: element 0: associative list with keys may not have a null element',
    ],
    [
      'with a scalar item',
      { ports: [80] },
      '.spec.ports: element 0: associative list with keys may not have non-map elements',
    ],
    ['with an unknown field', { prots: [] }, '.spec.prots: field not declared in schema'],
    [
      'with an unknown field of an item',
      { ports: [{ port: 80, prt: 1 }] },
      '.spec.ports[port=80,protocol="TCP"].prt: field not declared in schema',
    ],
    [
      'with a number for a string',
      { clusterIP: 5 },
      '.spec.clusterIP: expected string, got &value.valueUnstructured{Value:5}',
    ],
    [
      'with a string for a number',
      { ports: [{ port: 80, nodePort: 'x' }] },
      '.spec.ports[port=80,protocol="TCP"].nodePort: expected numeric (int or float), got string',
    ],
    [
      'with a string for a boolean',
      { publishNotReadyAddresses: 'yes' },
      '.spec.publishNotReadyAddresses: expected boolean, got &{yes}',
    ],
    ['with a map for a list', { ports: { a: 'b' } }, '.spec.ports: expected list, got &{map[a:b]}'],
    [
      'with a list for a map',
      { selector: ['a', 'b'] },
      '.spec.selector: expected map, got &{[a b]}',
    ],
    [
      'with a map for an int or string',
      { ports: [{ port: 80, targetPort: {} }] },
      '.spec.ports[port=80,protocol="TCP"].targetPort: expected any scalar, got &{map[]}',
    ],
    [
      'with an atomic list of wrong items',
      { externalIPs: ['a', 1] },
      '.spec.externalIPs[1]: expected string, got &value.valueUnstructured{Value:1}',
    ],
    [
      'for two reasons',
      { clusterIP: true, type: 1 },
      'errors:\n  .spec.clusterIP: expected string, got &value.valueUnstructured{Value:true}\n  .spec.type: expected string, got &value.valueUnstructured{Value:1}',
    ],
  ])('%s', (_, spec, why) => {
    const error = refusal(() => service().apply('a', { spec: spec }))
    expect(error.message).toBe(typed(why))
    expect(error.status.code).toBe(400)
    expect(error.status.reason).toBeUndefined()
  })

  test('that brings managed fields', () => {
    const error = refusal(() => service().apply('a', { metadata: { managedFields: [] } }))
    expect(error.status).toMatchObject({ code: 400, message: 'metadata.managedFields must be nil' })
  })

  test('of another kind', () => {
    const subject = new Subject('v1', 'Service')
    expect(refusal(() => subject.apply('a', { kind: 'Pod' })).status).toMatchObject({
      code: 400,
      message: 'invalid object type: /v1, Kind=Pod',
    })
    expect(refusal(() => subject.apply('a', { apiVersion: 'apps/v1' })).message).toBe(
      'invalid object type: apps/v1, Kind=Service',
    )
  })
})
