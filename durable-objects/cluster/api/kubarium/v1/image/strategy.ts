import type { Image } from '#api/kubarium/v1/image/types.ts'
import { validateImage } from '#api/kubarium/v1/image/validation.ts'
import type { Strategy } from '#api/strategy.ts'

export const imageStrategy: Strategy<Image> = {
  hasGeneration: true,
  validate: validateImage,
  validateUpdate: validateImage,
  selectableFields: ({ spec }) => ({ 'spec.image': spec.image }),
}
