import { encodeBase64 } from '#apimachinery/base64.ts'
import { sha256 } from '#apimachinery/digest.ts'
import { encodeUtf8 } from '#apimachinery/utf8.ts'
import type { Resource, Resources } from '#kube-apiserver/resources.ts'

const hashes = new Map<string, string>()
const MAX_KNOWN = 1000

/** The first eight bytes of a digest. kubernetes: apiserver pkg/endpoints/discovery/storageversionhash.go StorageVersionHash */
const hashOf = (text: string): string => {
  let hash = hashes.get(text)
  if (hash === undefined) {
    const digits = sha256(encodeUtf8(text))
    const bytes = Uint8Array.from({ length: 8 }, (_, index) =>
      parseInt(digits.slice(2 * index, 2 * index + 2), 16),
    )
    if (hashes.size >= MAX_KNOWN) hashes.clear()
    hashes.set(text, (hash = encodeBase64(bytes)))
  }
  return hash
}

// New in this release as v1: a server that may have to go back a release stores what that one knows.
const STORED_AS_BETA: ReadonlySet<string> = new Set([
  'mutatingadmissionpolicies.admissionregistration.k8s.io',
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io',
])

const isStored = ({ discovery }: Resource): boolean =>
  discovery.verbs.includes('create') && discovery.verbs.includes('list')

/** Changes whenever the resource is stored in another version; undefined of what is not stored. */
export const storageVersionHash = (
  resources: Resources,
  group: string,
  version: string,
  plural: string,
): string | undefined => {
  const resource = resources.at(group, version, plural)
  const stored = resource === undefined ? undefined : resources.named(resource.name)
  if (stored === undefined || !isStored(stored)) return undefined
  const storedVersion = STORED_AS_BETA.has(stored.name) ? 'v1beta1' : stored.version
  return hashOf(`${stored.group}/${storedVersion}/${stored.kind}`)
}
