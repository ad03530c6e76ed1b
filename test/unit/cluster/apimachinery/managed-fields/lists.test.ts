import { describe, expect, test } from 'vitest'
import type { JsonObject, JsonValue } from '#apimachinery/object.ts'
import { merge } from '#apimachinery/managed-fields/merge.ts'
import { schemaOfKind, Subject } from './fixtures.ts'

describe('the ports of a Service, keyed by port and protocol', () => {
  const http = { name: 'http', port: 80, targetPort: 8080 }
  const https = { name: 'https', port: 443, targetPort: 8443 }

  test('belong to those who apply them; the key takes the default protocol, which nobody owns', () => {
    const subject = new Subject('v1', 'Service')
    subject.apply('one', {
      spec: { clusterIP: '10.96.8.1', selector: { app: 's' }, ports: [http] },
    })
    subject.apply('two', { spec: { ports: [https] } })
    expect(subject.owners).toEqual({
      'one Apply': {
        'f:spec': {
          'f:clusterIP': {},
          'f:ports': {
            'k:{"port":80,"protocol":"TCP"}': {
              '.': {},
              'f:name': {},
              'f:port': {},
              'f:targetPort': {},
            },
          },
          'f:selector': {},
        },
      },
      'two Apply': {
        'f:spec': {
          'f:ports': {
            'k:{"port":443,"protocol":"TCP"}': {
              '.': {},
              'f:name': {},
              'f:port': {},
              'f:targetPort': {},
            },
          },
        },
      },
    })
    subject.apply('one', { spec: { selector: { app: 's' } } })
    expect(subject.fields['spec']).toMatchObject({ ports: [https], selector: { app: 's' } })
  })

  test('conflict field by field, and nothing is added beside', () => {
    const subject = new Subject('v1', 'Service')
    subject.apply('kubectl', { spec: { ports: [{ port: 80, protocol: 'TCP', targetPort: 8080 }] } })
    const ports = [
      { port: 80, protocol: 'TCP', targetPort: 9090 },
      { port: 81, protocol: 'TCP', name: 'b' },
    ]
    expect(() => subject.apply('other', { spec: { ports } })).toThrow(
      'Apply failed with 1 conflict: conflict with "kubectl": .spec.ports[port=80,protocol="TCP"].targetPort',
    )
  })

  test('live on when a port that two own is given up by one', () => {
    const subject = new Subject('v1', 'Service')
    subject.apply('one', { spec: { ports: [http, https] } })
    subject.apply('two', { spec: { ports: [https] } })
    subject.apply('one', { spec: { ports: [http] } })
    expect(subject.fields['spec']).toMatchObject({ ports: [http, https] })
    subject.apply('two', {})
    expect(subject.fields['spec']).toMatchObject({ ports: [http] })
  })

  test('keep the fields that an updater added when their applier gives up its own', () => {
    const subject = new Subject('v1', 'Service')
    subject.apply('one', { spec: { ports: [http, https] } })
    const { targetPort: _, ...plain } = http
    subject.write('two', {
      spec: { ports: [{ ...http, nodePort: 30080 }, https] },
      status: { loadBalancer: {} },
    })
    subject.apply('one', { spec: { ports: [{ port: 80 }, https] } })
    const { name: _n, ...bare } = plain
    expect(subject.fields['spec']).toMatchObject({ ports: [{ ...bare, nodePort: 30080 }, https] })
  })

  test('change hands with the whole selector, which is owned as one', () => {
    const subject = new Subject('v1', 'Service')
    subject.apply('one', { spec: { selector: { app: 's' }, ports: [http] } })
    subject.write('kubectl-patch', {
      ...subject.fields,
      spec: { ...(subject.fields['spec'] as JsonObject), selector: { app: 'changed' } },
    })
    expect(() => subject.apply('one', { spec: { selector: { app: 's' }, ports: [http] } })).toThrow(
      'conflict with "kubectl-patch" using v1: .spec.selector',
    )
  })
})

