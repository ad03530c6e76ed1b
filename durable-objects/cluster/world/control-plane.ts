// Requests of the API server to Pods, from the machine on which it runs.
import type { ProxyCall, ProxyReply } from '#client/kubelets.ts'
import type { Contacted } from '#images/network.ts'
import { formatIp } from '#net/ip.ts'
import type { World } from '#network/world.ts'
import { converse } from '#world/program-network.ts'

/** kubeadm's first node: the kubeconfig's server. */
const API_SERVER = '192.168.49.2'

export const callFromControlPlane = (world: World, call: ProxyCall): ProxyReply => {
  const { scheme, address, port, method, path, headers, body } = call
  const nodes = world.nodes()
  const node = nodes.find(({ ips }) => ips.some((ip) => formatIp(ip) === API_SERVER)) ?? nodes[0]
  const dialed = `dial tcp ${address}:${port}`
  if (node === undefined || !node.isOn) return { failure: `${dialed}: connect: no route to host` }
  const http = { method, path, headers, body }
  const isTls = scheme === 'https'
  const contacted = converse(
    world,
    { kind: 'node', node },
    { protocol: 'TCP', address, port, http, isTls },
  )
  return contacted.outcome === 'http'
    ? contacted.reply
    : { failure: failureOf(contacted.outcome, dialed) }
}

const failureOf = (outcome: Exclude<Contacted['outcome'], 'http'>, dialed: string): string => {
  switch (outcome) {
    case 'refused':
      return `${dialed}: connect: connection refused`
    case 'no-route':
      return `${dialed}: connect: no route to host`
    case 'timeout':
      return `${dialed}: i/o timeout`
    case 'message':
      return 'malformed HTTP response'
    case 'reset':
      return 'EOF'
    case 'silent':
      return 'context deadline exceeded'
  }
}
