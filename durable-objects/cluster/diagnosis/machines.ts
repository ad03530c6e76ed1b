// Machines that are switched off or cut off from the network.
import type { WorldNode } from '#network/world.ts'
import type { Cause, Evidence, Remedy } from './cause.ts'
import {
  type DiagnosisContext,
  isReady,
  listed,
  patchCommand,
  placeOf,
  selectedPods,
} from './context.ts'

export const isDown = ({ isOn, isConnected }: WorldNode): boolean => !(isOn && isConnected)

/** Until the cluster notices that a node is gone, proxies send to its Pods as before. */
export const lostPodsCause = (context: DiagnosisContext): Cause | undefined => {
  const { service, world } = context
  const pods = selectedPods(context).filter(isReady)
  const lost = pods.filter(({ spec }) => {
    const node = world.node(spec.nodeName ?? '')
    return node !== undefined && isDown(node)
  })
  const first = world.node(lost[0]?.spec.nodeName ?? '')
  if (first === undefined) return undefined
  const share =
    lost.length === pods.length
      ? `no request to ${service.metadata.name} is answered`
      : `about ${lost.length} of ${pods.length} requests to ${service.metadata.name} are not answered`
  return {
    code: 'NodeIsDown',
    says: `${first.name} is ${stateOf(first)}, but its Pods still count as Ready (${listed(lost.map(({ metadata }) => metadata.name!))}): ${share} until the cluster notices that the node is silent, which takes most of a minute.`,
    evidence: [
      machineEvidence(first),
      ...lost.slice(0, 3).map((pod) => ({
        place: placeOf(pod, 'spec.nodeName'),
        found: pod.spec.nodeName,
      })),
    ],
    place: machineEvidence(first).place,
    remedy: machineRemedy(first),
  }
}

export const askedNodeCause = ({ service }: DiagnosisContext, node: WorldNode): Cause => ({
  code: 'NodeIsDown',
  says: `${node.name} is ${stateOf(node)}: nothing at its address answers. The node port of ${service.metadata.name} is open on every other node.`,
  evidence: [machineEvidence(node)],
  place: machineEvidence(node).place,
  remedy: machineRemedy(node),
})

const stateOf = ({ isOn }: WorldNode): string =>
  isOn ? 'cut off from the network' : 'switched off'

const machineEvidence = ({ name, isOn }: WorldNode): Evidence => ({
  place: {
    apiVersion: 'kubarium.dev/v1',
    kind: 'Machine',
    name,
    field: isOn ? 'spec.network' : 'spec.power',
  },
  expected: isOn ? 'Connected' : 'On',
  found: isOn ? 'Cut' : 'Off',
})

const machineRemedy = (node: WorldNode): Remedy => {
  const { place: target } = machineEvidence(node)
  const patch = { spec: node.isOn ? { network: 'Connected' } : { power: 'On' } }
  return {
    says: node.isOn ? 'Plug its cable in again.' : 'Switch it on.',
    patch: { target, type: 'merge', patch },
    command: patchCommand({ ...target, kind: 'machines.kubarium.dev' }, patch),
  }
}
