// As much of the API's objects as the page shows.

export interface Meta {
  readonly name: string
  readonly namespace?: string
  readonly uid: string
  readonly creationTimestamp: string
  readonly labels?: Readonly<Record<string, string>>
  readonly deletionTimestamp?: string
}

interface Condition {
  readonly type: string
  readonly status: string
}

export interface Node {
  readonly metadata: Meta
  readonly spec?: { readonly unschedulable?: boolean }
  readonly status?: {
    readonly conditions?: readonly Condition[]
    readonly addresses?: readonly { readonly type: string; readonly address: string }[]
  }
}

/** The hardware of the node of the same name. */
export interface Machine {
  readonly metadata: Meta
  readonly spec?: { readonly power?: 'On' | 'Off'; readonly network?: 'Connected' | 'Cut' }
}

interface ContainerStatus {
  readonly restartCount: number
  readonly state?: {
    readonly waiting?: { readonly reason?: string }
    readonly terminated?: { readonly reason?: string }
  }
}

export interface Pod {
  readonly metadata: Meta
  readonly spec: { readonly nodeName?: string }
  readonly status: {
    readonly phase?: string
    readonly reason?: string
    readonly podIP?: string
    readonly conditions?: readonly Condition[]
    readonly initContainerStatuses?: readonly ContainerStatus[]
    readonly containerStatuses?: readonly ContainerStatus[]
  }
}

export interface Service {
  readonly metadata: Meta
  readonly spec: {
    readonly type: string
    readonly clusterIP?: string
    readonly externalName?: string
    readonly selector?: Readonly<Record<string, string>>
    readonly ports?: readonly {
      readonly port: number
      readonly protocol: string
      readonly nodePort?: number
    }[]
  }
  readonly status: {
    readonly loadBalancer?: {
      readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[]
    }
  }
}

export interface EndpointSlice {
  readonly metadata: Meta
  readonly endpoints?: readonly Endpoint[] | null
  readonly ports?: readonly { readonly port?: number }[] | null
}

interface Endpoint {
  readonly addresses: readonly string[]
  readonly conditions?: { readonly ready?: boolean; readonly terminating?: boolean }
  readonly targetRef?: { readonly kind?: string; readonly name?: string; readonly uid?: string }
}

const isTrue = (conditions: readonly Condition[] | undefined, wanted: string): boolean =>
  conditions?.some(({ type, status }) => type === wanted && status === 'True') ?? false

export const isNodeReady = ({ status }: Node): boolean => isTrue(status?.conditions, 'Ready')

export type PodSign = 'ready' | 'running' | 'starting' | 'failing' | 'ending' | 'done'

const STARTING = new Set(['ContainerCreating', 'PodInitializing'])

/** How a Pod is, in the word that `kubectl get pods` has for it. */
export const podState = ({
  metadata,
  status,
}: Pod): { readonly sign: PodSign; readonly text: string } => {
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
  const waiting = containers.map(({ state }) => state?.waiting?.reason).find(Boolean)
  const terminated = containers
    .map(({ state }) => state?.terminated?.reason)
    .find((reason) => reason !== undefined && reason !== 'Completed')
  if (metadata.deletionTimestamp !== undefined) return { sign: 'ending', text: 'Terminating' }
  if (status.phase === 'Succeeded') return { sign: 'done', text: 'Completed' }
  if (status.phase === 'Failed')
    return { sign: 'failing', text: status.reason ?? terminated ?? 'Error' }
  const reason = waiting ?? terminated
  if (reason !== undefined && !STARTING.has(reason)) return { sign: 'failing', text: reason }
  if (status.phase !== 'Running') return { sign: 'starting', text: reason ?? 'Pending' }
  return isTrue(status.conditions, 'Ready')
    ? { sign: 'ready', text: 'Running' }
    : { sign: 'running', text: 'Not ready' }
}

export const restartsOf = ({ status }: Pod): number =>
  (status.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0)

/** With its namespace, unless that is the default one. */
export const nameOf = ({ metadata: { name, namespace } }: { readonly metadata: Meta }): string =>
  namespace === undefined || namespace === 'default' ? name : `${namespace}/${name}`

const SYSTEM = new Set(['kube-system', 'kube-public', 'kube-node-lease'])

export const isSystem = ({ metadata }: { readonly metadata: Meta }): boolean =>
  SYSTEM.has(metadata.namespace ?? '')
