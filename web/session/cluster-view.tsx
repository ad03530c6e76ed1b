import type { LiveList } from './live-list.ts'
import {
  isNodeReady,
  podState,
  type EndpointSlice,
  type Node,
  type Pod,
  type Service,
} from './objects.ts'

export interface ClusterLists {
  readonly nodes: LiveList<Node>
  readonly pods: LiveList<Pod>
  readonly services: LiveList<Service>
  readonly slices: LiveList<EndpointSlice>
}

const SYSTEM = new Set(['kube-system', 'kube-public', 'kube-node-lease'])

const label = ({
  metadata,
}: {
  readonly metadata: { readonly name: string; readonly namespace?: string }
}): string =>
  metadata.namespace === undefined || metadata.namespace === 'default'
    ? metadata.name
    : `${metadata.namespace}/${metadata.name}`

const PodRow = ({ pod }: { readonly pod: Pod }) => {
  const { sign, text } = podState(pod)
  return (
    <li class="pod" title={`${label(pod)}: ${text}`}>
      <svg viewBox="0 0 14 14" aria-hidden="true">
        <circle class={`sign ${sign}`} cx="7" cy="7" r="5" />
        {sign === 'failing' ? <path class="sign failing" d="M3 3 L11 11" /> : null}
      </svg>
      <span class="name mono">{label(pod)}</span>
      <span class="quiet">{sign === 'ready' ? (pod.status.podIP ?? text) : text}</span>
    </li>
  )
}

const NodeBox = ({ node, pods }: { readonly node: Node; readonly pods: readonly Pod[] }) => {
  const isReady = isNodeReady(node)
  const address = node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address
  return (
    <article class={`node${isReady ? '' : ' dark'}`}>
      <header>
        <h3 class="mono">{node.metadata.name}</h3>
        <span class="quiet mono">{address}</span>
        {isReady ? null : <span class="tag lost">NotReady</span>}
        {node.spec?.unschedulable === true ? <span class="tag">SchedulingDisabled</span> : null}
      </header>
      {pods.length === 0 ? (
        <p class="quiet">No Pods</p>
      ) : (
        <ul class="pods">
          {pods.map((pod) => (
            <PodRow key={pod.metadata.uid} pod={pod} />
          ))}
        </ul>
      )}
    </article>
  )
}

const portsText = (service: Service): string =>
  (service.spec.ports ?? [])
    .map(
      ({ port, protocol, nodePort }) =>
        `${port}${nodePort === undefined ? '' : `:${nodePort}`}/${protocol}`,
    )
    .join(', ')

const externalText = (service: Service): string | undefined => {
  if (service.spec.type === 'ExternalName') return service.spec.externalName
  if (service.spec.type !== 'LoadBalancer') return undefined
  const ingress = (service.status.loadBalancer?.ingress ?? []).map(
    ({ ip, hostname }) => ip ?? hostname,
  )
  return ingress.length === 0 ? '<pending>' : ingress.join(', ')
}

const Endpoints = ({ slices }: { readonly slices: readonly EndpointSlice[] }) => {
  const endpoints = slices.flatMap((slice) =>
    (slice.endpoints ?? []).map((endpoint) => ({
      address: `${endpoint.addresses[0] ?? ''}${slice.ports?.[0]?.port === undefined ? '' : `:${slice.ports[0].port}`}`,
      isReady: endpoint.conditions?.ready !== false,
      pod: endpoint.targetRef?.name,
    })),
  )
  if (endpoints.length === 0)
    return <p class="quiet">No endpoints: no Pod that is ready matches.</p>
  return (
    <p class="endpoints">
      {endpoints.map(({ address, isReady, pod }) => (
        <span key={address} class={`endpoint${isReady ? '' : ' not-ready'}`} title={pod ?? ''}>
          {address}
          {isReady ? '' : ' not ready'}
        </span>
      ))}
    </p>
  )
}

const ServiceRow = ({
  service,
  hue,
  slices,
}: {
  readonly service: Service
  readonly hue: number
  readonly slices: readonly EndpointSlice[]
}) => {
  const external = externalText(service)
  const selector = Object.entries(service.spec.selector ?? {}).map(
    ([key, value]) => `${key}=${value}`,
  )
  return (
    <li class={`service hue-${hue}`}>
      <p class="line">
        <strong class="mono">{label(service)}</strong>
        <span>{service.spec.type}</span>
        <span class="mono">{service.spec.clusterIP}</span>
        {external === undefined ? null : <span class="mono">{external}</span>}
        <span class="mono">{portsText(service)}</span>
        {selector.length === 0 ? null : <span class="quiet mono">{selector.join(', ')}</span>}
      </p>
      {service.spec.type === 'ExternalName' ? null : <Endpoints slices={slices} />}
    </li>
  )
}

const HUES = 8

/** Nodes with the Pods that live on them, and Services with their endpoints. */
export const ClusterView = ({ lists }: { readonly lists: ClusterLists }) => {
  const nodes = lists.nodes.items.value
  const pods = (lists.pods.items.value ?? []).filter(
    ({ metadata }) => !SYSTEM.has(metadata.namespace ?? ''),
  )
  const services = (lists.services.items.value ?? []).filter(
    ({ metadata }) => !SYSTEM.has(metadata.namespace ?? ''),
  )
  const slices = lists.slices.items.value ?? []
  if (nodes === undefined) return <p class="loading">Opening the cluster…</p>
  const waiting = pods.filter(({ spec }) => spec.nodeName === undefined)
  const slicesOf = ({ metadata }: Service): readonly EndpointSlice[] =>
    slices.filter(
      (slice) =>
        slice.metadata.namespace === metadata.namespace &&
        slice.metadata.labels?.['kubernetes.io/service-name'] === metadata.name,
    )
  return (
    <>
      <section aria-labelledby="nodes">
        <h2 id="nodes">Nodes and Pods</h2>
        <div class="nodes">
          {nodes.map((node) => (
            <NodeBox
              key={node.metadata.uid}
              node={node}
              pods={pods.filter(({ spec }) => spec.nodeName === node.metadata.name)}
            />
          ))}
        </div>
        {waiting.length === 0 ? null : (
          <>
            <p class="quiet">Not on a node yet</p>
            <ul class="pods">
              {waiting.map((pod) => (
                <PodRow key={pod.metadata.uid} pod={pod} />
              ))}
            </ul>
          </>
        )}
      </section>
      <section aria-labelledby="services">
        <h2 id="services">Services and endpoints</h2>
        <ul class="services">
          {services.map((service, index) => (
            <ServiceRow
              key={service.metadata.uid}
              service={service}
              hue={index % HUES}
              slices={slicesOf(service)}
            />
          ))}
        </ul>
      </section>
    </>
  )
}
