// The hops of one packet through one node's kernel: each rule that did something, and what connection tracking changed.
import { sameEndpoint } from '#netfilter/connection.ts'
import { iptablesRule } from '#netfilter/iptables-text.ts'
import { nftRuleAbout } from '#netfilter/nftables-rule-text.ts'
import type { HookPassage, Passage } from '#netfilter/node-stack.ts'
import type { Hook, Packet } from '#netfilter/packet.ts'
import type { Rule } from '#netfilter/rule.ts'
import type { Deed, Step } from '#netfilter/step.ts'
import type { VirtualServer } from '#netfilter/virtual-servers.ts'
import { endpointText, tracePacket } from './host.ts'
import type { Hops } from './hops.ts'
import { ruleStory } from './rule-story.ts'
import { serviceStation } from './stations.ts'
import type { TraceHop, TraceRule } from './trace.ts'

export interface PassageStory {
  readonly nodeName: string
  readonly passage: Passage
  readonly isReply: boolean
  /** Where the node sends the packet on to: decided before its rules for forwarded and leaving packets are asked. */
  readonly route?: { readonly what: 'route' | 'forward'; readonly says: string } | undefined
}

export const addPassage = (hops: Hops, story: PassageStory): void => {
  if (!hops.isKept) return
  const { nodeName, passage, route } = story
  const where = { node: nodeName, component: 'kernel' }
  const reply = story.isReply ? { isReply: true } : {}
  const routed = passage.hooks.findIndex(({ hook }) => LEAVING.has(hook))
  for (const [at, hook] of passage.hooks.entries()) {
    const last = passage.hooks[at - 1]
    if (last !== undefined && isChanged(last.after, hook.before) && passage.virtualServer)
      hops.add(() => ({ where, ...serverHop(passage.virtualServer!, last, hook), ...reply }))
    if (at === routed && route !== undefined)
      hops.add(() => ({ where, packet: tracePacket(hook.before), ...route, ...reply }))
    const nat = hook.steps.findIndex(isNat)
    for (const [index, step] of hook.steps.entries()) {
      // on the way back only what stops the packet is news
      if (!isWorthTelling(step) || (story.isReply && !isStop(step))) continue
      hops.add(() => ({ where, ...ruleHop(hook, nat, index), ...reply }))
    }
    if (nat < 0 && isChanged(hook.before, hook.after))
      hops.add(() => ({ where, ...trackingHop(hook, passage), ...reply }))
  }
  addUnexplained(hops, story)
}

const LEAVING: ReadonlySet<Hook> = new Set<Hook>(['forward', 'postrouting'])

/** What the rule that stopped a packet says of itself: `default/web has no endpoints`. */
export const whyStopped = ({ steps, virtualServer }: Passage): string => {
  if (!steps.some(isStop))
    return virtualServer === undefined
      ? ''
      : ` (the virtual server ${endpointText(virtualServer)} has no real server)`
  for (const { rule, did } of steps.toReversed()) {
    for (const part of rule?.parts ?? []) if (part.kind === 'comment') return ` (${part.text})`
    for (const deed of did.toReversed())
      if (deed.kind === 'lookup' && deed.isFound) return ` (${deed.key} is in ${deed.set})`
  }
  return ''
}

/** A packet can be stopped by something else than a rule. */
const addUnexplained = (hops: Hops, { nodeName, passage }: PassageStory): void => {
  const { outcome, packet, steps, virtualServer } = passage
  if ((outcome.kind !== 'drop' && outcome.kind !== 'reject') || steps.some(isStop)) return
  const says =
    virtualServer === undefined
      ? 'connection tracking has no room for the connection, or no free port: the packet is dropped'
      : `IPVS: the virtual server ${endpointText(virtualServer)} has no real server: the packet is rejected`
  const where = { node: nodeName, component: 'kernel' }
  hops.add(() => ({ where, what: outcome.kind, packet: tracePacket(packet), says }))
}

/** The kernel's load balancer (IPVS) stands between two hooks. */
const serverHop = (
  server: VirtualServer,
  { after: before }: HookPassage,
  { before: packet }: HookPassage,
): Omit<TraceHop, 'where'> => {
  const open = server.servers.filter(({ weight }) => weight > 0)
  const index = open.findIndex((real) => sameEndpoint(real, packet.destination))
  const name = `${server.protocol.toUpperCase()} ${endpointText(server)} ${server.scheduler}`
  return {
    what: 'dnat',
    before: tracePacket(before),
    packet: tracePacket(packet),
    rule: {
      table: 'ipvs',
      chain: name,
      number: index + 1,
      text: `-> ${endpointText(packet.destination)} Masq 1`,
      tried: 1,
    },
    ...(open.length > 1 ? { probability: 1 / open.length } : {}),
    says: `IPVS: ${endpointText(before.destination)} is a virtual server, found without trying one rule after the other; ${open.length > 1 ? `of its ${open.length} real servers it is the turn of ${endpointText(packet.destination)} (${server.scheduler})` : `${endpointText(packet.destination)} is its only real server`}`,
  }
}

