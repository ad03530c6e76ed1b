import { setKey, type KubeObject, type ObjectMeta } from '#apimachinery/object.ts'

/** The fields of Go's struct, in whose order it writes them: clients that print raw answers see it. */
const META_KEYS = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
] as const satisfies readonly (keyof ObjectMeta)[]

const FIRST: readonly string[] = ['kind', 'apiVersion', 'metadata']

const ranksOf = (keys: readonly string[]): ReadonlyMap<string, number> =>
  new Map(keys.map((key, rank) => [key, rank]))

const META_RANKS = ranksOf(META_KEYS)
const RANKS = ranksOf(FIRST)

/** Whether the keys that have a rank stand in its order, and those that have none behind them. */
const isInOrder = (map: object, ranks: ReadonlyMap<string, number>): boolean => {
  let last = -1
  for (const key in map) {
    const rank = ranks.get(key) ?? ranks.size
    if (rank < last) return false
    last = rank
  }
  return true
}

/** The metadata itself if it is in order already; most is, since a copy keeps the order. */
export const metadataInOrder = (metadata: ObjectMeta): ObjectMeta => {
  if (isInOrder(metadata, META_RANKS)) return metadata
  const ordered: Record<string, unknown> = {}
  for (const key of META_KEYS) if (metadata[key] !== undefined) ordered[key] = metadata[key]
  return ordered
}

/** The object with its kind, its version and its metadata in front, as it is written for clients. Itself if it is in order already. */
export const inWireOrder = (object: KubeObject): KubeObject => {
  const metadata = metadataInOrder(object.metadata)
  if (metadata === object.metadata && isInOrder(object, RANKS)) return object
  const ordered = { kind: object.kind, apiVersion: object.apiVersion, metadata }
  for (const key of Object.keys(object) as (keyof KubeObject)[])
    if (!RANKS.has(key)) setKey(ordered, key, object[key] as never)
  return ordered
}
