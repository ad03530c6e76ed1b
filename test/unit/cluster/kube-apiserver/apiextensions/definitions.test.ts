import type { JsonObject } from '#apimachinery/object.ts'
import type { Manifest } from '../../../../support/scripted-cluster.ts'
import { describe, expect, it, test } from 'vitest'
import {
  DEFINITIONS,
  widget,
  widgetCluster,
  widgetDefinition,
  WIDGETS,
} from '../../../../support/custom-resources.ts'
import { ScriptedCluster } from '../../../../support/scripted-cluster.ts'

const DEFINITION = `${DEFINITIONS}/widgets.example.com`
const MERGE = { contentType: 'application/merge-patch+json' }

interface Failure {
  readonly details?: {
    readonly causes?: readonly { readonly field: string; readonly message: string }[]
  }
  readonly message?: string
}

const causesOf = (answer: unknown): readonly string[] =>
  (answer as Failure).details?.causes?.map(({ field, message }) => `${field}: ${message}`) ?? [
    (answer as Failure).message ?? 'taken',
  ]

const refusals = (definition: Manifest): readonly string[] =>
  causesOf(new ScriptedCluster().request('POST', DEFINITIONS, definition))

const SCHEMA = 'spec.validation.openAPIV3Schema'

const ofSpec = (spec: unknown) => ({ type: 'object', properties: { spec } })

describe('a definition is refused', () => {
  test.each<readonly [string, Manifest, readonly string[]]>([
    [
      'with another name',
      { ...widgetDefinition(), metadata: { name: 'wrong.example.com' } },
      [
        'metadata.name: Invalid value: "wrong.example.com": must be spec.names.plural+"."+spec.group',
      ],
    ],
    [
      'without a schema',
      widgetDefinition({ version: { schema: undefined } }),
      ['spec.versions[0].schema.openAPIV3Schema: Required value'],
    ],
    [
      'of no scope that there is',
      widgetDefinition({ spec: { scope: 'Galaxy' } }),
      ['spec.scope: Unsupported value: "Galaxy": supported values: "Cluster", "Namespaced"'],
    ],
    [
      'without a type at a field',
      widgetDefinition({ schema: ofSpec({}) }),
      [
        `${SCHEMA}.properties[spec].type: Required value: must not be empty for specified object fields`,
      ],
    ],
    [
      'with a list that says nothing of its items',
      widgetDefinition({ schema: ofSpec({ type: 'array' }) }),
      [`${SCHEMA}.properties[spec].items: Required value: must be specified`],
    ],
    [
      'with an expression that is none',
      widgetDefinition({ schema: ofSpec({ type: 'string', pattern: '((' }) }),
      [
        `${SCHEMA}.properties[spec].pattern: Invalid value: "((": must be a valid regular expression, but isn't: error parsing regexp: missing closing ): \`((\``,
      ],
    ],
    [
      'with a default that does not fit',
      widgetDefinition({ schema: ofSpec({ type: 'integer', default: 'x' }) }),
      [
        `${SCHEMA}.properties[spec].default: Invalid value: "string":  in body must be of type integer: "string"`,
      ],
    ],
    [
      'with types under a junctor',
      widgetDefinition({
        schema: ofSpec({ type: 'string', anyOf: [{ type: 'string', minLength: 1 }] }),
      }),
      [`${SCHEMA}.properties[spec].anyOf[0].type: Forbidden: must be empty to be structural`],
    ],
    [
      'with a field that only a junctor knows',
      widgetDefinition({
        schema: ofSpec({ type: 'object', not: { properties: { a: { minLength: 1 } } } }),
      }),
      [
        `${SCHEMA}.properties[spec].properties[a]: Required value: because it is defined in ${SCHEMA}.properties[spec].not.properties[a]`,
      ],
    ],
    [
      'with a list of type map without keys',
      widgetDefinition({
        schema: ofSpec({
          type: 'array',
          items: { type: 'object' },
          'x-kubernetes-list-type': 'map',
        }),
      }),
      [
        `${SCHEMA}.properties[spec].x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map`,
      ],
    ],
    [
      'with a key that may lack',
      widgetDefinition({
        schema: ofSpec({
          type: 'array',
          items: { type: 'object', properties: { name: { type: 'string' } } },
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
        }),
      }),
      [
        `${SCHEMA}.properties[spec].items.properties[name].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property`,
      ],
    ],
    [
      'with a scale of something else',
      widgetDefinition({
        version: {
          subresources: { scale: { specReplicasPath: '.status.a', statusReplicasPath: 'b' } },
        },
      }),
      [
        'spec.subresources.scale.specReplicasPath: Invalid value: ".status.a": should be a json path under .spec',
        'spec.subresources.scale.statusReplicasPath: Invalid value: "b": must be a simple json path starting with .',
      ],
    ],
    [
      'with a column of an unknown type',
      widgetDefinition({
        version: { additionalPrinterColumns: [{ name: 'A', type: 'foo', jsonPath: 'spec' }] },
      }),
      [
        'spec.additionalPrinterColumns[0].type: Invalid value: "foo": must be one of boolean,date,integer,number,string',
        'spec.additionalPrinterColumns[0].JSONPath: Invalid value: "spec": must be a simple json path starting with .',
      ],
    ],
    [
      'with selectable fields that are not there',
      widgetDefinition({ version: { selectableFields: [{ jsonPath: '.spec.weight' }] } }),
      [
        'spec.selectableFields[0].jsonPath: Invalid value: ".spec.weight": is an invalid path: does not refer to a valid field',
      ],
    ],
    [
      'with a rule about nothing',
      widgetDefinition({
        schema: ofSpec({
          type: 'object',
          properties: { a: { type: 'integer' } },
          'x-kubernetes-validations': [{ rule: 'self.b > 1' }],
        }),
      }),
      [
        `${SCHEMA}.properties[spec].x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self.b \\u003e 1","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: compilation failed: ERROR: <input>:1:5: undefined field 'b'\n | self.b > 1\n | ....^`,
      ],
    ],
    [
      'without review in a protected group',
      {
        ...widgetDefinition({ spec: { group: 'x.k8s.io' } }),
        metadata: { name: 'widgets.x.k8s.io' },
      },
      [
        'metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111',
      ],
    ],
  ])('%s', (_, definition, expected) => {
    expect(refusals(definition)).toEqual(expected)
  })

  it('that nests without end', () => {
    let schema: unknown = { type: 'string' }
    for (let depth = 0; depth < 150; depth++) schema = { type: 'array', items: schema }
    expect(refusals(widgetDefinition({ schema: ofSpec(schema) }))).toEqual([
      `${SCHEMA}: Invalid value: "": must not nest more than 100 schemas`,
    ])
  })
})

