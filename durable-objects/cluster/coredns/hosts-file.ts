// A container's /etc/hosts and its hostname. kubernetes: pkg/kubelet/kubelet_pods.go
import type { Pod } from '#api/core/v1/pod/types.ts'

const LOOPBACK = '127.0.0.1\tlocalhost\n'

const MANAGED = `# Kubernetes-managed hosts file.
${LOOPBACK}::1\tlocalhost ip6-localhost ip6-loopback
fe00::0\tip6-localnet
fe00::0\tip6-mcastprefix
fe00::1\tip6-allnodes
fe00::2\tip6-allrouters
`

const MAX_HOSTNAME = 63

/** What `hostname` says in the pod, and the domain behind it; '' if it has none. kubernetes: GeneratePodHostNameAndDomain */
export const podHostname = (
  { metadata, spec }: Pick<Pod, 'metadata' | 'spec'>,
  clusterDomain = 'cluster.local',
): { readonly hostname: string; readonly domain: string } => {
  if (spec.hostnameOverride !== undefined) return { hostname: spec.hostnameOverride, domain: '' }
  const { subdomain = '', hostname = '' } = spec
  const domain = subdomain === '' ? '' : `${subdomain}.${metadata.namespace}.svc.${clusterDomain}`
  const wanted = hostname === '' ? (metadata.name ?? '') : hostname
  const isShort = wanted.length <= MAX_HOSTNAME
  return {
    hostname: isShort ? wanted : wanted.slice(0, MAX_HOSTNAME).replace(/[-.]+$/, ''),
    domain,
  }
}

/** The file of a pod that has its addresses. On the node's network it is the node's, `nodeHosts`. */
export const hostsFileText = (
  pod: Pick<Pod, 'metadata' | 'spec' | 'status'>,
  nodeHosts: string = LOOPBACK,
): string => {
  const aliases = aliasLines(pod.spec.hostAliases)
  if (pod.spec.hostNetwork === true)
    return `# Kubernetes-managed hosts file (host network).\n${nodeHosts}${aliases}`
  const { hostname, domain } = podHostname(pod)
  const names = domain === '' ? hostname : `${hostname}.${domain}\t${hostname}`
  const { podIP, podIPs = podIP === undefined ? [] : [{ ip: podIP }] } = pod.status
  return MANAGED + podIPs.map(({ ip }) => `${ip}\t${names}\n`).join('') + aliases
}

const aliasLines = (aliases: Pod['spec']['hostAliases'] = []): string => {
  if (aliases.length === 0) return ''
  const lines = aliases.map(({ ip, hostnames = [] }) => `${ip}\t${hostnames.join('\t')}\n`)
  return `\n# Entries added by HostAliases.\n${lines.join('')}`
}

/** The addresses that a hosts file has for a name, in its order. */
export const addressesInHosts = (text: string, name: string): readonly string[] => {
  const wanted = name.toLowerCase()
  const found: string[] = []
  for (const line of text.split('\n')) {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (names.some((other) => other.toLowerCase() === wanted)) found.push(address!)
  }
  return [...new Set(found)]
}
