// `transformers` and `generators` that name kustomize's own parts; programs of others do not run here, and upstream's are behind a flag.
// kustomize: api/internal/plugins/loader
import { KustomizeError } from '#kubectl/kustomize/failure.ts'
import type { FieldSpec } from '#kubectl/kustomize/field-spec.ts'
import { DEFAULT_CONFIG } from '#kubectl/kustomize/field-specs.ts'
import { generate } from '#kubectl/kustomize/generators.ts'
import type { Generator, Image, Patch, Replacement } from '#kubectl/kustomize/kustomization.ts'
import type { Loader } from '#kubectl/kustomize/loader.ts'
import { toJson } from '#kubectl/kustomize/node.ts'
import {
  mergeTransforms,
  operationsTransform,
  patchTransform,
  type Transform,
} from '#kubectl/kustomize/patches.ts'
import { replacementTransform } from '#kubectl/kustomize/replacements.ts'
import type { Resource } from '#kubectl/kustomize/resource.ts'
import {
  imageTransform,
  namespaceTransform,
  prefixTransform,
  replicasTransform,
  suffixTransform,
  textsTransform,
} from '#kubectl/kustomize/transformers.ts'

interface Config extends Omit<Patch, 'options'>, Omit<Generator, 'options'> {
  readonly options?: Readonly<Record<string, boolean>>
  readonly metadata?: { readonly name?: string; readonly namespace?: string }
  readonly fieldSpecs?: readonly FieldSpec[]
  readonly prefix?: string
  readonly suffix?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly unsetOnly?: boolean
  readonly imageTag?: Image
  readonly replica?: { readonly name?: string; readonly count?: number }
  readonly paths?: readonly string[]
  readonly patches?: string
  readonly jsonOp?: string
  readonly replacements?: readonly Replacement[]
}

type Make = (config: Config, loader: Loader) => readonly Transform[]

const TRANSFORMERS: ReadonlyMap<string, Make> = new Map<string, Make>([
  [
    'PrefixTransformer',
    ({ prefix = '', fieldSpecs = [] }) => [prefixTransform(prefix, fieldSpecs)],
  ],
  [
    'SuffixTransformer',
    ({ suffix = '', fieldSpecs = [] }) => [suffixTransform(suffix, fieldSpecs)],
  ],
  [
    'NamespaceTransformer',
    ({ metadata, fieldSpecs = [], unsetOnly = false }) => [
      namespaceTransform(metadata?.namespace ?? '', fieldSpecs, unsetOnly),
    ],
  ],
  ['LabelTransformer', ({ labels = {}, fieldSpecs = [] }) => [textsTransform(labels, fieldSpecs)]],
  [
    'AnnotationsTransformer',
    ({ annotations = {}, fieldSpecs = [] }) => [textsTransform(annotations, fieldSpecs)],
  ],
  [
    'ImageTagTransformer',
    ({ imageTag = {}, fieldSpecs = [] }) => [imageTransform(imageTag, fieldSpecs)],
  ],
  [
    'ReplicaCountTransformer',
    ({ replica, fieldSpecs = DEFAULT_CONFIG.replicas }) => [
      replicasTransform(replica?.name ?? '', replica?.count ?? 0, fieldSpecs),
    ],
  ],
  ['PatchTransformer', (config, loader) => [patchTransform(loader, patchOf(config))]],
  [
    'PatchStrategicMergeTransformer',
    ({ paths = [], patches }, loader) =>
      mergeTransforms(loader, patches === undefined ? paths : [...paths, patches]),
  ],
  [
    'PatchJson6902Transformer',
    ({ target, path = '', jsonOp = '' }, loader) => [
      operationsTransform(loader, {
        path,
        patch: jsonOp,
        ...(target === undefined ? {} : { target }),
      }),
    ],
  ],
  [
    'ReplacementTransformer',
    ({ replacements = [] }, loader) => replacementTransform(loader, replacements),
  ],
])

const patchOf = ({ path, patch, target, options }: Config): Patch => ({
  ...(path === undefined ? {} : { path }),
  ...(patch === undefined ? {} : { patch }),
  ...(target === undefined ? {} : { target }),
  ...(options === undefined ? {} : { options }),
})

const disabled = (kind: string): KustomizeError =>
  new KustomizeError(`external plugins disabled; unable to load external plugin '${kind}'`)

const configOf = (resource: Resource): Config => toJson(resource.node) as unknown as Config

export const pluginTransforms = (loader: Loader, resource: Resource): readonly Transform[] => {
  const make = resource.gvk.version === 'builtin' ? TRANSFORMERS.get(resource.kind) : undefined
  if (make === undefined) throw disabled(resource.kind)
  return make(configOf(resource), loader)
}

const GENERATED: ReadonlyMap<string, 'ConfigMap' | 'Secret'> = new Map([
  ['ConfigMapGenerator', 'ConfigMap'],
  ['SecretGenerator', 'Secret'],
])

export const pluginResource = (loader: Loader, resource: Resource): Resource => {
  const kind = resource.gvk.version === 'builtin' ? GENERATED.get(resource.kind) : undefined
  if (kind === undefined)
    throw new KustomizeError(`failed to load generator: ${disabled(resource.kind).message}`)
  const config = configOf(resource)
  const name = config.name ?? config.metadata?.name ?? ''
  const namespace = config.namespace ?? config.metadata?.namespace ?? ''
  return generate(loader, kind, { ...(config as Generator), name, namespace }, undefined)
}
