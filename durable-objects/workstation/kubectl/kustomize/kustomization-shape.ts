// Which fields a kustomization has, as Go's types of it have them. kustomize: api/types

export type Shape =
  | 'string'
  | 'bool'
  | 'int'
  | 'merge patch'
  | 'any'
  | { readonly list: Shape }
  | { readonly map: Shape }
  | {
      readonly name: string
      readonly fields: Readonly<Record<string, Shape>>
      /** Structs in the struct that Go names on the way to a field. */
      readonly via?: Readonly<Record<string, string>>
    }

const TEXTS: Shape = { list: 'string' }
const TEXT_MAP: Shape = { map: 'string' }
const GVK = { group: 'string', version: 'string', kind: 'string' } as const
const NAMED = { ...GVK, name: 'string', namespace: 'string' } as const
const VIA_GVK = { group: 'Gvk', version: 'Gvk', kind: 'Gvk' } as const
const VIA_ID = {
  group: 'ResId.Gvk',
  version: 'ResId.Gvk',
  kind: 'ResId.Gvk',
  name: 'ResId',
  namespace: 'ResId',
} as const
const FIELD_SPEC: Shape = {
  name: 'FieldSpec',
  via: VIA_GVK,
  fields: { ...GVK, path: 'string', create: 'bool' },
}
const SELECTOR: Shape = {
  name: 'Selector',
  via: VIA_ID,
  fields: { ...NAMED, labelSelector: 'string', annotationSelector: 'string' },
}
const PATCH_OPTIONS: Shape = {
  name: 'PatchArgs',
  fields: { allowNameChange: 'bool', allowKindChange: 'bool', allowNoTargetMatch: 'bool' },
}
const PATCH: Shape = {
  name: 'Patch',
  fields: { path: 'string', patch: 'string', target: SELECTOR, options: PATCH_OPTIONS },
}
const IMAGE: Shape = {
  name: 'Image',
  fields: {
    name: 'string',
    newName: 'string',
    tagSuffix: 'string',
    newTag: 'string',
    digest: 'string',
  },
}
const GENERATOR_OPTIONS: Shape = {
  name: 'GeneratorOptions',
  fields: {
    labels: TEXT_MAP,
    annotations: TEXT_MAP,
    disableNameSuffixHash: 'bool',
    immutable: 'bool',
  },
}
const GENERATOR = {
  namespace: 'string',
  name: 'string',
  behavior: 'string',
  literals: TEXTS,
  files: TEXTS,
  envs: TEXTS,
  env: 'string',
  options: GENERATOR_OPTIONS,
} as const
const VIA_GENERATOR = {
  namespace: 'GeneratorArgs',
  name: 'GeneratorArgs',
  behavior: 'GeneratorArgs',
  options: 'GeneratorArgs',
  literals: 'GeneratorArgs.KvPairSources',
  files: 'GeneratorArgs.KvPairSources',
  envs: 'GeneratorArgs.KvPairSources',
  env: 'GeneratorArgs.KvPairSources',
} as const
const FIELD_OPTIONS: Shape = {
  name: 'FieldOptions',
  fields: { delimiter: 'string', index: 'int', encoding: 'string', create: 'bool' },
}
const REPLACEMENT_FIELDS = {
  source: {
    name: 'SourceSelector',
    via: VIA_ID,
    fields: { ...NAMED, fieldPath: 'string', options: FIELD_OPTIONS },
  },
  sourceValue: 'string',
  targets: {
    list: {
      name: 'TargetSelector',
      fields: {
        select: SELECTOR,
        reject: { list: SELECTOR },
        fieldPaths: TEXTS,
        options: FIELD_OPTIONS,
      },
    },
  },
} as const satisfies Readonly<Record<string, Shape>>
const VARIABLE: Shape = {
  name: 'Var',
  fields: {
    name: 'string',
    objref: {
      name: 'Target',
      via: VIA_GVK,
      fields: { apiVersion: 'string', ...NAMED },
    },
    fieldref: { name: 'FieldSelector', fields: { fieldPath: 'string' } },
  },
}
const ANY_LIST: Shape = { list: 'any' }

export const KUSTOMIZATION: Shape = {
  name: 'Kustomization',
  via: { apiVersion: 'TypeMeta', kind: 'TypeMeta' },
  fields: {
    apiVersion: 'string',
    kind: 'string',
    metadata: {
      name: 'ObjectMeta',
      fields: { name: 'string', namespace: 'string', labels: TEXT_MAP, annotations: TEXT_MAP },
    },
    openapi: TEXT_MAP,
    namePrefix: 'string',
    nameSuffix: 'string',
    namespace: 'string',
    commonLabels: TEXT_MAP,
    labels: {
      list: {
        name: 'Label',
        fields: {
          pairs: TEXT_MAP,
          includeSelectors: 'bool',
          includeTemplates: 'bool',
          fields: { list: FIELD_SPEC },
        },
      },
    },
    commonAnnotations: TEXT_MAP,
    patchesStrategicMerge: { list: 'merge patch' },
    patchesJson6902: { list: PATCH },
    patches: { list: PATCH },
    images: { list: IMAGE },
    imageTags: { list: IMAGE },
    replacements: {
      list: {
        name: 'ReplacementField',
        via: { source: 'Replacement', sourceValue: 'Replacement', targets: 'Replacement' },
        fields: { path: 'string', ...REPLACEMENT_FIELDS },
      },
    },
    replicas: { list: { name: 'Replica', fields: { name: 'string', count: 'int' } } },
    vars: { list: VARIABLE },
    sortOptions: {
      name: 'SortOptions',
      fields: {
        order: 'string',
        legacySortOptions: {
          name: 'LegacySortOptions',
          fields: { orderFirst: TEXTS, orderLast: TEXTS },
        },
      },
    },
    resources: TEXTS,
    components: TEXTS,
    crds: TEXTS,
    bases: TEXTS,
    configMapGenerator: { list: { name: 'ConfigMapArgs', via: VIA_GENERATOR, fields: GENERATOR } },
    secretGenerator: {
      list: {
        name: 'SecretArgs',
        via: VIA_GENERATOR,
        fields: { ...GENERATOR, type: 'string' },
      },
    },
    helmGlobals: 'any',
    helmCharts: ANY_LIST,
    helmChartInflationGenerator: ANY_LIST,
    generatorOptions: GENERATOR_OPTIONS,
    configurations: TEXTS,
    generators: TEXTS,
    transformers: TEXTS,
    validators: TEXTS,
    inventory: 'any',
    buildMetadata: TEXTS,
  },
}

export const REPLACEMENT: Shape = { name: 'Replacement', fields: REPLACEMENT_FIELDS }
