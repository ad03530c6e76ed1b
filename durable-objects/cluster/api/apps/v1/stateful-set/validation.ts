// kubernetes: pkg/apis/apps/validation/validation.go ValidateStatefulSetSpec, ValidateStatefulSetUpdate
import type { StatefulSet, StatefulSetSpec } from '#api/apps/v1/stateful-set/types.ts'
import {
  isUsable,
  notDecremented,
  notNegative,
  validateAlwaysRestarted,
  validateSelector,
  validateTemplateLabels,
  validateReplicaTallies,
} from '#api/apps/v1/workload-validation.ts'
import { validateClaimSpec } from '#api/core/v1/persistent-volume-claim/validation.ts'
import type { PodTemplateSpec } from '#api/core/v1/pod-template/spec-types.ts'
import { internalForm } from '#api/core/v1/pod/internal-form.ts'
import { validatePodTemplateSpec } from '#api/core/v1/pod/template-validation.ts'
import {
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { assign, equal } from '#apimachinery/object.ts'
import { isDns1123Label } from '#apimachinery/validation/names.ts'

const RETENTION = ['Retain', 'Delete']

export const validateStatefulSet = ({ spec }: StatefulSet): readonly FieldError[] => [
  ...validatePodManagement(spec),
  ...validateUpdateStrategy(spec),
  ...validateRetention(spec),
  ...notNegative(spec.replicas, 'spec.replicas'),
  ...notNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
  ...notNegative(spec.ordinals?.start, 'spec.ordinals.start'),
  ...validateServiceName(spec.serviceName ?? ''),
  ...validateSelector(spec.selector, 'empty selector is invalid for statefulset', 'spec.selector'),
  ...(isUsable(spec.selector)
    ? validateTemplate(spec)
    : [invalidValue('spec.selector', spec.selector, '')]),
  ...validateAlwaysRestarted(spec.template, 'StatefulSet', 'spec.template'),
  ...(spec.volumeClaimTemplates ?? []).flatMap((claim, index) =>
    validateClaimSpec(claim.spec, `spec.volumeClaimTemplates[${index}].spec`),
  ),
]

const validatePodManagement = (spec: StatefulSetSpec): readonly FieldError[] => {
  const policy = spec.podManagementPolicy
  const path = 'spec.podManagementPolicy'
  if (!policy) return [requiredValue(path)]
  return policy === 'OrderedReady' || policy === 'Parallel'
    ? []
    : [invalidValue(path, policy, "must be 'OrderedReady' or 'Parallel'")]
}

const validateUpdateStrategy = ({ updateStrategy }: StatefulSetSpec): readonly FieldError[] => {
  const { type, rollingUpdate } = updateStrategy
  const path = 'spec.updateStrategy'
  if (!type) return [requiredValue(path)]
  if (type === 'RollingUpdate')
    return rollingUpdate === undefined
      ? []
      : notNegative(rollingUpdate.partition, `${path}.rollingUpdate.partition`)
  if (type === 'OnDelete')
    return rollingUpdate === undefined
      ? []
      : [
          invalidValue(
            `${path}.rollingUpdate`,
            internalForm('StatefulSetRollingUpdate', rollingUpdate),
            "only allowed for updateStrategy 'RollingUpdate'",
          ),
        ]
  return [
    invalidValue(
      path,
      internalForm('StatefulSetUpdateStrategy', updateStrategy),
      "must be 'RollingUpdate' or 'OnDelete'",
    ),
  ]
}

const validateRetention = (spec: StatefulSetSpec): readonly FieldError[] => {
  const policy = spec.persistentVolumeClaimRetentionPolicy
  if (policy === undefined) return []
  return (['whenDeleted', 'whenScaled'] as const).flatMap((field) =>
    RETENTION.includes(policy[field] ?? '')
      ? []
      : [
          notSupported(
            `spec.persistentVolumeClaimRetentionPolicy.${field}`,
            policy[field] ?? '',
            RETENTION,
          ),
        ],
  )
}

const validateServiceName = (name: string): readonly FieldError[] =>
  name === ''
    ? []
    : isDns1123Label(name).map((message) => invalidValue('spec.serviceName', name, message))

const validateTemplate = (spec: StatefulSetSpec): readonly FieldError[] => [
  ...validateTemplateLabels(spec.selector, spec.template, 'spec.template'),
  ...validatePodTemplateSpec(withClaims(spec), 'spec.template'),
]

/** The template with the volumes that the claims will be in the Pods. */
const withClaims = ({ template, volumeClaimTemplates = [] }: StatefulSetSpec): PodTemplateSpec => {
  if (volumeClaimTemplates.length === 0) return template
  const claims = volumeClaimTemplates.map(({ metadata: { name = '' } }) => ({
    name,
    persistentVolumeClaim: { claimName: name },
  }))
  const names = new Set(claims.map(({ name }) => name))
  const others = (template.spec.volumes ?? []).filter(({ name }) => !names.has(name))
  return assign(template, { spec: assign(template.spec, { volumes: [...others, ...claims] }) })
}

const CHANGEABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
] as const

const ONLY_THESE =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"

export const validateStatefulSetUpdate = (
  statefulSet: StatefulSet,
  old: StatefulSet,
): readonly FieldError[] => {
  const before = Object.fromEntries(CHANGEABLE.map((field) => [field, old.spec[field]]))
  const munged = assign(statefulSet.spec, before as Partial<StatefulSetSpec>)
  return [
    ...validateStatefulSet(statefulSet),
    ...(equal(munged, old.spec) ? [] : [forbiddenValue('spec', ONLY_THESE)]),
  ]
}

const COUNTS = [
  'replicas',
  'readyReplicas',
  'currentReplicas',
  'updatedReplicas',
  'availableReplicas',
  'observedGeneration',
  'collisionCount',
] as const
const PARTS = ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'] as const

export const validateStatefulSetStatusUpdate = (
  { status }: StatefulSet,
  old: StatefulSet,
): readonly FieldError[] => [
  ...validateReplicaTallies(status, {
    counts: COUNTS,
    parts: PARTS,
    readyName: 'status.readyReplicas',
  }),
  ...notDecremented(status.collisionCount, old.status.collisionCount, 'status.collisionCount'),
]
