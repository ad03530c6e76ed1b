import { signal } from '@preact/signals'
import { type Access, type Description, describe, pathOf, Refused, request } from './api.ts'
import type { Listed } from './live-list.ts'
import { emptyLists, type Lists } from './live.ts'

const PATHS: Readonly<Record<keyof Lists, string>> = {
  nodes: '/api/v1/nodes',
  machines: '/apis/kubarium.dev/v1/machines',
  pods: '/api/v1/pods',
  services: '/api/v1/services',
  endpointslices: '/apis/discovery.k8s.io/v1/endpointslices',
}

const NAMES = Object.keys(PATHS) as (keyof Lists)[]

/** A cluster that stands: as of a revision, or a snapshot. */
export class Past {
  readonly lists: Lists = emptyLists()
  /** What is shown; undefined until it has come. */
  readonly shown = signal<Description | undefined>(undefined)
  readonly problem = signal<unknown>(undefined)
  #asked = new AbortController()

  /** There is nothing there, whatever moment is asked for. */
  get refused(): number | undefined {
    const problem = this.problem.value
    return problem instanceof Refused && problem.problem.oldest === undefined
      ? problem.status
      : undefined
  }

  /** Shows another moment; what was shown stays until all of that is there. */
  async show(access: Access): Promise<void> {
    this.#asked.abort()
    const { signal: aborted } = (this.#asked = new AbortController())
    const list = async (name: keyof Lists): Promise<readonly Listed[]> => {
      const answer = await request(access, `/k8s/${pathOf(access)}${PATHS[name]}`, {
        signal: aborted,
      })
      return ((await answer.json()) as { readonly items: readonly Listed[] }).items
    }
    try {
      // it says best why there is nothing to be seen
      const shown = await describe(access, aborted)
      const items = await Promise.all(NAMES.map(list))
      for (const [index, name] of NAMES.entries()) {
        this.lists[name].restart()
        this.lists[name].add(items[index]!)
        this.lists[name].finish()
      }
      this.problem.value = undefined
      this.shown.value = shown
    } catch (error) {
      if (aborted.aborted) return
      this.problem.value = error
      if (error instanceof Refused) this.shown.value = undefined
    }
  }

  /** Nobody looks any more. */
  leave(): void {
    this.#asked.abort()
    this.shown.value = undefined
    this.problem.value = undefined
  }
}
