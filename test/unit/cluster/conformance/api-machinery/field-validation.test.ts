// kubernetes: test/e2e/apimachinery/field_validation.go
import { beforeEach, describe, expect, it } from 'vitest'
import {
  createDefinition,
  customPath,
  type DefinitionParts,
} from '../../../../support/conformance-definitions.ts'
import { Framework, Refused } from '../../../../support/conformance.ts'

const f = new Framework()
const STRICT = 'fieldManager=field_validation_mgr&fieldValidation=Strict'

const PORT = {
  type: 'object',
  required: ['containerPort', 'protocol'],
  properties: {
    containerPort: { format: 'int32', type: 'integer' },
    hostIP: { type: 'string' },
    hostPort: { format: 'int32', type: 'integer' },
    name: { type: 'string' },
    protocol: { type: 'string' },
  },
}
const SPEC = {
  foo: { type: 'string' },
  cronSpec: { type: 'string', pattern: '^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$' },
  ports: {
    type: 'array',
    'x-kubernetes-list-map-keys': ['containerPort', 'protocol'],
    'x-kubernetes-list-type': 'map',
    items: PORT,
  },
}
const schema = (spec: object) => ({
  type: 'object',
  properties: { spec: { type: 'object', ...spec } },
})

let count = 0
const noxu = (wanted?: object): DefinitionParts => {
  count += 1
  const schemas = wanted === undefined ? {} : { schema: wanted }
  return {
    group: 'mygroup.example.com',
    plural: `noxus${count}`,
    kind: `Noxu${count}`,
    versions: ['v1beta1', 'v1beta2', 'v0'].map((name) => ({
      name,
      served: name !== 'v0',
      ...schemas,
    })),
  }
}

const REST = `  cronSpec: "* * * * */5"
  ports:
  - name: x
    containerPort: 80
    protocol: TCP`

describe('[sig-api-machinery] FieldValidation', () => {
  beforeEach(() => f.begin('field-validation'))

  /** What is said about a custom resource that is applied. */
  const apply = (parts: DefinitionParts, root: string, spec: string): string => {
    createDefinition(f, parts)
    const yaml = `
apiVersion: ${parts.group}/v1beta1
kind: ${parts.kind}
metadata:
  name: mytest
${root}  finalizers:
  - test-finalizer
${spec}
${REST}`
    try {
      f.ask('PATCH', customPath(parts, 'mytest', STRICT), yaml, 'application/apply-patch+yaml')
      return ''
    } catch (error) {
      if (error instanceof Refused) return error.answer.text
      throw error
    }
  }

  it('should detect unknown and duplicate fields of a typed object [Conformance]', () => {
    const body = `{ "apiVersion": "apps/v1", "kind": "Deployment",
      "metadata": { "name": "my-dep", "labels": {"app": "nginx"} },
      "spec": { "unknownField": "foo", "replicas": 2, "replicas": 3,
        "selector": { "matchLabels": { "app": "nginx" } },
        "template": { "metadata": { "labels": { "app": "nginx" } },
          "spec": { "containers": [{ "name": "nginx", "image": "nginx:latest" }] } } } }`
    const url = f.path('deployments.apps', '', { query: STRICT })
    const { message } = f.refused(() => f.ask('POST', url, body, 'application/json'))
    expect(message).toContain(
      'strict decoding error: unknown field "spec.unknownField", duplicate field "spec.replicas"',
    )
  })

  it('should create/apply a valid CR for CRD with validation schema [Conformance]', () => {
    expect(apply(noxu(schema({ properties: SPEC })), '', 'spec:\n  foo: foo1')).toBe('')
  })

  it('should create/apply a CR with unknown fields for CRD with no validation schema [Conformance]', () => {
    expect(apply(noxu(), '', 'spec:\n  unknown: uk1')).toBe('')
  })

  it('should create/apply an invalid CR with extra properties for CRD with validation schema [Conformance]', () => {
    const parts = noxu(schema({ properties: SPEC }))
    expect(apply(parts, '', 'unknownField: unknown\nspec:\n  foo: foo1')).toContain(
      '.unknownField: field not declared in schema',
    )
  })

  it('should detect unknown metadata fields in both the root and embedded object of a CR [Conformance]', () => {
    const template = {
      type: 'object',
      'x-kubernetes-embedded-resource': true,
      properties: {
        metadata: { type: 'object', properties: { name: { type: 'string' } } },
        spec: { type: 'object' },
      },
    }
    const open = { 'x-kubernetes-preserve-unknown-fields': true }
    const parts = noxu(schema({ ...open, properties: { template, ...SPEC } }))
    const spec = `spec:
  template:
    apiversion: foo/v1
    kind: Sub
    metadata:
        unknownSubMeta: unknown
        name: subobject
        namespace: ${f.namespace}
  foo: foo1`
    expect(apply(parts, '  unknownMeta: unknown\n', spec)).toMatch(
      /\.(spec\.template\.metadata\.unknownSubMeta|metadata\.unknownMeta): field not declared in schema/,
    )
  })

  it('should detect duplicates in a CR when preserving unknown fields [Conformance]', () => {
    const open = { 'x-kubernetes-preserve-unknown-fields': true, properties: SPEC }
    const said = apply(noxu(schema(open)), '', 'spec:\n  unknown: uk1\n  foo: foo1\n  foo: foo2')
    expect(said).toContain('line 11: key \\"foo\\" already set in map')
  })
})
