// Which nodes have a proxy that hears of changes, and since when the others do not. It is kept with the machines' disks, since no object
// tells it: tables stay in a kernel when its proxy ends, and go when the machine does.
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { ComponentContext } from '#client/component.ts'
import type { Moment } from './past-objects.ts'

/** `synced`: its proxy runs. `stale`: it does not hear of changes. `none`: it has not run since the machine started. */
export type Sync = 'synced' | 'stale' | 'none'

const NAMESPACE = 'kube-system'
const PROXY_LABEL = { key: 'k8s-app', value: 'kube-proxy' } as const
const PREFIX = 'kube-proxy/condition/'

/** The node whose proxy a Pod is. */
export const nodeOfProxy = ({ metadata, spec }: Pod): string | undefined =>
  metadata.namespace === NAMESPACE && metadata.labels?.[PROXY_LABEL.key] === PROXY_LABEL.value
    ? spec.nodeName
    : undefined

export class NodeConditions {
  readonly #context: ComponentContext
  /** Of the nodes that are not as nodes are by default. */
  readonly #conditions = new Map<string, Sync>()
  /** Since when nodes do not hear of changes. */
  readonly #staleSince = new Map<string, Moment>()

  constructor(context: ComponentContext) {
    this.#context = context
    for (const [key, value] of context.memory.entries(PREFIX)) {
      const node = key.slice(PREFIX.length)
      const [condition, moment] = value.split(' ')
      this.#conditions.set(node, condition as Sync)
      if (moment !== undefined) this.#staleSince.set(node, Number(moment))
    }
  }

  of(node: string): Sync {
    return this.#conditions.get(node) ?? this.#byDefault
  }

  /** Since when a node does not hear of changes; undefined if it does. */
  staleSince(node: string): Moment | undefined {
    return this.#staleSince.get(node)
  }

  /** When nodes stopped hearing. */
  moments(): Iterable<Moment> {
    return this.#staleSince.values()
  }

  /** In a bare cluster the proxies are no Pods; they always run. */
  get #byDefault(): Sync {
    return this.#context.settings.addons ? 'none' : 'synced'
  }

  /**
   * Looks whether the node's proxy hears of changes now. `canStart`: its configuration is one that it can use. `now` is since when it
   * does not hear if it has just stopped. Returns whether anything is other than before.
   */
  sync(node: string, canStart: boolean, now: () => Moment): boolean {
    const next = this.#next(node, canStart)
    if (next === this.of(node)) return false
    const moment = next === 'stale' ? now() : undefined
    if (moment === undefined) this.#staleSince.delete(node)
    else this.#staleSince.set(node, moment)
    const { memory } = this.#context
    if (next === this.#byDefault) {
      this.#conditions.delete(node)
      memory.delete(PREFIX + node)
    } else {
      this.#conditions.set(node, next)
      memory.set(PREFIX + node, moment === undefined ? next : `${next} ${moment}`)
    }
    return true
  }

  #next(node: string, canStart: boolean): Sync {
    const { client } = this.#context
    const machine = client.get('machines.kubarium.dev', '', node)
    // a machine that is off forgets its kernel's tables
    if (machine === undefined) return client.get('nodes', '', node) ? 'none' : this.#byDefault
    if (machine.spec.power === 'Off') return 'none'
    if (canStart && machine.spec.network !== 'Cut' && this.#isRunning(node)) return 'synced'
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
            nodeOfProxy(pod) === node && pod.status.containerStatuses?.some(isRunning) === true,
        )
    )
  }
}

const isRunning = ({ state }: { readonly state?: { readonly running?: unknown } }): boolean =>
  state?.running !== undefined
