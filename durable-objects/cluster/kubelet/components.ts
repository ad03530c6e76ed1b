import type { ComponentDefinition } from '#client/component.ts'
import { ImageSweeper } from '#kubelet/image-objects.ts'
import { NodeWorker } from '#kubelet/node-worker.ts'
import { type NetworkOf, PodWorker } from '#kubelet/pod-worker.ts'

/** The kubelets of all nodes: their nodes first, then their pods. Without a network what programs are told by it is guessed. */
export const kubeletComponents = (networkOf?: NetworkOf): readonly ComponentDefinition[] => [
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
    create: (context) => new PodWorker('kubelet-pod-worker', context, networkOf),
  },
  {
    name: 'kubelet-image-sweeper',
    manager: 'kubelet',
    username: 'system:node',
    create: (context) => new ImageSweeper('kubelet-image-sweeper', context),
  },
]
