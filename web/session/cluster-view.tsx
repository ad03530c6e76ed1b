import type { Lists } from './live.ts'
import { NodeCard, PodList } from './nodes.tsx'
import { isSystem, type Pod } from './objects.ts'
import { servicesByPod, serviceViews } from './service-map.ts'
import { ServiceTable } from './services.tsx'
import { countOf } from './words.ts'

const summary = (pods: readonly Pod[], hidden: number): string =>
  [
    countOf(pods.length, 'Pod'),
    ...(hidden === 0 ? [] : [`${hidden} of the system not shown`]),
  ].join(', ')

/** Nodes with the Pods that live on them, and Services with their endpoints. */
export const ClusterView = ({ lists }: { readonly lists: Lists }) => {
  const nodes = lists.nodes.items.value
  const all = lists.pods.items.value
  const services = lists.services.items.value
  const slices = lists.endpointslices.items.value
  if (nodes === undefined || all === undefined || services === undefined || slices === undefined)
    return <p class="quiet">Opening the cluster…</p>
  const machines = new Map((lists.machines.items.value ?? []).map((it) => [it.metadata.name, it]))
  const pods = all.filter((pod) => !isSystem(pod))
  const views = serviceViews(
    services.filter((service) => !isSystem(service)),
    slices,
  )
  const byPod = servicesByPod(views)
  const byNode = Map.groupBy(pods, ({ spec }) => spec.nodeName ?? '')
  const homeless = byNode.get('') ?? []
  return (
    <>
      <section aria-labelledby="nodes">
        <h2 id="nodes">
          Nodes <span class="quiet">{summary(pods, all.length - pods.length)}</span>
        </h2>
        <div class="nodes">
          {nodes.map((node) => (
            <NodeCard
              key={node.metadata.uid}
              node={node}
              machine={machines.get(node.metadata.name)}
              pods={byNode.get(node.metadata.name) ?? []}
              byPod={byPod}
            />
          ))}
        </div>
        {homeless.length === 0 ? null : (
          <div class="homeless">
            <h3>On no node yet</h3>
            <PodList pods={homeless} byPod={byPod} />
          </div>
        )}
      </section>
      <section aria-labelledby="services">
        <h2 id="services">Services</h2>
        <ServiceTable views={views} />
      </section>
    </>
  )
}
