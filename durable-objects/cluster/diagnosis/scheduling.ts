// What lets the scheduler find a node, told by what it says of those that it looked at.
import type { Node, Taint } from '#api/core/v1/node/types.ts'
import type { Container } from '#api/core/v1/pod/container-types.ts'
import type { Pod, PodSpec } from '#api/core/v1/pod/types.ts'
import { own, type StringMap } from '#apimachinery/object.ts'
import type { Place, Remedy } from './cause.ts'
import { type DiagnosisContext, patchCommand, placeOf } from './context.ts'
import { containerRemedy, templateOwnerOf } from './owner.ts'

/** What a cluster puts on nodes by itself: nobody should tolerate it to run a program. */
const OWN_TAINTS = /^node(-role)?\.kubernetes\.io\//

export const schedulingRemedy = (
  context: DiagnosisContext,
  pod: Pod,
  message: string,
): Remedy | undefined => {
  const resource = /Insufficient ([\w./-]+\w)/.exec(message)?.[1]
  if (message.includes('node affinity/selector')) return selectorRemedy(context, pod)
  if (message.includes('were unschedulable')) return cordonRemedy(context)
  if (message.includes('untolerated taint')) return taintRemedy(context, pod)
  return resource === undefined ? undefined : requestRemedy(context, pod, resource)
}

const merge = (target: Place, patch: object, says: string): Remedy => ({
  says,
  patch: { target, type: 'merge', patch },
  command: patchCommand(target, patch),
})

const selectorRemedy = ({ client }: DiagnosisContext, pod: Pod): Remedy | undefined => {
  const selector = pod.spec.nodeSelector ?? {}
  const keys = Object.keys(selector)
  if (keys.length === 0) return undefined
  const owner = templateOwnerOf(client, pod)
  if (owner !== undefined) {
    const nodeSelector = Object.fromEntries(keys.map((key) => [key, null]))
    const target = placeOf(owner, 'spec.template.spec.nodeSelector')
    const patch = { spec: { template: { spec: { nodeSelector } } } }
    return merge(target, patch, 'Ask for no labels that no node has.')
  }
  const node = client.list('nodes').find(({ spec }) => spec.unschedulable !== true)
  if (node === undefined) return undefined
  const target = placeOf(node, 'metadata.labels')
  return merge(target, { metadata: { labels: selector } }, 'Give a node the labels it asks for.')
}

const cordonRemedy = ({ client }: DiagnosisContext): Remedy | undefined => {
  const node = client.list('nodes').find(({ spec }) => spec.unschedulable === true)
  if (node === undefined) return undefined
  const target = placeOf(node, 'spec.unschedulable')
  return {
    ...merge(target, { spec: { unschedulable: false } }, 'Let the node take Pods again.'),
    command: `kubectl uncordon ${node.metadata.name}`,
  }
}

const taintRemedy = ({ client }: DiagnosisContext, pod: Pod): Remedy | undefined => {
  const taints = client
    .list('nodes')
    .map(strangeTaints)
    .find((found) => found.length > 0)
  if (taints === undefined) return undefined
  const owner = templateOwnerOf(client, pod)
  const { tolerations: known = [] }: PodSpec = owner?.spec?.template?.spec ?? pod.spec
  const tolerations = [
    ...known,
    ...taints.map(({ key, effect }) => ({ key, operator: 'Exists', effect })),
  ]
  const says = `Let the Pods bear the taint ${taints[0]!.key} of the nodes.`
  return owner === undefined
    ? merge(placeOf(pod, 'spec.tolerations'), { spec: { tolerations } }, says)
    : merge(
        placeOf(owner, 'spec.template.spec.tolerations'),
        { spec: { template: { spec: { tolerations } } } },
        says,
      )
}

const strangeTaints = ({ spec }: Node): readonly Taint[] => {
  const keeping = (spec.taints ?? []).filter(({ effect }) => effect !== 'PreferNoSchedule')
  return keeping.some(({ key = '' }) => OWN_TAINTS.test(key)) ? [] : keeping
}

/** Who asks for more than there is must ask for less; how much it needs only its author knows. */
const requestRemedy = (
  { client }: DiagnosisContext,
  pod: Pod,
  resource: string,
): Remedy | undefined => {
  const asking = pod.spec.containers.find(
    ({ resources }) => own(resources?.requests, resource) !== undefined,
  )
  if (asking === undefined) return undefined
  const says = `Ask for less ${resource}, or for none: no node has as much as ${own(asking.resources?.requests, resource)} left.`
  return containerRemedy(client, pod, asking.name, says, (container) =>
    without(container, resource),
  )
}

const without = (container: Container, resource: string): Container => {
  const { resources = {}, ...rest } = container
  const { requests = {}, limits = {}, ...others } = resources
  const kept = (map: StringMap) =>
    Object.fromEntries(Object.entries(map).filter(([key]) => key !== resource))
  return { ...rest, resources: { ...others, requests: kept(requests), limits: kept(limits) } }
}
