// kubernetes: pkg/controller/ttl/ttl_controller.go
import type { Component, ComponentContext, ComponentDefinition } from '#client/component.ts'
import { assign, own } from '#apimachinery/object.ts'

const ANNOTATION = 'node.alpha.kubernetes.io/ttl'

/** Up to so many nodes, a kubelet may keep Secrets and ConfigMaps for so many seconds. */
const STEPS = [
  [100, 0],
  [500, 15],
  [1000, 30],
  [2000, 60],
] as const

export const ttlFor = (nodes: number): number => STEPS.find(([limit]) => nodes <= limit)?.[1] ?? 300

/** Tells every kubelet for how long it may keep what it read. */
const create = ({ client, queue }: ComponentContext): Component => {
  const queueAll = () => {
    for (const { metadata } of client.list('nodes')) queue.add(metadata.name ?? '')
  }
  client.watch('nodes', ({ type, object }) => {
    if (type === 'MODIFIED') queue.add(object.metadata.name ?? '')
    // all nodes hear of it when their number crosses a step
    else if (STEPS.some(([limit]) => Math.abs(client.list('nodes').length - limit) <= 1)) queueAll()
    else queue.add(object.metadata.name ?? '')
  })
  return {
    name: 'ttl-controller',
    queue,
    resync: queueAll,
    sync: (name) => {
      const node = client.get('nodes', '', name)
      if (node === undefined || node.metadata.deletionTimestamp !== undefined) return
      const ttl = String(ttlFor(client.list('nodes').length))
      if (own(node.metadata.annotations, ANNOTATION) === ttl) return
      const annotations = { ...node.metadata.annotations, [ANNOTATION]: ttl }
      client.update('nodes', assign(node, { metadata: assign(node.metadata, { annotations }) }))
    },
  }
}

export const nodeTtlController: ComponentDefinition = {
  name: 'ttl-controller',
  manager: 'kube-controller-manager',
  username: 'system:serviceaccount:kube-system:ttl-controller',
  create,
}
