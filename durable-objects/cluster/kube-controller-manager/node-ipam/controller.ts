// kubernetes: pkg/controller/nodeipam/ipam/range_allocator.go
import type { Component, ComponentContext, ComponentDefinition } from '#client/component.ts'
import { assign } from '#apimachinery/object.ts'

// 10.244.0.0/16 and, for more than 256 nodes, what follows it
const FIRST = 10 * 256 + 244
const MAX_NODES = 4096

const cidrAt = (index: number): string => {
  const prefix = FIRST + Math.floor(index / 256)
  return `${Math.floor(prefix / 256)}.${prefix % 256}.${index % 256}.0/24`
}

/** The first range that is free, or undefined. */
export const freeCidr = (taken: ReadonlySet<string>): string | undefined => {
  for (let index = 0; index < MAX_NODES; index++)
    if (!taken.has(cidrAt(index))) return cidrAt(index)
  return undefined
}

/** Gives every node a range of Pod addresses. */
const create = ({ client, queue, events }: ComponentContext): Component => {
  client.watch('nodes', ({ type, object }) => {
    if (type !== 'DELETED' && object.spec.podCIDR === undefined)
      queue.add(object.metadata.name ?? '')
  })
  return {
    name: 'node-ipam-controller',
    queue,
    resync: () => {
      for (const { metadata, spec } of client.list('nodes'))
        if (spec.podCIDR === undefined) queue.add(metadata.name ?? '')
    },
    sync: (name) => {
      const node = client.get('nodes', '', name)
      if (node === undefined || node.spec.podCIDR !== undefined) return
      const taken = new Set(
        client.list('nodes').flatMap(({ spec }) => spec.podCIDRs ?? spec.podCIDR ?? []),
      )
      const podCIDR = freeCidr(taken)
      if (podCIDR !== undefined) {
        client.update(
          'nodes',
          assign(node, { spec: assign(node.spec, { podCIDR, podCIDRs: [podCIDR] }) }),
        )
        return
      }
      const message = `Node ${name} status is now: CIDRNotAvailable`
      events.record({
        object: node,
        type: 'Normal',
        reason: 'CIDRNotAvailable',
        message,
        component: 'cidrAllocator',
      })
    },
  }
}

export const nodeIpamController: ComponentDefinition = {
  name: 'node-ipam-controller',
  manager: 'kube-controller-manager',
  username: 'system:serviceaccount:kube-system:node-controller',
  create,
}
