// kubernetes: test/e2e/apimachinery/{custom_resource_definition,crd_watch,crd_selectable_fields,aggregated_discovery}.go
import { beforeEach, describe, expect, it } from 'vitest'
import {
  createDefinition,
  customPath,
  definition,
  type DefinitionParts,
  DEFINITIONS,
} from '../../../../support/conformance-definitions.ts'
import { Framework, Watching } from '../../../../support/conformance.ts'
import type { KubeObject } from '#apimachinery/object.ts'

const f = new Framework()
const status = { subresource: 'status' }

let count = 0
const parts = (more: Partial<DefinitionParts> = {}): DefinitionParts => {
  count += 1
  return {
    group: `crd-test-${count}.example.com`,
    plural: `foos${count}`,
    kind: `Foo${count}`,
    versions: [{ name: 'v1' }],
    ...more,
  }
}

type Custom = KubeObject & { readonly [field: string]: unknown }
const object = ({ group, kind, versions }: DefinitionParts, name: string, more: object = {}) => ({
  apiVersion: `${group}/${versions[0]!.name}`,
  kind,
  metadata: { name },
  ...more,
})

describe('[sig-api-machinery] CustomResourceDefinition resources [Privileged:ClusterAdmin]', () => {
  beforeEach(() => f.begin('custom-resource-definition'))

  it('Simple CustomResourceDefinition creating/deleting custom resource definition objects works [Conformance]', () => {
    const name = createDefinition(f, parts())
    f.delete(DEFINITIONS, name)
    f.until('its end', () => f.find(DEFINITIONS, name) === undefined)
  })

  it('Simple CustomResourceDefinition listing custom resource definition objects works [Conformance]', () => {
    const labels = { 'e2e-test': f.namespace }
    const names = Array.from({ length: 10 }, () => createDefinition(f, parts({ labels })))
    const selector = `e2e-test=${f.namespace}`
    const listed = f.items(DEFINITIONS, selector)
    expect(listed.map(({ metadata }) => metadata.name).toSorted()).toEqual(names.toSorted())
    f.deleteCollection(DEFINITIONS, selector)
    f.until('the end of all', () => f.items(DEFINITIONS, selector).length === 0)
  })

  it('Simple CustomResourceDefinition getting/updating/patching custom resource definition status sub-resource works [Conformance]', () => {
    const name = createDefinition(f, parts())
    const found = f.get(DEFINITIONS, name, status)
    expect(found.status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'Established', status: 'True' }) as object,
    )
    const condition = (type: string) => ({ type, status: 'True', reason: 'E2E', message: 'Set' })
    const isThere = (type: string) => expect.objectContaining(condition(type)) as object
    const updated = f.change(
      DEFINITIONS,
      name,
      (old) => ({
        status: {
          ...old.status,
          conditions: [...(old.status?.conditions ?? []), condition('StatusUpdate')],
        },
      }),
      status,
    )
    expect(updated.status?.conditions).toContainEqual(isThere('StatusUpdate'))
    const conditions = [...(updated.status?.conditions ?? []), condition('StatusPatch')]
    const patched = f.patch(
      DEFINITIONS,
      name,
      { metadata: { annotations: { anno: 'ok' } }, status: { conditions } },
      { ...status, type: 'merge' },
    )
    expect(patched.status?.conditions).toContainEqual(isThere('StatusPatch'))
  })

  it('should include custom resource definition resources in discovery documents [Conformance]', () => {
    const listOf = (values: object[]) => expect.arrayContaining(values) as object
    const containing = (value: object) => expect.objectContaining(value) as object
    const groupVersion = 'apiextensions.k8s.io/v1'
    const versions = listOf([{ groupVersion, version: 'v1' }])
    expect(f.ask('GET', '/apis')).toMatchObject({
      groups: listOf([containing({ name: 'apiextensions.k8s.io', versions })]),
    })
    expect(f.ask('GET', '/apis/apiextensions.k8s.io')).toMatchObject({ versions })
    expect(f.ask('GET', `/apis/${groupVersion}`)).toMatchObject({
      resources: listOf([containing({ name: 'customresourcedefinitions' })]),
    })
  })

  it('custom resource defaulting for requests and from storage works [Conformance]', () => {
    const text = (value?: string) => ({
      type: 'string',
      ...(value === undefined ? {} : { default: value }),
    })
    const schema = (a?: string, b?: string) => ({
      type: 'object',
      properties: { a: text(a), b: text(b) },
    })
    const made = parts({ versions: [{ name: 'v1', schema: schema() }] })
    const name = createDefinition(f, made)
    const create = (called: string) =>
      f.ask('POST', customPath(made), object(made, called)) as Custom
    const first = create('cr-1')
    expect([first['a'], first['b']]).toEqual([undefined, undefined])
    const setDefaults = (a?: string, b?: string): void => {
      const { spec } = definition({ ...made, versions: [{ name: 'v1', schema: schema(a, b) }] })
      f.patch(DEFINITIONS, name, { spec: { versions: spec.versions } }, { type: 'merge' })
    }
    const read = (called: string) => f.ask('GET', customPath(made, called)) as Custom
    setDefaults('A')
    f.until('the default from storage', () => read('cr-1')['a'] === 'A')
    const second = create('cr-2')
    expect([second['a'], second['b']]).toEqual(['A', undefined])
    setDefaults(undefined, 'B')
    f.until('the other default', () => read('cr-2')['b'] === 'B')
    // what was stored stays, what was only shown goes
    expect([read('cr-2')['a'], read('cr-1')['a']]).toEqual(['A', undefined])
  })
})