describe('a definition that is served', () => {
  it('keeps its scope and its kind', () => {
    const spec = { scope: 'Cluster', names: { kind: 'Gadget' } }
    expect(causesOf(widgetCluster().request('PATCH', DEFINITION, { spec }, MERGE))).toEqual([
      'spec.scope: Invalid value: "Cluster": field is immutable',
      'spec.names.kind: Invalid value: "Gadget": field is immutable',
    ])
  })

  it('remembers the versions that were stored', () => {
    const cluster = widgetCluster()
    const { spec } = cluster.request('GET', DEFINITION) as {
      readonly spec: { readonly versions: readonly [JsonObject] }
    }
    const [v1] = spec.versions
    const versions = [
      { ...v1, name: 'v2' },
      { ...v1, storage: false },
    ]
    cluster.request('POST', WIDGETS, widget({ size: 2 }))
    expect(cluster.request('PATCH', DEFINITION, { spec: { versions } }, MERGE)).toMatchObject({
      status: { storedVersions: ['v1', 'v2'] },
    })
    const later = WIDGETS.replace('v1', 'v2')
    for (const [path, apiVersion] of [
      [WIDGETS, 'example.com/v1'],
      [later, 'example.com/v2'],
    ])
      expect(cluster.request('GET', `${path}/w`)).toMatchObject({ apiVersion, spec: { size: 2 } })
    expect(cluster.request('GET', '/apis/example.com')).toMatchObject({
      preferredVersion: { version: 'v2' },
    })
    const only = { spec: { versions: [versions[0]] } }
    expect(causesOf(cluster.request('PATCH', DEFINITION, only, MERGE))[0]).toContain(
      'v1 was previously a storage version',
    )
  })

  it('does not take the names of another', () => {
    const cluster = widgetCluster()
    const other = widgetDefinition({
      spec: {
        names: { plural: 'gadgets', singular: 'gadget', kind: 'Widget', listKind: 'Gadgets' },
      },
    })
    const metadata = { name: 'gadgets.example.com' }
    cluster.request('POST', DEFINITIONS, { ...other, metadata })
    const path = `${DEFINITIONS}/gadgets.example.com`
    expect(cluster.request('GET', path)).toMatchObject({
      status: {
        conditions: [
          { type: 'NamesAccepted', reason: 'KindConflict', message: '"Widget" is already in use' },
          { type: 'Established', status: 'False', reason: 'NotAccepted' },
        ],
      },
    })
    cluster.request('DELETE', DEFINITION)
    expect(JSON.stringify(cluster.request('GET', path))).toContain('InitialNamesAccepted')
  })

  it('waits for instances that are held, and takes no new ones', () => {
    const cluster = widgetCluster()
    const held = widget({ size: 1 }, { metadata: { name: 'w', finalizers: ['example.com/x'] } })
    cluster.request('POST', WIDGETS, held)
    cluster.request('DELETE', DEFINITION)
    expect(JSON.stringify(cluster.request('GET', DEFINITION))).toContain(
      'InstanceDeletionInProgress',
    )
    expect(
      cluster.request('POST', WIDGETS, widget({ size: 1 }, { metadata: { name: 'v' } })),
    ).toMatchObject({
      code: 405,
      message: 'create not allowed while custom resource definition is terminating',
    })
    cluster.request('PATCH', `${WIDGETS}/w`, { metadata: { finalizers: null } }, MERGE)
    expect(cluster.request('GET', DEFINITION)).toMatchObject({ code: 404 })
    expect(cluster.faults).toEqual([])
  })

  it('has an APIService while it is there', () => {
    const cluster = widgetCluster()
    const path = '/apis/apiregistration.k8s.io/v1/apiservices/v1.example.com'
    expect(cluster.request('GET', path)).toMatchObject({ spec: { groupPriorityMinimum: 1000 } })
    cluster.request('DELETE', DEFINITION)
    expect(cluster.request('GET', path)).toMatchObject({ code: 404 })
  })

  it('warns of a version that is going', () => {
    const cluster = widgetCluster(widgetDefinition({ version: { deprecated: true } }))
    cluster.request('GET', WIDGETS)
    expect(cluster.transcript.at(-1)).toContain('example.com/v1 Widget is deprecated')
  })
})

