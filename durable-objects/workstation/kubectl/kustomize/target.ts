// One kustomization and those that it is made of. kustomize: api/internal/target/kusttarget.go
import { append } from '#apimachinery/append.ts'
import { quote } from '#apimachinery/field-error.ts'
import { loadConfigurations } from '#kubectl/kustomize/configurations.ts'
import { KustomizeError, withPrefix } from '#kubectl/kustomize/failure.ts'
import {
  DEFAULT_CONFIG,
  mergeConfigs,
  type TransformerConfig,
} from '#kubectl/kustomize/field-specs.ts'
import { generate } from '#kubectl/kustomize/generators.ts'
import type { Kustomization, Variable } from '#kubectl/kustomize/kustomization.ts'
import { loadKustomization } from '#kubectl/kustomize/load-kustomization.ts'
import type { Loader } from '#kubectl/kustomize/loader.ts'
import { configured, type Transform } from '#kubectl/kustomize/patches.ts'
import { stepsOf } from '#kubectl/kustomize/steps.ts'
import { documentSchemas } from '#kubectl/kustomize/merge-schema.ts'
import { pluginResource, pluginTransforms } from '#kubectl/kustomize/plugins.ts'
import { readResources } from '#kubectl/kustomize/read-resources.ts'
import { variableText } from '#kubectl/kustomize/variables.ts'
import type { Resource } from '#kubectl/kustomize/resource.ts'
import { Resources } from '#kubectl/kustomize/resources.ts'

/** What has come together so far. */
export interface Accumulated {
  readonly resources: Resources
  config: TransformerConfig
  readonly variables: Variable[]
}

export const nothing = (): Accumulated => ({
  resources: new Resources(),
  config: DEFAULT_CONFIG,
  variables: [],
})

/** What all kustomizations of a build share. */
export interface Build {
  /** Lines for the standard error output. */
  readonly warnings: string[]
  /** `buildMetadata` of the first. */
  readonly metadata: ReadonlySet<string>
}

const joinOrigin = (origin: string, path: string): string => {
  const parts: string[] = []
  for (const part of `${origin}/${path}`.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else parts.push(part)
  }
  return parts.join('/')
}

interface TracedStep {
  readonly transform: Transform
  /** What the step is called in annotations that tell of it. */
  readonly origin: string
}

const configuredBy = (path: string, kind: string, name?: string): string =>
  `configuredIn: ${path}\nconfiguredBy:\n  apiVersion: builtin\n  kind: ${kind}\n` +
  (name === undefined ? '' : `  name: ${name}\n`)

const addVariables = (into: Variable[], variables: readonly Variable[]): void => {
  for (const variable of variables) {
    if (into.some(({ name }) => name === variable.name))
      throw new KustomizeError(`var '${variable.name ?? ''}' already encountered`)
    into.push(variable)
  }
}

export class Target {
  readonly #loader: Loader
  readonly #build: Build
  readonly #origin: string
  readonly #fileName: string
  readonly kustomization: Kustomization

