import type { Deployment, DeploymentStrategy } from '#api/apps/v1/deployment/types.ts'
import { defaultPodTemplateSpec } from '#api/core/v1/pod/defaults.ts'
import { assign, fill } from '#apimachinery/object.ts'

const QUARTER = '25%'

const defaultStrategy = (given: DeploymentStrategy | undefined): DeploymentStrategy => {
  const strategy = assign(given ?? {}, { type: given?.type || 'RollingUpdate' })
  if (strategy.type !== 'RollingUpdate') return strategy
  return assign(strategy, {
    rollingUpdate: fill(strategy.rollingUpdate ?? {}, {
      maxSurge: QUARTER,
      maxUnavailable: QUARTER,
    }),
  })
}

/** kubernetes: pkg/apis/apps/v1/defaults.go SetDefaults_Deployment */
export const defaultDeployment = (deployment: Deployment): Deployment => {
  const { spec } = deployment
  return assign(deployment, {
    spec: fill(
      assign(spec, {
        template: defaultPodTemplateSpec(spec.template),
        strategy: defaultStrategy(spec.strategy),
      }),
      { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 },
    ),
  })
}
