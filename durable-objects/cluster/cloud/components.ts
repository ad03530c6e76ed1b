import type { ComponentDefinition } from '#client/component.ts'
import { serviceController } from '#cloud/service/controller.ts'
import { volumeProvisioner } from '#cloud/volume-provisioner.ts'

export const cloudComponents: readonly ComponentDefinition[] = [
  serviceController,
  volumeProvisioner,
]
