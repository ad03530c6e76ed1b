// Which nodes have a proxy that hears of changes, and what the others last knew. It is kept with the machines' disks, since no object
// tells it: tables stay in a kernel when its proxy ends, and go when the machine does.
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { ComponentContext } from '#client/component.ts'
import { portInputsOf, type ServiceObjects } from './services.ts'
import type { ServiceInputs } from './service-tables.ts'

/** `synced`: as the objects are now. `stale`: it does not hear of changes. `none`: it has not run since the machine started. */
export type Sync = 'synced' | 'stale' | 'none'

const NAMESPACE = 'kube-system'
const PROXY_LABEL = { key: 'k8s-app', value: 'kube-proxy' } as const
const CONDITION = 'kube-proxy/condition/'
const SERVICE = 'kube-proxy/service/'

export class NodeConditions {
  readonly #context: ComponentContext
  /** Of the nodes that are not as nodes are by default. */
  readonly #conditions = new Map<string, Sync>()

  constructor(context: ComponentContext) {
    this.#context = context
    for (const [key, value] of context.memory.entries(CONDITION))
      this.#conditions.set(key.slice(CONDITION.length), value as Sync)
  }

  of(node: string): Sync {
    return this.#conditions.get(node) ?? this.#byDefault
  }

  /** In a bare cluster the proxies are no Pods; they always run. */
  get #byDefault(): Sync {
    return this.#context.settings.addons ? 'none' : 'synced'
  }

  /** The node whose proxy a Pod is. */
  nodeOfProxy({ metadata, spec }: Pod): string | undefined {
    return metadata.namespace === NAMESPACE &&
      metadata.labels?.[PROXY_LABEL.key] === PROXY_LABEL.value
      ? spec.nodeName
      : undefined
  }

  /** Looks whether the node's proxy hears of changes now. */
  sync(node: string): void {
    const next = this.#next(node)
    if (next === this.of(node)) return
    const { memory } = this.#context
    for (const [key] of memory.entries(serviceKey(node, ''))) memory.delete(key)
    if (next === this.#byDefault) {
      this.#conditions.delete(node)
      memory.delete(CONDITION + node)
    } else {
      this.#conditions.set(node, next)
      memory.set(CONDITION + node, next)
    }
  }

  /** A Service changed: nodes that do not hear of it go on with what it was. */
  remember(service: string, before: () => ServiceObjects): void {
    const { memory } = this.#context
    let text: string | undefined
    for (const [node, condition] of this.#conditions) {
      const key = serviceKey(node, service)
      if (condition !== 'stale' || memory.get(key) !== undefined) continue
      memory.set(key, (text ??= JSON.stringify(before())))
    }
  }

  /** What the node's proxy last knew of Services that have changed since. */
  staleServices(node: string): ServiceInputs {
    if (this.of(node) !== 'stale') return NOTHING
    const prefix = serviceKey(node, '')
    return new Map(
      this.#context.memory
        .entries(prefix)
        .map(([key, text]) => [
          key.slice(prefix.length),
          portInputsOf(JSON.parse(text) as ServiceObjects),
        ]),
    )
  }

  #next(node: string): Sync {
    const { client } = this.#context
    const machine = client.get('machines.kubarium.dev', '', node)
    if (client.get('nodes', '', node) === undefined) return this.#byDefault
    // a machine that is off forgets its kernel's tables
    if (machine === undefined || machine.spec.power === 'Off') return 'none'
    if (machine.spec.network !== 'Cut' && this.#isRunning(node)) return 'synced'
    const before = this.of(node)
    return before === 'synced' ? 'stale' : before
  }

  #isRunning(node: string): boolean {
    const { client, settings } = this.#context
    return (
      !settings.addons ||
      client
        .list('pods', { node })
        .some(
          (pod) =>
            this.nodeOfProxy(pod) === node &&
            pod.status.containerStatuses?.some(isRunning) === true,
        )
    )
  }
}

const isRunning = ({ state }: { readonly state?: { readonly running?: unknown } }): boolean =>
  state?.running !== undefined

const serviceKey = (node: string, service: string): string => `${SERVICE}${node} ${service}`

const NOTHING: ServiceInputs = new Map()
