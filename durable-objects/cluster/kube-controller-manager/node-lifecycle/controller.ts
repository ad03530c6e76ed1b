// kubernetes: pkg/controller/nodelifecycle/node_lifecycle_controller.go
import type { Node } from '#api/core/v1/node/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Client } from '#client/client.ts'
import type { Component, ComponentContext, ComponentDefinition } from '#client/component.ts'
import type { WorkQueue } from '#client/work-queue.ts'
import { assign, type KubeObject } from '#apimachinery/object.ts'
import { formatTime, parseTime } from '#apimachinery/time.ts'
import {
  conditionOf,
  isNodeReady,
  mayEvict,
  wantedTaints,
} from '#kube-controller-manager/node-lifecycle/node-taints.ts'
import {
  MONITOR_GRACE_MS,
  silenced,
  STARTUP_GRACE_MS,
} from '#kube-controller-manager/node-lifecycle/silent-node.ts'

const MACHINES = 'machines.kubarium.dev'

/** Notices that a node is gone, says so in its conditions and taints, and tells the world that its Pods cannot be reached. */
class NodeLifecycleController implements Component {
  readonly name = 'node-lifecycle-controller'
  readonly queue: WorkQueue
  readonly #context: ComponentContext
  readonly #client: Client

  constructor(context: ComponentContext) {
    const { client, queue } = context
    this.#context = context
    this.#client = client
    this.queue = queue
    client.watch('nodes', ({ type, object, old }) => {
      queue.add(object.metadata.name ?? '')
      if (type !== 'MODIFIED' || isNodeReady(object) !== isNodeReady(old!)) this.#queueUnready()
    })
    client.watch(MACHINES, ({ object }) => queue.add(object.metadata.name ?? ''))
  }

  resync(): void {
    for (const { metadata } of this.#client.list('nodes')) this.queue.add(metadata.name ?? '')
    for (const [key] of this.#context.memory.entries(registered('')))
      this.queue.add(key.slice(registered('').length))
  }

  sync(name: string): void {
    const node = this.#client.get('nodes', '', name)
    if (node === undefined) {
      this.#forget(name)
      return
    }
    this.#greet(node)
    const judged = this.#checkHealth(node)
    this.#taint(judged)
    if (conditionOf(judged, 'Ready') !== undefined && !isNodeReady(judged)) this.#markPods(name)
  }

  #greet({ metadata }: Node): void {
    const { memory } = this.#context
    const { name = '', uid = '' } = metadata
    if (memory.get(registered(name)) === uid) return
    memory.set(registered(name), uid)
    this.#tell(
      { name, uid },
      'RegisteredNode',
      `Node ${name} event: Registered Node ${name} in Controller`,
    )
  }

  #forget(name: string): void {
    const { memory } = this.#context
    memory.delete(silentSince(name))
    this.queue.cancel(name)
    const uid = memory.get(registered(name))
    if (uid === undefined) return
    memory.delete(registered(name))
    this.#tell(
      { name, uid },
      'RemovingNode',
      `Node ${name} event: Removing Node ${name} from Controller`,
    )
  }

  /** Gives up a node that was silent for too long. */
  #checkHealth(node: Node): Node {
    const { name = '' } = node.metadata
    const deadline = this.#deadline(node)
    this.queue.cancel(name)
    if (deadline === undefined) return node
    const now = this.#client.now()
    if (now < deadline) {
      this.queue.addAt(name, deadline)
      return node
    }
    const gone = silenced(node, now)
    if (gone === node) return node
    const updated = this.#client.update('nodes', gone, { subresource: 'status' })
    if (isNodeReady(node))
      this.#tell(node.metadata, 'NodeNotReady', `Node ${name} status is now: NodeNotReady`)
    return updated
  }

  /** When the node is given up, or undefined while its kubelet is heard of. */
  #deadline(node: Node): number | undefined {
    const { memory } = this.#context
    const { name = '', creationTimestamp = '' } = node.metadata
    const machine = this.#client.get(MACHINES, '', name)
    const ready = conditionOf(node, 'Ready')
    if (machine === undefined) {
      // nobody runs a kubelet here: somebody registered the node by hand
      if (ready === undefined) return parseTime(creationTimestamp) + STARTUP_GRACE_MS
      return parseTime(ready.lastHeartbeatTime ?? creationTimestamp) + MONITOR_GRACE_MS
    }
    if (machine.spec.power !== 'Off' && machine.spec.network !== 'Cut') {
      memory.delete(silentSince(name))
      return undefined
    }
    const known = memory.get(silentSince(name))
    const since = known === undefined ? this.#client.now() : Number(known)
    if (known === undefined) memory.set(silentSince(name), String(since))
    return since + MONITOR_GRACE_MS
  }

  #taint(node: Node): void {
    const isReady = isNodeReady(node)
    const evicts = isReady ? 'yes' : this.#mayEvict()
    const taints = wantedTaints(node, evicts, formatTime(this.#client.now()))
    if (taints === node.spec.taints || (taints.length === 0 && node.spec.taints === undefined))
      return
    const spec = assign(node.spec, { taints: taints.length === 0 ? undefined : taints })
    this.#client.update('nodes', assign(node, { spec }))
  }

  #mayEvict(): 'yes' | 'not-now' | 'no' {
    const nodes = this.#client.list('nodes')
    const ready = nodes.filter(isNodeReady).length
    return mayEvict(ready, nodes.length - ready)
  }

  /** Nobody vouches for the Pods' readiness any more. kubernetes: nodeutil.MarkPodsNotReady */
  #markPods(node: string): void {
    for (const pod of this.#client.list('pods', { node })) {
      const unready = withoutReadiness(pod, this.#client.now())
      if (unready === pod) continue
      this.#client.update('pods', unready, { subresource: 'status' })
      this.#context.events.record({
        object: pod,
        type: 'Warning',
        reason: 'NodeNotReady',
        message: 'Node is not ready',
        component: 'node-controller',
      })
    }
  }

  #queueUnready(): void {
    for (const node of this.#client.list('nodes'))
      if (!isNodeReady(node)) this.queue.add(node.metadata.name ?? '')
  }

  #tell(metadata: KubeObject['metadata'], reason: string, message: string): void {
    const object = { apiVersion: 'v1', kind: 'Node', metadata }
    this.#context.events.record({
      object,
      type: 'Normal',
      reason,
      message,
      component: 'node-controller',
    })
  }
}

const silentSince = (name: string): string => `node-lifecycle/silent/${name}`
const registered = (name: string): string => `node-lifecycle/registered/${name}`

const withoutReadiness = (pod: Pod, now: number): Pod => {
  const { conditions = [] } = pod.status
  if (!conditions.some(({ type, status }) => type === 'Ready' && status === 'True')) return pod
  const changed = conditions.map((condition) =>
    condition.type === 'Ready'
      ? { ...condition, status: 'False', lastTransitionTime: formatTime(now) }
      : condition,
  )
  return assign(pod, { status: assign(pod.status, { conditions: changed }) })
}

export const nodeLifecycleController: ComponentDefinition = {
  name: 'node-lifecycle-controller',
  manager: 'kube-controller-manager',
  username: 'system:serviceaccount:kube-system:node-controller',
  create: (context) => new NodeLifecycleController(context),
}
