// What the network answered, so that a process can be told again what it was told when it started: a container's process is worked out
// anew whenever it is needed, while the network has moved on.
import type { Contacted, Network, Queried, Resolved } from '#images/network.ts'

export type NetworkFact =
  | { readonly kind: 'resolve'; readonly is: Resolved }
  | { readonly kind: 'query'; readonly is: Queried }
  | { readonly kind: 'contact'; readonly is: Contacted }
  | { readonly kind: 'ping'; readonly is: 'reply' | 'timeout' | 'no-route' }

/** A network that notes down all its answers, in order. */
export const recordingNetwork = (
  network: Network,
): { readonly network: Network; readonly facts: readonly NetworkFact[] } => {
  const facts: NetworkFact[] = []
  const { resolvConf, hosts } = network
  return {
    facts,
    network: {
      resolvConf,
      hosts,
      resolve: (name, library) => {
        const is = network.resolve(name, library)
        facts.push({ kind: 'resolve', is })
        return is
      },
      query: (question, options) => {
        const is = network.query(question, options)
        facts.push({ kind: 'query', is })
        return is
      },
      contact: (contact) => {
        const is = network.contact(contact)
        facts.push({ kind: 'contact', is })
        return is
      },
      ping: (address) => {
        const is = network.ping?.(address) ?? 'timeout'
        facts.push({ kind: 'ping', is })
        return is
      },
    },
  }
}

const FORGOTTEN = { source: '', takes: 0, outcome: 'timeout' } as const

/** A network that answers as it once did. What it was never asked times out. */
export const replayingNetwork = (
  from: Pick<Network, 'resolvConf' | 'hosts'>,
  facts: readonly NetworkFact[],
): Network => {
  let at = 0
  const next = <K extends NetworkFact['kind']>(
    kind: K,
  ): Extract<NetworkFact, { kind: K }> | undefined => {
    const fact = facts[at]
    if (fact?.kind !== kind) return undefined
    at++
    return fact as Extract<NetworkFact, { kind: K }>
  }
  return {
    resolvConf: from.resolvConf,
    hosts: from.hosts,
    resolve: (name) =>
      next('resolve')?.is ?? { end: 'unreachable', addresses: [], canonicalName: name, takes: 0 },
    query: (_question, options) =>
      next('query')?.is ?? { outcome: 'timeout', server: options?.server ?? '', takes: 0 },
    contact: () => next('contact')?.is ?? FORGOTTEN,
    ping: () => next('ping')?.is ?? 'timeout',
  }
}
