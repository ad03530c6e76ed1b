// As much of the API's objects as the page shows.

export interface Meta {
  readonly name: string
  readonly namespace?: string
  readonly uid: string
  readonly resourceVersion: string
  readonly labels?: Readonly<Record<string, string>>
  readonly deletionTimestamp?: string
}

export interface Node {
  readonly metadata: Meta
  readonly spec?: { readonly unschedulable?: boolean }
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[]
    readonly addresses?: readonly { readonly type: string; readonly address: string }[]
  }
}

interface ContainerStatus {
  readonly ready: boolean
  readonly restartCount: number
  readonly state?: {
    readonly waiting?: { readonly reason?: string }
    readonly terminated?: { readonly reason?: string }
  }
}

export interface Pod {
  readonly metadata: Meta
  readonly spec: {
    readonly nodeName?: string
    readonly containers: readonly { readonly name: string }[]
  }
  readonly status: {
    readonly phase?: string
    readonly reason?: string
    readonly podIP?: string
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
      readonly name?: string
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
  readonly endpoints?: readonly {
    readonly addresses: readonly string[]
    readonly conditions?: { readonly ready?: boolean }
    readonly targetRef?: { readonly name?: string }
  }[]
  readonly ports?: readonly { readonly port?: number }[]
}

/** How a Pod is, in the word that `kubectl get pods` has for it. */
export const podState = (
  pod: Pod,
): {
  readonly sign: 'ready' | 'running' | 'starting' | 'failing' | 'ending' | 'done'
  readonly text: string
} => {
  const statuses = pod.status.containerStatuses ?? []
  const reason = statuses
    .map(({ state }) => state?.waiting?.reason ?? state?.terminated?.reason)
    .find((found) => found !== undefined)
  if (pod.metadata.deletionTimestamp !== undefined) return { sign: 'ending', text: 'Terminating' }
  if (pod.status.phase === 'Succeeded') return { sign: 'done', text: 'Completed' }
  if (pod.status.phase === 'Failed')
    return { sign: 'failing', text: pod.status.reason ?? reason ?? 'Error' }
  if (reason !== undefined && reason !== 'ContainerCreating' && reason !== 'PodInitializing')
    return { sign: 'failing', text: reason }
  if (pod.status.phase === 'Running' && statuses.length > 0 && statuses.every(({ ready }) => ready))
    return { sign: 'ready', text: 'Running' }
  if (pod.status.phase === 'Running') return { sign: 'running', text: 'Running, not ready' }
  return { sign: 'starting', text: reason ?? pod.status.phase ?? 'Pending' }
}

export const isNodeReady = (node: Node): boolean =>
  node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ??
  false
