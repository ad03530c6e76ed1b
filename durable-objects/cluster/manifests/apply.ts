import type { UserInfo } from '#api/strategy.ts'
import type { Status } from '#apimachinery/status-error.ts'
import type { Cluster } from '#cluster.ts'
import { applyObject, type ApplyResult } from '#manifests/apply-object.ts'
import { readEvery, type ReadManifests } from '#manifests/read.ts'

export interface ApplyOutcome {
  /** One for each object that was applied, in the order of the documents. */
  readonly results: readonly ApplyResult[]
  /** Why the next one was not. */
  readonly error?: {
    readonly code: number
    readonly message: string
    readonly document: number
    readonly line: number
    readonly status?: Status
  }
}

/** Does to each object what `kubectl apply -f` would, and stops at the first that is refused. */
export const applyManifests = (cluster: Cluster, user: UserInfo, text: string): ApplyOutcome =>
  applyRead(cluster, user, readEvery(text))

/** The same of a text that was read. */
export const applyRead = (
  cluster: Cluster,
  user: UserInfo,
  { manifests, errors }: ReadManifests,
): ApplyOutcome => {
  const results: ApplyResult[] = []
  const refuse = (message: string, document: number, line: number): ApplyOutcome => ({
    results,
    error: { code: 400, message, document, line },
  })
  const [error] = errors
  if (error !== undefined) return refuse(error.message, error.document, error.line)
  if (manifests.length === 0) return refuse('no objects passed to apply', 1, 1)
  for (const { object, document, line } of manifests) {
    const outcome = applyObject(cluster, user, object)
    if ('refused' in outcome) return { results, error: { ...outcome.refused, document, line } }
    results.push(outcome)
  }
  return { results }
}
