// kubernetes: pkg/registry/scheduling/priorityclass/strategy.go
import type { PriorityClass } from '#api/scheduling/v1/priority-class/types.ts'
import {
  SYSTEM_PRIORITIES,
  validatePriorityClass,
  validatePriorityClassUpdate,
} from '#api/scheduling/v1/priority-class/validation.ts'
import type { Strategy } from '#api/strategy.ts'
import { fill } from '#apimachinery/object.ts'

export const priorityClassStrategy: Strategy<PriorityClass> = {
  defaults: (priorityClass) => fill(priorityClass, { preemptionPolicy: 'PreemptLowerPriority' }),
  validate: validatePriorityClass,
  validateUpdate: validatePriorityClassUpdate,
  hasGeneration: true,
  // It is 1 for ever, since the value cannot change.
  generationOf: () => 0,
  // kubernetes: pkg/registry/scheduling/priorityclass/storage/storage.go Delete
  mayNotBeDeleted: (name) =>
    SYSTEM_PRIORITIES.has(name)
      ? 'this is a system priority class and cannot be deleted'
      : undefined,
}
