// One question put to CoreDNS: through the plugins of the server block whose zone is nearest, in CoreDNS' order.
import { own } from '#apimachinery/object.ts'
import type { Client } from '#client/client.ts'
import type { AnswerCache } from '#coredns/answer-cache.ts'
import { type CorefileResult, parseCorefile, type ServerBlock } from '#coredns/corefile.ts'
import { secondsToKeep, withLifetime } from '#coredns/plugins/cache.ts'
import { answerFromUpstream } from '#coredns/plugins/forward.ts'
import { answerFromHosts } from '#coredns/plugins/hosts.ts'
import { answerFromKubernetes } from '#coredns/plugins/kubernetes.ts'
import { shuffled } from '#coredns/plugins/loadbalance.ts'
import type { Asked, Forwarded, PluginAnswer, PluginContext } from '#coredns/plugins/plugin.ts'
import { rewrite } from '#coredns/plugins/rewrite.ts'
import {
  type DnsMessage,
  emptyMessage,
  isInZone,
  nameProblem,
  nearestZone,
  type Question,
  type ResponseCode,
} from '#net/dns-message.ts'

export interface DnsServer {
  readonly client: Client
  /** Of a Corefile that could be read: `clusterCorefile`. */
  readonly blocks: readonly ServerBlock[]
  /** The addresses of the CoreDNS pod that is asked. */
  readonly serverIPs: readonly string[]
  /** The name servers that `/etc/resolv.conf` of that pod names. */
  readonly nodeNameServers: readonly string[]
  /** Passes a question on to another name server: it crosses the network again. */
  readonly forward: (server: string, question: Question) => Asked
  /** Draws from 0 to n-1; without it addresses keep the order of the objects. */
  readonly below?: (bound: number) => number
  /** The port that was asked; 53 if absent. */
  readonly port?: number
  /** What the plugin cache keeps; without it every answer is found anew. */
  readonly cache?: AnswerCache
  /** In milliseconds; for the cache. */
  readonly now?: number
}

export interface ServerAnswer {
  readonly message: DnsMessage
  /** The plugin that answered; absent if none did. */
  readonly plugin?: 'hosts' | 'kubernetes' | 'forward'
  /** It comes out of the cache, where it stays for so many seconds. */
  readonly secondsLeft?: number
  /** Chance gave its addresses their order. */
  readonly isShuffled: boolean
  /** What was passed on to other name servers, in order. */
  readonly forwarded: readonly Forwarded[]
}

/** How often a server may ask itself for where aliases of other zones lead. */
const MAX_LOOKUPS = 10

/** What the Corefile of this cluster says, or why CoreDNS is not running with it. */
export const clusterCorefile = (client: Client): CorefileResult => {
  const config = client.get('configmaps', 'kube-system', 'coredns')
  if (config === undefined)
    return {
      failure:
        'MountVolume.SetUp failed for volume "config-volume" : configmap "coredns" not found',
    }
  const text = own(config.data, 'Corefile')
  return text === undefined
    ? {
        failure:
          'MountVolume.SetUp failed for volume "config-volume" : configmap references non-existent config key: Corefile',
      }
    : parseCorefile(text)
}

export const answerQuestion = (server: DnsServer, question: Question): ServerAnswer => {
  const forwarded: Forwarded[] = []
  return { ...answer(server, question, forwarded, 0), forwarded }
}

type Answered = Omit<ServerAnswer, 'forwarded'>
type Found = Omit<Answered, 'isShuffled'>

const unanswered = (question: Question, rcode: ResponseCode): Answered => ({
  message: emptyMessage(question, rcode),
  isShuffled: false,
})

const answer = (
  server: DnsServer,
  question: Question,
  forwarded: Forwarded[],
  depth: number,
): Answered => {
  if (nameProblem(question.name) !== undefined) return unanswered(question, 'FORMERR')
  if (depth > MAX_LOOKUPS) return unanswered(question, 'SERVFAIL')
  const block = nearestBlock(server, question.name)
  if (block === undefined) return unanswered(question, 'REFUSED')
  const context: PluginContext = {
    client: server.client,
    serverIPs: server.serverIPs,
    nodeNameServers: server.nodeNameServers,
    forward: (address, asked) => {
      const outcome = server.forward(address, asked)
      forwarded.push({ server: address, question: asked, outcome })
      return outcome
    },
    lookUp: (asked) => answer(server, asked, forwarded, depth + 1).message,
  }
  return balanced(throughCache(server, block, { question, context }), block, server.below)
}

interface Asking {
  readonly question: Question
  readonly context: PluginContext
}

/** What the plugins in front of it do not see: the cache keeps answers, and they are shuffled whenever they are given. */
const balanced = (found: Found, block: ServerBlock, below: DnsServer['below']): Answered => {
  if (!block.isShuffled || below === undefined) return { ...found, isShuffled: false }
  const message = shuffled(found.message, below)
  return { ...found, message, isShuffled: message !== found.message }
}

const throughCache = (
  { cache: answers, now = 0 }: DnsServer,
  { cache: plugin, ...block }: ServerBlock,
  { question, context }: Asking,
): Found => {
  if (plugin === undefined) return throughPlugins(block, question, context)
  const isCached = nearestZone(question.name, plugin.zones) !== undefined
  const kept = isCached ? answers?.find(question, now) : undefined
  if (kept !== undefined) return kept
  const found = throughPlugins(block, question, context)
  const seconds = secondsToKeep(plugin, found.message)
  if (seconds === undefined) return found
  const message = withLifetime(found.message, seconds)
  answers?.keep(message, seconds, now)
  return { ...found, message }
}

const throughPlugins = (block: ServerBlock, asked: Question, context: PluginContext): Found => {
  const { question, back } = rewrite(block.rewrites, asked)
  const { plugin, message } = firstAnswer(block, question, context)
  return { message: back(message), ...(plugin === undefined ? {} : { plugin }) }
}

const firstAnswer = (block: ServerBlock, question: Question, context: PluginContext): Found => {
  const { hosts, kubernetes, forwards } = block
  const plugins = {
    hosts: (): PluginAnswer => (hosts ? answerFromHosts(hosts, question) : 'next'),
    kubernetes: (): PluginAnswer =>
      kubernetes ? answerFromKubernetes(kubernetes, question, context) : 'next',
    forward: (): PluginAnswer => answerFromUpstream(forwards, question, context),
  }
  for (const plugin of ['hosts', 'kubernetes', 'forward'] as const) {
    const message = plugins[plugin]()
    if (message !== 'next') return { message, plugin }
  }
  return { message: emptyMessage(question, 'SERVFAIL') }
}

const DNS_PORT = 53

const nearestBlock = (
  { blocks, port = DNS_PORT }: DnsServer,
  name: string,
): ServerBlock | undefined => {
  let nearest: { readonly zone: string; readonly block: ServerBlock } | undefined
  for (const block of blocks)
    if (block.port === port)
      for (const zone of block.zones)
        if (isInZone(name, zone) && zone.length > (nearest?.zone.length ?? 0))
          nearest = { zone, block }
  return nearest?.block
}
