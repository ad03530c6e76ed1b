// kubernetes: pkg/scheduler/framework/plugins/volumebinding/binder.go bindAPIUpdate
import type { Node } from '#api/core/v1/node/types.ts'
import type { PersistentVolumeClaim } from '#api/core/v1/persistent-volume-claim/types.ts'
import type { PersistentVolume } from '#api/core/v1/persistent-volume/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { assign } from '#apimachinery/object.ts'
import type { Client } from '#client/client.ts'
import { claimsOf, isBound, planFor, SELECTED_NODE } from '#kube-scheduler/volume-binding.ts'

const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller'

/** Says which volumes a Pod's claims are to get on the node, or that they are to be made there. `ready`: they have them already. */
export const bindVolumes = (
  pod: Pod,
  node: Node,
  client: Client,
): 'ready' | 'waiting' | 'impossible' => {
  if (pod.spec.volumes === undefined) return 'ready'
  const unbound = claimsOf(pod, client).filter((claim) => !isBound(claim))
  if (unbound.length === 0) return 'ready'
  const plan = planFor(unbound, node, client)
  if (plan === undefined) return 'impossible'
  for (const [claim, volume] of plan.found) reserve(volume, claim, client)
  for (const claim of plan.wanted) select(claim, node.metadata.name ?? '', client)
  return 'waiting'
}

const reserve = (volume: PersistentVolume, claim: PersistentVolumeClaim, client: Client): void => {
  const { namespace = '', name = '', uid = '', resourceVersion = '' } = claim.metadata
  if (volume.spec.claimRef?.uid === uid) return
  const claimRef = {
    kind: 'PersistentVolumeClaim',
    namespace,
    name,
    uid,
    apiVersion: 'v1',
    resourceVersion,
  }
  const annotations =
    volume.spec.claimRef === undefined
      ? { ...volume.metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' }
      : volume.metadata.annotations
  client.update(
    'persistentvolumes',
    assign(volume, {
      metadata: assign(volume.metadata, { annotations }),
      spec: assign(volume.spec, { claimRef }),
    }),
  )
}

const select = (claim: PersistentVolumeClaim, node: string, client: Client): void => {
  const annotations = { ...claim.metadata.annotations, [SELECTED_NODE]: node }
  if (claim.metadata.annotations?.[SELECTED_NODE] === node) return
  client.update(
    'persistentvolumeclaims',
    assign(claim, { metadata: assign(claim.metadata, { annotations }) }),
  )
}
