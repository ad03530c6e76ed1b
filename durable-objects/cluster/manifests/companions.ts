// What `kubectl get all` does not have, though its objects need it.
import type { JsonObject } from '#apimachinery/object.ts'
import { keyOf } from '#apimachinery/object.ts'
import type { Cluster } from '#cluster.ts'
import { nameOf, type Known } from '#manifests/foreign-object.ts'
import { shortened, type Dropped } from '#manifests/import-report.ts'
import { podSpecOf, referencesOf } from '#manifests/pod-specs.ts'
import { at, textOf } from '#manifests/shapes.ts'

interface Companion {
  readonly object: JsonObject
  readonly why: string
}

const asJson = (object: object): JsonObject => object as JsonObject

/** The Namespaces and ServiceAccounts that these objects live in and run as, and that are neither here nor among them. */
export const companionsOf = (cluster: Cluster, items: readonly Known[]): readonly Companion[] => {
  const known = new Set(
    ['namespaces', 'serviceaccounts'].flatMap((resource) =>
      cluster.objects(resource).map((object) => `${resource} ${keyOf(object)}`),
    ),
  )
  for (const { resource, object } of items) known.add(`${resource.name} ${keyOf(object)}`)
  const isNew = (key: string): boolean => !known.has(key) && known.add(key) === known
  const companions: Companion[] = []
  for (const { object } of items) {
    const { namespace = '' } = object.metadata
    if (
      namespace !== '' &&
      isNew(`namespaces ${keyOf({ ...object, metadata: { name: namespace } })}`)
    )
      companions.push({
        object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
        why: 'objects of the list live in it',
      })
  }
  for (const { resource, object } of items) {
    const { namespace = '' } = object.metadata
    const spec = podSpecOf(resource.name, asJson(object)) ?? {}
    const name = textOf(at(spec, 'serviceAccountName')) || textOf(at(spec, 'serviceAccount'))
    if (name === '' || name === 'default') continue
    if (isNew(`serviceaccounts ${keyOf({ ...object, metadata: { namespace, name } })}`))
      companions.push({
        object: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
        why: `${resource.kind} "${shortened(object.metadata.name ?? '')}" runs as it`,
      })
  }
  return companions
}

/** What Pods of these objects wait for: not there though all was applied. */
export const missingOf = (cluster: Cluster, items: readonly Known[]): readonly Dropped[] => {
  const known = new Set(
    ['configmaps', 'secrets', 'persistentvolumeclaims'].flatMap((resource) =>
      cluster.objects(resource).map((object) => `${resource} ${keyOf(object)}`),
    ),
  )
  const missing: Dropped[] = []
  for (const { resource, object } of items) {
    const spec = podSpecOf(resource.name, asJson(object))
    if (spec === undefined) continue
    const { namespace = '' } = object.metadata
    for (const { resource: wanted, kind, name } of referencesOf(spec)) {
      const metadata = { name, namespace }
      const key = `${wanted} ${keyOf({ ...object, metadata })}`
      if (known.has(key)) continue
      known.add(key)
      missing.push({
        ...nameOf({ apiVersion: 'v1', kind, metadata }),
        why: `${resource.kind} "${shortened(object.metadata.name ?? '')}" needs it`,
      })
    }
  }
  return missing
}
