// What a Corefile says, as far as answers depend on it.
import {
  CorefileError,
  type Directive,
  parseSyntax,
  pluginError,
} from '#coredns/corefile-syntax.ts'
import { type CachePlugin, cachePlugin } from '#coredns/plugins/cache.ts'
import { type ForwardPlugin, forwardPlugin } from '#coredns/plugins/forward.ts'
import { type HostsPlugin, hostsPlugin } from '#coredns/plugins/hosts.ts'
import { type KubernetesPlugin, kubernetesPlugin } from '#coredns/plugins/kubernetes-config.ts'
import { type RewriteRule, rewriteRules } from '#coredns/plugins/rewrite.ts'
import { zoneNames, zonesOfKey } from '#coredns/zone-names.ts'

/** One zone that the server answers for, and how. */
export interface ServerBlock {
  readonly zones: readonly string[]
  readonly port: number
  readonly kubernetes?: KubernetesPlugin
  readonly hosts?: HostsPlugin
  readonly cache?: CachePlugin
  readonly rewrites: readonly RewriteRule[]
  readonly forwards: readonly ForwardPlugin[]
  readonly isShuffled: boolean
}

export interface Corefile {
  readonly blocks: readonly ServerBlock[]
}

/** A Corefile, or CoreDNS' last words before it exits with code 1. */
export type CorefileResult = Corefile | { readonly failure: string }

// A Corefile is read for each question and hardly ever changes.
let last: { readonly text: string; readonly result: CorefileResult } | undefined

export const parseCorefile = (text: string): CorefileResult => {
  if (last?.text !== text) last = { text, result: parse(text) }
  return last.result
}

const parse = (text: string): CorefileResult => {
  try {
    const taken = new Set<string>()
    const blocks = parseSyntax(text).flatMap(({ keys, directives }) => {
      const plugins = pluginsOf(directives, keys.flatMap(zoneNames))
      return keys.map((key): ServerBlock => {
        const { zones, port } = zonesOfKey(key)
        for (const zone of zones) take(taken, `dns://${zone}:${port}`)
        return { zones, port, ...plugins }
      })
    })
    return { blocks }
  } catch (error) {
    if (error instanceof CorefileError) return { failure: error.message }
    throw error
  }
}

const take = (taken: Set<string>, address: string): void => {
  if (taken.has(address)) throw new CorefileError(`cannot serve ${address} - it is already defined`)
  taken.add(address)
}

const pluginsOf = (
  directives: readonly Directive[],
  serverZones: readonly string[],
): Omit<ServerBlock, 'zones' | 'port'> => {
  const all = (name: string) => directives.filter((directive) => directive.name === name)
  const only = (name: string): Directive | undefined => {
    const [first, second] = all(name)
    if (second === undefined) return first
    throw pluginError(name, 'this plugin can only be used once per Server Block')
  }
  const kubernetes = only('kubernetes')
  const hosts = only('hosts')
  const cache = only('cache')
  return {
    ...(kubernetes && { kubernetes: kubernetesPlugin(kubernetes, serverZones) }),
    ...(hosts && { hosts: hostsPlugin(hosts, serverZones) }),
    ...(cache && { cache: cachePlugin(cache, serverZones) }),
    rewrites: all('rewrite').flatMap(rewriteRules),
    forwards: all('forward').map(forwardPlugin),
    isShuffled: all('loadbalance').length > 0,
  }
}
