// Who sends a request: the machine, its address, and why it cannot, if it cannot.
import { formatIp, type Ip, isLoopback, parseIp } from '#net/ip.ts'
import { type Host, INTERNET_CLIENT, podName, WORKSTATION } from './host.ts'
import { isLocalAddress } from './route.ts'
import type { TraceOutcome, TraceSource } from './trace.ts'
import type { World } from './world.ts'

export interface NoSender {
  readonly outcome: TraceOutcome
  readonly says: string
}

export const senderOf = (world: World, source: TraceSource): Host | NoSender => {
  if ('internet' in source) return { kind: 'internet' }
  if ('workstation' in source) return { kind: 'workstation' }
  if ('node' in source) {
    const node = world.node(source.node)
    if (node === undefined) return unable(`there is no node ${source.node}`)
    return node.isOn ? { kind: 'node', node } : unable(`node ${node.name} has no power`)
  }
  const { namespace, name } = source.pod
  const pod = world.pod(namespace, name)
  if (pod === undefined) return unable(`there is no Pod ${namespace}/${name}`)
  const node = world.node(pod.nodeName)
  if (node === undefined)
    return unable(
      pod.nodeName === ''
        ? `Pod ${podName(pod)} runs on no node yet`
        : `Pod ${podName(pod)} does not run: its node ${pod.nodeName} is not in the cluster`,
    )
  if (!node.isOn)
    return unable(`Pod ${podName(pod)} does not run: its node ${node.name} has no power`)
  if (pod.isHostNetwork) return { kind: 'node', node, pod }
  return pod.hasNetwork && pod.ip !== undefined
    ? { kind: 'pod', pod, node }
    : unable(`Pod ${podName(pod)} has no network yet`)
}

const unable = (says: string): NoSender => ({ outcome: 'no-route', says })

const LOCALHOST: Ip = parseIp('127.0.0.1')!

/** The address that a program's packets to `destination` have. undefined: the machine has none. */
export const addressOf = (host: Host, destination: Ip): Ip | undefined => {
  switch (host.kind) {
    case 'internet':
      return INTERNET_CLIENT
    case 'workstation':
      return WORKSTATION
    case 'remote':
      return host.ip
    case 'pod':
      return isLoopback(destination) ? LOCALHOST : host.pod.ip
    case 'node':
      if (isLoopback(destination)) return LOCALHOST
      // a machine speaks to itself under the address that it is spoken to
      return isLocalAddress(host.node, destination) ? destination : host.node.ips[0]
  }
}

/** Whether packets for `address` are for this machine. */
export const isAt = (host: Host, arrived: Host): boolean => {
  if (host.kind === 'pod')
    return (
      arrived.kind === 'pod' &&
      arrived.pod.namespace === host.pod.namespace &&
      arrived.pod.name === host.pod.name
    )
  if (host.kind === 'node') return arrived.kind === 'node' && arrived.node.name === host.node.name
  if (host.kind === 'remote')
    return arrived.kind === 'remote' && formatIp(arrived.ip) === formatIp(host.ip)
  return arrived.kind === host.kind
}
