// Finds what a command line speaks of: resources by type and name, by selector, in files. kubernetes: cli-runtime pkg/resource/builder.go
import type { JsonObject } from '#apimachinery/object.ts'
import { pathTo, type ResourceInfo } from '#kubectl/client/discovery.ts'
import { ApiError, asFailure, KubectlFailure, throwAll } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { checkRegistered, itemsOf } from '#kubectl/resource/documents.ts'
import { fetchInfo, type Info, isListObject, metadataOf } from '#kubectl/resource/info.ts'
import {
  MISSING_RESOURCE,
  normalized,
  type Tuple,
  tupleOf,
  unique,
  uniqueBy,
} from '#kubectl/resource/words.ts'
import { sourcesOf } from '#kubectl/resource/read-files.ts'
import type { BuilderOptions, Visit } from '#kubectl/resource/builder-options.ts'
import { visitsOf } from '#kubectl/resource/visit-files.ts'

export type { BuilderOptions } from '#kubectl/resource/builder-options.ts'
import { builtKustomization } from '#kubectl/resource/kustomization.ts'

export interface BuiltResult {
  /** The command line names one object and no more. */
  readonly isSingle: boolean
  /** Objects are named one by one, not selected. */
  readonly targetsSingleItems: boolean
  /** Hands over one after the other. Throws what went wrong: at once, or in the end if the builder goes on. */
  visit(visit: Visit): void
  /** All of them, and what went wrong. */
  infos(): { readonly infos: readonly Info[]; readonly failures: readonly Error[] }
  /** Throws instead. */
  all(): readonly Info[]
}

interface Plan {
  readonly isSingle: boolean
  readonly targetsSingleItems: boolean
  readonly sources: readonly ((visit: Visit) => void)[]
}

/** Throws at once what is wrong with the command line itself. */
export const build = (run: Invocation, options: BuilderOptions): BuiltResult => {
  const plan = new Builder(run, options).plan()
  const { continuesOnError = false } = options
  const visitAll = (visit: Visit): readonly Error[] => {
    const failures: Error[] = []
    const guarded: Visit = (info) => {
      if (!continuesOnError) return visit(info)
      try {
        visit(info)
      } catch (error) {
        failures.push(asFailure(error))
      }
    }
    for (const source of plan.sources)
      try {
        source(guarded)
      } catch (error) {
        failures.push(asFailure(error))
        if (!continuesOnError) return failures
      }
    return failures
  }
  const infos = () => {
    const found: Info[] = []
    const failures = visitAll((info) => found.push(info))
    return { infos: found, failures }
  }
  return {
    isSingle: plan.isSingle,
    targetsSingleItems: plan.targetsSingleItems,
    visit: (visit) => throwAll(visitAll(visit)),
    infos,
    all: () => {
      const { infos: found, failures } = infos()
      throwAll(failures)
      return found
    },
  }
}

class Builder {
  readonly #run: Invocation
  readonly #options: BuilderOptions
  #types: readonly string[] = []
  #names: readonly string[] = []
  #tuples: readonly Tuple[] = []
  #labels: string | undefined
  #fields: string | undefined

  constructor(run: Invocation, options: BuilderOptions) {
    this.#run = run
    this.#options = options
  }

