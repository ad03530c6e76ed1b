import { append } from '#apimachinery/append.ts'
import type { UserInfo } from '#api/strategy.ts'
import type { JsonObject, KubeObject } from '#apimachinery/object.ts'
import type { Cluster } from '#cluster.ts'
import { adapt, type Surroundings } from '#manifests/adapt.ts'
import { applyRead, type ApplyOutcome } from '#manifests/apply.ts'
import { createObject } from '#manifests/apply-object.ts'
import { companionsOf, missingOf } from '#manifests/companions.ts'
import { nameOf, readForeign, servedKinds, type Known } from '#manifests/foreign-object.ts'
import { ReportWriter, shortened, type ImportReport } from '#manifests/import-report.ts'
import { groupedBy, rankOf } from '#manifests/order.ts'
import { readEvery, type Manifest, type ReadManifests } from '#manifests/read.ts'
import { relaxed } from '#manifests/relax.ts'
import { textOf, within } from '#manifests/shapes.ts'
import { surroundingsOf } from '#manifests/surroundings.ts'
import { listedOf, whyDropped } from '#manifests/why-dropped.ts'

/**
 * Takes over what `kubectl get -o yaml` says of another cluster: leaves out what a server owns, applies the rest in the order of what
 * needs what, and tells what became of each object. One that is refused does not keep the others from it.
 */
export const importManifests = (cluster: Cluster, user: UserInfo, text: string): ImportReport =>
  new Import(cluster, user).run(readEvery(text))

/**
 * Whether a server wrote this: some object has a uid or a resourceVersion, which nobody writes by hand. (`creationTimestamp: null` and
 * `status: {}` are what `kubectl create --dry-run=client` writes.)
 */
export const isDump = ({ manifests }: ReadManifests): boolean =>
  manifests.some(({ object }) =>
    ['uid', 'resourceVersion'].some((field) => textOf(within(object, 'metadata', field)) !== ''),
  )

/** One of the two. */
export interface Beginning {
  readonly applied?: ApplyOutcome
  readonly imported?: ImportReport
}

/** What a session begins with: manifests that somebody wrote are applied, to the last or not at all; what a server wrote is imported. */
export const beginWith = (cluster: Cluster, user: UserInfo, text: string): Beginning => {
  const read = readEvery(text)
  return isDump(read)
    ? { imported: new Import(cluster, user).run(read) }
    : { applied: applyRead(cluster, user, read) }
}

/** An object that is taken over. */
interface Item extends Known {
  readonly manifest: Manifest
}

const DEFINITION = 'CustomResourceDefinition'

class Import {
  readonly #cluster: Cluster
  readonly #user: UserInfo
  readonly #writer = new ReportWriter()

  constructor(cluster: Cluster, user: UserInfo) {
    this.#cluster = cluster
    this.#user = user
  }

  run({ manifests, errors }: ReadManifests): ImportReport {
    for (const { message, document, line } of errors) {
      const of = { apiVersion: '', kind: '', name: '' }
      this.#writer.failed.push({ ...of, document, line, message: shortened(message) })
    }
    // what they define is served from then on
    const isDefinition = ({ object }: Manifest): boolean => object['kind'] === DEFINITION
    this.#take(manifests.filter(isDefinition))
    const taken = this.#take(manifests.filter((manifest) => !isDefinition(manifest)))
    append(this.#writer.missing, missingOf(this.#cluster, taken))
    return this.#writer.report()
  }

  #take(manifests: readonly Manifest[]): readonly Item[] {
    if (manifests.length === 0) return []
    const items = this.#keep(this.#read(manifests))
    const around = surroundingsOf(this.#cluster, items)
    for (const { object, why } of companionsOf(this.#cluster, items)) {
      const outcome = createObject(this.#cluster, this.#user, object)
      if ('refused' in outcome) continue // what lives in it says so
      this.#writer.applied.push({ ...nameOf(object), result: outcome.result, why })
    }
    const byRank = items.toSorted((a, b) => rankOf(a.resource.name) - rankOf(b.resource.name))
    for (const sameKind of groupedBy(byRank, ({ resource }) => resource.name).values()) {
      const again = sameKind.flatMap((item) => this.#create(item, around) ?? [])
      // those that get other addresses than they had do not take them from those that keep theirs
      for (const create of again) create()
    }
    return items
  }

  #read(manifests: readonly Manifest[]): readonly Item[] {
    const kinds = servedKinds(this.#cluster.served())
    const seen = new Set<string>()
    return manifests.flatMap((manifest) => {
      const reading = readForeign(manifest.object, kinds)
      if ('failed' in reading) this.#fail(manifest, reading.failed)
      else if ('dropped' in reading) this.#drop(manifest.object, reading.dropped)
      else {
        const { namespace = '', name = '' } = reading.object.metadata
        const key = `${reading.resource.name} ${namespace}/${name}`
        if (!seen.has(key)) {
          seen.add(key)
          return [{ ...reading, manifest }]
        }
        this.#drop(manifest.object, 'the list has it more than once')
      }
      return []
    })
  }

  #keep(items: readonly Item[]): readonly Item[] {
    const listed = listedOf(items.map(({ object }) => object))
    return items.filter(({ resource, object, manifest }) => {
      const why = whyDropped(resource.name, object, listed)
      if (why !== undefined) this.#drop(manifest.object, why)
      return why === undefined
    })
  }

  /** Creates the object; the answer is what remains to be done if it has to have another address. */
  #create(item: Item, around: Surroundings): (() => void) | undefined {
    const changes: { readonly field: string; readonly why: string }[] = []
    const tell = (field: string, why: string): void => void changes.push({ field, why })
    if (item.formerVersion !== undefined)
      tell('apiVersion', `${item.formerVersion} is not served: read as ${item.object.apiVersion}`)
    const adapted = adapt(item.resource.name, item.object, tell, around)
    const attempt = (object: JsonObject): JsonObject | undefined => {
      const outcome = createObject(this.#cluster, this.#user, object)
      if ('refused' in outcome) {
        const next = relaxed(item.resource.name, object, outcome.refused.status, tell)
        if (next === undefined) this.#fail(item.manifest, outcome.refused.message)
        return next
      }
      for (const warning of outcome.warnings ?? []) {
        const field = UNKNOWN_FIELD.exec(warning)?.[1]
        if (field !== undefined) tell(field, 'left out: this version of the kind has no such field')
      }
      const of = nameOf(item.object as KubeObject & JsonObject)
      this.#writer.applied.push({ ...of, result: outcome.result })
      this.#writer.change(of, changes)
      return undefined
    }
    const next = attempt(adapted)
    if (next === undefined) return undefined
    return () => {
      for (let object: JsonObject | undefined = next; object !== undefined;)
        object = attempt(object)
    }
  }

  #fail({ object, document, line, item }: Manifest, message: string): void {
    const place = item === undefined ? { document, line } : { document, line, item }
    this.#writer.failed.push({ ...nameOf(object), ...place, message: shortened(message) })
  }

  #drop(object: JsonObject, why: string): void {
    this.#writer.dropped.push({ ...nameOf(object), why: shortened(why) })
  }
}

const UNKNOWN_FIELD = /^unknown field \\?"(.*?)\\?"$/
