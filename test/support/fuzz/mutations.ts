// What makes valid objects invalid.
import { setKey, type JsonValue } from '#apimachinery/object.ts'
import fc from 'fast-check'

export type Mutable = Record<string, unknown>

const deep = (depth: number): JsonValue => {
  let value: JsonValue = 1
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value }
  return value
}

/** JSON.parse makes `__proto__` an own key, as a body does. */
const parse = (text: string): JsonValue => JSON.parse(text) as JsonValue

/** Values that fit hardly anywhere. */
export const WEIRD: readonly JsonValue[] = [
  null,
  true,
  '',
  'x',
  'x'.repeat(300),
  '\u0000',
  'é€😀',
  '../../etc',
  '$(A)$(B',
  '__proto__',
  'constructor',
  'Never',
  '10.96.0.300',
  '99999999999999999999999999Gi',
  '-1%',
  '2026-02-30T00:00:00Z',
  '0001-01-01T00:00:00Z',
  '((((',
  'in notin,,=',
  0,
  -1,
  1.5,
  65_536,
  2_147_483_648,
  -2_147_483_649,
  9_007_199_254_740_992,
  1e300,
  -1e300,
  [],
  {},
  [[]],
  [null],
  [{}],
  ['a', 1, null],
  deep(40),
  parse('{"__proto__":{"polluted":true}}'),
  parse('{"constructor":{"prototype":{"polluted":true}}}'),
  parse('{"a":{"__proto__":null},"toString":1,"hasOwnProperty":2}'),
]

export const weird = fc.constantFrom(...WEIRD)
const TRICKY_KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  '',
  'a/b',
  '$patch',
  '$retainKeys',
  'f:a',
  'metadata',
  'spec',
  'x'.repeat(400),
]

export interface Mutation {
  readonly at: number
  readonly act: 'replace' | 'remove' | 'add' | 'repeat' | 'wrap'
  readonly value: JsonValue
  readonly key: string
}

export const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(10_000),
  act: fc.constantFrom('replace', 'replace', 'remove', 'add', 'repeat', 'wrap'),
  value: weird,
  key: fc.constantFrom(...TRICKY_KEYS),
})

const placesIn = (value: unknown, places: (readonly [Mutable, string])[] = []) => {
  if (typeof value !== 'object' || value === null) return places
  for (const key of Object.keys(value)) {
    places.push([value as Mutable, key])
    placesIn((value as Mutable)[key], places)
  }
  return places
}

/** A deep copy that keeps a `__proto__` what it is: a key. */
const copyOf = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown

/** A copy in which some places hold something else. */
export const mutate = (object: unknown, mutations: readonly Mutation[]): unknown => {
  const copy = copyOf(object)
  for (const { at, act, value: shared, key } of mutations) {
    const value = copyOf(shared)
    const places = placesIn(copy)
    const [holder, name] = places[at % Math.max(1, places.length)] ?? [copy as Mutable, 'spec']
    const child = holder[name]
    if (act === 'replace') setKey(holder, name, value)
    else if (act === 'remove') delete holder[name]
    else if (act === 'repeat' && Array.isArray(child)) child.push(...(copyOf(child) as unknown[]))
    else if (act === 'add' && typeof child === 'object' && child !== null && !Array.isArray(child))
      setKey(child as Mutable, key, value)
    else setKey(holder, name, [child])
  }
  return copy
}

// A valid huge number of Pods takes seconds and is tested by itself.
const MANY = /"(replicas|parallelism|completions)":(\d{3,})(?=[,}])/g

/** The body of a request. */
export const textOf = (value: unknown): string =>
  (JSON.stringify(value) ?? 'null').replace(MANY, (whole, name: string, digits: string) =>
    Number(digits) > 2_147_483_647 ? whole : `"${name}":3`,
  )
