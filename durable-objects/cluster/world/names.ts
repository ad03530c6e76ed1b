// Names: what CoreDNS Pods answer, and how a Pod's C library asks them.
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Client } from '#client/client.ts'
import { askNameServer, type Internet } from '#cloud/internet.ts'
import type { AnswerCache } from '#coredns/answer-cache.ts'
import { hostsFileText } from '#coredns/hosts-file.ts'
import { imageBehaviour } from '#images/catalog.ts'
import { coredns } from '#images/samples.ts'
import { DNS_SETTINGS, podResolvConf } from '#coredns/resolv-conf.ts'
import { resolve } from '#coredns/resolver.ts'
import type { CorefileResult } from '#coredns/corefile.ts'
import { answerQuestion } from '#coredns/server.ts'
import type { Asked } from '#coredns/plugins/plugin.ts'
import { type DnsMessage, emptyMessage, type Question } from '#net/dns-message.ts'
import type { AskNameserver, DnsReply, WorldResolution } from '#network/world.ts'

export const NODE_NAME_SERVERS = DNS_SETTINGS.node.nameservers

/** The name servers that nodes, the internet and the learner's computer use. */
export const internetNames = (question: Question, internet: Internet): DnsMessage =>
  internetAnswerAt(NODE_NAME_SERVERS[0]!, question, internet) ?? emptyMessage(question, 'SERVFAIL')

/** What the machine with that address answers as a name server; undefined if it is none, or has no power. */
export const internetAnswerAt = (
  address: string,
  question: Question,
  internet: Internet,
): DnsMessage | undefined =>
  internet.hosts.get(address)?.isDown === true
    ? undefined
    : askNameServer(address, question, NODE_NAME_SERVERS, internet)

export const isCoreDns = (image: string): boolean => {
  const known = imageBehaviour(image)
  return 'behaviour' in known && known.behaviour === coredns
}

export interface NameServerFacts {
  readonly client: Client
  /** What this Pod's CoreDNS runs with. */
  readonly corefile: CorefileResult
  readonly internet: Internet
  /** From 0 to 2^32-1. */
  readonly random: () => number
  /** What this Pod's CoreDNS remembers. */
  readonly cache: AnswerCache
}

/** What the CoreDNS in a Pod answers; undefined if its Corefile keeps it from running. */
export const coreDnsAnswer = (
  pod: Pod,
  question: Question,
  { client, corefile, internet, random, cache }: NameServerFacts,
): DnsReply | undefined => {
  if ('failure' in corefile) return undefined
  const { podIP } = pod.status
  const { message, isShuffled, secondsLeft } = answerQuestion(
    {
      client,
      blocks: corefile.blocks,
      serverIPs: podIP === undefined ? [] : [podIP],
      nodeNameServers: podResolvConf(pod).nameservers,
      forward: (server, asked) => forwarded(server, asked, internet),
      below: (bound) => Math.floor((random() / 0x1_0000_0000) * bound),
      cache,
      now: client.now(),
    },
    question,
  )
  if (!isShuffled && secondsLeft === undefined) return message
  return {
    ...message,
    ...(isShuffled ? { isShuffled } : {}),
    ...(secondsLeft === undefined ? {} : { cacheSecondsLeft: secondsLeft }),
  }
}

/** Of what is outside the cluster only name servers answer. */
const forwarded = (server: string, question: Question, internet: Internet): Asked =>
  internetAnswerAt(server.replace(/:53$/, ''), question, internet) ?? 'timeout'

/** IPv4 addresses only: the cluster has no others. */
export const lookUpName = (pod: Pod, name: string, ask: AskNameserver): WorldResolution =>
  resolve(name, { conf: podResolvConf(pod), hosts: hostsFileText(pod), ask, family: 'ipv4' })
