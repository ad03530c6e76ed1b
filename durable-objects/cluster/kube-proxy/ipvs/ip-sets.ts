// The sets that iptables' few rules look into. kubernetes: pkg/proxy/ipvs/ipset.go, proxier.go ipsetInfo
import { PersistentMap } from '#netfilter/persistent-map.ts'
import type { DataType, ElementSet, SetElement } from '#netfilter/ruleset.ts'

export const NAT = 'ip nat'
export const FILTER = 'ip filter'

const PORT: readonly DataType[] = ['inet_service']
const IP: readonly DataType[] = ['ipv4_addr']
const IP_PORT: readonly DataType[] = ['ipv4_addr', 'inet_proto', 'inet_service']
const IP_PORT_IP: readonly DataType[] = [...IP_PORT, 'ipv4_addr']

/** A set and which tables' rules look into it: each of them holds it. */
interface SetInfo {
  readonly types: readonly DataType[]
  readonly tables: readonly string[]
  /** Stands in the rules. */
  readonly comment: string
  readonly isInterval?: boolean
}

const BOTH = [NAT, FILTER]

export const SETS = {
  'KUBE-LOOP-BACK': {
    types: IP_PORT_IP,
    tables: [NAT],
    comment: 'Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose',
  },
  'KUBE-CLUSTER-IP': {
    types: IP_PORT,
    tables: BOTH,
    comment: 'Kubernetes service cluster ip + port for masquerade purpose',
  },
  'KUBE-EXTERNAL-IP': {
    types: IP_PORT,
    tables: BOTH,
    comment: 'Kubernetes service external ip + port for masquerade and filter purpose',
  },
  'KUBE-EXTERNAL-IP-LOCAL': {
    types: IP_PORT,
    tables: BOTH,
    comment: 'Kubernetes service external ip + port with externalTrafficPolicy=local',
  },
  'KUBE-LOAD-BALANCER': {
    types: IP_PORT,
    tables: BOTH,
    comment: 'Kubernetes service lb portal',
  },
  'KUBE-LOAD-BALANCER-FW': {
    types: IP_PORT,
    tables: [FILTER],
    comment: 'Kubernetes service load balancer ip + port for load balancer with sourceRange',
  },
  'KUBE-LOAD-BALANCER-LOCAL': {
    types: IP_PORT,
    tables: [NAT],
    comment: 'Kubernetes service load balancer ip + port with externalTrafficPolicy=local',
  },
  'KUBE-LOAD-BALANCER-SOURCE-IP': {
    types: IP_PORT_IP,
    tables: [FILTER],
    comment: 'Kubernetes service load balancer ip + port + source IP for packet filter purpose',
  },
  'KUBE-LOAD-BALANCER-SOURCE-CIDR': {
    types: IP_PORT_IP,
    isInterval: true,
    tables: [FILTER],
    comment: 'Kubernetes service load balancer ip + port + source cidr for packet filter purpose',
  },
  'KUBE-NODE-PORT-TCP': {
    types: PORT,
    tables: [NAT],
    comment: 'Kubernetes nodeport TCP port for masquerade purpose',
  },
  'KUBE-NODE-PORT-LOCAL-TCP': {
    types: PORT,
    tables: [NAT],
    comment: 'Kubernetes nodeport TCP port with externalTrafficPolicy=local',
  },
  'KUBE-NODE-PORT-UDP': {
    types: PORT,
    tables: [NAT],
    comment: 'Kubernetes nodeport UDP port for masquerade purpose',
  },
  'KUBE-NODE-PORT-LOCAL-UDP': {
    types: PORT,
    tables: [NAT],
    comment: 'Kubernetes nodeport UDP port with externalTrafficPolicy=local',
  },
  'KUBE-NODE-PORT-SCTP-HASH': {
    types: IP_PORT,
    tables: [NAT],
    comment: "Kubernetes nodeport SCTP port for masquerade purpose with type 'hash ip:port'",
  },
  'KUBE-NODE-PORT-LOCAL-SCTP-HASH': {
    types: IP_PORT,
    tables: [NAT],
    comment:
      "Kubernetes nodeport SCTP port with externalTrafficPolicy=local with type 'hash ip:port'",
  },
  'KUBE-HEALTH-CHECK-NODE-PORT': {
    types: PORT,
    tables: [FILTER],
    comment: 'Kubernetes health check node port',
  },
  /** What kube-ipvs0 has. */
  'KUBE-IPVS-IPS': { types: IP, tables: [FILTER], comment: 'Virtual IPs' },
} as const satisfies Readonly<Record<string, SetInfo>>

export type SetName = keyof typeof SETS

export const SET_NAMES = Object.keys(SETS) as readonly SetName[]

export const setInfo = (name: SetName): SetInfo => SETS[name]

export const emptySet = (name: SetName): ElementSet => {
  const { types, isInterval } = setInfo(name)
  const elements = PersistentMap.empty<SetElement>()
  return isInterval === true ? { name, types, isInterval, elements } : { name, types, elements }
}
