import type { KubeObject } from '#apimachinery/object.ts'
import { inWireOrder, metadataInOrder } from '#apimachinery/wire-order.ts'
import { describe, expect, test } from 'vitest'

const written = (object: unknown): string => JSON.stringify(object)

describe('an object in the order in which it is written', () => {
  test('says what it is, then its metadata as in the struct, then the rest as it was', () => {
    const object = {
      status: {},
      metadata: { labels: { b: '1', a: '2' }, uid: 'u', name: 'a' },
      apiVersion: 'v1',
      spec: { y: 1, x: 2 },
      kind: 'Pod',
    } as KubeObject
    expect(written(inWireOrder(object))).toBe(
      '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","uid":"u","labels":{"b":"1","a":"2"}},"status":{},"spec":{"y":1,"x":2}}',
    )
  })

  test('is the very same if nothing is to be moved', () => {
    const metadata = { name: 'a', uid: 'u', managedFields: [] }
    const object = { kind: 'Pod', apiVersion: 'v1', metadata, spec: {} } as KubeObject
    expect(inWireOrder(object)).toBe(object)
    expect(metadataInOrder(metadata)).toBe(metadata)
  })

  test('keeps a field whose name is that of a prototype', () => {
    const object = JSON.parse(
      '{"__proto__":{"a":1},"apiVersion":"v1","kind":"Odd","metadata":{}}',
    ) as KubeObject
    expect(written(inWireOrder(object))).toBe(
      '{"kind":"Odd","apiVersion":"v1","metadata":{},"__proto__":{"a":1}}',
    )
  })
})
