// Where kustomize looks for labels, annotations, images and so on. kustomize: api/internal/konfig/builtinpluginconsts
import type { FieldSpec } from '#kubectl/kustomize/field-spec.ts'
import { NAME_REFERENCES, type NameReference } from '#kubectl/kustomize/name-references.ts'
import { VARIABLE_FIELDS } from '#kubectl/kustomize/variable-fields.ts'

const TEMPLATED: readonly FieldSpec[] = [
  { kind: 'ReplicationController', version: 'v1' },
  { kind: 'Deployment' },
  { kind: 'ReplicaSet' },
  { kind: 'DaemonSet' },
  { kind: 'StatefulSet', group: 'apps' },
  { kind: 'Job', group: 'batch' },
]
const CRON_JOB = { kind: 'CronJob', group: 'batch' } as const

const templateFields = (name: string): readonly FieldSpec[] => [
  ...TEMPLATED.map((spec) => ({ ...spec, path: `spec/template/metadata/${name}`, create: true })),
  { ...CRON_JOB, path: `spec/jobTemplate/metadata/${name}`, create: true },
  { ...CRON_JOB, path: `spec/jobTemplate/spec/template/metadata/${name}`, create: true },
]

const CLAIM_LABELS: FieldSpec = {
  path: 'spec/volumeClaimTemplates[]/metadata/labels',
  create: true,
  group: 'apps',
  kind: 'StatefulSet',
}

const affinitySelectors = (kind: string): readonly FieldSpec[] => [
  ...['podAffinity', 'podAntiAffinity'].flatMap((affinity) =>
    [
      'preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm',
      'requiredDuringSchedulingIgnoredDuringExecution',
    ].map((term) => ({
      path: `spec/template/spec/affinity/${affinity}/${term}/labelSelector/matchLabels`,
      group: 'apps',
      kind,
    })),
  ),
  {
    path: 'spec/template/spec/topologySpreadConstraints/labelSelector/matchLabels',
    group: 'apps',
    kind,
  },
]

const SELECTORS: readonly FieldSpec[] = [
  { path: 'spec/selector', create: true, version: 'v1', kind: 'Service' },
  { path: 'spec/selector', create: true, version: 'v1', kind: 'ReplicationController' },
  { path: 'spec/selector/matchLabels', create: true, kind: 'Deployment' },
  ...affinitySelectors('Deployment'),
  { path: 'spec/selector/matchLabels', create: true, kind: 'ReplicaSet' },
  { path: 'spec/selector/matchLabels', create: true, kind: 'DaemonSet' },
  { path: 'spec/selector/matchLabels', create: true, group: 'apps', kind: 'StatefulSet' },
  ...affinitySelectors('StatefulSet'),
  { path: 'spec/selector/matchLabels', group: 'batch', kind: 'Job' },
  { path: 'spec/jobTemplate/spec/selector/matchLabels', group: 'batch', kind: 'CronJob' },
  { path: 'spec/selector/matchLabels', group: 'policy', kind: 'PodDisruptionBudget' },
  ...['podSelector', 'ingress/from/podSelector', 'egress/to/podSelector'].map((path) => ({
    path: `spec/${path}/matchLabels`,
    group: 'networking.k8s.io',
    kind: 'NetworkPolicy',
  })),
]

const METADATA_LABELS: FieldSpec = { path: 'metadata/labels', create: true }

export interface TransformerConfig {
  readonly namePrefix: readonly FieldSpec[]
  readonly nameSuffix: readonly FieldSpec[]
  readonly namespace: readonly FieldSpec[]
  readonly commonLabels: readonly FieldSpec[]
  readonly labels: readonly FieldSpec[]
  readonly templateLabels: readonly FieldSpec[]
  readonly commonAnnotations: readonly FieldSpec[]
  readonly nameReference: readonly NameReference[]
  readonly varReference: readonly FieldSpec[]
  readonly images: readonly FieldSpec[]
  readonly replicas: readonly FieldSpec[]
}

export const DEFAULT_CONFIG: TransformerConfig = {
  namePrefix: [{ path: 'metadata/name' }],
  nameSuffix: [{ path: 'metadata/name' }],
  namespace: [
    { path: 'metadata/name', kind: 'Namespace', create: true },
    {
      path: 'spec/service/namespace',
      group: 'apiregistration.k8s.io',
      kind: 'APIService',
      create: true,
    },
    {
      path: 'spec/conversion/webhook/clientConfig/service/namespace',
      group: 'apiextensions.k8s.io',
      kind: 'CustomResourceDefinition',
    },
  ],
  commonLabels: [...SELECTORS, METADATA_LABELS, ...templateFields('labels'), CLAIM_LABELS],
  labels: [METADATA_LABELS],
  templateLabels: [...templateFields('labels'), CLAIM_LABELS],
  commonAnnotations: [
    { path: 'metadata/annotations', create: true },
    ...templateFields('annotations'),
  ],
  nameReference: NAME_REFERENCES,
  varReference: VARIABLE_FIELDS,
  images: ['containers', 'initContainers'].flatMap((name) => [
    { path: `spec/${name}[]/image`, create: true },
    { path: `spec/template/spec/${name}[]/image`, create: true },
  ]),
  replicas: ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'].map((kind) => ({
    path: 'spec/replicas',
    create: true,
    kind,
  })),
}

const isSameSpec = (a: FieldSpec, b: FieldSpec): boolean =>
  a.path === b.path &&
  (a.group ?? '') === (b.group ?? '') &&
  (a.version ?? '') === (b.version ?? '') &&
  (a.kind ?? '') === (b.kind ?? '')

/** Both lists' rules, each once. */
export const mergeFieldSpecs = (
  list: readonly FieldSpec[],
  more: readonly FieldSpec[],
): readonly FieldSpec[] =>
  list === more || more.length === 0
    ? list
    : [...list, ...more.filter((spec) => !list.some((known) => isSameSpec(known, spec)))]

export const mergeConfigs = (
  config: TransformerConfig,
  more: Partial<TransformerConfig>,
): TransformerConfig => ({
  namePrefix: mergeFieldSpecs(config.namePrefix, more.namePrefix ?? []),
  nameSuffix: mergeFieldSpecs(config.nameSuffix, more.nameSuffix ?? []),
  namespace: mergeFieldSpecs(config.namespace, more.namespace ?? []),
  commonLabels: mergeFieldSpecs(config.commonLabels, more.commonLabels ?? []),
  labels: mergeFieldSpecs(config.labels, more.labels ?? []),
  templateLabels: mergeFieldSpecs(config.templateLabels, more.templateLabels ?? []),
  commonAnnotations: mergeFieldSpecs(config.commonAnnotations, more.commonAnnotations ?? []),
  nameReference: mergeReferences(config.nameReference, more.nameReference ?? []),
  varReference: mergeFieldSpecs(config.varReference, more.varReference ?? []),
  images: mergeFieldSpecs(config.images, more.images ?? []),
  replicas: mergeFieldSpecs(config.replicas, more.replicas ?? []),
})

const mergeReferences = (
  list: readonly NameReference[],
  more: readonly NameReference[],
): readonly NameReference[] => {
  if (list === more || more.length === 0) return list
  const merged = [...list]
  for (const reference of more) {
    const index = merged.findIndex((known) =>
      isSameSpec({ ...known, path: '' }, { ...reference, path: '' }),
    )
    const known = merged[index]
    if (known === undefined) merged.push(reference)
    else
      merged[index] = {
        ...known,
        fieldSpecs: mergeFieldSpecs(known.fieldSpecs, reference.fieldSpecs ?? []),
      }
  }
  return merged
}
