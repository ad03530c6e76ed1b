import descriptions from '#api/facts/descriptions.json' with { type: 'json' }
import schemas from '#api/facts/schemas.json' with { type: 'json' }
import { openapi } from '#kube-apiserver/discovery/openapi.ts'
import { sharedResources } from '#kube-apiserver/resources.ts'
import { describe, expect, test } from 'vitest'

interface Schema {
  readonly description?: string
  readonly allOf?: readonly { readonly $ref: string }[]
  readonly properties?: Readonly<Record<string, Schema>>
}

const schemasOf = (group: string, version: string): Record<string, Schema> => {
  const path = group === '' ? ['api', version] : ['apis', group, version]
  const answer = openapi(sharedResources(), ['openapi', 'v3', ...path], '')
  if (!('body' in answer)) throw new Error('the document was answered as a watch')
  const document = JSON.parse(answer.body.join('')) as {
    readonly components: { readonly schemas: Record<string, Schema> }
  }
  return document.components.schemas
}

describe('an OpenAPI v3 document', () => {
  const core = schemasOf('', 'v1')

  test('describes kinds and their fields', () => {
    const service = core['io.k8s.api.core.v1.Service']
    expect(service?.description).toMatch(/^Service is a named abstraction/)
    expect(service?.properties?.['apiVersion']?.description).toMatch(/^APIVersion defines/)
  })

  test('says what a field is and points to its type', () => {
    const spec = core['io.k8s.api.core.v1.Service']?.properties?.['spec']
    expect(spec?.description).toMatch(/^Spec defines the behavior of a service\./)
    expect(spec?.allOf).toEqual([{ $ref: '#/components/schemas/io.k8s.api.core.v1.ServiceSpec' }])
  })

  test('keeps paragraphs and says what enum values mean', () => {
    const port = core['io.k8s.api.core.v1.ServicePort']
    expect(port?.properties?.['protocol']?.description).toMatch(
      /Default is TCP\.\n\nPossible enum values:\n - `"SCTP"` is the SCTP protocol\.\n/,
    )
  })

  test('holds what the kind is made of and nothing else', () => {
    expect(Object.keys(core)).toContain('io.k8s.apimachinery.pkg.util.intstr.IntOrString')
    expect(Object.keys(core)).not.toContain('io.k8s.api.apps.v1.Deployment')
  })

  test('keeps a property that is called $ref', () => {
    const crd = schemasOf('apiextensions.k8s.io', 'v1')
    const name = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps'
    expect(crd[name]?.properties?.['$ref']).toEqual({ type: 'string' })
  })
})

describe('the descriptions', () => {
  const definitions = Object.entries(
    descriptions.definitions as Record<string, Record<string, string | number>>,
  )
  const known = schemas as unknown as Record<string, { readonly properties?: object }>

  test('are of definitions and fields that there are', () => {
    const strangers = definitions.flatMap(([name, texts]) =>
      Object.keys(texts).filter(
        (field) => field !== '' && !Object.hasOwn(known[name]?.properties ?? {}, field),
      ),
    )
    expect(strangers).toEqual([])
  })

  test('are there for every definition, as text without the frame of a comment', () => {
    const texts = new Map(definitions.map(([name, { '': own }]) => [name, own]))
    const broken = Object.keys(known).filter((name) => {
      const own = texts.get(name)
      const text = typeof own === 'number' ? descriptions.repeated[own] : own
      return text === undefined || text === '' || /^\s|\s$|\*\/|@deprecated/.test(text)
    })
    expect(broken).toEqual([])
  })
})
