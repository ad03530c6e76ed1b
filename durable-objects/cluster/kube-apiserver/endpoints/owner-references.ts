import { equal, type KubeObject, type OwnerReference } from '#apimachinery/object.ts'
import { withMetadata } from '#kube-apiserver/registry/object-meta.ts'

/** kubernetes: apiserver pkg/endpoints/handlers/rest.go DuplicateOwnerReferencesWarningFormat */
const warningOf = (when: string, uids: readonly string[]): string =>
  `.metadata.ownerReferences contains duplicate entries${when}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: [${uids.join(' ')}]`

/**
 * The object with each of its owners named once, and a warning if one was named again. `isPatched`: upstream looks at what was patched only
 * after admission, and says so. kubernetes: dedupOwnerReferencesAndAddWarning
 */
export const withoutDoubleOwners = (
  object: KubeObject,
  warnings: string[],
  isPatched = false,
): KubeObject => {
  const { ownerReferences = [] } = object.metadata
  if (ownerReferences.length < 2) return object
  const kept: OwnerReference[] = []
  const again: string[] = []
  for (const reference of ownerReferences)
    if (kept.some((other) => equal(other, reference))) again.push(reference.uid)
    else kept.push(reference)
  if (again.length === 0) return object
  warnings.push(warningOf(isPatched ? ' after mutating admission happens' : '', again))
  return withMetadata(object, { ownerReferences: kept })
}
