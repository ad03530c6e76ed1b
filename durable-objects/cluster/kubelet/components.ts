import type { ComponentDefinition } from '#client/component.ts'
import { ImageSweeper } from '#kubelet/image-objects.ts'
import { NodeWorker } from '#kubelet/node-worker.ts'
import { PodWorker } from '#kubelet/pod-worker.ts'
import type { Runtime } from '#kubelet/runtime.ts'

/** The kubelets of all nodes: their nodes first, then their pods. Without a runtime what programs find and are told is guessed. */
export const kubeletComponents = (runtime?: () => Runtime): readonly ComponentDefinition[] => [
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
    create: (context) => new PodWorker('kubelet-pod-worker', context, runtime),
  },
  {
    name: 'kubelet-image-sweeper',
    manager: 'kubelet',
    username: 'system:node',
    create: (context) => new ImageSweeper('kubelet-image-sweeper', context),
  },
]
