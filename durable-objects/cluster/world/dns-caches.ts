// What the CoreDNS processes remember. It is kept with what else is no object's, so that a session that comes back answers as one that
// stayed: a cache made anew would be right too, but would answer sooner what has changed, and its order of chance would be another.
import type { Pod } from '#api/core/v1/pod/types.ts'
import { keyOf } from '#apimachinery/object.ts'
import type { ComponentContext } from '#client/component.ts'
import { AnswerCache, type AnswerCacheState } from '#coredns/answer-cache.ts'

const PREFIX = 'network/dns-cache/'

type Context = Pick<ComponentContext, 'client' | 'memory'>

interface Stored {
  readonly process: string
  readonly answers: AnswerCacheState
}

interface Known {
  readonly process: string
  readonly cache: AnswerCache
}

export class DnsCaches {
  readonly #context: Context
  /** By the Pod's key. */
  readonly #known = new Map<string, Known>()

  constructor(context: Context) {
    this.#context = context
    context.client.watch('pods', ({ type, object }) => {
      if (type !== 'DELETED' || object.metadata.namespace !== 'kube-system') return
      this.#known.delete(keyOf(object))
      context.memory.delete(PREFIX + keyOf(object))
    })
  }

  /** What is kept in it stays. */
  of(pod: Pod): AnswerCache {
    const key = keyOf(pod)
    const process = this.#processOf(pod)
    let known = this.#known.get(key)
    if (known?.process !== process) {
      known = { process, cache: this.#load(key, process) }
      this.#known.set(key, known)
    }
    return known.cache
  }

  /** At the end of a turn. */
  store(): void {
    const { memory } = this.#context
    for (const [key, { process, cache }] of this.#known) {
      if (!cache.isChanged) continue
      const stored: Stored = { process, answers: cache.toState() }
      memory.set(PREFIX + key, JSON.stringify(stored))
    }
  }

  #load(key: string, process: string): AnswerCache {
    const text = this.#context.memory.get(PREFIX + key)
    const stored = text === undefined ? undefined : (JSON.parse(text) as Stored)
    return new AnswerCache(stored?.process === process ? stored.answers : [])
  }

  /** A process that starts, or that reads another Corefile, knows nothing. coredns: plugin/reload */
  #processOf({ metadata, status }: Pod): string {
    const runs = status.containerStatuses?.map(({ restartCount }) => restartCount) ?? []
    const config = this.#context.client.get('configmaps', 'kube-system', 'coredns')
    return `${metadata.uid} ${runs.join()} ${config?.metadata.resourceVersion}`
  }
}
