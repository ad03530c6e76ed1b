import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DEFINITIONS, widgetCluster, WIDGETS } from '../../../../support/custom-resources.ts'

const word = fc.constantFrom(
  'type',
  'properties',
  'items',
  'object',
  'array',
  'string',
  'integer',
  'default',
  'required',
  'enum',
  'pattern',
  '((',
  '.spec.a',
  'x-kubernetes-validations',
  'rule',
  'self.a > ',
  '__proto__',
  'constructor',
  '',
)

const { json } = fc.letrec<{ readonly json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    word,
    fc.constantFrom(null, true, 0, -1, 1.5, 2 ** 53),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(word, tie('json'), { maxKeys: 4 }),
  ),
}))

const statusOf = (answer: unknown): number => (answer as { readonly code?: number }).code ?? 200

test('custom resources of any form are taken or refused', () => {
  const cluster = widgetCluster()
  const body = fc.record(
    { metadata: json, spec: json, status: json, kind: fc.constant('Widget') },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(body, (given) => {
      expect(statusOf(cluster.request('POST', WIDGETS, given))).toBeLessThan(500)
      const call = { contentType: 'application/merge-patch+json' }
      expect(statusOf(cluster.request('PATCH', `${WIDGETS}/w`, given, call))).toBeLessThan(500)
      const apply = {
        contentType: 'application/apply-patch+yaml',
        query: [['fieldManager', 'x']] as const,
      }
      expect(statusOf(cluster.request('PATCH', `${WIDGETS}/v`, given, apply))).toBeLessThan(500)
    }),
    { numRuns: 150 },
  )
  expect(cluster.faults).toEqual([])
})

test('definitions of any form are taken or refused', () => {
  const cluster = widgetCluster()
  const version = fc.record(
    {
      name: fc.constantFrom('v1', 'v2'),
      served: fc.boolean(),
      storage: fc.boolean(),
      schema: fc.record({
        openAPIV3Schema: fc.oneof(
          json,
          fc.record({ type: fc.constant('object'), properties: fc.dictionary(word, json) }),
        ),
      }),
      subresources: json,
      additionalPrinterColumns: json,
      selectableFields: json,
    },
    { requiredKeys: ['name'] },
  )
  const spec = fc.record(
    {
      group: fc.constant('example.com'),
      scope: fc.constantFrom('Namespaced', 'Cluster', ''),
      names: fc.oneof(json, fc.constant({ plural: 'gadgets', kind: 'Gadget' })),
      versions: fc.oneof(json, fc.array(version, { maxLength: 2 })),
      conversion: json,
    },
    { requiredKeys: [] },
  )
  const body = fc.record({
    metadata: fc.constant({ name: 'gadgets.example.com' }),
    spec: fc.oneof(spec, json),
  })
  fc.assert(
    fc.property(body, (given) => {
      expect(statusOf(cluster.request('POST', DEFINITIONS, given))).toBeLessThan(500)
      cluster.request('GET', '/openapi/v3/apis/example.com/v1')
      cluster.request('DELETE', `${DEFINITIONS}/gadgets.example.com`)
    }),
    { numRuns: 300 },
  )
  expect(cluster.faults).toEqual([])
})
