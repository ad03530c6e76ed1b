// Every recording of a real kube-proxy can be read, and is printed as it was.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseIptablesSave } from '#netfilter/iptables-parse.ts'
import { iptablesSave } from '#netfilter/iptables-text.ts'
import { parseNftList } from '#netfilter/nftables-parse.ts'
import { nftList } from '#netfilter/nftables-text.ts'
import type { Ruleset } from '#netfilter/ruleset.ts'
import { plain } from './plain-ruleset.ts'

interface Recording {
  readonly name: string
  readonly mode: 'iptables' | 'nftables'
  readonly output: string
}

const FOLDER = new URL('../../../conformance/proxy/', import.meta.url)

const recordings = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .sort()
  .map((file) => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Recording)

const WAYS: Readonly<
  Record<
    Recording['mode'],
    { readonly parse: (text: string) => Ruleset; readonly print: (ruleset: Ruleset) => string }
  >
> = {
  iptables: {
    parse: parseIptablesSave,
    print: (ruleset) => iptablesSave(ruleset, ['nat', 'filter']),
  },
  nftables: {
    parse: parseNftList,
    print: (ruleset) => nftList(ruleset, { family: 'ip', table: 'kube-proxy' }),
  },
}

/** The kernel lists elements in an order of its own: sorted, with as many on a line as ours have. */
const withSortedElements = (text: string): string =>
  text.replaceAll(/elements = \{([^}]*)\}/g, (_, elements: string) => {
    const sorted = elements
      .split(',')
      .map((element) => element.replaceAll(/\s+/g, ' ').trim())
      .sort()
    return `elements = { ${sorted.join(', ')} }`
  })

describe('tables of a real kube-proxy', () => {
  it('are all there', () => {
    expect(recordings).toHaveLength(70)
  })

  it.each(recordings.map((recording) => [recording.name, recording] as const))(
    '%s is printed as it was read',
    (_, { mode, output }) => {
      const { parse, print } = WAYS[mode]
      expect(withSortedElements(print(parse(output)))).toBe(withSortedElements(output))
    },
  )

  it.each(recordings.map((recording) => [recording.name, recording] as const))(
    '%s means the same when read again',
    (_, { mode, output }) => {
      const { parse, print } = WAYS[mode]
      const ruleset = parse(output)
      expect(plain(parse(print(ruleset)))).toEqual(plain(ruleset))
    },
  )

  it('lists elements by value, two addresses on a line', () => {
    const tutorial = recordings.find(({ name }) => name === 'tutorial.nftables')!
    const text = nftList(parseNftList(tutorial.output))
    expect(text).toContain(
      'elements = { 10.96.0.1, 10.96.10.1,\n\t\t\t     10.96.10.2, 10.96.10.3 }',
    )
  })
})
