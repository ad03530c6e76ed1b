// What carries packets, as part of the state of a session: the nodes' tables and the names of Services.
import { matches, selectorFromMap } from '#apimachinery/labels.ts'
import type { Cluster } from '#cluster.ts'
import { recordText } from '#net/dns-message.ts'
import { tablesDocument } from '#network/tables-document.ts'

const DNS_PODS = selectorFromMap({ 'k8s-app': 'kube-dns' })

/** Nodes with equal tables stand together. */
interface TablesOfNodes {
  readonly nodes: string[]
  readonly mode: string
  readonly sync: string
  /** Until proxies that run write what has changed, in milliseconds; absent if they have. */
  readonly writesIn?: number
  readonly text: string
}

export const tablesState = (cluster: Cluster): readonly TablesOfNodes[] => {
  const groups = new Map<unknown, TablesOfNodes>()
  const due = cluster.proxySyncDue
  for (const { metadata } of cluster.objects('nodes')) {
    const name = metadata.name!
    const tables = cluster.tablesOf(name)
    if (tables === undefined) continue
    const { mode, sync, ruleset, virtualServers } = tables
    // what nodes share is one value
    const id = virtualServers ?? ruleset
    const group = groups.get(id)
    if (group?.sync === sync) group.nodes.push(name)
    else
      groups.set(group === undefined ? id : name, {
        nodes: [name],
        mode,
        sync,
        ...(due === undefined || sync !== 'synced' ? {} : { writesIn: due - cluster.now }),
        text: tablesDocument(name, tables, {}).text,
      })
  }
  return [...groups.values()]
}

/** What CoreDNS answers for each Service, as lines of a zone file; nothing while no CoreDNS Pod runs. */
export const dnsState = (cluster: Cluster): readonly string[] => {
  const world = cluster.world(true)
  const server = cluster
    .objects('pods')
    .filter(
      ({ metadata }) => metadata.namespace === 'kube-system' && matches(DNS_PODS, metadata.labels),
    )
    .flatMap(({ metadata }) => world.pod('kube-system', metadata.name!) ?? [])
    .find(({ hasNetwork }) => hasNetwork)
  if (server === undefined) return []
  return cluster.objects('services').flatMap(({ metadata }) => {
    const name = `${metadata.name}.${metadata.namespace}.svc.cluster.local.`
    return (world.dnsAnswer(server, { name, type: 'A' })?.answer ?? []).map(recordText)
  })
}
