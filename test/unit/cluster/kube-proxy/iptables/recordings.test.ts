import { describe, expect, it } from 'vitest'
import { iptablesBackend } from '#kube-proxy/iptables/backend.ts'
import { iptablesSave } from '#netfilter/iptables-text.ts'
import {
  placeOf,
  proxyRecordings,
  settingsOf,
  tablesOf,
} from '../../../../support/proxy-recordings.ts'

const recordings = proxyRecordings('iptables')

/** kube-proxy leaves the order of Services in these chains to chance, and that of chains to their names. */
const UNORDERED = /^-A (?:KUBE-SERVICES|KUBE-NODEPORTS|KUBE-EXTERNAL-SERVICES|KUBE-PROXY-FIREWALL) /

const canonical = (text: string): readonly string[] => {
  const chains = new Map<string, string[]>()
  let table = ''
  for (const line of text.split('\n').map((raw) => raw.trimEnd())) {
    if (line.startsWith('*')) table = line
    const chain = /^(?::|-A )(\S+)/.exec(line)?.[1]
    if (chain === undefined) continue
    const key = `${table} ${chain}`
    const lines = chains.get(key) ?? []
    lines.push(line)
    chains.set(key, UNORDERED.test(line) ? lines.sort() : lines)
  }
  return [...chains].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([key, lines]) => [key, ...lines])
}

describe('iptables mode', () => {
  it('has recordings to be compared with', () => expect(recordings.length).toBeGreaterThan(30))

  it.each(recordings)('writes what a real kube-proxy writes: $title ($name)', (recording) => {
    const ruleset = tablesOf(
      iptablesBackend,
      recording.objects,
      placeOf(recording),
      settingsOf(recording),
    )
    const text = iptablesSave(ruleset, ['nat', 'filter'])
    expect(canonical(text)).toEqual(canonical(recording.output))
  })
})
