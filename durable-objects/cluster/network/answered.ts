// The rest of a conversation, from the moment its first packet has arrived: what the program answers, and how that comes back.
import { formatIp } from '#net/ip.ts'
import type { Protocol } from '#netfilter/packet.ts'
import { serverName } from './ask-server.ts'
import type { Conversation, End } from './conversation.ts'
import { type Host, hostName } from './host.ts'
import type { TraceReply, TraceRequest } from './trace.ts'
import type { Arrived } from './way.ts'
import type { Answer } from './world.ts'

export interface Answered {
  readonly end: End
  readonly reply?: TraceReply
  /** There was somebody to talk to: a client does not try another address, whatever came of it. */
  readonly isConnected: boolean
  /** Who was reached. */
  readonly arrived?: Arrived
}

export const protocolOf = ({ to: { scheme } }: TraceRequest): Protocol =>
  scheme === 'udp' || scheme === 'sctp' ? scheme : 'tcp'

/** The rest of a conversation whose first packet has arrived; `answer` is undefined if no machine has the address. */
export const answerOf = (
  conversation: Conversation,
  request: TraceRequest,
  answer: Taken | undefined,
): Answered => {
  const { host, packet } = conversation.arrived
  if (answer === undefined) return { end: nobody(host), isConnected: false }
  const isStream = packet.protocol === 'tcp' || packet.protocol === 'sctp'
  return isStream ? stream(conversation, request, answer) : datagram(conversation, host, answer)
}

const nobody = (host: Host): End => ({
  outcome: 'timeout',
  says: `no answer comes: ${host.kind === 'remote' ? `no machine in the internet has the address ${formatIp(host.ip)}` : `nobody is at ${hostName(host)}`}`,
})

export type Taken = Exclude<Answer, { kind: 'refused' }>

const stream = (conversation: Conversation, request: TraceRequest, answer: Taken): Answered => {
  const lost = conversation.answer(`${hostName(conversation.arrived.host)} takes the connection`)
  return lost === undefined
    ? overStream(conversation, request, answer)
    : { end: lost, isConnected: false }
}

/** A request over a connection that stands. */
export const overStream = (
  conversation: Conversation,
  request: TraceRequest,
  answer: Taken,
): Answered => {
  const { host } = conversation.arrived
  const name = hostName(host)
  const isKept = request.connection === 'reuse'
  const reply = replyOf(host, answer)
  if (answer.kind === 'reset') {
    conversation.abort()
    return {
      end: { outcome: 'refused', says: answerText(name, answer)! },
      isConnected: true,
    }
  }
  const isConnectOnly = request.to.scheme === 'tcp' || request.to.scheme === 'sctp'
  if (isConnectOnly && answer.kind !== 'message') {
    if (!isKept) conversation.close()
    return {
      end: { outcome: 'delivered', says: `${name} took the connection` },
      reply: silentReply(host),
      isConnected: true,
    }
  }
  const silence = conversation.exchange(requestText(request), answerText(name, answer), isKept)
  if (!isKept || silence !== undefined) conversation.close()
  if (silence !== undefined) return { end: silence, isConnected: true }
  const end: End = { outcome: 'delivered', says: answerText(name, answer) ?? name }
  return { end, ...reply, isConnected: true }
}

const datagram = (conversation: Conversation, host: Host, answer: Taken): Answered => {
  const name = hostName(host)
  if (answer.kind === 'silent' || (answer.kind === 'message' && answer.text === undefined))
    return {
      end: {
        outcome: 'delivered',
        says: `${name} received the packet; UDP asks for no answer, and none came`,
      },
      reply: { protocol: 'UDP', from: serverName(host) },
      isConnected: true,
    }
  const lost = conversation.answer(answerText(name, answer) ?? name)
  if (lost !== undefined) return { end: lost, isConnected: false }
  const reply = { ...replyOf(host, answer).reply, protocol: 'UDP', from: serverName(host) } as const
  const end: End = { outcome: 'delivered', says: answerText(name, answer) ?? name }
  return { end, reply, isConnected: true }
}

const requestText = ({ to, method, body }: TraceRequest): string => {
  if (to.scheme === 'http' || to.scheme === 'https')
    return `the request ${method} ${to.path} goes through the connection${to.scheme === 'https' ? ', encrypted' : ''}`
  return body === '' ? 'the connection stands' : `${body.length} bytes go through the connection`
}

const answerText = (name: string, answer: Taken): string | undefined => {
  switch (answer.kind) {
    case 'http':
      return `${name} answered HTTP ${answer.status}`
    case 'message':
      return answer.text === undefined
        ? `${name} took the connection`
        : `${name} answered ${answer.text.length} bytes`
    case 'reset':
      return `${name} took the connection and closed it instead of answering: "Connection reset by peer"`
    case 'silent':
      return undefined
  }
}

const silentReply = (host: Host): TraceReply => ({ protocol: 'TCP', from: serverName(host) })

const replyOf = (host: Host, answer: Taken): { readonly reply?: TraceReply } => {
  const from = serverName(host)
  switch (answer.kind) {
    case 'http': {
      const { status, headers, body } = answer
      return { reply: { protocol: 'HTTP', status, headers, body, from } }
    }
    case 'message':
      return {
        reply: {
          protocol: 'TCP',
          from,
          ...(answer.text === undefined ? {} : { body: answer.text }),
        },
      }
    case 'reset':
    case 'silent':
      return {}
  }
}