/** The line of the tables that a step is about; undefined for a chain's policy. */
export const traceRuleOf = (step: Step): TraceRule | undefined => {
  const { rule, table, chain, index, tried } = step
  if (rule === undefined) return undefined
  return { table, chain, number: index + 1, text: ruleText(step, rule), tried }
}

const KUBE_PROXY_NFTABLES = 'ip kube-proxy'

/** As its tool prints it, but for a choice of very many: the tables have all of them. */
const ruleText = ({ table, chain, did }: Step, rule: Rule): string => {
  if (table !== KUBE_PROXY_NFTABLES) return iptablesRule(chain, rule)
  const last = did.at(-1)
  return nftRuleAbout(rule, last?.kind === 'dnat' ? last.to : last)
}

const isNat = ({ did }: Step): boolean =>
  did.some(({ kind }) => kind === 'dnat' || kind === 'masquerade')

const isStop = ({ did }: Step): boolean =>
  did.some(({ kind }) => kind === 'drop' || kind === 'reject')

/** Looking up what is not there, counting and coming back lead nowhere. */
const isWorthTelling = ({ did, rule }: Step): boolean =>
  rule === undefined ||
  did.some((deed) => {
    switch (deed.kind) {
      case 'account':
      case 'return':
        return false
      case 'lookup':
        return deed.isFound
      case 'mark':
        return deed.before !== deed.after
      default:
        return true
    }
  })

export const isChanged = (before: Packet, after: Packet): boolean =>
  !sameEndpoint(before.source, after.source) || !sameEndpoint(before.destination, after.destination)

const ruleHop = (
  { steps, before, after }: HookPassage,
  nat: number,
  index: number,
): Omit<TraceHop, 'where'> => {
  const step = steps[index]!
  const rule = traceRuleOf(step)
  const station = serviceStation(steps, index)
  const chance = step.share ?? step.probability
  const changed =
    index === nat && isChanged(before, after)
      ? { before: tracePacket(before), packet: tracePacket(after) }
      : { packet: tracePacket(nat >= 0 && index > nat ? after : before) }
  return {
    what: kindOf(step),
    ...changed,
    ...(rule === undefined ? {} : { rule }),
    ...(chance === undefined ? {} : { probability: chance }),
    ...(station === undefined ? {} : { station }),
    ...(isAside(steps, index) ? { isAside: true } : {}),
    says: ruleStory(step, { before, after }),
  }
}

const KINDS: Partial<Record<Deed['kind'], string>> = {
  dnat: 'dnat',
  masquerade: 'snat',
  drop: 'drop',
  reject: 'reject',
}

const kindOf = ({ did }: Step): string =>
  did.map(({ kind }) => KINDS[kind]).findLast((kind) => kind !== undefined) ?? 'rule'

/** It leads to a chain, and in that chain nothing happens. */
const isAside = (steps: readonly Step[], index: number): boolean => {
  const { did, table } = steps[index]!
  const last = did.at(-1)
  if (last?.kind !== 'jump' && last?.kind !== 'goto') return false
  const next = steps[index + 1]
  if (next === undefined || next.table !== table || next.chain !== last.chain) return true
  // the chain led on, and there nothing happened either
  return !isWorthTelling(next) || isAside(steps, index + 1)
}

const trackingHop = (
  { hook, before, after }: HookPassage,
  { isReply }: Passage,
): Omit<TraceHop, 'where'> => {
  const isSource = !sameEndpoint(before.source, after.source)
  const from = endpointText(isSource ? before.source : before.destination)
  const to = endpointText(isSource ? after.source : after.destination)
  const side = isSource ? 'source' : 'destination'
  return {
    what: 'conntrack',
    before: tracePacket(before),
    packet: tracePacket(after),
    says: isReply
      ? `Connection tracking knows this answer's connection (at ${hook}) and undoes what was changed on the way there: the ${side} ${from} becomes ${to} again`
      : `Connection tracking knows this connection (at ${hook}) and changes the ${side} ${from} to ${to} as for its first packet`,
  }
}