const watchCustom = (made: DefinitionParts, query: string): Watching<Custom> =>
  new Watching<Custom>(f, f.api.openWatch(customPath(made, '', `watch=true&${query}`)))

describe('[sig-api-machinery] CustomResourceDefinition Watch [Privileged:ClusterAdmin]', () => {
  it('CustomResourceDefinition Watch watch on custom resource definition objects [Conformance]', () => {
    f.begin('crd-watch')
    const made = parts({ versions: [{ name: 'v1beta1' }, { name: 'v1beta2', served: true }] })
    createDefinition(f, made)
    const names = ['name1', 'name2']
    const watches = names.map((name) => watchCustom(made, `fieldSelector=metadata.name%3D${name}`))
    const both = (type: string, act: (name: string) => void): void => {
      for (const [index, name] of names.entries()) {
        act(name)
        const event = watches[index]!.next(type)
        expect([event.type, event.object.metadata.name]).toEqual([type, name])
        expect(watches[1 - index]!.rest(1)).toEqual([])
      }
    }
    both('ADDED', (name) => f.ask('POST', customPath(made), object(made, name)))
    both('MODIFIED', (name) =>
      f.ask('PATCH', customPath(made, name), { dummy: 'test' }, 'application/merge-patch+json'),
    )
    both('DELETED', (name) => f.ask('DELETE', customPath(made, name)))
    for (const watching of watches) watching.close()
  })
})

describe('[sig-api-machinery] CustomResourceFieldSelectors [Privileged:ClusterAdmin]', () => {
  it('CustomResourceFieldSelectors MUST list and watch custom resources matching the field selector [Conformance]', () => {
    f.begin('crd-selectable-fields')
    const text = { type: 'string' }
    const schema = { type: 'object', properties: { hostPort: text, host: text, port: text } }
    const made = parts({
      versions: [
        { name: 'v1', schema, selectableFields: [{ jsonPath: '.host' }, { jsonPath: '.port' }] },
        { name: 'v2', schema, selectableFields: [{ jsonPath: '.hostPort' }] },
      ],
    })
    createDefinition(f, made)
    const selector = 'fieldSelector=host%3Dhost1%2Cport%3D80'
    const watching = watchCustom(made, selector)
    for (const [name, host, port] of [
      ['one', 'host1', '80'],
      ['two', 'host1', '8080'],
      ['three', 'host2', '80'],
    ] as const)
      f.ask(
        'POST',
        customPath(made),
        object(made, name, { host, port, hostPort: `${host}:${port}` }),
      )
    const listed = (query: string, version = 'v1') =>
      (
        f.ask('GET', customPath(made, '', query, version)) as { readonly items: readonly Custom[] }
      ).items.map(({ metadata }) => metadata.name)
    expect(listed('fieldSelector=host%3Dhost1')).toEqual(['one', 'two'])
    expect(listed(selector)).toEqual(['one'])
    expect(listed('fieldSelector=hostPort%3Dhost2:80', 'v2')).toEqual(['three'])
    expect(f.refused(() => listed('fieldSelector=host%3Dhost1', 'v2')).code).toBe(400)
    expect(watching.next('one').object.metadata.name).toBe('one')
    f.ask('DELETE', customPath(made, '', selector))
    expect(watching.next('its end').type).toBe('DELETED')
    expect(listed('')).toEqual(['three', 'two'])
    watching.close()
  })
})

describe('[sig-api-machinery] AggregatedDiscovery', () => {
  const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
  const discovered = () =>
    f.api.send('GET', '/apis', '', { accept: AGGREGATED }).body as unknown as {
      readonly items: readonly {
        readonly metadata: { readonly name: string }
        readonly versions: readonly {
          readonly version: string
          readonly resources: readonly object[]
        }[]
      }[]
    }
  const find = (made: DefinitionParts) =>
    discovered()
      .items.find(({ metadata }) => metadata.name === made.group)
      ?.versions.find(({ version }) => version === 'v1')?.resources

  it.each(['raw aggregated discovery request for CRDs', 'aggregated discovery interface for CRDs'])(
    'should support %s [Conformance]',
    () => {
      f.begin('aggregateddiscovery')
      const made = parts()
      const name = createDefinition(f, made)
      const resources = f.until('the resource', () => find(made))
      expect(resources).toContainEqual(
        expect.objectContaining({
          resource: made.plural,
          responseKind: expect.objectContaining({ kind: made.kind }) as object,
          scope: 'Cluster',
          singularResource: made.kind.toLowerCase(),
        }),
      )
      f.delete(DEFINITIONS, name)
      f.until('its end', () => find(made) === undefined)
    },
  )
})
