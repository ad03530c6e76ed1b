// The rules that a real kube-proxy wrote in both modes for the same objects: packets go to the same places by either.
import { Random } from '#environment.ts'
import { formatIp } from '#net/ip.ts'
import { Connections } from '#netfilter/connections.ts'
import { iptablesSave } from '#netfilter/iptables-text.ts'
import { parseIptablesSave } from '#netfilter/iptables-parse.ts'
import { parseNftList } from '#netfilter/nftables-parse.ts'
import { type NodeKernel, type Passage, receive, send } from '#netfilter/node-stack.ts'
import { EMPTY_RULESET, type Change, type Ruleset } from '#netfilter/ruleset.ts'
import { applyChanges } from '#netfilter/transaction.ts'
import { describe, expect, test } from 'vitest'
import { kernel, packet } from '../../../support/netfilter.ts'
import { type ProxyRecording, proxyRecordings } from '../../../support/proxy-recordings.ts'

const iptables = proxyRecordings('iptables')
const nftables = new Map(
  proxyRecordings('nftables').map((recording) => [recording.name.split('.')[0], recording]),
)

const rulesetOf = ({ mode, output }: ProxyRecording): Ruleset =>
  mode === 'iptables' ? parseIptablesSave(output) : parseNftList(output)

/** The changes that make a ruleset out of nothing. */
const changesTo = (ruleset: Ruleset): readonly Change[] =>
  ruleset
    .sorted()
    .flatMap(([table, { chains, sets, comment }]): Change[] => [
      { kind: 'table', table, ...(comment === undefined ? {} : { comment }) },
      ...chains.sorted().map(([, chain]): Change => ({ kind: 'chain', table, chain })),
      ...sets.sorted().map(([, set]): Change => ({ kind: 'set', table, set })),
    ])

/** `PROTOCOL IP:PORT` of all that a recording's Services are reached at. */
const targetsOf = ({ objects, nodeIPs }: ProxyRecording): readonly string[] =>
  objects.services.flatMap(({ spec, status }) =>
    (spec?.ports ?? []).flatMap(({ protocol = 'TCP', port, nodePort }) => {
      const ips = [
        ...(spec?.clusterIP === undefined || spec.clusterIP === 'None' ? [] : [spec.clusterIP]),
        ...(spec?.externalIPs ?? []),
        ...(status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? []),
      ]
      const places = ips.map((ip) => `${ip}:${port}`)
      if (nodePort !== undefined && nodePort !== 0) places.push(`${nodeIPs[0]}:${nodePort}`)
      return places.map((place) => `${protocol.toLowerCase()} ${place}`)
    }),
  )

const nodeOf = (recording: ProxyRecording, ruleset: Ruleset, random: Random): NodeKernel => {
  const isLocal: NodeKernel['isLocal'] = (address) =>
    recording.nodeIPs.includes(formatIp(address)) || formatIp(address).startsWith('127.')
  return kernel(ruleset, {
    isLocal,
    connections: new Connections(),
    random: () => random.next(),
    route: ({ destination }) =>
      isLocal(destination.ip) ? { kind: 'local' } : { kind: 'out', output: 'eth0' },
  })
}

const endOf = ({ packet: last, outcome, connection }: Passage): string => {
  if (outcome.kind === 'drop' || outcome.kind === 'reject') return outcome.kind
  const to = `${formatIp(last.destination.ip)}:${last.destination.port}`
  return `${outcome.kind} ${to}${connection?.isSnat === true ? ' masqueraded' : ''}`
}

/** Where a client's connections end, each connection by chance. */
const endsOf = (
  recording: ProxyRecording,
  ruleset: Ruleset,
  { client, target }: { readonly client: string; readonly target: string },
): readonly string[] => {
  const random = new Random(5)
  const [protocol = '', to = ''] = target.split(' ')
  const ends = new Set<string>()
  for (let times = 0; times < 60; times++) {
    const node = nodeOf(recording, ruleset, random)
    const first = packet(`${protocol} ${client}:40000 > ${to}`)
    const isOwn = recording.nodeIPs.includes(client)
    ends.add(endOf(isOwn ? send(node, first) : receive(node, { ...first, input: 'eth0' })))
  }
  return [...ends].sort()
}

/** Pods of the node, the first of which may be an endpoint. */
const podsOf = ({ nodeName, objects }: ProxyRecording): readonly string[] => {
  const node = objects.nodes?.find(({ metadata }) => metadata.name === nodeName)
  const prefix = node?.spec?.podCIDR?.replace(/0\/24$/, '') ?? '10.244.0.'
  return [`${prefix}10`, `${prefix}77`]
}

/** Where the modes are known to differ: what stops a packet that neither lets through. */
const alike = (end: string, target: string): string => {
  const to = target.split(' ')[1]
  // iptables' OUTPUT does not look at addresses from outside that have no endpoints: such packets leave the node unchanged.
  // nftables looks at source ranges first, and drops what iptables rejects.
  return end === `sent ${to}` || end === 'drop' || end === 'reject' ? 'goes nowhere' : end
}

const cases = iptables.flatMap((recording) => {
  const other = nftables.get(recording.name.split('.')[0])
  return other === undefined ? [] : [{ name: recording.name, recording, other }]
})

describe('recorded rules', () => {
  test('are there in both modes', () => {
    expect(cases.length).toBeGreaterThan(30)
  })

  test.each(cases)(
    '$name lead packets to the same places in both modes',
    ({ recording, other }) => {
      const [rules, nft] = [rulesetOf(recording), rulesetOf(other)]
      const clients = [...podsOf(recording), '198.51.100.7', recording.nodeIPs[0]!]
      const compared = targetsOf(recording).flatMap((target) =>
        clients.map((client) => ({ client, target })),
      )
      expect(compared.length).toBeGreaterThan(0)
      const isWithoutEndpoints = recording.name.endsWith('-0.iptables')
      const ends = (from: ProxyRecording, ruleset: Ruleset) =>
        compared.map((way) => ({
          ...way,
          ends: endsOf(from, ruleset, way).map((end) =>
            isWithoutEndpoints || way.client === recording.nodeIPs[0]
              ? alike(end, way.target)
              : end,
          ),
        }))
      expect(ends(other, nft)).toEqual(ends(recording, rules))
    },
  )

  test.each([...iptables, ...nftables.values()])(
    '$name are what a transaction accepts',
    (recording) => {
      const ruleset = rulesetOf(recording)
      const applied = applyChanges(EMPTY_RULESET, changesTo(ruleset))
      expect(changesTo(applied)).toEqual(changesTo(ruleset))
      if (recording.mode === 'iptables') expect(iptablesSave(applied)).toBe(iptablesSave(ruleset))
    },
  )
})
