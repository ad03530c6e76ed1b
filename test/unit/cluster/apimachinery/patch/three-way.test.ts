import { definitionForKind, schemaOf } from '#api/schemas.ts'
import type { JsonObject } from '#apimachinery/object.ts'
import { applyStrategicMergePatch } from '#apimachinery/patch/strategic-merge.ts'
import { threeWayPatch } from '#apimachinery/patch/three-way.ts'
import { describe, expect, test } from 'vitest'
import sent from '../../../../fixtures/three-way-patches.json' with { type: 'json' }

// What kubectl v1.36.3 sent: `patch` is the body of its PATCH when `kubectl apply` met `live`, of which `last` was applied before.
interface Case {
  readonly name: string
  readonly kind: 'Deployment' | 'Service' | 'ConfigMap'
  readonly last?: JsonObject
  readonly next: JsonObject
  readonly live: JsonObject
  readonly patch: JsonObject
}

const schemaFor = (kind: string) =>
  schemaOf(definitionForKind(kind === 'Deployment' ? 'apps' : '', 'v1', kind)!)!

/** The object with what every manifest has once kubectl has written its annotation. */
const named = (object: JsonObject): JsonObject => ({
  ...object,
  metadata: { name: 'web', annotations: {}, ...(object['metadata'] as JsonObject | undefined) },
})

describe('threeWayPatch()', () => {
  test.each(sent as unknown as readonly Case[])(
    'is what kubectl sends when $name',
    ({ kind, last, next, live, patch }) => {
      const before = last === undefined ? undefined : named(last)
      const computed = threeWayPatch(before, named(next), named(live), schemaFor(kind))
      expect(computed ?? {}).toEqual(patch)
    },
  )

  test.each(sent as unknown as readonly Case[])(
    'has nothing to send when it was applied: $name',
    ({ kind, last, next, live }) => {
      const schema = schemaFor(kind)
      const patch = threeWayPatch(last, next, live, schema)
      const applied = patch === undefined ? live : applyStrategicMergePatch(live, patch, schema)
      const again = threeWayPatch(next, next, applied, schema)
      // nulls and the order of what others added are said again; they change nothing
      expect(
        again === undefined ? applied : applyStrategicMergePatch(applied, again, schema),
      ).toEqual(applied)
    },
  )

  test('replaces lists of what has no schema', () => {
    const patch = threeWayPatch(
      { spec: { list: [{ name: 'a' }], gone: 1 } },
      { spec: { list: [{ name: 'b' }] } },
      { spec: { list: [{ name: 'a' }], gone: 1, other: 2 } },
      undefined,
    )
    expect(patch).toEqual({ spec: { list: [{ name: 'b' }], gone: null } })
  })

  test('takes keys that are members of every object for keys', () => {
    const parse = (text: string) => JSON.parse(text) as JsonObject
    const patch = threeWayPatch(
      parse('{"data":{"constructor":"1"}}'),
      parse('{"data":{"__proto__":"2"}}'),
      parse('{"data":{"constructor":"1"}}'),
      schemaFor('ConfigMap'),
    )
    expect(JSON.stringify(patch)).toBe('{"data":{"constructor":null,"__proto__":"2"}}')
  })
})
