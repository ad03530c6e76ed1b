// The changes that a kustomization's fields ask for, in upstream's order. kustomize: api/internal/target/kusttarget_configplugin.go
import { mergeFieldSpecs, type TransformerConfig } from '#kubectl/kustomize/field-specs.ts'
import type { Kustomization, Label } from '#kubectl/kustomize/kustomization.ts'
import type { Loader } from '#kubectl/kustomize/loader.ts'
import {
  mergeTransforms,
  operationsTransform,
  patchTransform,
  type Transform,
} from '#kubectl/kustomize/patches.ts'
import { replacementTransform } from '#kubectl/kustomize/replacements.ts'
import {
  imageTransform,
  namespaceTransform,
  prefixTransform,
  replicasTransform,
  suffixTransform,
  textsTransform,
} from '#kubectl/kustomize/transformers.ts'

export interface Step {
  /** Upstream's name of the part, for `buildMetadata`. */
  readonly plugin: string
  readonly transform: Transform
}

const labelTransform = (label: Label, config: TransformerConfig): Transform => {
  const { pairs = {}, includeSelectors, includeTemplates, fields = [] } = label
  if (includeSelectors === true)
    return textsTransform(pairs, mergeFieldSpecs(fields, config.commonLabels))
  const specs = mergeFieldSpecs(fields, config.labels)
  return textsTransform(
    pairs,
    includeTemplates === true ? mergeFieldSpecs(specs, config.templateLabels) : specs,
  )
}

const labelTransforms = (
  { labels = [], commonLabels = {} }: Kustomization,
  config: TransformerConfig,
): readonly Transform[] =>
  labels.length === 0 && Object.keys(commonLabels).length === 0
    ? []
    : [
        ...labels.map((label) => labelTransform(label, config)),
        textsTransform(commonLabels, config.commonLabels),
      ]

/** All of them are made before the first one runs. Throws a KustomizeError. */
export const stepsOf = (
  loader: Loader,
  kustomization: Kustomization,
  config: TransformerConfig,
): readonly Step[] => {
  const { namespace = '', namePrefix = '', nameSuffix = '', commonAnnotations = {} } = kustomization
  const steps: Step[] = []
  const add = (plugin: string, transforms: readonly Transform[]): void => {
    for (const transform of transforms) steps.push({ plugin, transform })
  }
  const { patchesStrategicMerge = [], patches = [], patchesJson6902 = [] } = kustomization
  const { replicas = [], images = [], replacements = [] } = kustomization
  add('PatchStrategicMergeTransformer', mergeTransforms(loader, patchesStrategicMerge))
  add(
    'PatchTransformer',
    patches.map((patch) => patchTransform(loader, patch)),
  )
  if (namespace !== '')
    add('NamespaceTransformer', [namespaceTransform(namespace, config.namespace)])
  if (namePrefix !== '') add('PrefixTransformer', [prefixTransform(namePrefix, config.namePrefix)])
  if (nameSuffix !== '') add('SuffixTransformer', [suffixTransform(nameSuffix, config.nameSuffix)])
  add('LabelTransformer', labelTransforms(kustomization, config))
  if (Object.keys(commonAnnotations).length > 0)
    add('AnnotationsTransformer', [textsTransform(commonAnnotations, config.commonAnnotations)])
  add(
    'PatchJson6902Transformer',
    patchesJson6902.map((patch) => operationsTransform(loader, patch)),
  )
  add(
    'ReplicaCountTransformer',
    replicas.map(({ name = '', count = 0 }) => replicasTransform(name, count, config.replicas)),
  )
  add(
    'ImageTagTransformer',
    images.map((image) => imageTransform(image, config.images)),
  )
  add('ReplacementTransformer', replacementTransform(loader, replacements))
  return steps
}
