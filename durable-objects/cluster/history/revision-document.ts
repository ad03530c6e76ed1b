// What one revision changed, and why.
import { assign, type KubeObject } from '#apimachinery/object.ts'
import type { Cluster } from '#cluster.ts'
import { fromStored, readStored } from '#kube-apiserver/resources.ts'
import { Causes, type CauseLink, storyOf } from './causes.ts'
import { changedPaths, type ChangedPath } from './changed-paths.ts'
import { entryOf, type RevisionEntry } from './entry.ts'
import { compacted, type HistoryProblem, windowProblem } from './problem.ts'
import { isHidden, withoutChangedValues, withoutValues } from './secrets.ts'

export interface RevisionDocument extends RevisionEntry {
  readonly oldest: number
  readonly newest: number
  readonly changes: readonly ChangedPath[]
  /** There are more changes than are told. */
  readonly changesAreCut?: true
  /** The object, without its managed fields; absent before it was created. */
  readonly before?: KubeObject
  /** Absent if it was deleted. */
  readonly after?: KubeObject
  /** From this revision back to what began it. */
  readonly causes: readonly CauseLink[]
  /** The chain in one sentence. */
  readonly story: string
}

const MOST_CHANGES = 200

/** As a client sees it, without what only servers read. */
const shownObject = (
  cluster: Cluster,
  name: string,
  stored: KubeObject,
  withSecrets: boolean,
): KubeObject => {
  const resource = cluster.served().find((candidate) => candidate.name === name)
  // a resource that is not served any more is shown as it was stored
  const shown = resource === undefined ? stored : fromStored(resource, readStored(resource, stored))
  const { managedFields: _untold, ...metadata } = shown.metadata
  const object = assign(shown, { metadata })
  return isHidden(name, withSecrets) ? withoutValues(object) : object
}

/** `withSecrets`: the asker may read Secrets. */
export const revisionDocument = (
  cluster: Cluster,
  revision: number,
  withSecrets: boolean,
): RevisionDocument | HistoryProblem => {
  const problem = windowProblem(cluster, revision)
  if (problem !== undefined) return problem
  const causes = new Causes(cluster)
  const written = causes.written(revision)
  // the first of a session that was made from a state: what it changed was another session's
  if (written === undefined) return compacted(cluster, revision)
  const { resource, previous, object } = written
  const isWhole = previous === undefined || object === undefined
  const { changes, isCut } = isWhole
    ? { changes: [], isCut: false }
    : changedPaths(previous, object, MOST_CHANGES)
  const shown = (stored: KubeObject) => shownObject(cluster, resource, stored, withSecrets)
  const chain = causes.chainOf(written)
  return {
    oldest: cluster.oldest,
    newest: cluster.revision,
    ...entryOf(written),
    changes: isHidden(resource, withSecrets) ? withoutChangedValues(changes) : changes,
    ...(isCut ? { changesAreCut: true } : {}),
    ...(previous === undefined ? {} : { before: shown(previous) }),
    ...(object === undefined ? {} : { after: shown(object) }),
    causes: chain,
    story: storyOf(chain),
  }
}
