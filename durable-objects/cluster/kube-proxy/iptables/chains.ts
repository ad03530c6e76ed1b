// The tables and chains that belong to no single Service.

export const NAT = 'ip nat'
export const FILTER = 'ip filter'

export const SERVICES = 'KUBE-SERVICES'
export const EXTERNAL_SERVICES = 'KUBE-EXTERNAL-SERVICES'
export const NODE_PORTS = 'KUBE-NODEPORTS'
export const PROXY_FIREWALL = 'KUBE-PROXY-FIREWALL'
export const FORWARD = 'KUBE-FORWARD'
export const FIREWALL = 'KUBE-FIREWALL'
export const POSTROUTING = 'KUBE-POSTROUTING'
export const MARK_MASQ = 'KUBE-MARK-MASQ'
/** Somebody who flushes the tables takes it away, by which kube-proxy knows. */
export const CANARY = 'KUBE-PROXY-CANARY'

/** Chains to which all Service ports add rules. */
export const SHARED_CHAINS = [
  { table: NAT, chain: SERVICES },
  { table: NAT, chain: NODE_PORTS },
  { table: FILTER, chain: SERVICES },
  { table: FILTER, chain: EXTERNAL_SERVICES },
  { table: FILTER, chain: NODE_PORTS },
  { table: FILTER, chain: PROXY_FIREWALL },
] as const
