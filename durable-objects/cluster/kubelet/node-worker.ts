// What a kubelet says of its node: registration, status, lease. kubernetes: pkg/kubelet/kubelet_node_status.go
import type { Node } from '#api/core/v1/node/types.ts'
import type { Machine } from '#api/kubarium/v1/machine/types.ts'
import { assign, fill } from '#apimachinery/object.ts'
import { formatMicroTime, formatTime } from '#apimachinery/time.ts'
import type { Component, ComponentContext } from '#client/component.ts'
import { isOff, isReachable } from '#kubelet/machine-state.ts'
import {
  bootId,
  healthyConditions,
  newLease,
  newNode,
  nodeStatus,
  positionOf,
} from '#kubelet/node-objects.ts'

/** Keys are names of machines. */
export class NodeWorker implements Component {
  readonly name: string
  readonly queue: ComponentContext['queue']
  readonly #context: ComponentContext

  constructor(name: string, context: ComponentContext) {
    const { client, queue } = context
    this.name = name
    this.queue = queue
    this.#context = context
    client.watch('machines.kubarium.dev', ({ object }) => queue.add(object.metadata.name!))
    client.watch('nodes', ({ object }) => queue.add(object.metadata.name!))
  }

  resync(): void {
    for (const { metadata } of this.#context.client.list('machines.kubarium.dev'))
      this.queue.add(metadata.name!)
  }

  sync(name: string): void {
    const { client, memory } = this.#context
    const machine = client.get('machines.kubarium.dev', '', name)
    if (machine === undefined) return
    const { power } = machine.status ?? {}
    const isNew = power === undefined
    const isBooting = isNew || (power === 'Off' && !isOff(machine))
    if (isBooting || (power === 'On' && isOff(machine))) this.#showPower(machine)
    const key = bootsKey(name)
    if (isBooting && !isNew) memory.set(key, String(Number(memory.get(key) ?? 0) + 1))
    // A kubelet registers its node when it starts, and only then.
    const node = client.get('nodes', '', name) ?? (isBooting ? this.#register(name) : undefined)
    if (node !== undefined && isReachable(machine)) this.#post(node)
  }

  #showPower(machine: Machine): void {
    const { client } = this.#context
    const power = isOff(machine) ? 'Off' : 'On'
    const status = { power, since: formatTime(client.now()) } as const
    client.update('machines.kubarium.dev', assign(machine, { status }), { subresource: 'status' })
  }

  #register(name: string): Node {
    const { client } = this.#context
    return client.create('nodes', newNode(name, this.#position(name)))
  }

  #position(name: string): number {
    const taken = new Set(
      this.#context.client
        .list('nodes')
        .filter(({ metadata }) => metadata.name !== name)
        .flatMap(({ status }) => status?.addresses ?? [])
        .map(({ address }) => address),
    )
    return positionOf(name, (ip) => taken.has(ip))
  }

  /** Everything is as it should be, and the node says so. */
  #post(node: Node): void {
    const { client, memory, events, settings } = this.#context
    const name = node.metadata.name!
    const now = client.now()
    const boots = Number(memory.get(bootsKey(name)) ?? 0)
    const old = node.status ?? {}
    const isKnown = old.addresses !== undefined && old.nodeInfo !== undefined
    const complete = isKnown ? old : fill(old, nodeStatus(name, this.#position(name), boots))
    const bootID = bootId(name, boots)
    const hasRebooted = isKnown && old.nodeInfo.bootID !== bootID && boots > 0
    const status = assign(complete, {
      conditions: healthyConditions(old.conditions, now),
      ...(hasRebooted ? { nodeInfo: assign(old.nodeInfo, { bootID }) } : {}),
    })
    const lease = client.get('leases.coordination.k8s.io', 'kube-node-lease', name)
    if (lease === undefined) client.create('leases.coordination.k8s.io', newLease(node, now))
    if (status === old) return
    if (lease !== undefined)
      client.update('leases.coordination.k8s.io', {
        ...lease,
        spec: assign(lease.spec, { renewTime: formatMicroTime(now) }),
      })
    if (settings.kubeletEvents) {
      const about = { object: node, component: 'kubelet', host: name } as const
      if (hasRebooted) {
        const reason = 'Rebooted'
        const message = `Node ${name} has been rebooted, boot id: ${bootID}`
        events.record({
          ...about,
          type: 'Normal',
          reason: 'Starting',
          message: 'Starting kubelet.',
        })
        events.record({ ...about, type: 'Warning', reason, message })
      }
      const message = `Node ${name} status is now: NodeReady`
      if (isKnown) events.record({ ...about, type: 'Normal', reason: 'NodeReady', message })
    }
    client.update('nodes', assign(node, { status }), { subresource: 'status' })
  }
}

const bootsKey = (name: string): string => `kubelet/boots/${name}`
