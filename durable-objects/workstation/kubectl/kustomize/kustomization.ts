// What the file says that tells what is to be built. kustomize: api/types/kustomization.go
import type { JsonObject } from '#apimachinery/object.ts'
import type { FieldSpec } from '#kubectl/kustomize/field-spec.ts'

export interface Selector {
  readonly group?: string
  readonly version?: string
  readonly kind?: string
  readonly name?: string
  readonly namespace?: string
  readonly labelSelector?: string
  readonly annotationSelector?: string
}

export interface Label {
  readonly pairs?: Readonly<Record<string, string>>
  readonly includeSelectors?: boolean
  readonly includeTemplates?: boolean
  readonly fields?: readonly FieldSpec[]
}

export interface Patch {
  readonly path?: string
  readonly patch?: string
  readonly target?: Selector
  readonly options?: Readonly<Record<string, boolean>>
}

export interface Image {
  readonly name?: string
  readonly newName?: string
  readonly tagSuffix?: string
  readonly newTag?: string
  readonly digest?: string
}

export interface GeneratorOptions {
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly disableNameSuffixHash?: boolean
  readonly immutable?: boolean
}

export interface Generator {
  readonly namespace?: string
  readonly name?: string
  readonly behavior?: string
  readonly literals?: readonly string[]
  readonly files?: readonly string[]
  readonly envs?: readonly string[]
  readonly env?: string
  readonly options?: GeneratorOptions
  readonly type?: string
}

export interface FieldOptions {
  readonly delimiter?: string
  readonly index?: number
  readonly create?: boolean
}

export interface ReplacementTarget {
  readonly select?: Selector
  readonly reject?: readonly Selector[]
  readonly fieldPaths?: readonly string[]
  readonly options?: FieldOptions
}

export interface Replacement {
  readonly path?: string
  readonly source?: Selector & { readonly fieldPath?: string; readonly options?: FieldOptions }
  readonly sourceValue?: string
  readonly targets?: readonly ReplacementTarget[]
}

export interface Variable {
  readonly name?: string
  readonly objref?: {
    readonly apiVersion?: string
    readonly group?: string
    readonly version?: string
    readonly kind?: string
    readonly name?: string
    readonly namespace?: string
  }
  readonly fieldref?: { readonly fieldPath?: string }
}

export interface SortOptions {
  readonly order?: string
  readonly legacySortOptions?: {
    readonly orderFirst?: readonly string[]
    readonly orderLast?: readonly string[]
  }
}

export interface Kustomization {
  readonly apiVersion?: string
  readonly kind?: string
  readonly openapi?: Readonly<Record<string, string>>
  readonly namePrefix?: string
  readonly nameSuffix?: string
  readonly namespace?: string
  readonly commonLabels?: Readonly<Record<string, string>>
  readonly labels?: readonly Label[]
  readonly commonAnnotations?: Readonly<Record<string, string>>
  readonly patchesStrategicMerge?: readonly string[]
  readonly patchesJson6902?: readonly Patch[]
  readonly patches?: readonly Patch[]
  readonly images?: readonly Image[]
  readonly imageTags?: readonly Image[]
  readonly replacements?: readonly Replacement[]
  readonly replicas?: readonly { readonly name?: string; readonly count?: number }[]
  readonly vars?: readonly Variable[]
  readonly sortOptions?: SortOptions
  readonly resources?: readonly string[]
  readonly components?: readonly string[]
  readonly crds?: readonly string[]
  readonly bases?: readonly string[]
  readonly configMapGenerator?: readonly Generator[]
  readonly secretGenerator?: readonly Generator[]
  readonly helmCharts?: readonly JsonObject[]
  readonly helmChartInflationGenerator?: readonly JsonObject[]
  readonly generatorOptions?: GeneratorOptions
  readonly configurations?: readonly string[]
  readonly generators?: readonly string[]
  readonly transformers?: readonly string[]
  readonly validators?: readonly string[]
  readonly buildMetadata?: readonly string[]
}