  constructor(loader: Loader, build: Omit<Build, 'metadata'> & Partial<Build>, origin = '') {
    this.#loader = loader
    const { kustomization, fileName, warnings } = loadKustomization(loader)
    append(build.warnings, warnings)
    this.#build = {
      warnings: build.warnings,
      metadata: build.metadata ?? new Set(kustomization.buildMetadata),
    }
    this.#origin = origin
    this.#fileName = fileName
    this.kustomization = kustomization
    const schema = kustomization.openapi?.['path']
    if (schema !== undefined) this.#useSchema(loader.load(schema))
  }

  #useSchema(text: string): void {
    const { schemas } = this.#loader
    if (schemas.isGiven) return
    schemas.current = documentSchemas(text)
    schemas.isGiven = true
  }

  get metadata(): ReadonlySet<string> {
    return this.#build.metadata
  }

  /** `into`: of a component what its parent has so far. */
  accumulate(into: Accumulated): Accumulated {
    const { kustomization } = this
    withPrefix('accumulating resources', () => {
      for (const path of kustomization.resources ?? []) this.#resource(into, path)
    })
    const { configurations = [], crds = [] } = kustomization
    into.config = mergeConfigs(into.config, loadConfigurations(this.#loader, configurations))
    withPrefix(`loading CRDs [${crds.join(' ')}]`, () => {
      for (const path of crds) this.#loader.load(path)
    })
    this.#generate(into)
    withPrefix('accumulating components', () => {
      for (const path of kustomization.components ?? []) this.#component(into, path)
    })
    const { transformers = [], validators = [] } = kustomization
    const steps = stepsOf(this.#loader, kustomization, into.config)
    const own = joinOrigin(this.#origin, this.#fileName)
    this.#run(into, [
      ...steps.map(({ plugin, transform }) => ({ transform, origin: configuredBy(own, plugin) })),
      ...this.#pluginSteps(transformers),
      ...this.#pluginSteps(validators),
    ])
    const { vars = [] } = kustomization
    withPrefix(`merging vars [${vars.map(variableText).join(' ')}]`, () =>
      addVariables(into.variables, vars),
    )
    return into
  }

  #run({ resources }: Accumulated, steps: readonly TracedStep[]): void {
    for (const { transform, origin } of steps) {
      transform(resources)
      resources.dropEmpty()
      for (const resource of resources.list) {
        if (resource.origin === undefined) resource.origin = origin
        else resource.transformations.push(origin)
      }
    }
  }

  /** A file, or else another kustomization. */
  #resource(into: Accumulated, path: string): void {
    let problem: KustomizeError
    try {
      this.#file(into, path)
      return
    } catch (error) {
      if (!(error instanceof KustomizeError)) throw error
      problem = error
    }
    let loader: Loader
    const prefix = `accumulation err='${problem.message}'`
    try {
      loader = this.#loader.enter(path)
    } catch (error) {
      if (error instanceof KustomizeError && problem.isMalformedYaml) throw problem
      if (error instanceof KustomizeError) throw new KustomizeError(`${prefix}: ${error.message}`)
      throw error
    }
    withPrefix(prefix, () => this.#directory(into, loader, path, false))
  }

  #file(into: Accumulated, path: string): void {
    const from = `accumulating resources from '${path}'`
    const text = withPrefix(from, () => this.#loader.load(path))
    const read = () => {
      try {
        return readResources(text)
      } catch (error) {
        if (error instanceof KustomizeError && error.isMalformedYaml)
          throw new KustomizeError(
            `${from}: MalformedYAMLError: ${error.message} in File: ${path}`,
            true,
          )
        if (error instanceof KustomizeError) throw new KustomizeError(`${from}: ${error.message}`)
        throw error
      }
    }
    const resources = read()
    const origin = `path: ${joinOrigin(this.#origin, path)}\n`
    for (const resource of resources) resource.origin ??= origin
    withPrefix(`merging resources from '${path}'`, () => into.resources.appendAll(resources))
  }

  #component(into: Accumulated, path: string): void {
    let loader: Loader
    try {
      loader = this.#loader.enter(path)
    } catch (error) {
      if (error instanceof KustomizeError)
        throw new KustomizeError(`loader.New ${quote(error.message)}`)
      throw error
    }
    try {
      this.#directory(into, loader, path, true)
    } catch (error) {
      if (error instanceof KustomizeError)
        throw new KustomizeError(`accumulateDirectory: ${quote(error.message)}`)
      throw error
    }
  }

  #directory(into: Accumulated, loader: Loader, path: string, isComponent: boolean): void {
    const { root } = loader
    const origin = joinOrigin(this.#origin, path)
    const target = withPrefix(
      `couldn't make target for path '${root}'`,
      () => new Target(loader, this.#build, origin),
    )
    const { kind = '' } = target.kustomization
    if (isComponent && kind !== 'Component')
      throw new KustomizeError(`expected kind 'Component' for path '${root}' but got '${kind}'`)
    if (!isComponent && kind === 'Component')
      throw new KustomizeError(`expected kind != 'Component' for path '${root}'`)
    const part = withPrefix(`recursed accumulation of path '${root}'`, () =>
      target.accumulate(isComponent ? into : nothing()),
    )
    if (isComponent) return
    withPrefix(`recursed merging from path '${root}'`, () => {
      into.resources.appendAll(part.resources.list)
      into.config = mergeConfigs(into.config, part.config)
      addVariables(into.variables, part.variables)
    })
  }

  #generate(into: Accumulated): void {
    const { configMapGenerator = [], secretGenerator = [], generatorOptions } = this.kustomization
    const made = [
      ...configMapGenerator.map((one) => ['ConfigMap', one] as const),
      ...secretGenerator.map((one) => ['Secret', one] as const),
    ].map(([kind, one]) => generate(this.#loader, kind, one, generatorOptions))
    const { helmCharts = [], helmChartInflationGenerator = [] } = this.kustomization
    for (const chart of [...helmCharts, ...helmChartInflationGenerator])
      configured('HelmChartInflationGenerator', chart, () => {
        throw new KustomizeError('must specify --enable-helm')
      })
    const plugins = withPrefix('loading generator plugins', () =>
      this.#plugins(this.kustomization.generators ?? []).map((plugin) =>
        this.#pluginResource(plugin),
      ),
    )
    for (const resource of [...made, ...plugins]) {
      const own = joinOrigin(this.#origin, this.#fileName)
      resource.origin ??= configuredBy(own, `${resource.kind}Generator`)
      withPrefix('merging from generator &{0xc000a12000 <nil>}', () =>
        into.resources.absorb(resource),
      )
    }
  }

  /** Configurations of parts: texts, files or directories. */
  #plugins(paths: readonly string[]): readonly Resource[] {
    const part = nothing()
    for (const path of paths) {
      let inline: readonly Resource[]
      try {
        inline = readResources(path)
      } catch (error) {
        if (!(error instanceof KustomizeError)) throw error
        this.#resource(part, path)
        continue
      }
      part.resources.appendAll(inline)
    }
    return part.resources.list
  }

  #pluginOrigin({ kind, name, origin }: Resource): string {
    const where = /^path: (.*)\n$/.exec(origin ?? '')?.[1]
    return configuredBy(where ?? joinOrigin(this.#origin, this.#fileName), kind, name)
  }

  #pluginResource(plugin: Resource): Resource {
    const resource = pluginResource(this.#loader, plugin)
    resource.origin = this.#pluginOrigin(plugin)
    return resource
  }

  #pluginSteps(paths: readonly string[]): readonly TracedStep[] {
    return this.#plugins(paths).flatMap((plugin) => {
      const origin = this.#pluginOrigin(plugin)
      return pluginTransforms(this.#loader, plugin).map((transform) => ({ transform, origin }))
    })
  }
}
