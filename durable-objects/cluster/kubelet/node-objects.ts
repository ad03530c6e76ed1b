// What a kubelet registers its node with, as in the cluster that was recorded.
import type { Lease } from '#api/coordination/v1/lease/types.ts'
import type { Node, NodeCondition, NodeStatus } from '#api/core/v1/node/types.ts'
import type { Machine } from '#api/kubarium/v1/machine/types.ts'
import { formatMicroTime, formatTime } from '#apimachinery/time.ts'
import { digest } from '#kubelet/container-id.ts'

const KUBELET_VERSION = 'v1.36.2'
const LEASE_SECONDS = 40

export const nodeName = (index: number): string => `node-${index + 1}`

/** 192.168.49.2 and on. */
const nodeIP = (index: number): string => {
  const host = index + 2
  return `192.168.${49 + Math.floor(host / 256)}.${host % 256}`
}

/** 10.244.0.0/24 and on. */
const podCIDR = (index: number): string => `10.${244 + Math.floor(index / 256)}.${index % 256}.0/24`

/** The position of `node-3` is 2; other names take the first position that `isTaken` does not refuse. */
export const positionOf = (name: string, isTaken: (ip: string) => boolean): number => {
  const match = /^node-([1-9]\d{0,3})$/.exec(name)
  if (match !== null && !isTaken(nodeIP(Number(match[1]) - 1))) return Number(match[1]) - 1
  for (let index = 0; ; index++) if (!isTaken(nodeIP(index))) return index
}

const LABELS = {
  'beta.kubernetes.io/arch': 'amd64',
  'beta.kubernetes.io/os': 'linux',
  'kubernetes.io/arch': 'amd64',
  'kubernetes.io/os': 'linux',
} as const

const CONTROL_PLANE_LABELS = {
  'node-role.kubernetes.io/control-plane': '',
  'node.kubernetes.io/exclude-from-external-load-balancers': '',
} as const

export const newNode = (name: string, index: number): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    labels: {
      ...LABELS,
      'kubernetes.io/hostname': name,
      ...(index === 0 ? CONTROL_PLANE_LABELS : {}),
    },
    annotations: { 'node.alpha.kubernetes.io/ttl': '0' },
  },
  spec: { podCIDR: podCIDR(index), podCIDRs: [podCIDR(index)] },
  status: nodeStatus(name, index),
})

const RESOURCES = {
  cpu: '2',
  'ephemeral-storage': '50Gi',
  'hugepages-1Gi': '0',
  'hugepages-2Mi': '0',
  memory: '8Gi',
  pods: '110',
} as const

/** All of a node's status but its conditions. `boots`: how often the machine was switched on again. */
export const nodeStatus = (name: string, index: number, boots = 0): NodeStatus => ({
  addresses: [
    { type: 'InternalIP', address: nodeIP(index) },
    { type: 'Hostname', address: name },
  ],
  capacity: RESOURCES,
  allocatable: RESOURCES,
  daemonEndpoints: { kubeletEndpoint: { Port: 10_250 } },
  nodeInfo: {
    architecture: 'amd64',
    bootID: bootId(name, boots),
    containerRuntimeVersion: 'docker://28.4.0',
    kernelVersion: '6.8.0-fake',
    kubeProxyVersion: '',
    kubeletVersion: KUBELET_VERSION,
    machineID: digest(`machine/${name}`).slice(0, 32),
    operatingSystem: 'linux',
    osImage: 'Debian GNU/Linux 12 (bookworm)',
    systemUUID: uuid(`system/${name}`),
  },
})

export const bootId = (name: string, boots: number): string => uuid(`boot/${name}/${boots}`)

const uuid = (text: string): string => {
  const hex = digest(text)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}

const HEALTHY = [
  [
    'MemoryPressure',
    'False',
    'KubeletHasSufficientMemory',
    'kubelet has sufficient memory available',
  ],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
] as const

/** The conditions of a healthy node; the old list itself if it says all that. Others' conditions are kept. */
export const healthyConditions = (
  old: readonly NodeCondition[] | undefined,
  now: number,
): readonly NodeCondition[] => {
  const time = formatTime(now)
  const isHealthy = HEALTHY.every(([type, status, reason]) =>
    old?.some((c) => c.type === type && c.status === status && c.reason === reason),
  )
  if (old !== undefined && isHealthy) return old
  const others = (old ?? []).filter(({ type }) => !HEALTHY.some(([own]) => own === type))
  const own = HEALTHY.map(([type, status, reason, message]): NodeCondition => {
    const before = old?.find((condition) => condition.type === type)
    const since = before?.status === status ? before.lastTransitionTime : time
    return {
      type,
      status,
      reason,
      message,
      lastHeartbeatTime: time,
      lastTransitionTime: since ?? time,
    }
  })
  return [...others, ...own]
}

/** The lease whose renewal says that the kubelet lives. */
export const newLease = (node: Node, now: number): Lease => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: {
    name: node.metadata.name!,
    namespace: 'kube-node-lease',
    ownerReferences: [
      { apiVersion: 'v1', kind: 'Node', name: node.metadata.name!, uid: node.metadata.uid ?? '' },
    ],
  },
  spec: {
    holderIdentity: node.metadata.name!,
    leaseDurationSeconds: LEASE_SECONDS,
    renewTime: formatMicroTime(now),
  },
})

export const newMachine = (name: string): Machine => ({
  apiVersion: 'kubarium.dev/v1',
  kind: 'Machine',
  metadata: { name },
  spec: { power: 'On', network: 'Connected' },
  status: {},
})
