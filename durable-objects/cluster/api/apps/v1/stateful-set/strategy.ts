// kubernetes: pkg/registry/apps/statefulset/strategy.go
import { keepSpec, keepStatus } from '#api/apps/v1/spec-kept.ts'
import { defaultStatefulSet } from '#api/apps/v1/stateful-set/defaults.ts'
import type { StatefulSet } from '#api/apps/v1/stateful-set/types.ts'
import {
  validateStatefulSet,
  validateStatefulSetStatusUpdate,
  validateStatefulSetUpdate,
} from '#api/apps/v1/stateful-set/validation.ts'
import { workloadUpdateWarnings, workloadWarnings } from '#api/apps/v1/workload-warnings.ts'
import { scaleAccess } from '#api/autoscaling/v1/scale/access.ts'
import type { Strategy } from '#api/strategy.ts'
import { assign } from '#apimachinery/object.ts'
import { nameIsDnsLabel } from '#apimachinery/validation/names.ts'

const historyWarnings = ({ spec }: StatefulSet): readonly string[] =>
  (spec.revisionHistoryLimit ?? 0) < 0
    ? [
        'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended',
      ]
    : []

/** The gate MaxUnavailableStatefulSet is off in this release. kubernetes: dropStatefulSetDisabledFields */
const dropDisabled = (statefulSet: StatefulSet): StatefulSet => {
  const { updateStrategy } = statefulSet.spec
  const { rollingUpdate } = updateStrategy
  if (rollingUpdate?.maxUnavailable === undefined) return statefulSet
  return assign(statefulSet, {
    spec: assign(statefulSet.spec, {
      updateStrategy: assign(updateStrategy, {
        rollingUpdate: assign(rollingUpdate, { maxUnavailable: undefined }),
      }),
    }),
  })
}

export const statefulSetStrategy: Strategy<StatefulSet> = {
  defaults: defaultStatefulSet,
  // Pods are named after it, and their names are host names.
  validateName: nameIsDnsLabel,
  prepareForCreate: (statefulSet) =>
    assign(dropDisabled(statefulSet), { status: { replicas: 0, availableReplicas: 0 } }),
  validate: validateStatefulSet,
  warningsOnCreate: (statefulSet) => [
    ...workloadWarnings(statefulSet),
    ...historyWarnings(statefulSet),
  ],
  prepareForUpdate: (statefulSet, old) => keepStatus(dropDisabled(statefulSet), old),
  validateUpdate: validateStatefulSetUpdate,
  warningsOnUpdate: (statefulSet, old) => [
    ...workloadUpdateWarnings(statefulSet, old),
    ...historyWarnings(statefulSet),
  ],
  status: { prepareForUpdate: keepSpec, validateUpdate: validateStatefulSetStatusUpdate },
  scale: scaleAccess<StatefulSet>(),
}
