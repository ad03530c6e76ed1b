// Addresses of a Service that nobody has, or at which its node ports are not open.
import { cidrContains } from '#net/cidr.ts'
import { formatIp, parseIp } from '#net/ip.ts'
import type { Cause, Remedy } from './cause.ts'
import { askedNode, type DiagnosisContext, listed, patchCommand, placeOf } from './context.ts'
import { PROXY_CONFIG } from './proxy.ts'

/** kube-proxy is told to open node ports at some addresses only, and this node has none of them. */
export const nodePortAddressCause = (context: DiagnosisContext): Cause | undefined => {
  const { service, world, facts, attempt } = context
  const ranges = facts.nodePortAddresses()
  const [port] = (service.spec.ports ?? []).filter(({ nodePort = 0 }) => nodePort !== 0)
  if (port === undefined || ranges === 'primary' || ranges.length === 0) return undefined
  const asked = askedNode(context)
  if (asked === undefined && attempt.host !== undefined) return undefined
  const nodes = asked === undefined ? world.nodes() : [asked]
  const isOpen = nodes.some(({ ips }) =>
    ips.some((ip) => ranges.some((range) => cidrContains(range, ip))),
  )
  if (isOpen) return undefined
  const texts = ranges.map(({ network, prefix }) => `${formatIp(network)}/${prefix}`)
  const remedy = everywhereRemedy(context)
  return {
    code: 'NodePortsAtOtherAddresses',
    says: `kube-proxy opens node ports at addresses in ${listed(texts)} only (nodePortAddresses in its configuration), and ${asked === undefined ? 'no node has one' : `${asked.name} has none`}: port ${port.nodePort} is closed there.`,
    evidence: [
      { place: PROXY_CONFIG, expected: 'nodePortAddresses: null', found: listed(texts) },
      ...nodes.slice(0, 3).map(({ name, ips }) => ({
        place: { apiVersion: 'v1', kind: 'Node', name, field: 'status.addresses' },
        found: listed(ips.map(formatIp)),
      })),
    ],
    place: PROXY_CONFIG,
    ...(remedy === undefined ? {} : { remedy }),
  }
}

/** One line, or a list in lines of its own. */
const SETTING = /^nodePortAddresses:.*(?:\n *- .*)*$/m

const everywhereRemedy = ({ client }: DiagnosisContext): Remedy | undefined => {
  const { namespace, name } = PROXY_CONFIG
  const text = client.get('configmaps', namespace, name)?.data?.['config.conf'] ?? ''
  if (!SETTING.test(text)) return undefined
  const patch = { data: { 'config.conf': text.replace(SETTING, 'nodePortAddresses: null') } }
  return {
    says: 'Open node ports at all addresses of the nodes.',
    patch: { target: PROXY_CONFIG, type: 'merge', patch },
    command: patchCommand(PROXY_CONFIG, patch),
  }
}

/** Packets for an external address must come to a node by themselves: Kubernetes leads none there. */
export const externalIpCause = (context: DiagnosisContext): Cause | undefined => {
  const { service, world, attempt } = context
  const { externalIPs = [] } = service.spec
  const { host, from } = attempt
  // in the cluster every node's rules catch them
  if (from !== undefined && ('pod' in from || 'node' in from)) return undefined
  const lost = externalIPs.filter((text) => {
    const ip = parseIp(text)
    return ip === undefined || world.nodeAt(ip) === undefined
  })
  if (lost.length === 0 || (host !== undefined && !lost.includes(host))) return undefined
  const node = world.nodes().find(({ isOn, isConnected }) => isOn && isConnected)
  const ip = node?.ips[0]
  const target = placeOf(service, 'spec.externalIPs')
  const kept = externalIPs.filter((text) => !lost.includes(text))
  const addresses = ip === undefined ? kept : [...new Set([...kept, formatIp(ip)])]
  const patch = { spec: { externalIPs: addresses } }
  return {
    code: 'ExternalIPLeadsNowhere',
    says: `${listed(lost)} in externalIPs is no address of a node. The nodes' rules would take packets for it, but no router outside sends them there: Kubernetes only answers at external addresses, it does not announce them.`,
    evidence: [
      {
        place: target,
        expected: `addresses of nodes: ${listed(world.nodes().flatMap(({ ips }) => ips.slice(0, 1).map(formatIp)))}`,
        found: listed(externalIPs),
      },
    ],
    place: target,
    remedy: {
      says: `Use the address of a node${ip === undefined ? '' : `, ${formatIp(ip)}`}.`,
      patch: { target, type: 'merge', patch },
      command: patchCommand(target, patch),
    },
  }
}