  plan(): Plan {
    const { filenames = [], kustomize = '', selectsAll = false } = this.#options
    const { labelSelector = '', fieldSelector = '' } = this.#options
    if (filenames.length > 0 && kustomize !== '')
      throw new KubectlFailure('only one of -f or -k can be specified')
    if (labelSelector.trim() !== '') this.#labels = labelSelector.trim()
    if (fieldSelector.trim() !== '') this.#fields = fieldSelector.trim()
    if (selectsAll && (this.#labels !== undefined || this.#fields !== undefined))
      throw new KubectlFailure("setting 'all' parameter but found a non empty selector. ")
    this.#readArgs()
    if (selectsAll) this.#labels = ''
    if (filenames.length > 0 || kustomize !== '') return this.#byFiles(filenames, kustomize)
    if (this.#labels !== undefined || this.#fields !== undefined) return this.#bySelector()
    if (this.#tuples.length > 0) return this.#byTuples()
    if (this.#names.length > 0) return this.#byNames()
    if (this.#types.length === 0) throw new KubectlFailure(MISSING_RESOURCE)
    for (const type of this.#types) this.#run.mapper.named(type)
    throw new KubectlFailure('resource(s) were provided, but no name was specified')
  }

  /** kubernetes: ResourceTypeOrNameArgs */
  #readArgs(): void {
    const args = normalized(this.#options.args ?? [])
    const withSlash = args.filter((arg) => arg.includes('/')).length
    if (withSlash > 0 && withSlash < args.length)
      throw new KubectlFailure(
        "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
      )
    if (withSlash > 0) {
      this.#tuples = args.map(tupleOf)
      return
    }
    const [types, ...names] = args
    if (types === undefined) return
    this.#types = unique(this.#withCategories(types).split(','))
    this.#names = names
    if (
      names.length === 0 &&
      this.#labels === undefined &&
      this.#options.allowsEmptySelector === true
    )
      this.#labels = ''
  }

  #withCategories(types: string): string {
    return types
      .split(',')
      .map((type) => {
        if (this.#options.isLocal === true) return type
        const found = this.#run.mapper.category(type)
        return found.length === 0
          ? type
          : found
              .map(({ plural, group }) => (group === '' ? plural : `${plural}.${group}`))
              .join(',')
      })
      .join(',')
  }

  #resources(): readonly ResourceInfo[] {
    if (this.#types.length > 1 && this.#options.singleResourceType === true)
      throw new KubectlFailure('you may only specify a single resource type')
    return uniqueBy(
      this.#types.map((type) => this.#run.mapper.named(type)),
      ({ group, version, kind }) => `${group}/${version}/${kind}`,
    )
  }

  get #namespace(): string {
    return this.#options.allNamespaces === true
      ? ''
      : (this.#options.namespace ?? this.#run.namespace)
  }

  #bySelector(): Plan {
    if (this.#names.length > 0)
      throw new KubectlFailure('name cannot be provided when a selector is specified')
    if (this.#tuples.length > 0)
      throw new KubectlFailure(
        'selectors and the all flag cannot be used when passing resource/name arguments',
      )
    if (this.#types.length === 0)
      throw new KubectlFailure('at least one resource must be specified to use a selector')
    if ((this.#options.subresource ?? '') !== '')
      throw new KubectlFailure('subresource cannot be used when bulk resources are specified')
    return {
      isSingle: false,
      targetsSingleItems: false,
      sources: this.#resources().map((resource) => (visit: Visit) => this.#list(resource, visit)),
    }
  }

  /** kubernetes: Selector.Visit */
  #list(resource: ResourceInfo, visit: Visit): void {
    const { accept, chunkSize = 0, query = [], flattens = false } = this.#options
    const namespace = resource.isNamespaced ? this.#namespace : ''
    let next = ''
    do {
      const parameters: [string, string][] = query.map(([key, value]) => [key, value])
      if (this.#labels !== undefined && this.#labels !== '')
        parameters.push(['labelSelector', this.#labels])
      if (this.#fields !== undefined && this.#fields !== '')
        parameters.push(['fieldSelector', this.#fields])
      if (chunkSize > 0) parameters.push(['limit', String(chunkSize)])
      if (next !== '') parameters.push(['continue', next])
      const list = this.#get(resource, namespace, parameters, accept)
      if (this.#options.isTyped === true) checkRegistered(list)
      const { continue: more = '' } = (list['metadata'] ?? {}) as { readonly continue?: string }
      next = more
      const info = { resource, namespace, name: '', object: list, source: '' }
      if (flattens && isListObject(list))
        for (const item of itemsOf(list)) visit(this.#itemInfo(info, item))
      else visit(info)
    } while (next !== '')
  }

  #get(
    resource: ResourceInfo,
    namespace: string,
    query: readonly (readonly [string, string])[],
    accept: string | undefined,
  ): JsonObject {
    try {
      return this.#run.client.get(pathTo(resource, namespace), query, accept)
    } catch (error) {
      throw error instanceof ApiError && (error.is('BadRequest') || error.is('NotFound'))
        ? this.#selectorProblem(resource, error)
        : error
    }
  }

  /** kubernetes: Selector.Visit */
  #selectorProblem({ group, version, plural }: ResourceInfo, error: ApiError): ApiError {
    const resource = JSON.stringify(`${group}/${version}, Resource=${plural}`)
    const [labels, fields] = [this.#labels ?? '', this.#fields ?? ''].map((text) =>
      JSON.stringify(text),
    )
    return labels === '""' && fields === '""'
      ? error.withMessage(`Unable to list ${resource}: ${error.message}`)
      : error.withMessage(
          `Unable to find ${resource} that match label selector ${labels}, field selector ${fields}: ${error.message}`,
        )
  }

  #itemInfo(list: Info, object: JsonObject): Info {
    const { name = '', namespace = '' } = metadataOf(object)
    const { kind, apiVersion } = object
    const resource =
      typeof kind === 'string' && typeof apiVersion === 'string' && kind !== list.resource.kind
        ? this.#run.mapper.ofObject(apiVersion, kind)
        : list.resource
    return { resource, namespace, name, object, source: list.source }
  }

  #byTuples(): Plan {
    if (this.#types.length > 0)
      throw new KubectlFailure(
        'you may not specify individual resources and bulk resources in the same call',
      )
    const resources = this.#tuples.map(({ type }) => this.#run.mapper.named(type))
    const kinds = new Set(
      resources.map(({ group, version, plural }) => `${group}/${version}/${plural}`),
    )
    if (kinds.size > 1 && this.#options.singleResourceType === true)
      throw new KubectlFailure('you may only specify a single resource type')
    return {
      isSingle: this.#tuples.length === 1,
      targetsSingleItems: true,
      sources: this.#tuples.map(({ name }, index) => this.#named(resources[index]!, name)),
    }
  }

  #byNames(): Plan {
    if (this.#types.length > 1) throw new KubectlFailure('you must specify only one resource')
    const [resource] = this.#resources()
    return {
      isSingle: this.#names.length === 1,
      targetsSingleItems: true,
      sources: this.#names.map((name) => this.#named(resource!, name)),
    }
  }

  #named(resource: ResourceInfo, name: string): (visit: Visit) => void {
    const namespace = resource.isNamespaced ? this.#namespace : ''
    if (resource.isNamespaced && namespace === '')
      throw new KubectlFailure('a resource cannot be retrieved by name across all namespaces')
    const { subresource = '', accept, withoutObjects = false } = this.#options
    const info: Info = { resource, namespace, name, source: '', subresource }
    return (visit) => {
      const found = withoutObjects ? info : fetchInfo(this.#run.client, info, accept)
      if (this.#options.isTyped === true && found.object !== undefined)
        checkRegistered(found.object)
      visit(found)
    }
  }

  #byFiles(filenames: readonly string[], kustomize: string): Plan {
    if (this.#types.length > 0)
      throw new KubectlFailure(
        'when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well',
      )
    if (this.#tuples.length > 0)
      throw new KubectlFailure(
        'resource/name arguments cannot be provided when a path is specified',
      )
    const labels = this.#labels ?? ''
    if (kustomize !== '') {
      const visitBuilt = (visit: Visit): void => {
        const built = builtKustomization(this.#run, kustomize)
        for (const each of visitsOf([built], this.#run, this.#options, this.#namespace, labels))
          each(visit)
      }
      return { isSingle: true, targetsSingleItems: true, sources: [visitBuilt] }
    }
    const sources = sourcesOf(this.#run, filenames, this.#options.isRecursive ?? false)
    if (sources.length === 0)
      throw new KubectlFailure(
        `error reading [${filenames.join(' ')}]: recognized file extensions are [.json .yaml .yml]`,
      )
    return {
      isSingle:
        filenames.length === 1 &&
        filenames[0] !== '-' &&
        sources.length === 1 &&
        sources[0]!.name === filenames[0],
      targetsSingleItems: true,
      sources: visitsOf(sources, this.#run, this.#options, this.#namespace, labels),
    }
  }
}
