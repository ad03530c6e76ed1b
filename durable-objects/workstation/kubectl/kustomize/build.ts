// `kubectl kustomize DIR`, and what `-k DIR` reads. kustomize: api/krusty/kustomizer.go
import { printYaml } from '#apimachinery/yaml/print.ts'
import { fixBackReferences } from '#kubectl/kustomize/back-references.ts'
import { KustomizeError } from '#kubectl/kustomize/failure.ts'
import type { KustomizeFiles } from '#kubectl/kustomize/files.ts'
import { Loader } from '#kubectl/kustomize/loader.ts'
import { toPrintable } from '#kubectl/kustomize/node.ts'
import type { Resource } from '#kubectl/kustomize/resource.ts'
import type { Resources } from '#kubectl/kustomize/resources.ts'
import { sortResources } from '#kubectl/kustomize/sort-order.ts'
import { nothing, Target } from '#kubectl/kustomize/target.ts'
import { hashTransform, textsTransform } from '#kubectl/kustomize/transformers.ts'
import { resolveVariables } from '#kubectl/kustomize/variables.ts'

export { KustomizeError } from '#kubectl/kustomize/failure.ts'
export type { KustomizeFiles } from '#kubectl/kustomize/files.ts'

export interface KustomizeOptions {
  readonly files: KustomizeFiles
  /** Where relative paths begin. */
  readonly cwd: string
  readonly path: string
  /** What the log writes in front of its lines: severity, time, process, place. */
  readonly logPrefix?: string
  /** `--load-restrictor=LoadRestrictionsNone`: files from anywhere. */
  readonly isUnrestricted?: boolean
}

export interface KustomizeOutput {
  /** Documents with `---` between them. */
  readonly text: string
  /** Lines for the standard error output; they come first, and also before an error. */
  readonly warnings: readonly string[]
}

const LOCAL_CONFIG = 'config.kubernetes.io/local-config'
const MANAGED_BY = { 'app.kubernetes.io/managed-by': 'kustomize-v5.8.1' }

const isKept = (resource: Resource): boolean => {
  const local = resource.annotations.get(LOCAL_CONFIG)
  return local === undefined || local === 'false'
}

const listItem = (text: string): string => `- ${text.trimEnd().replaceAll('\n', '\n  ')}\n`

const ORIGIN = 'config.kubernetes.io/origin'
const TRANSFORMATIONS = 'alpha.config.kubernetes.io/transformations'

const finish = (resource: Resource, metadata: ReadonlySet<string>): void => {
  const { annotations, origin, transformations } = resource
  if (metadata.has('originAnnotations') && origin !== undefined && !annotations.has(ORIGIN))
    annotations.set(ORIGIN, origin)
  if (metadata.has('transformerAnnotations') && transformations.length > 0)
    annotations.set(TRANSFORMATIONS, transformations.map(listItem).join(''))
  // written again as texts, whatever they were
  resource.setTexts('annotations', annotations)
}

/** The objects of a kustomization. `warnings` is filled as they come up. */
const buildResources = (options: KustomizeOptions, warnings: string[]): Resources => {
  const { files, cwd, path, isUnrestricted = false } = options
  const loader = Loader.at(files, cwd, path, isUnrestricted)
  const target = new Target(loader, { warnings })
  const { resources, config, variables } = target.accumulate(nothing())
  hashTransform(resources)
  fixBackReferences(resources, config.nameReference)
  const { logPrefix = '' } = options
  for (const line of resolveVariables(resources, variables, config.varReference))
    warnings.push(logPrefix + line)
  resources.list = resources.list.filter(isKept)
  sortResources(resources, target.kustomization.sortOptions)
  if (target.metadata.has('managedByLabel')) textsTransform(MANAGED_BY, config.labels)(resources)
  for (const resource of resources.list) finish(resource, target.metadata)
  return resources
}

/** A build that could not be finished: the error, and what was said before it. */
export class KustomizeFailure extends KustomizeError {
  readonly warnings: readonly string[]

  constructor(message: string, warnings: readonly string[]) {
    super(message)
    this.warnings = warnings
  }
}

const printResource = ({ node, fault }: Resource): string => {
  if (fault !== undefined)
    throw new KustomizeError(`map[string]interface {}(nil): yaml: unmarshal errors:\n  ${fault}`)
  return printYaml(toPrintable(node))
}

/** Throws a KustomizeFailure; its message has no `error: ` in front. */
export const kustomize = (options: KustomizeOptions): KustomizeOutput => {
  const warnings: string[] = []
  try {
    const resources = buildResources(options, warnings)
    const text = resources.list.map(printResource).join('---\n')
    return { text, warnings }
  } catch (error) {
    if (error instanceof KustomizeError) throw new KustomizeFailure(error.message, warnings)
    throw error
  }
}
