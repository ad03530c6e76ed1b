import { describe, expect, it } from 'vitest'
import type { Endpoint, EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import { planGroup } from '#kube-controller-manager/endpointslice/plan.ts'

const endpoint = (address: string): Endpoint => ({ addresses: [address], conditions: {} })
const many = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => endpoint(`e${from + i}`))
const slice = (name: string, endpoints: readonly Endpoint[]): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name },
  addressType: 'IPv4',
  endpoints,
})
const plan = (
  sizes: Record<string, number>,
  additions: number,
  edits: Record<string, Record<number, Endpoint | null>> = {},
  relabelled: readonly string[] = [],
  isUnwanted = false,
) => {
  const result = planGroup({
    slices: Object.entries(sizes).map(([name, size]) => slice(name, many(size, 1000))),
    edits: new Map(
      Object.entries(edits).map(([name, ofSlice]) => [
        name,
        new Map(Object.entries(ofSlice).map(([index, value]) => [Number(index), value])),
      ]),
    ),
    additions: many(additions),
    relabelled: new Set(relabelled),
    isUnwanted,
  })
  return {
    update: Object.fromEntries([...result.update].map(([name, list]) => [name, list.length])),
    create: result.create.map((list) => list.length),
    remove: result.remove,
  }
}

describe('planGroup', () => {
  it.each([
    ['makes one slice for few endpoints', {}, 3, { update: {}, create: [3], remove: [] }],
    ['makes slices of a hundred', {}, 250, { update: {}, create: [100, 100, 50], remove: [] }],
    [
      'fills an unchanged slice that has room for all',
      { a: 40, b: 70 },
      20,
      { update: { b: 90 }, create: [], remove: [] },
    ],
    [
      'prefers the slice that becomes fullest',
      { a: 80, b: 90, c: 95 },
      10,
      { update: { b: 100 }, create: [], remove: [] },
    ],
    [
      'makes a new slice rather than spread over two',
      { a: 95, b: 95 },
      8,
      { update: {}, create: [8], remove: [] },
    ],
    [
      'makes a full slice before it fills an old one',
      { a: 50 },
      130,
      { update: { a: 80 }, create: [100], remove: [] },
    ],
    [
      'breaks ties by the order of slices',
      { a: 50, b: 50 },
      1,
      { update: { a: 51 }, create: [], remove: [] },
    ],
  ])('%s', (_, sizes, additions, expected) => {
    expect(plan(sizes, additions)).toEqual(expected)
  })

  it('fills slices that change anyway before unchanged ones', () => {
    expect(plan({ a: 60, b: 90 }, 5, { a: { 0: null } })).toEqual({
      update: { a: 64 },
      create: [],
      remove: [],
    })
  })

  it('fills the fullest of the changing slices first', () => {
    const edits = { a: { 0: null }, b: { 0: null } }
    expect(plan({ a: 60, b: 98 }, 10, edits)).toEqual({
      update: { a: 66, b: 100 },
      create: [],
      remove: [],
    })
  })

  it('deletes a slice that loses its last endpoint', () => {
    expect(plan({ a: 1, b: 5 }, 0, { a: { 0: null } })).toEqual({
      update: {},
      create: [],
      remove: ['a'],
    })
  })

  it('does not even out half-empty slices', () => {
    expect(plan({ a: 10, b: 10 }, 0, { a: { 3: null } })).toEqual({
      update: { a: 9 },
      create: [],
      remove: [],
    })
  })

  it('rewrites slices with other labels and fills them too', () => {
    expect(plan({ a: 10, b: 90 }, 10, {}, ['a'])).toEqual({
      update: { a: 20 },
      create: [],
      remove: [],
    })
  })

  it('deletes all slices of ports that no Pod has', () => {
    expect(plan({ a: 10, b: 90 }, 0, {}, [], true)).toEqual({
      update: {},
      create: [],
      remove: ['a', 'b'],
    })
  })
})
