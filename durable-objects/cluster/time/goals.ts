// What somebody waits for. Each goal is asked now and after each moment at which something happened.
import type { KubeObject } from '#apimachinery/object.ts'
import type { Cluster } from '#cluster.ts'
import { asShown, currentObject, type MeantObject } from '#time/find-object.ts'

export type Goal = () => boolean

/** So many writes from now on. */
export const written = (cluster: Cluster, revisions: number): Goal => {
  const wanted = cluster.revision + revisions
  return () => cluster.revision >= wanted
}

/**
 * So many steps: moments at which something was written. A moment that only passes (proxies that look and find nothing new) is none.
 */
export const stepped = (cluster: Cluster, steps: number): Goal => {
  let left = steps
  let seen = cluster.revision
  return () => {
    if (cluster.revision > seen) left--
    seen = cluster.revision
    return left <= 0
  }
}

/** What is never reached: the run ends at rest, or at a bound. */
export const never: Goal = () => false

/** An object is as it should be, or was so for an instant: who watches it would have been told. `undefined`: it is not there. */
export const objectIs = (
  cluster: Cluster,
  meant: MeantObject,
  isMet: (object: KubeObject | undefined) => boolean,
): Goal => {
  const { resource, namespace, name } = meant
  let seen = cluster.revision
  let isFirst = true
  return () => {
    if (isFirst) {
      isFirst = false
      return isMet(currentObject(cluster, meant))
    }
    const news = cluster.writtenAfter(seen)
    seen = cluster.revision
    return news.some(
      (entry) =>
        entry.resource === resource.name &&
        entry.namespace === namespace &&
        entry.name === name &&
        isMet(entry.object === undefined ? undefined : asShown(resource, entry.object)),
    )
  }
}
