// What a node's kernel holds in mode ipvs: iptables' two tables with the sets that their rules look into, and the virtual servers.
import type { IpSet } from '#netfilter/ipset-text.ts'
import { PersistentMap } from '#netfilter/persistent-map.ts'
import type { Change, Ruleset } from '#netfilter/ruleset.ts'
import { applyChanges } from '#netfilter/transaction.ts'
import {
  drained,
  type HasConnections,
  type VirtualServer,
  virtualServerKey,
  type VirtualServers,
} from '#netfilter/virtual-servers.ts'
import { baseState, type TableState, withBundles } from '#kube-proxy/apply-bundles.ts'
import type { ProxySettings } from '#kube-proxy/backend.ts'
import type { ProxyEndpoint } from '#kube-proxy/endpoint.ts'
import { portKey, type ServicePort } from '#kube-proxy/service-port.ts'
import { builtInChains, FILLED, OUT_FILTER, POSTROUTING } from './chains.ts'
import { emptySet, FILTER, NAT, SET_NAMES, setInfo, type SetName } from './ip-sets.ts'
import { type IpvsNode, ipvsPart, type IpvsPart } from './ipvs-part.ts'
import { LOOP_BACK } from './loop-back.ts'
import { rulesOf } from './rules.ts'

export interface IpvsTables {
  readonly tables: TableState
  readonly servers: VirtualServers
  /** By the port's key. */
  readonly parts: PersistentMap<IpvsPart>
}

/** All at once: the tables of a proxy that knows these ports. */
export const ipvsTables = (
  inputs: Iterable<{ readonly port: ServicePort; readonly endpoints: readonly ProxyEndpoint[] }>,
  node: IpvsNode,
  settings: ProxySettings,
): IpvsTables => {
  const parts = new Map<string, IpvsPart>()
  for (const { port, endpoints } of inputs)
    parts.set(portKey(port.name), ipvsPart(port, endpoints, node, settings))
  return withIpvsParts(ipvsBase(settings), parts, settings)
}

/** The tables of a proxy that has just started. */
export const ipvsBase = (settings: ProxySettings): IpvsTables => ({
  tables: baseState(
    [
      { kind: 'table', table: NAT },
      { kind: 'table', table: FILTER },
      ...SET_NAMES.flatMap((name) =>
        setInfo(name).tables.map((table) => ({ kind: 'set' as const, table, set: emptySet(name) })),
      ),
      ...filledChains(settings, () => true),
      { kind: 'chain', table: FILTER, chain: { name: OUT_FILTER, rules: [] } },
      ...builtInChains(),
    ],
    [{ table: FILTER, chain: OUT_FILTER, rules: [] }],
  ),
  servers: PersistentMap.empty(),
  parts: PersistentMap.empty(),
})

const nobody: HasConnections = () => false

/** The tables with some ports written anew; undefined takes a port away. */
export const withIpvsParts = (
  before: IpvsTables,
  changes: ReadonlyMap<string, IpvsPart | undefined>,
  settings: ProxySettings,
  hasConnections: HasConnections = nobody,
): IpvsTables => {
  const bundles = new Map([...changes].map(([key, part]) => [key, part?.bundle]))
  const written = withBundles(before.tables, bundles)
  return {
    tables: withFilledChains(before.tables, written, settings),
    servers: before.servers.withChanges(serverChanges(before, changes, hasConnections)),
    parts: before.parts.withChanges(changes),
  }
}

/** Rules come and go with the first and the last element of a set. */
const withFilledChains = (
  before: TableState,
  after: TableState,
  settings: ProxySettings,
): TableState => {
  const isSame = SET_NAMES.every(
    (name) => isEmptyIn(before.ruleset, name) === isEmptyIn(after.ruleset, name),
  )
  if (isSame) return after
  const chains = filledChains(settings, (name) => isEmptyIn(after.ruleset, name))
  return { ...after, ruleset: applyChanges(after.ruleset, chains) }
}

const filledChains = (
  settings: ProxySettings,
  isEmpty: (name: SetName) => boolean,
): readonly Change[] =>
  FILLED.map(([table, name]) => ({
    kind: 'chain',
    table,
    chain: { name, rules: rulesOf(table, name, settings, isEmpty) },
  }))

/** The rules of a node that has endpoints of its own, whatever the set itself holds. */
export const withLoopBackRule = (ruleset: Ruleset, settings: ProxySettings): Ruleset => {
  if (!isEmptyIn(ruleset, LOOP_BACK)) return ruleset
  const isEmpty = (name: SetName) => name !== LOOP_BACK && isEmptyIn(ruleset, name)
  const rules = rulesOf(NAT, POSTROUTING, settings, isEmpty)
  return applyChanges(ruleset, [{ kind: 'chain', table: NAT, chain: { name: POSTROUTING, rules } }])
}

const setIn = (ruleset: Ruleset, name: SetName) =>
  ruleset.get(setInfo(name).tables[0]!)!.sets.get(name)!

const isEmptyIn = (ruleset: Ruleset, name: SetName): boolean =>
  setIn(ruleset, name).elements.size === 0

const serverChanges = (
  { servers, parts }: IpvsTables,
  changes: ReadonlyMap<string, IpvsPart | undefined>,
  hasConnections: HasConnections,
): ReadonlyMap<string, VirtualServer | undefined> => {
  const changed = new Map<string, VirtualServer | undefined>()
  for (const key of changes.keys())
    for (const server of parts.get(key)?.servers ?? [])
      changed.set(virtualServerKey(server), undefined)
  for (const part of changes.values())
    for (const server of part?.servers ?? []) {
      const key = virtualServerKey(server)
      changed.set(key, drained(servers.get(key), server, hasConnections))
    }
  return changed
}

/** What `ipset list` shows: each set once, whichever tables hold it. */
export const ipSetsOf = (ruleset: Ruleset): readonly IpSet[] =>
  SET_NAMES.map((name) => {
    const uses = setInfo(name).tables.map(
      (table) => ruleset.get(table)?.index?.setUses.get(name) ?? 0,
    )
    return { set: setIn(ruleset, name), references: uses.reduce((sum, count) => sum + count, 0) }
  })