describe('finalizers, a set', () => {
  test('are owned one by one', () => {
    const subject = new Subject('v1', 'ConfigMap')
    subject.apply('one', { metadata: { finalizers: ['a.io/x', 'b.io/y'] } })
    subject.apply('two', { metadata: { finalizers: ['b.io/y', 'c.io/z'] } })
    expect(subject.owners['two Apply']).toEqual({
      'f:metadata': { 'f:finalizers': { 'v:"b.io/y"': {}, 'v:"c.io/z"': {} } },
    })
    expect(subject.fields).toEqual({ metadata: { finalizers: ['a.io/x', 'b.io/y', 'c.io/z'] } })
    subject.apply('one', {})
    expect(subject.fields).toEqual({ metadata: { finalizers: ['b.io/y', 'c.io/z'] } })
  })

  test('may not name one twice', () => {
    const subject = new Subject('v1', 'ConfigMap')
    expect(() => subject.apply('one', { metadata: { finalizers: ['a.io/x', 'a.io/x'] } })).toThrow(
      '.metadata.finalizers: duplicate entries for key [="a.io/x"]',
    )
  })
})

describe('lists that are owned as a whole', () => {
  test('go to whoever set them last', () => {
    const subject = new Subject('v1', 'Service')
    subject.apply('one', { spec: { externalIPs: ['1.1.1.1'] } })
    expect(subject.owners['one Apply']).toEqual({ 'f:spec': { 'f:externalIPs': {} } })
    expect(() => subject.apply('two', { spec: { externalIPs: ['2.2.2.2'] } })).toThrow(
      'conflict with "one": .spec.externalIPs',
    )
  })
})

describe('containers and their ports, maps within maps', () => {
  test('are owned down to the field', () => {
    const subject = new Subject('apps/v1', 'Deployment')
    const container = (image: string, extra: JsonObject = {}): JsonObject => ({
      spec: { template: { spec: { containers: [{ name: 'web', image, ...extra }] } } },
    })
    subject.apply('one', container('nginx:1', { ports: [{ containerPort: 80 }] }))
    expect(subject.owners['one Apply']).toEqual({
      'f:spec': {
        'f:template': {
          'f:spec': {
            'f:containers': {
              'k:{"name":"web"}': {
                '.': {},
                'f:image': {},
                'f:name': {},
                'f:ports': {
                  'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} },
                },
              },
            },
          },
        },
      },
    })
    subject.apply('two', container('nginx:1', { env: [{ name: 'A', value: '1' }] }))
    expect(() => subject.apply('two', container('nginx:2'))).toThrow(
      'Apply failed with 1 conflict: conflict with "one": .spec.template.spec.containers[name="web"].image',
    )
    subject.apply('one', container('nginx:1'))
    const { containers } = (
      subject.fields['spec'] as { template: { spec: { containers: JsonObject[] } } }
    ).template.spec
    expect(containers).toMatchObject([
      { name: 'web', image: 'nginx:1', env: [{ name: 'A', value: '1' }] },
    ])
    expect(containers[0]).not.toHaveProperty('ports')
  })
})

describe('merging keyed lists keeps the order of', () => {
  const schema = schemaOfKind('v1', 'Pod')
  const pod = (names: string): JsonObject => ({
    spec: { containers: [...names].map((name) => ({ name })) },
  })
  const order = (object: JsonObject): string => {
    const { containers } = object['spec'] as { containers: readonly { name: string }[] }
    return containers.map(({ name }) => name).join('')
  }

  test.each([
    ['the live list where nothing is new', 'abc', 'b', 'abc'],
    ['the applied list where it differs', 'abc', 'cb', 'acb'],
    ['new items after those they follow', 'abc', 'axb', 'axbc'],
    ['new items at the end', 'ab', 'xy', 'abxy'],
    ['live items between shared ones', 'axbyc', 'abc', 'axbyc'],
    ['both where they are mixed', 'ab12', '2b', 'a12b'],
    ['an applied list that turns the live one round', 'abc', 'cba', 'cba'],
  ])('%s', (_, live, applied, expected) => {
    expect(order(merge(pod(live), pod(applied), schema))).toBe(expected)
  })

  test('itself: what does not change stays the very same', () => {
    const live = pod('abc')
    expect(merge(live, pod('b'), schema)).toBe(live)
  })
})

describe('a custom kind without schema', () => {
  test('merges maps and owns lists as a whole', () => {
    const any = { kind: 'any', name: '', goType: 'interface {}', preserveUnknown: true } as const
    const subject = new Subject('example.com/v1', 'Widget', any)
    const spec: JsonValue = { map: { a: 1 }, list: [{ name: 'x' }], none: {}, nothing: null }
    subject.apply('one', { spec })
    expect(subject.owners['one Apply']).toEqual({
      'f:spec': {
        '.': {},
        'f:list': {},
        'f:map': { '.': {}, 'f:a': {} },
        'f:none': {},
        'f:nothing': {},
      },
    })
    expect(() => subject.apply('two', { spec: { list: [] } })).toThrow('.spec.list')
  })
})
