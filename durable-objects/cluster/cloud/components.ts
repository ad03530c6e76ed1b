import type { ComponentDefinition } from '#client/component.ts'

export const cloudComponents: readonly ComponentDefinition[] = []
