import type { StatefulSet, StatefulSetUpdateStrategy } from '#api/apps/v1/stateful-set/types.ts'
import { persistentVolumeClaimDefaults } from '#api/core/v1/persistent-volume-claim/defaults.ts'
import type { PersistentVolumeClaim } from '#api/core/v1/persistent-volume-claim/types.ts'
import { defaultResourceList } from '#api/core/v1/pod/defaults-resources.ts'
import { defaultPodTemplateSpec } from '#api/core/v1/pod/defaults.ts'
import { assign, fill, mapShared } from '#apimachinery/object.ts'

const ROLLING: StatefulSetUpdateStrategy = Object.freeze({
  type: 'RollingUpdate',
  rollingUpdate: {},
})

const defaultStrategy = (
  given: StatefulSetUpdateStrategy | undefined,
): StatefulSetUpdateStrategy => {
  const strategy = given?.type ? given : fill(given ?? {}, ROLLING)
  const { type, rollingUpdate } = strategy
  return type === 'RollingUpdate' && rollingUpdate !== undefined
    ? assign(strategy, { rollingUpdate: fill(rollingUpdate, { partition: 0 }) })
    : strategy
}

/** A claim in a template says what it is, as if it stood alone. */
const defaultClaim = (given: PersistentVolumeClaim): PersistentVolumeClaim => {
  const claim = persistentVolumeClaimDefaults(
    fill(given, { apiVersion: 'v1', kind: 'PersistentVolumeClaim' }),
  )
  const { resources } = claim.spec
  if (resources === undefined) return claim
  return assign(claim, {
    spec: assign(claim.spec, {
      resources: assign(resources, {
        limits: defaultResourceList(resources.limits),
        requests: defaultResourceList(resources.requests),
      }),
    }),
  })
}

/** kubernetes: pkg/apis/apps/v1/defaults.go SetDefaults_StatefulSet */
export const defaultStatefulSet = (statefulSet: StatefulSet): StatefulSet => {
  const { spec } = statefulSet
  const { persistentVolumeClaimRetentionPolicy: retention = {} } = spec
  return assign(statefulSet, {
    spec: fill(
      assign(spec, {
        template: defaultPodTemplateSpec(spec.template),
        podManagementPolicy: spec.podManagementPolicy || 'OrderedReady',
        updateStrategy: defaultStrategy(spec.updateStrategy),
        persistentVolumeClaimRetentionPolicy: assign(retention, {
          whenDeleted: retention.whenDeleted || 'Retain',
          whenScaled: retention.whenScaled || 'Retain',
        }),
        volumeClaimTemplates:
          spec.volumeClaimTemplates && mapShared(spec.volumeClaimTemplates, defaultClaim),
      }),
      { replicas: 1, revisionHistoryLimit: 10 },
    ),
  })
}
