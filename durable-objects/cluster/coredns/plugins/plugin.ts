// What plugins share while they answer one question.
import type { Client } from '#client/client.ts'
import type { DnsMessage, Question } from '#net/dns-message.ts'

export type Asked = DnsMessage | 'timeout' | 'refused'

/** A question that CoreDNS passed on to another name server. */
export interface Forwarded {
  readonly server: string
  readonly question: Question
  readonly outcome: Asked
}

export interface PluginContext {
  readonly client: Client
  /** The addresses of the pod that was asked. */
  readonly serverIPs: readonly string[]
  /** What `/etc/resolv.conf` of that pod names: the name servers of its node. */
  readonly nodeNameServers: readonly string[]
  /** Asks another name server, over the network. */
  readonly forward: (server: string, question: Question) => Asked
  /** Asks this server again, for where a CNAME points to. */
  readonly lookUp: (question: Question) => DnsMessage
}

/** A plugin's answer; `next` if it leaves the question to the plugins behind it. */
export type PluginAnswer = DnsMessage | 'next'
