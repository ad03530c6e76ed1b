// What stands in manifests becomes things to work on. kubernetes: cli-runtime pkg/resource/{mapper,visitor}.go
import { matches } from '#apimachinery/labels.ts'
import type { JsonObject } from '#apimachinery/object.ts'
import { parseSelector } from '#apimachinery/selector-parser.ts'
import type { ResourceInfo } from '#kubectl/client/discovery.ts'
import { asFailure, KubectlFailure, NoMatchError, throwAll } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import type { BuilderOptions, Visit } from '#kubectl/resource/builder-options.ts'
import {
  checkedObject,
  itemsOf,
  localResource,
  withNamespace,
} from '#kubectl/resource/documents.ts'
import { fetchInfo, type Info, isListObject, metadataOf } from '#kubectl/resource/info.ts'
import { documentsOf, type Source } from '#kubectl/resource/read-files.ts'

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
    for (const document of documentsOf(source)) {
      this.#options.checkDocument?.(document, source.name)
      const one = (object: JsonObject): void => {
        const info = this.#documentInfo(object, source.name)
        if (this.#isSelected(info)) visit(this.#latest(info))
      }
      if (this.#options.flattens !== true || !isListObject(document)) {
        this.#tolerate(() => one(document), failures)
        continue
      }
      for (const item of itemsOf(document)) this.#tolerate(() => one(item), failures)
    }
    throwAll(failures)
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
  #documentInfo(given: JsonObject, source: string): Info {
    const { kind, apiVersion } = checkedObject(given, source)
    const { namespace: own = '', name = '' } = metadataOf(given)
    const resource = this.#resourceOf(apiVersion, kind, name, own, source)
    if (!resource.isNamespaced)
      return { resource, namespace: '', name, object: withNamespace(given, undefined), source }
    const { enforcesNamespace = false } = this.#options
    const namespace = own === '' ? this.#namespace || this.#run.namespace : own
    if (enforcesNamespace && own !== '' && own !== this.#namespace)
      throw new KubectlFailure(
        `the namespace from the provided object ${JSON.stringify(own)} does not match the namespace ${JSON.stringify(this.#namespace)}. You must pass '--namespace=${own}' to perform this operation.`,
      )
    return {
      resource,
      namespace,
      name,
      object: own === '' ? withNamespace(given, namespace) : given,
      source,
    }
  }

  #resourceOf(
    apiVersion: string,
    kind: string,
    name: string,
    namespace: string,
    source: string,
  ): ResourceInfo {
    if (this.#options.isLocal === true) return localResource(apiVersion, kind)
    try {
      return this.#run.mapper.ofObject(apiVersion, kind)
    } catch (error) {
      if (!(error instanceof NoMatchError)) throw error
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