describe('[sig-api-machinery] CustomResourcePublishOpenAPI', () => {
  const document = (cluster: ScriptedCluster): JsonObject =>
    cluster.request('GET', '/openapi/v3/apis/example.com/v1') as JsonObject

  it('works for CRD with validation schema', () => {
    const cluster = widgetCluster()
    expect(document(cluster)).toMatchObject({
      components: {
        schemas: {
          'com.example.v1.Widget': {
            properties: {
              metadata: {},
              spec: { properties: { size: { description: 'How big the widget is.' } } },
            },
            'x-kubernetes-group-version-kind': [
              { group: 'example.com', kind: 'Widget', version: 'v1' },
            ],
          },
          'com.example.v1.WidgetList': { required: ['items'] },
        },
      },
    })
    const v2 = cluster.request('GET', '/openapi/v2') as { readonly definitions: JsonObject }
    expect(v2.definitions['com.example.v1.Widget']).toMatchObject({ type: 'object' })
  })

  it('says nothing in v2 of fields beside unknown ones, which kubectl would refuse', () => {
    const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
    const size = { size: { type: 'integer' } }
    const published = (schema: unknown) => {
      const cluster = widgetCluster(widgetDefinition({ schema }))
      const v2 = cluster.request('GET', '/openapi/v2') as { readonly definitions: JsonObject }
      return v2.definitions['com.example.v1.Widget']
    }
    expect(published({ ...open, properties: ofSpec(open).properties })).toEqual({
      type: 'object',
      'x-kubernetes-group-version-kind': [{ group: 'example.com', kind: 'Widget', version: 'v1' }],
    })
    expect(published(ofSpec({ ...open, properties: size }))).toMatchObject({
      properties: { spec: { 'x-kubernetes-preserve-unknown-fields': true } },
    })
    const spec = JSON.stringify(published(ofSpec({ ...open, properties: size })))
    expect(spec).not.toContain('size')
    const nullable = { type: 'array', nullable: true, items: { type: 'string' } }
    expect(published(ofSpec(nullable))).toMatchObject({ properties: { spec: {} } })
    expect(JSON.stringify(published(ofSpec(nullable)))).not.toContain('array')
  })

  it('updates the published spec when one version gets renamed', () => {
    const cluster = widgetCluster()
    const { spec } = cluster.request('GET', DEFINITION) as {
      readonly spec: { readonly versions: readonly [JsonObject] }
    }
    const [v1] = spec.versions
    const before = JSON.stringify(cluster.request('GET', '/openapi/v3'))
    const versions = [v1, { ...v1, name: 'v3', storage: false }]
    cluster.request('PATCH', DEFINITION, { spec: { versions } }, MERGE)
    expect(JSON.stringify(cluster.request('GET', '/openapi/v3'))).toContain('example.com/v3')
    const renamed = [v1, { ...v1, name: 'v4', storage: false }]
    cluster.request('PATCH', DEFINITION, { spec: { versions: renamed } }, MERGE)
    const after = JSON.stringify(cluster.request('GET', '/openapi/v3'))
    expect(after).not.toContain('example.com/v3')
    expect(after).toContain('example.com/v4')
    expect(after).not.toBe(before)
  })

  it('removes definition from spec when one version gets changed to not be served', () => {
    const cluster = widgetCluster()
    const { spec } = cluster.request('GET', DEFINITION) as {
      readonly spec: { readonly versions: readonly [JsonObject] }
    }
    const [v1] = spec.versions
    const versions = [
      { ...v1, served: false },
      { ...v1, name: 'v2', storage: false },
    ]
    cluster.request('PATCH', DEFINITION, { spec: { versions } }, MERGE)
    expect(document(cluster)).toMatchObject({ code: 404 })
    expect(cluster.request('GET', WIDGETS)).toMatchObject({ code: 404 })
    expect(cluster.request('GET', WIDGETS.replace('v1', 'v2'))).toMatchObject({ items: [] })
  })
})
