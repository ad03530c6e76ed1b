import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rulesOf, type SharedChain, withParts } from '#kube-proxy/shared-chain.ts'
import type { Rule } from '#netfilter/rule.ts'

const rule = (text: string): Rule => ({ parts: [{ kind: 'comment', text }] })

const EMPTY: SharedChain = {
  table: 'ip nat',
  chain: 'KUBE-SERVICES',
  keys: [],
  parts: [],
  last: [rule('last')],
}

const texts = (chain: SharedChain): readonly string[] =>
  rulesOf(chain).map(({ parts: [part] }) => (part?.kind === 'comment' ? part.text : ''))

const written = (...keys: readonly string[]) =>
  new Map(keys.map((key) => [key, [rule(`${key} 1`), rule(`${key} 2`)]]))

describe('a chain that all Service ports share', () => {
  it('has the ports in the order of their keys, whichever came first, and its own rules last', () => {
    const chain = withParts(withParts(EMPTY, written('b', 'd')), written('e', 'a', 'c'))
    expect(texts(chain)).toEqual([
      ...['a', 'b', 'c', 'd', 'e'].flatMap((key) => [`${key} 1`, `${key} 2`]),
      'last',
    ])
  })

  it('replaces what a port wrote and takes out what it takes back', () => {
    const chain = withParts(
      withParts(EMPTY, written('a', 'b', 'c')),
      new Map([
        ['a', undefined],
        ['b', [rule('new')]],
        ['unknown', undefined],
      ]),
    )
    expect(chain.keys).toEqual(['b', 'c'])
    expect(texts(chain)).toEqual(['new', 'c 1', 'c 2', 'last'])
  })

  it('is a new one: nodes that hold the old one keep it', () => {
    const before = withParts(EMPTY, written('a'))
    withParts(before, written('b'))
    withParts(before, new Map([['a', undefined]]))
    expect(texts(before)).toEqual(['a 1', 'a 2', 'last'])
    expect(texts(EMPTY)).toEqual(['last'])
  })

  it('is after any changes what the last word on each port makes it', () => {
    const key = fc.constantFrom('', 'a', 'a/b', 'b', 'constructor', '__proto__', '~')
    const step = fc.dictionary(key, fc.option(fc.nat(), { nil: undefined }))
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const known = new Map<string, readonly Rule[]>()
        let chain = EMPTY
        for (const changes of steps) {
          const rules = Object.entries(changes).map(
            ([name, value]) =>
              [name, value === undefined ? undefined : [rule(`${name} ${value}`)]] as const,
          )
          chain = withParts(chain, new Map(rules))
          for (const [name, parts] of rules)
            if (parts === undefined) known.delete(name)
            else known.set(name, parts)
        }
        const sorted = [...known].sort(([a], [b]) => (a < b ? -1 : 1))
        expect(chain.keys).toEqual(sorted.map(([name]) => name))
        expect(rulesOf(chain)).toEqual([...sorted.flatMap(([, parts]) => parts), ...EMPTY.last])
      }),
    )
  })
})
