import type { KubeObject } from '#apimachinery/object.ts'
import { newMachine, newNode, nodeName } from '#kubelet/node-objects.ts'
import type { Settings } from '#settings.ts'

/**
 * The machines that a cluster is born with, and their nodes. The kubelets bring status and leases as soon as they run.
 */
export const bootstrapNodes = (
  settings: Pick<Settings, 'nodes'>,
): readonly { readonly resource: string; readonly object: KubeObject }[] =>
  Array.from({ length: settings.nodes }, (_, index) => index).flatMap((index) => [
    { resource: 'machines.kubarium.dev', object: newMachine(nodeName(index)) },
    { resource: 'nodes', object: newNode(nodeName(index), index) },
  ])
