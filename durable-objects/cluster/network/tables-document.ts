// A node's tables as the tools on the node print them.
import { iptablesRule, iptablesSave } from '#netfilter/iptables-text.ts'
import { ipsetList, type IpSet } from '#netfilter/ipset-text.ts'
import { ipvsadmList } from '#netfilter/ipvsadm-text.ts'
import type { VirtualServers } from '#netfilter/virtual-servers.ts'
import { nftList, nftRule } from '#netfilter/nftables-text.ts'
import type { Chain, Ruleset, Table } from '#netfilter/ruleset.ts'

export const TABLE_FORMATS = ['iptables', 'nftables', 'ipvs', 'json'] as const
export type TableFormat = (typeof TABLE_FORMATS)[number]

/** What is asked: `table` as for `iptables-save -t`, `family` as for `nft list table`. */
export interface TablesQuery {
  readonly format?: TableFormat | undefined
  readonly table?: string | undefined
  readonly family?: Table['family'] | undefined
}

export interface TablesSource {
  readonly mode: 'iptables' | 'nftables' | 'ipvs'
  readonly sync: string
  readonly problem?: string
  readonly ruleset: Ruleset
  readonly virtualServers?: VirtualServers
  readonly ipSets?: () => readonly IpSet[]
}

export interface TablesDocument {
  readonly contentType: string
  readonly text: string
}

/** In the format of the proxy's mode if none is asked for. */
export const tablesDocument = (
  node: string,
  source: TablesSource,
  { format = source.mode, table, family }: TablesQuery,
): TablesDocument => {
  if (format === 'json')
    return { contentType: 'application/json', text: JSON.stringify(inJson(node, source)) }
  // in the mode ipvs the few rules that are left are iptables' own
  const isPart = source.mode === 'ipvs' && format === 'iptables'
  if (format !== source.mode && !isPart)
    return asText(
      `# kube-proxy on ${node} runs in ${source.mode} mode: it wrote nothing for ${format}\n`,
    )
  if (source.sync === 'none')
    return asText(`# kube-proxy has not run on ${node} since the machine started\n`)
  if (format === 'ipvs') return asText(ipvsText(source))
  // iptables-save is for IPv4 alone
  if (format === 'iptables' && family !== undefined && family !== 'ip')
    return asText(`# kube-proxy on ${node} wrote nothing for ${family}: iptables has IPv4 rules only
`)
  const text =
    format === 'nftables'
      ? nftList(source.ruleset, {
          ...(family === undefined ? {} : { family }),
          ...(table === undefined ? {} : { table }),
        })
      : iptablesSave(source.ruleset, table === undefined ? undefined : [table])
  return asText(text === '' ? `# kube-proxy on ${node} wrote no such table\n` : text)
}

/** The virtual servers, the sets, and the rules that look into them: three tools, one after the other. */
const ipvsText = ({ ruleset, virtualServers, ipSets }: TablesSource): string =>
  [
    virtualServers === undefined ? '' : ipvsadmList(virtualServers),
    ipSets === undefined ? '' : ipsetList(ipSets()),
    iptablesSave(ruleset),
  ].join('\n')

const asText = (text: string): TablesDocument => ({
  contentType: 'text/plain; charset=utf-8',
  text,
})

/** For programs: every rule as the text of its tool. Elements of sets are by their keys. */
const inJson = (node: string, { mode, sync, problem, ruleset }: TablesSource) => ({
  node,
  mode,
  sync,
  ...(problem === undefined ? {} : { problem }),
  tables: ruleset.sorted().map(([, table]) => tableInJson(table, mode)),
})

const tableInJson = ({ family, name, chains, sets }: Table, mode: TablesSource['mode']) => ({
  family,
  name,
  chains: chains.sorted().map(([, chain]) => chainInJson(chain, mode)),
  sets: sets.sorted().map(([, set]) => ({
    name: set.name,
    types: set.types,
    elements: set.elements.sorted().map(([key, { verdict, comment }]) => ({
      key,
      ...(verdict === undefined ? {} : { verdict }),
      ...(comment === undefined ? {} : { comment }),
    })),
  })),
})

const chainInJson = ({ name, base, rules }: Chain, mode: TablesSource['mode']) => ({
  name,
  ...(base === undefined ? {} : { base }),
  rules: rules.map((rule) => (mode === 'nftables' ? nftRule(rule) : iptablesRule(name, rule))),
})
