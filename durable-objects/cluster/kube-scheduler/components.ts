import type { ComponentDefinition } from '#client/component.ts'
import { scheduler } from '#kube-scheduler/scheduler.ts'

export const schedulerComponents: readonly ComponentDefinition[] = [scheduler]
