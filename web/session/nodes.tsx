import { isNodeReady, nameOf, podState, restartsOf, type Machine } from './objects.ts'
import { countOf } from './words.ts'
import type { Node, Pod, PodSign } from './objects.ts'
import type { ServiceView } from './service-map.ts'

type ByPod = ReadonlyMap<string, readonly ServiceView[]>

/** Full, half, dashed, barred: shape says it, not colour alone. */
const Sign = ({ sign }: { readonly sign: PodSign }) => (
  <svg class={`sign ${sign}`} viewBox="0 0 16 16" aria-hidden="true">
    <circle cx="8" cy="8" r="6" />
    {sign === 'running' ? <path class="half" d="M8 2a6 6 0 0 1 0 12z" /> : null}
    {sign === 'failing' ? <path d="M4 4l8 8" /> : null}
    {sign === 'done' ? <path d="M5 8l2 2 4-4" /> : null}
  </svg>
)

/** A name that is too long loses its middle: what sets it apart from its brothers stands at its end. */
const PodName = ({ name }: { readonly name: string }) => {
  const cut = Math.max(0, name.lastIndexOf('-'))
  return (
    <span class="name mono">
      <span>{name.slice(0, cut)}</span>
      <span>{name.slice(cut)}</span>
    </span>
  )
}

const PodRow = ({
  pod,
  services,
}: {
  readonly pod: Pod
  readonly services: readonly ServiceView[]
}) => {
  const { sign, text } = podState(pod)
  const restarts = restartsOf(pod)
  const name = nameOf(pod)
  return (
    <li class="pod" title={`${name}: ${text}`}>
      <Sign sign={sign} />
      <PodName name={name} />
      <span class="behind">
        {services.map(({ service, hue }) => (
          <span key={service.metadata.uid} class={`mark hue-${hue}`} title={nameOf(service)}>
            <span class="unseen">behind {nameOf(service)},</span>
          </span>
        ))}
      </span>
      <span class={`state ${sign}`}>
        {sign === 'ready' ? <span class="unseen">{text}, </span> : text}
        {restarts > 0 ? ` ↻${restarts}` : ''}
        {sign === 'ready' ? <span class="mono">{pod.status.podIP}</span> : null}
      </span>
    </li>
  )
}

export const PodList = ({
  pods,
  byPod,
}: {
  readonly pods: readonly Pod[]
  readonly byPod: ByPod
}) => (
  <ul class="pods">
    {pods.map((pod) => (
      <PodRow key={pod.metadata.uid} pod={pod} services={byPod.get(pod.metadata.uid) ?? []} />
    ))}
  </ul>
)

const troublesOf = (node: Node, machine: Machine | undefined): readonly string[] => [
  ...(machine?.spec?.power === 'Off' ? ['machine is off'] : []),
  ...(machine?.spec?.network === 'Cut' ? ['network is cut'] : []),
  ...(isNodeReady(node) ? [] : ['NotReady']),
]

export const NodeCard = ({
  node,
  machine,
  pods,
  byPod,
}: {
  readonly node: Node
  readonly machine: Machine | undefined
  readonly pods: readonly Pod[]
  readonly byPod: ByPod
}) => {
  const troubles = troublesOf(node, machine)
  const address = node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address
  const heading = `node-${node.metadata.uid}`
  return (
    <article class={`node${troubles.length === 0 ? '' : ' dark'}`} aria-labelledby={heading}>
      <header>
        <h3 id={heading} class="mono">
          {node.metadata.name}
        </h3>
        <span class="quiet mono">{address}</span>
        {node.spec?.unschedulable === true ? <span class="tag">SchedulingDisabled</span> : null}
        {troubles.map((trouble) => (
          <span key={trouble} class="tag bad">
            {trouble}
          </span>
        ))}
        <span class="count quiet">{countOf(pods.length, 'Pod')}</span>
      </header>
      {pods.length === 0 ? null : <PodList pods={pods} byPod={byPod} />}
    </article>
  )
}
