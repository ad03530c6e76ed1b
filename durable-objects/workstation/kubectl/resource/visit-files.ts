// What stands in manifests becomes things to work on. kubernetes: cli-runtime pkg/resource/{mapper,visitor}.go
import { matches } from '#apimachinery/labels.ts'
import type { JsonObject } from '#apimachinery/object.ts'
import { parseSelector } from '#apimachinery/selector-parser.ts'
import type { ResourceInfo } from '#kubectl/client/discovery.ts'
import {
  AggregateFailure,
  asFailure,
  KubectlFailure,
  NoMatchError,
  throwAll,
} from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import type { BuilderOptions, Visit } from '#kubectl/resource/builder-options.ts'
import {
  checkedItem,
  checkedObject,
  isList,
  itemsOf,
  localResource,
  typedObject,
  withNamespace,
} from '#kubectl/resource/documents.ts'
import { fetchInfo, type Info, metadataOf } from '#kubectl/resource/info.ts'
import { documentsOf } from '#kubectl/resource/read-documents.ts'
import type { Source } from '#kubectl/resource/read-files.ts'

/** One visit for each file. `namespace`: where objects go that name none; `labels`: which of them are meant. */
export const visitsOf = (
  sources: readonly Source[],
  run: Invocation,
  options: BuilderOptions,
  namespace: string,
  labels: string,
): readonly ((visit: Visit) => void)[] => {
  const files = new Files(run, options, namespace, labels)
  return sources.map((source) => (visit) => files.visit(source, visit))
}

class Files {
  readonly #run: Invocation
  readonly #options: BuilderOptions
  readonly #namespace: string
  readonly #labels: string

  constructor(run: Invocation, options: BuilderOptions, namespace: string, labels: string) {
    this.#run = run
    this.#options = options
    this.#namespace = namespace
    this.#labels = labels
  }

  visit(source: Source, visit: Visit): void {
    const failures: Error[] = []
    const hand = (info: Info): void => {
      if (this.#isSelected(info)) visit(this.#latest(info))
    }
    for (const given of documentsOf(source)) {
      this.#options.checkDocument?.(given, source.name)
      this.#tolerate(() => {
        const types = checkedObject(given, source.name)
        const document = this.#typed(given, source.name)
        const resource = this.#resourceOf(types, document, source.name)
        if (this.#options.flattens === true && isList(document))
          this.#visitItems(document, source.name, hand)
        else hand(this.#documentInfo(document, resource, source.name))
      }, failures)
    }
    throwAll(failures)
  }

  #typed(document: JsonObject, source: string): JsonObject {
    if (this.#options.isTyped !== true || isList(document)) return document
    try {
      return typedObject(document)
    } catch (error) {
      throw new KubectlFailure(
        `unable to decode ${JSON.stringify(source)}: ${asFailure(error).message}`,
      )
    }
  }

  /** The first that does not fit its type is the last that is looked at. kubernetes: runtime.DecodeList */
  #typedItems(list: JsonObject): readonly JsonObject[] {
    const items = itemsOf(list)
    if (this.#options.isTyped !== true) return items
    try {
      return items.map(typedObject)
    } catch (error) {
      throw new AggregateFailure([new AggregateFailure([asFailure(error)])])
    }
  }

  /** What is wrong with items is told together, however few they are. kubernetes: FlattenListVisitor */
  #visitItems(list: JsonObject, source: string, hand: Visit): void {
    const failures: Error[] = []
    for (const item of this.#typedItems(list))
      this.#tolerate(() => {
        const { apiVersion, kind } = checkedItem(item)
        const resource =
          this.#options.isLocal === true
            ? localResource(apiVersion, kind)
            : this.#recognized(apiVersion, kind)
        hand(this.#documentInfo(item, resource, source))
      }, failures)
    if (failures.length > 0) throw new AggregateFailure([new AggregateFailure(failures)])
  }

  #recognized(apiVersion: string, kind: string): ResourceInfo {
    try {
      return this.#run.mapper.ofObject(apiVersion, kind)
    } catch (error) {
      if (!(error instanceof NoMatchError)) throw error
      throw new NoMatchError(`unable to recognize ${error.message}`)
    }
  }

  #tolerate(act: () => void, failures: Error[]): void {
    if (this.#options.continuesOnError !== true) return act()
    try {
      act()
    } catch (error) {
      failures.push(asFailure(error))
    }
  }

  #isSelected({ object }: Info): boolean {
    if (this.#labels === '') return true
    return matches(selectorOf(this.#labels), metadataOf(object).labels)
  }

  #latest(info: Info): Info {
    if (this.#options.latest !== true || info.name === '') return info
    return fetchInfo(this.#run.client, info, this.#options.accept)
  }

  /** kubernetes: mapper.infoForData, SetNamespace, RequireNamespace */
  #documentInfo(given: JsonObject, resource: ResourceInfo, source: string): Info {
    const { namespace: own = '', name = '' } = metadataOf(given)
    const { enforcesNamespace = false, isLocal = false } = this.#options
    if (!resource.isNamespaced && !isLocal)
      return { resource, namespace: '', name, object: withNamespace(given, undefined), source }
    const namespace = own === '' ? this.#namespace || this.#run.namespace : own
    if (enforcesNamespace && own !== '' && own !== this.#namespace)
      throw new KubectlFailure(
        `the namespace from the provided object ${JSON.stringify(own)} does not match the namespace ${JSON.stringify(this.#namespace)}. You must pass '--namespace=${own}' to perform this operation.`,
      )
    // nobody can say whether a kind is namespaced
    const object = own === '' && !isLocal ? withNamespace(given, namespace) : given
    return { resource, namespace, name, object, source }
  }

  #resourceOf(
    { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
    document: JsonObject,
    source: string,
  ): ResourceInfo {
    if (this.#options.isLocal === true) return localResource(apiVersion, kind)
    const problem = this.#run.client.problem('/api?timeout=32s')
    if (problem !== undefined) {
      this.#run.tellUnserved(problem, 1)
      throw new KubectlFailure(`unable to recognize ${JSON.stringify(source)}: ${problem}`)
    }
    try {
      return this.#run.mapper.ofObject(apiVersion, kind)
    } catch (error) {
      if (!(error instanceof NoMatchError)) throw error
      const { name = '', namespace = '' } = metadataOf(document)
      throw new NoMatchError(
        `resource mapping not found for name: ${JSON.stringify(name)} namespace: ${JSON.stringify(namespace)} from ${JSON.stringify(source)}: ${error.message}\nensure CRDs are installed first`,
      )
    }
  }
}

const selectorOf = (text: string) => {
  try {
    return parseSelector(text)
  } catch (error) {
    throw new KubectlFailure(
      `the provided selector ${JSON.stringify(text)} is not valid: ${(error as Error).message}`,
    )
  }
}
