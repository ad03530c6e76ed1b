import type { ComponentDefinition } from '#client/component.ts'
import { serviceController } from '#cloud/service/controller.ts'

export const cloudComponents: readonly ComponentDefinition[] = [serviceController]
