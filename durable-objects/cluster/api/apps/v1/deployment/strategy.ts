// kubernetes: pkg/registry/apps/deployment/strategy.go
import { defaultDeployment } from '#api/apps/v1/deployment/defaults.ts'
import type { Deployment } from '#api/apps/v1/deployment/types.ts'
import {
  validateDeployment,
  validateDeploymentStatusUpdate,
  validateDeploymentUpdate,
} from '#api/apps/v1/deployment/validation.ts'
import { keepSpec, keepStatus } from '#api/apps/v1/spec-kept.ts'
import { workloadCreateWarnings, workloadUpdateWarnings } from '#api/apps/v1/workload-warnings.ts'
import { scaleAccess } from '#api/autoscaling/v1/scale/access.ts'
import type { Strategy } from '#api/strategy.ts'
import { assign } from '#apimachinery/object.ts'

export const deploymentStrategy: Strategy<Deployment> = {
  defaults: defaultDeployment,
  prepareForCreate: (deployment) => assign(deployment, { status: {} }),
  validate: validateDeployment,
  warningsOnCreate: workloadCreateWarnings,
  prepareForUpdate: keepStatus,
  validateUpdate: validateDeploymentUpdate,
  warningsOnUpdate: workloadUpdateWarnings,
  // The controller copies annotations to the ReplicaSets: it must notice when they change.
  generationOf: ({ spec, metadata }) => [spec, metadata.annotations ?? {}],
  status: {
    prepareForUpdate: (deployment, old) =>
      assign(keepSpec(deployment, old), {
        metadata: assign(deployment.metadata, { labels: old.metadata.labels }),
      }),
    validateUpdate: validateDeploymentStatusUpdate,
  },
  scale: scaleAccess<Deployment>(),
}
