// Short ways to write packets and nodes for tests of what rules do to packets.
import { Random } from '#environment.ts'
import { formatIp, parseIp, type Ip } from '#net/ip.ts'
import { Connections } from '#netfilter/connections.ts'
import type { EvaluationContext } from '#netfilter/evaluation.ts'
import type { NodeKernel, Route } from '#netfilter/node-stack.ts'
import type { Endpoint, Packet, Protocol } from '#netfilter/packet.ts'
import { RuleMemory } from '#netfilter/rule-memory.ts'
import type { Ruleset } from '#netfilter/ruleset.ts'
import type { Deed, Step } from '#netfilter/step.ts'

export const ip = (text: string): Ip => {
  const parsed = parseIp(text)
  if (parsed === undefined) throw new Error(`"${text}" is no address`)
  return parsed
}

const endpoint = (text: string): Endpoint => {
  const at = text.lastIndexOf(':')
  return { ip: ip(text.slice(0, at)), port: Number(text.slice(at + 1)) }
}

/** `tcp 10.244.0.5:40000 > 10.96.0.1:443` */
export const packet = (text: string, more: Partial<Packet> = {}): Packet => {
  const [protocol, source = '', , destination = ''] = text.split(' ')
  return {
    protocol: protocol as Protocol,
    source: endpoint(source),
    destination: endpoint(destination),
    mark: 0,
    ...more,
  }
}

const endpointText = (end: Endpoint): string => `${formatIp(end.ip)}:${end.port}`

export const packetText = ({ protocol, source, destination }: Packet): string =>
  `${protocol} ${endpointText(source)} > ${endpointText(destination)}`

/** What a new packet meets on a node that owns 192.168.49.2. */
export const context = (more: Partial<EvaluationContext> = {}): EvaluationContext => {
  const random = new Random(1)
  return {
    isLocal: (address) => ['192.168.49.2', '127.0.0.1'].includes(formatIp(address)),
    random: () => random.next(),
    now: 0,
    state: 'new',
    memory: new RuleMemory(),
    ...more,
  }
}

const deedText = (deed: Deed): string => {
  switch (deed.kind) {
    case 'jump':
    case 'goto':
      return `${deed.kind} ${deed.chain}`
    case 'dnat':
      return `dnat ${formatIp(deed.to.ip)}:${deed.to.port ?? ''}`
    case 'mark':
      return `mark ${deed.before.toString(16)} ${deed.after.toString(16)}`
    case 'reject':
      return `reject ${deed.with}`
    case 'lookup':
      return `lookup ${deed.set} ${deed.key} ${deed.isFound ? 'found' : 'absent'}`
    case 'remember':
    case 'recall':
      return `${deed.kind} ${deed.list}`
    case 'update':
      return `update ${deed.set} ${deed.key}${deed.isFull ? ' full' : ''}`
    case 'account':
      return `account ${deed.name}`
    default:
      return deed.kind
  }
}

/** `ip nat PREROUTING 0: jump KUBE-SERVICES` */
export const stepTexts = (steps: readonly Step[]): readonly string[] =>
  steps.map(
    ({ table, chain, index, did }) =>
      `${table} ${chain} ${index}: ${did.map((deed) => deedText(deed)).join(', ')}`,
  )

/**
 * A node that owns 192.168.49.2, whose Pods (10.244.0.0/24) are behind `veth`, and that reaches all else by `eth0`.
 */
export const kernel = (ruleset: Ruleset, more: Partial<NodeKernel> = {}): NodeKernel => {
  const random = new Random(7)
  const isLocal = (address: Ip): boolean =>
    ['192.168.49.2', '127.0.0.1'].includes(formatIp(address))
  const route = ({ destination }: Packet): Route => {
    if (isLocal(destination.ip)) return { kind: 'local' }
    const isPod = formatIp(destination.ip).startsWith('10.244.0.')
    return { kind: 'out', output: isPod ? 'veth' : 'eth0' }
  }
  return {
    ruleset,
    connections: new Connections(),
    now: 0,
    random: () => random.next(),
    isLocal,
    route,
    sourceAddress: (output) => ip(output === 'veth' ? '10.244.0.1' : '192.168.49.2'),
    ...more,
  }
}
