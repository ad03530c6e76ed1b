// Objects found by something that they hold, such as an address. Built when first asked for and kept with watches from then on, so
// that no question reads all objects of a large cluster.
import type { ResourceName, ResourceTypes } from '#api/resource-types.ts'
import { keyOf, splitKey } from '#apimachinery/object.ts'
import type { Client } from '#client/client.ts'

export class ObjectIndex<R extends ResourceName> {
  readonly #client: Client
  readonly #resource: R
  readonly #termsOf: (object: ResourceTypes[R]) => readonly string[]
  /** Keys of objects by term; undefined before the first question. */
  #keys: Map<string, Set<string>> | undefined

  constructor(
    client: Client,
    resource: R,
    termsOf: (object: ResourceTypes[R]) => readonly string[],
  ) {
    this.#client = client
    this.#resource = resource
    this.#termsOf = termsOf
    client.watch(resource, ({ type, object, old }) => {
      if (this.#keys === undefined) return
      const key = keyOf(object)
      const gone = type === 'DELETED' ? object : old
      for (const term of gone === undefined ? [] : termsOf(gone)) this.#drop(term, key)
      for (const term of type === 'DELETED' ? [] : termsOf(object)) this.#add(term, key)
    })
  }

  /** In the order of their keys. */
  with(term: string): readonly ResourceTypes[R][] {
    const keys = this.#built().get(term)
    if (keys === undefined) return []
    // nearly always it is one
    const sorted = keys.size === 1 ? keys : [...keys].sort()
    const objects: ResourceTypes[R][] = []
    for (const key of sorted) {
      const { namespace, name } = splitKey(key)
      const object = this.#client.get(this.#resource, namespace, name)
      if (object !== undefined) objects.push(object)
    }
    return objects
  }

  #built(): Map<string, Set<string>> {
    if (this.#keys !== undefined) return this.#keys
    this.#keys = new Map()
    for (const object of this.#client.list(this.#resource))
      for (const term of this.#termsOf(object)) this.#add(term, keyOf(object))
    return this.#keys
  }

  #add(term: string, key: string): void {
    const keys = this.#keys!.get(term)
    if (keys === undefined) this.#keys!.set(term, new Set([key]))
    else keys.add(key)
  }

  #drop(term: string, key: string): void {
    const keys = this.#keys!.get(term)
    keys?.delete(key)
    if (keys?.size === 0) this.#keys!.delete(term)
  }
}
