// kubernetes: test/e2e/apimachinery/crd_publish_openapi.go; what kubectl explain says is read off the published documents
import { beforeEach, describe, expect, it } from 'vitest'
import {
  createDefinition,
  customPath,
  definition,
  type DefinitionParts,
  DEFINITIONS,
} from '../../../../support/conformance-definitions.ts'
import { Framework, Refused } from '../../../../support/conformance.ts'

const f = new Framework()
let count = 0

const FOO = {
  description: 'Foo CRD for Testing',
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      description: 'Specification of Foo',
      properties: {
        bars: {
          description: 'List of Bars and their specs.',
          type: 'array',
          items: {
            type: 'object',
            required: ['name'],
            properties: {
              name: { description: 'Name of Bar.', type: 'string' },
              age: { description: 'Age of Bar.', type: 'string' },
              feeling: { type: 'string', enum: ['Great', 'Down'] },
              bazs: { description: 'List of Bazs.', items: { type: 'string' }, type: 'array' },
            },
          },
        },
      },
    },
    status: {
      description: 'Status of Foo',
      type: 'object',
      properties: { bars: { type: 'array', items: { type: 'object' } } },
    },
  },
}
const OPEN = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }

const parts = (schema: object, more: Partial<DefinitionParts> = {}): DefinitionParts => {
  count += 1
  return {
    group: `crd-publish-openapi-test-${count}.example.com`,
    plural: `e2e-test-${count}-crds`,
    kind: `E2e-test-${count}-crd`,
    versions: [{ name: 'v1', schema }],
    ...more,
  }
}

interface Definition {
  readonly description?: string
  readonly type?: string
  readonly properties?: Readonly<Record<string, Definition>>
  readonly items?: Definition
  readonly [more: string]: unknown
}

/** The definition's name: `com.example.crd-publish-openapi-test-1.v1.E2e-test-1-crd`. */
const nameOf = ({ group, kind }: DefinitionParts, version: string): string =>
  [...group.split('.').reverse(), version, kind].join('.')

const published = (made: DefinitionParts, version = 'v1'): Definition | undefined =>
  (f.ask('GET', '/openapi/v2') as { readonly definitions: Readonly<Record<string, Definition>> })
    .definitions[nameOf(made, version)]

const publishedV3 = (made: DefinitionParts, version = 'v1'): Definition | undefined => {
  const path = `/openapi/v3/apis/${made.group}/${version}`
  const answer = f.api.send('GET', path)
  if (answer.status !== 200) return undefined
  const { components } = answer.body as unknown as {
    readonly components: { readonly schemas: Readonly<Record<string, Definition>> }
  }
  return components.schemas[nameOf(made, version)]
}

const untilPublished = (made: DefinitionParts, version = 'v1'): Definition => {
  expect(f.until('OpenAPI v3', () => publishedV3(made, version))).toBeDefined()
  return f.until('OpenAPI v2', () => published(made, version))
}

const untilGone = (made: DefinitionParts, version = 'v1'): void => {
  f.until('its end', () => published(made, version) === undefined)
  expect(publishedV3(made, version)).toBeUndefined()
}

const drop = (made: DefinitionParts): void => {
  f.delete(DEFINITIONS, `${made.plural}.${made.group}`)
  for (const { name } of made.versions) untilGone(made, name)
}

/** What is said about an object that is created with strict validation, as kubectl asks for it. */
const create = (made: DefinitionParts, body: object): string => {
  const whole = {
    apiVersion: `${made.group}/v1`,
    kind: made.kind,
    metadata: { name: 'test-foo' },
    ...body,
  }
  try {
    f.ask('POST', customPath(made, '', 'fieldValidation=Strict'), whole)
    f.ask('DELETE', customPath(made, 'test-foo'))
    return 'created'
  } catch (error) {
    if (error instanceof Refused) return error.status.message ?? ''
    throw error
  }
}

