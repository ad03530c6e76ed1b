import type { DaemonSet, DaemonSetUpdateStrategy } from '#api/apps/v1/daemon-set/types.ts'
import { defaultPodTemplateSpec } from '#api/core/v1/pod/defaults.ts'
import { assign, fill } from '#apimachinery/object.ts'

const defaultStrategy = (given: DaemonSetUpdateStrategy | undefined): DaemonSetUpdateStrategy => {
  const strategy = assign(given ?? {}, { type: given?.type || 'RollingUpdate' })
  if (strategy.type !== 'RollingUpdate') return strategy
  return assign(strategy, {
    rollingUpdate: fill(strategy.rollingUpdate ?? {}, { maxSurge: 0, maxUnavailable: 1 }),
  })
}

/** kubernetes: pkg/apis/apps/v1/defaults.go SetDefaults_DaemonSet */
export const defaultDaemonSet = (daemonSet: DaemonSet): DaemonSet => {
  const { spec } = daemonSet
  return assign(daemonSet, {
    spec: fill(
      assign(spec, {
        template: defaultPodTemplateSpec(spec.template),
        updateStrategy: defaultStrategy(spec.updateStrategy),
      }),
      { revisionHistoryLimit: 10 },
    ),
  })
}
