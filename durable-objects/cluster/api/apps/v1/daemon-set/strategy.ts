// kubernetes: pkg/registry/apps/daemonset/strategy.go
import { defaultDaemonSet } from '#api/apps/v1/daemon-set/defaults.ts'
import {
  countTemplateGeneration,
  startTemplateGeneration,
} from '#api/apps/v1/daemon-set/template-generation.ts'
import type { DaemonSet, DaemonSetStatus } from '#api/apps/v1/daemon-set/types.ts'
import {
  validateDaemonSet,
  validateDaemonSetStatusUpdate,
  validateDaemonSetUpdate,
} from '#api/apps/v1/daemon-set/validation.ts'
import { keepSpec, keepStatus } from '#api/apps/v1/spec-kept.ts'
import { workloadUpdateWarnings, workloadWarnings } from '#api/apps/v1/workload-warnings.ts'
import type { Strategy } from '#api/strategy.ts'
import { assign, freeze } from '#apimachinery/object.ts'

const NOTHING_SCHEDULED: DaemonSetStatus = freeze({
  currentNumberScheduled: 0,
  numberMisscheduled: 0,
  desiredNumberScheduled: 0,
  numberReady: 0,
})

export const daemonSetStrategy: Strategy<DaemonSet> = {
  defaults: defaultDaemonSet,
  prepareForCreate: (daemonSet) =>
    assign(startTemplateGeneration(daemonSet), { status: NOTHING_SCHEDULED }),
  validate: validateDaemonSet,
  warningsOnCreate: workloadWarnings,
  prepareForUpdate: (daemonSet, old) => countTemplateGeneration(keepStatus(daemonSet, old), old),
  validateUpdate: validateDaemonSetUpdate,
  warningsOnUpdate: workloadUpdateWarnings,
  status: { prepareForUpdate: keepSpec, validateUpdate: validateDaemonSetStatusUpdate },
}