describe('[sig-api-machinery] CustomResourcePublishOpenAPI [Privileged:ClusterAdmin]', () => {
  beforeEach(() => f.begin('crd-publish-openapi'))

  it('works for CRD with validation schema [Conformance]', () => {
    const made = parts(FOO)
    createDefinition(f, made)
    const found = untilPublished(made)
    expect(found.description).toBe('Foo CRD for Testing')
    const bars = found.properties?.['spec']?.properties?.['bars']
    expect(bars?.description).toBe('List of Bars and their specs.')
    expect(bars?.items?.properties?.['age']?.description).toBe('Age of Bar.')
    expect(bars?.items?.['required']).toEqual(['name'])
    // apiVersion, kind and metadata are added
    expect(Object.keys(found.properties ?? {})).toEqual(
      expect.arrayContaining(['apiVersion', 'kind', 'metadata', 'spec', 'status']),
    )
    expect(found['x-kubernetes-group-version-kind']).toEqual([
      { group: made.group, version: 'v1', kind: made.kind },
    ])
    expect(create(made, { spec: { bars: [{ name: 'test-bar', feeling: 'Great' }] } })).toBe(
      'created',
    )
    expect(
      create(made, { spec: { bars: [{ name: 'test-bar', feeling: 'NonExistentValue' }] } }),
    ).toContain('Unsupported value: "NonExistentValue"')
    expect(create(made, { spec: { foo: true } })).toContain('unknown field "spec.foo"')
    expect(create(made, { spec: { bars: [{ age: '10' }] } })).toContain(
      'spec.bars[0].name: Required value',
    )
    drop(made)
  })

  it('works for CRD without validation schema [Conformance]', () => {
    const made = parts(OPEN)
    createDefinition(f, made)
    expect(untilPublished(made).properties?.['spec']).toBeUndefined()
    expect(create(made, { a: { b: [{ c: 'd' }] } })).toBe('created')
    drop(made)
  })

  it('works for CRD preserving unknown fields at the schema root [Conformance]', () => {
    const made = parts(OPEN)
    createDefinition(f, made)
    // the older document says nothing at all, lest kubectl refuse what is not listed
    expect(untilPublished(made).properties).toBeUndefined()
    expect(publishedV3(made)?.['x-kubernetes-preserve-unknown-fields']).toBe(true)
    expect(create(made, { a: { b: [{ c: 'd' }] } })).toBe('created')
    drop(made)
  })

  it('works for CRD preserving unknown fields in an embedded object [Conformance]', () => {
    const schema = {
      description: 'preserve-unknown-properties in nested field for Testing',
      type: 'object',
      properties: {
        spec: { description: 'Specification of Waldo', ...OPEN },
        status: { description: 'Status of Waldo', type: 'object', properties: {} },
      },
    }
    const made = parts(schema)
    createDefinition(f, made)
    const found = untilPublished(made)
    expect(found.description).toBe('preserve-unknown-properties in nested field for Testing')
    expect(found.properties?.['spec']?.description).toBe('Specification of Waldo')
    expect(create(made, { spec: { a: null, b: [{ c: 'd' }] } })).toBe('created')
    drop(made)
  })

  const two = (first: DefinitionParts, second: DefinitionParts): void => {
    for (const made of [first, second]) createDefinition(f, made)
    for (const made of [first, second]) {
      for (const { name } of made.versions)
        expect(untilPublished(made, name).description).toBe('Foo CRD for Testing')
    }
    for (const made of [first, second]) drop(made)
  }

  it('works for multiple CRDs of different groups [Conformance]', () => {
    two(parts(FOO), parts(FOO))
  })

  it('works for multiple CRDs of same group but different versions [Conformance]', () => {
    const schema = FOO
    two(
      parts(FOO, {
        versions: [
          { name: 'v2', schema },
          { name: 'v3', schema },
        ],
      }),
      parts(FOO, { group: 'crd-multi.example.com', versions: [{ name: 'v5', schema }] }),
    )
    const group = 'crd-same.example.com'
    two(
      parts(FOO, { group, versions: [{ name: 'v4', schema }] }),
      parts(FOO, { group, versions: [{ name: 'v5', schema }] }),
    )
  })

  it('works for multiple CRDs of same group and version but different kinds [Conformance]', () => {
    const group = 'crd-kinds.example.com'
    two(parts(FOO, { group }), parts(FOO, { group }))
  })

  const setVersions = (made: DefinitionParts): void => {
    const { metadata, spec } = definition(made)
    f.patch(DEFINITIONS, metadata.name, { spec: { versions: spec.versions } }, { type: 'merge' })
  }

  it('updates the published spec when one version gets renamed [Conformance]', () => {
    const schema = FOO
    const made = parts(FOO, {
      versions: [
        { name: 'v2', schema },
        { name: 'v3', schema },
      ],
    })
    createDefinition(f, made)
    for (const version of ['v2', 'v3']) untilPublished(made, version)
    const renamed = {
      ...made,
      versions: [
        { name: 'v2', schema },
        { name: 'v4', schema },
      ],
    }
    setVersions(renamed)
    untilGone(made, 'v3')
    for (const version of ['v2', 'v4'])
      expect(untilPublished(renamed, version).description).toBe('Foo CRD for Testing')
    drop(renamed)
  })

  it('removes definition from spec when one version gets changed to not be served [Conformance]', () => {
    const schema = FOO
    const made = parts(FOO, {
      versions: [
        { name: 'v5', schema },
        { name: 'v6alpha1', schema },
      ],
    })
    createDefinition(f, made)
    for (const version of ['v5', 'v6alpha1']) untilPublished(made, version)
    const versions = [
      { name: 'v5', schema },
      { name: 'v6alpha1', schema, served: false },
    ]
    setVersions({ ...made, versions })
    untilGone(made, 'v6alpha1')
    expect(untilPublished(made, 'v5').description).toBe('Foo CRD for Testing')
    drop(made)
  })
})
