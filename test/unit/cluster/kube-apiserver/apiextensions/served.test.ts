import type { JsonObject } from '#apimachinery/object.ts'
import { describe, expect, it, test } from 'vitest'
import {
  DEFINITIONS,
  widget,
  widgetCluster,
  widgetDefinition,
  WIDGET_SCHEMA,
  WIDGETS,
} from '../../../../support/custom-resources.ts'
import { ScriptedCluster } from '../../../../support/scripted-cluster.ts'

const DEFINITION = `${DEFINITIONS}/widgets.example.com`
const MERGE = { contentType: 'application/merge-patch+json' }
const TABLE = { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' }
const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

interface Discovery {
  readonly items: readonly {
    readonly metadata: { readonly name: string }
    readonly versions: readonly JsonObject[]
  }[]
}

describe('[sig-api-machinery] CustomResourceDefinition resources', () => {
  it('creating/deleting custom resource definition objects works', () => {
    const cluster = new ScriptedCluster()
    expect(cluster.request('POST', DEFINITIONS, widgetDefinition())).toMatchObject({
      spec: { names: { listKind: 'WidgetList' }, conversion: { strategy: 'None' } },
      status: { storedVersions: ['v1'] },
    })
    expect(cluster.request('GET', DEFINITION)).toMatchObject({
      metadata: { generation: 1 },
      status: {
        acceptedNames: { plural: 'widgets', kind: 'Widget' },
        conditions: [
          { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts' },
          { type: 'Established', status: 'True', reason: 'InitialNamesAccepted' },
        ],
      },
    })
    expect(cluster.request('DELETE', DEFINITION)).toMatchObject({
      metadata: { finalizers: ['customresourcecleanup.apiextensions.k8s.io'] },
      status: { conditions: [{}, {}, { type: 'Terminating', reason: 'InstanceDeletionPending' }] },
    })
    expect(cluster.request('GET', DEFINITION)).toMatchObject({ reason: 'NotFound' })
    expect(cluster.request('GET', WIDGETS)).toBe('404 page not found\n')
    expect(cluster.faults).toEqual([])
  })

  it('listing custom resource definition objects works', () => {
    const cluster = widgetCluster()
    const list = cluster.request('GET', DEFINITIONS) as { readonly items: readonly unknown[] }
    expect(list.items).toHaveLength(1)
    cluster.request('DELETE', DEFINITIONS)
    expect(cluster.request('GET', DEFINITIONS)).toMatchObject({ items: [] })
  })

  it('getting/updating/patching custom resource definition status sub-resource works', () => {
    const cluster = widgetCluster()
    const condition = { type: 'StatusUpdate', status: 'True', reason: 'E2E', message: 'set' }
    const status = { conditions: [condition] }
    cluster.request('PATCH', `${DEFINITION}/status`, { status }, MERGE)
    const found = cluster.request('GET', `${DEFINITION}/status`)
    expect(JSON.stringify(found)).toContain('"StatusUpdate"')
    // what the server says of it comes back by itself
    expect(JSON.stringify(found)).toContain('"Established"')
  })

  it('should include custom resource definition resources in discovery documents', () => {
    const cluster = widgetCluster()
    expect(JSON.stringify(cluster.request('GET', '/apis'))).toContain('"name":"example.com"')
    expect(cluster.request('GET', '/apis/example.com')).toMatchObject({
      preferredVersion: { groupVersion: 'example.com/v1' },
    })
    const list = cluster.request('GET', '/apis/example.com/v1') as {
      readonly resources: readonly { readonly name: string }[]
    }
    expect(list.resources.map(({ name }) => name)).toEqual([
      'widgets',
      'widgets/status',
      'widgets/scale',
    ])
    const { items } = JSON.parse(
      cluster.request('GET', '/apis', undefined, { accept: AGGREGATED }) as string,
    ) as Discovery
    expect(items.find(({ metadata }) => metadata.name === 'example.com')).toMatchObject({
      versions: [{ version: 'v1', resources: [{ resource: 'widgets', shortNames: ['wd'] }] }],
    })
  })

  it('custom resource defaulting for requests and from storage works', () => {
    const cluster = widgetCluster()
    cluster.request('POST', WIDGETS, widget({ size: 3 }))
    expect(cluster.request('GET', `${WIDGETS}/w`)).toMatchObject({ spec: { color: 'red' } })
    const shape = {
      properties: { spec: { properties: { shape: { type: 'string', default: 'round' } } } },
    }
    const [version] = (widgetDefinition() as unknown as { spec: { versions: [JsonObject] } }).spec
      .versions
    const before = version['schema'] as { readonly openAPIV3Schema: JsonObject }
    const merged = structuredClone(before.openAPIV3Schema) as {
      properties: { spec: { properties: object } }
    }
    Object.assign(merged.properties.spec.properties, shape.properties.spec.properties)
    const versions = [{ ...version, schema: { openAPIV3Schema: merged } }]
    cluster.request('PATCH', DEFINITION, { spec: { versions } }, MERGE)
    expect(cluster.request('GET', `${WIDGETS}/w`)).toMatchObject({
      spec: { size: 3, color: 'red', shape: 'round' },
    })
  })
})

describe('a custom resource', () => {
  it('counts its generations, keeps its status apart, and scales', () => {
    const cluster = widgetCluster()
    cluster.request('POST', WIDGETS, widget({ size: 3, replicas: 1 }, { status: { replicas: 9 } }))
    const path = `${WIDGETS}/w`
    expect(cluster.request('GET', path)).not.toHaveProperty('status')
    cluster.request('PATCH', `${path}/scale`, { spec: { replicas: 4 } }, MERGE)
    cluster.request('PATCH', `${path}/status`, { status: { replicas: 4 } }, MERGE)
    expect(cluster.request('GET', `${path}/scale`)).toMatchObject({
      kind: 'Scale',
      spec: { replicas: 4 },
      status: { replicas: 4 },
    })
    expect(cluster.request('GET', path)).toMatchObject({
      metadata: { generation: 2 },
      spec: { size: 3, replicas: 4 },
      status: { replicas: 4 },
    })
  })

  it('is shown in the columns of its definition', () => {
    const cluster = widgetCluster()
    cluster.request('POST', WIDGETS, widget({ size: 3 }))
    const table = cluster.request('GET', WIDGETS, undefined, TABLE)
    expect(table).toMatchObject({
      columnDefinitions: [{ name: 'Name' }, { name: 'Size', type: 'integer' }, { name: 'Age' }],
      rows: [{ cells: ['w', 3, '0s'] }],
    })
  })

  it('is pruned, and told so as the client asks', () => {
    const cluster = widgetCluster()
    const body = widget({ size: 1, weight: 4 })
    const strict = { query: [['fieldValidation', 'Strict'] as const] }
    expect(cluster.request('POST', WIDGETS, body, strict)).toMatchObject({
      code: 400,
      message:
        'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "spec.weight"',
    })
    expect(cluster.request('POST', WIDGETS, body)).toMatchObject({
      spec: { size: 1, color: 'red' },
    })
    expect(cluster.transcript.at(-1)).toContain('unknown field \\\\\\"spec.weight\\\\\\"')
  })

  it('has unknown metadata detected in both the root and embedded object', () => {
    const template = {
      type: 'object',
      'x-kubernetes-embedded-resource': true,
      'x-kubernetes-preserve-unknown-fields': true,
    }
    const spec = { type: 'object', properties: { template } }
    const schema = { type: 'object', properties: { spec } }
    const cluster = widgetCluster(widgetDefinition({ schema }))
    const embedded = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', unknownSubMeta: 1 },
      any: 1,
    }
    const body = widget({ template: embedded }, { metadata: { name: 'w', unknownMeta: 1 } })
    const strict = { query: [['fieldValidation', 'Strict'] as const] }
    expect(cluster.request('POST', WIDGETS, body, strict)).toMatchObject({
      message:
        'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "metadata.unknownMeta", unknown field "spec.template.metadata.unknownSubMeta"',
    })
    expect(cluster.request('POST', WIDGETS, body)).toMatchObject({
      spec: { template: { any: 1, metadata: { name: 'p' } } },
    })
    expect(
      cluster.request('POST', WIDGETS, widget({ template: {} }, { metadata: { name: 'v' } })),
    ).toMatchObject({
      details: {
        causes: [{ field: 'spec.template.apiVersion' }, { field: 'spec.template.kind' }],
      },
    })
  })

  it('is written with its keys in order, alone and in lists', () => {
    const cluster = widgetCluster()
    cluster.request('POST', WIDGETS, widget({ size: 3 }))
    expect(cluster.transcript.at(-1)).toContain('{"apiVersion":"example.com/v1","kind":"Widget",')
    cluster.request('GET', WIDGETS)
    expect(cluster.transcript.at(-1)).toContain('{"apiVersion":"example.com/v1","items":[{"apiV')
    expect(cluster.transcript.at(-1)).toContain('"kind":"WidgetList","metadata":{"continue":"",')
  })

  it('is of the kind and version that it is sent to', () => {
    const cluster = widgetCluster()
    const body = widget({ size: 3 })
    expect(
      cluster.request('POST', WIDGETS, { ...body, apiVersion: 'example.com/v2' }),
    ).toMatchObject({
      code: 400,
      message:
        'the API version in the data (example.com/v2) does not match the expected API version (example.com/v1)',
    })
    expect(cluster.request('POST', WIDGETS, { ...body, kind: 'Gadget' })).toMatchObject({
      code: 422,
      message: 'Widget.example.com "w" is invalid: kind: Invalid value: "Gadget": must be Widget',
    })
    expect(cluster.request('POST', WIDGETS, { metadata: { name: 'w' } })).toMatchObject({
      code: 400,
      message: `the object provided is unrecognized (must be of type Widget): Object 'Kind' is missing in '{"metadata":{"name":"w"}}' ({"metadata":{"name":"w"}})`,
    })
    expect(cluster.request('POST', WIDGETS, { kind: 'Widget', metadata: {} })).toMatchObject({
      message:
        'the API version in the data () does not match the expected API version (example.com/v1)',
    })
  })

  it('is applied by its own schema', () => {
    const ports = {
      type: 'array',
      items: {
        type: 'object',
        required: ['port'],
        properties: { port: { type: 'integer' }, name: { type: 'string' } },
      },
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['port'],
    }
    const schema = {
      type: 'object',
      properties: { spec: { type: 'object', properties: { ports, size: { type: 'integer' } } } },
    }
    const cluster = widgetCluster(widgetDefinition({ schema }))
    const apply = (manager: string, spec: unknown, ...query: (readonly [string, string])[]) =>
      cluster.request('PATCH', `${WIDGETS}/w`, widget(spec), {
        contentType: 'application/apply-patch+yaml',
        query: [['fieldManager', manager], ...query],
      })
    apply('a', { size: 0, ports: [{ port: 80, name: 'http' }] })
    expect(apply('b', { ports: [{ port: 443 }] })).toMatchObject({
      spec: { size: 0, ports: [{ port: 80 }, { port: 443 }] },
    })
    expect(apply('b', { ports: [{ port: 80, name: 'web' }] })).toMatchObject({
      code: 409,
      message: 'Apply failed with 1 conflict: conflict with "a": .spec.ports[port=80].name',
    })
    expect(apply('c', { weight: 1 })).toMatchObject({
      message:
        'failed to create typed patch object (/w; example.com/v1, Kind=Widget): .spec.weight: field not declared in schema',
    })
    expect(apply('a', { ports: [] })).toMatchObject({ spec: { ports: [{ port: 443 }] } })
  })

  it('is found by the fields that its definition names', () => {
    const version = { selectableFields: [{ jsonPath: '.spec.color' }] }
    const cluster = widgetCluster(widgetDefinition({ version }))
    cluster.request('POST', WIDGETS, widget({ size: 1 }))
    const list = (fieldSelector: string) =>
      cluster.request('GET', WIDGETS, undefined, { query: [['fieldSelector', fieldSelector]] })
    expect(list('spec.color=red')).toMatchObject({ items: [{}] })
    expect(list('spec.color=green')).toMatchObject({ items: [] })
    expect(list('spec.size=1')).toMatchObject({
      code: 400,
      message: 'field label not supported: spec.size',
    })
  })

  it('keeps what a stricter definition would refuse, while it stays as it is', () => {
    const cluster = widgetCluster()
    cluster.request('POST', WIDGETS, widget({ size: 9 }))
    const stricter = structuredClone(WIDGET_SCHEMA)
    stricter.properties.spec.properties.size.maximum = 5
    const [version] = (widgetDefinition({ schema: stricter })['spec'] as JsonObject)[
      'versions'
    ] as unknown as [JsonObject]
    cluster.request('PATCH', DEFINITION, { spec: { versions: [version] } }, MERGE)
    const patch = (spec: unknown) => cluster.request('PATCH', `${WIDGETS}/w`, { spec }, MERGE)
    expect(patch({ replicas: 2 })).toMatchObject({ spec: { size: 9, replicas: 2 } })
    expect(patch({ size: 8 })).toMatchObject({ code: 422 })
  })

  it('obeys the rules of its definition', () => {
    const spec = {
      type: 'object',
      properties: {
        min: { type: 'integer' },
        max: { type: 'integer' },
        name: {
          type: 'string',
          'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'name is immutable' }],
        },
      },
      'x-kubernetes-validations': [
        { rule: 'self.min <= self.max' },
        {
          rule: 'self.max < 100',
          messageExpression: '"%d is too much".format([self.max])',
          reason: 'FieldValueForbidden',
          fieldPath: '.max',
        },
        { rule: '!has(self.name) || self.name.size() / self.min > 0' },
      ],
    }
    const cluster = widgetCluster(
      widgetDefinition({ schema: { type: 'object', properties: { spec } } }),
    )
    const message = (answer: unknown) => (answer as { readonly message?: string }).message
    const post = (given: unknown) => message(cluster.request('POST', WIDGETS, widget(given)))
    const head = 'Widget.example.com "w" is invalid: '
    expect(post({ min: 3, max: 2 })).toBe(
      `${head}spec: Invalid value: failed rule: self.min <= self.max`,
    )
    expect(post({ min: 1, max: 100 })).toBe(`${head}spec.max: Forbidden: 100 is too much`)
    expect(post({ min: 0, max: 1, name: 'abc' })).toBe(
      `${head}spec: Invalid value: "object": division by zero evaluating rule: !has(self.name) || self.name.size() / self.min > 0`,
    )
    expect(post({ max: 2 })).toBe(
      `${head}spec: Invalid value: "object": no such key: min evaluating rule: self.min <= self.max`,
    )
    expect(post({ min: 1, max: 2, name: 'abc' })).toBeUndefined()
    const patched = cluster.request('PATCH', `${WIDGETS}/w`, { spec: { name: 'abcd' } }, MERGE)
    expect(message(patched)).toBe(`${head}spec.name: Invalid value: "abcd": name is immutable`)
  })

  it('takes no strategic merge patch', () => {
    const cluster = widgetCluster()
    cluster.request('POST', WIDGETS, widget({ size: 1 }))
    const call = { contentType: 'application/strategic-merge-patch+json' }
    expect(cluster.request('PATCH', `${WIDGETS}/w`, {}, call)).toMatchObject({
      code: 415,
      message:
        'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
    })
  })

  it('goes with its namespace and with its owner', () => {
    const cluster = widgetCluster()
    cluster.request('POST', '/api/v1/namespaces', { metadata: { name: 'shop' } })
    const inShop = '/apis/example.com/v1/namespaces/shop/widgets'
    cluster.request('POST', inShop, widget({ size: 1 }))
    cluster.request('DELETE', '/api/v1/namespaces/shop')
    expect(cluster.request('GET', inShop)).toMatchObject({ items: [] })
    const owner = cluster.request('POST', WIDGETS, widget({ size: 1 })) as {
      readonly metadata: { readonly uid: string }
    }
    const ownerReferences = [
      { apiVersion: 'example.com/v1', kind: 'Widget', name: 'w', uid: owner.metadata.uid },
    ]
    const metadata = { name: 'owned', ownerReferences }
    cluster.request('POST', '/api/v1/namespaces/default/configmaps', { metadata })
    cluster.request('DELETE', `${WIDGETS}/w`)
    expect(cluster.request('GET', '/api/v1/namespaces/default/configmaps/owned')).toMatchObject({
      code: 404,
    })
  })
})

describe('[sig-api-machinery] CustomResourceDefinition Watch', () => {
  it('watch on custom resource definition objects', () => {
    const cluster = widgetCluster()
    const { metadata } = cluster.request('GET', WIDGETS) as {
      readonly metadata: { readonly resourceVersion: string }
    }
    const events: string[] = []
    let ended = false
    const answer = cluster.cluster.handle({
      method: 'GET',
      path: WIDGETS,
      query: [
        ['watch', 'true'],
        ['resourceVersion', metadata.resourceVersion],
      ],
      accept: 'application/json',
      contentType: '',
      userAgent: 'kubectl',
      body: '',
      user: { username: 'kubernetes-admin', groups: ['system:masters'] },
    })
    if (!('watch' in answer)) throw new Error('no watch was begun')
    answer.watch.start(
      (text) => events.push((JSON.parse(text) as { readonly type: string }).type),
      () => (ended = true),
    )
    cluster.request('POST', WIDGETS, widget({ size: 1 }))
    cluster.request('PATCH', `${WIDGETS}/w`, { spec: { size: 2 } }, MERGE)
    cluster.request('PATCH', `${DEFINITION}/status`, { status: { conditions: null } }, MERGE)
    cluster.cluster.flushWatches()
    expect([events, ended]).toEqual([['ADDED', 'MODIFIED'], false])
    cluster.request('DELETE', DEFINITION)
    cluster.cluster.flushWatches()
    expect([events, ended]).toEqual([['ADDED', 'MODIFIED', 'DELETED'], true])
  })
})

test('definitions come back when a cluster is made again, and stay in their cluster', () => {
  const cluster = widgetCluster(widgetDefinition(), { rebuilt: true })
  cluster.request('POST', WIDGETS, widget({ size: 3 }))
  expect(cluster.request('GET', `${WIDGETS}/w`)).toMatchObject({ spec: { color: 'red' } })
  expect(cluster.idleWrites).toEqual([])
  expect(new ScriptedCluster().request('GET', WIDGETS)).toBe('404 page not found\n')
})
