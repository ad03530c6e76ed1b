import type { ComponentDefinition } from '#client/component.ts'
import { NodeWorker } from '#kubelet/node-worker.ts'
import { PodWorker } from '#kubelet/pod-worker.ts'

/** The kubelets of all nodes: their nodes first, then their pods. */
export const kubeletComponents: readonly ComponentDefinition[] = [
  {
    name: 'kubelet-node-status',
    manager: 'kubelet',
    username: 'system:node',
    create: (context) => new NodeWorker('kubelet-node-status', context),
  },
  {
    name: 'kubelet-pod-worker',
    manager: 'kubelet',
    username: 'system:node',
    create: (context) => new PodWorker('kubelet-pod-worker', context),
  },
]
