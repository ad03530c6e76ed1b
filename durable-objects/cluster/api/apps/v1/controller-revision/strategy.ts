// kubernetes: pkg/registry/apps/controllerrevision/strategy.go
import type { ControllerRevision } from '#api/apps/v1/controller-revision/types.ts'
import { notNegative } from '#api/apps/v1/workload-validation.ts'
import type { Strategy } from '#api/strategy.ts'
import { requiredValue, type FieldError } from '#apimachinery/field-error.ts'
import { validateImmutable } from '#apimachinery/validation/metadata.ts'

const validate = ({ data, revision }: ControllerRevision): readonly FieldError[] => [
  ...(data === undefined || data === null ? [requiredValue('data', 'data is mandatory')] : []),
  ...notNegative(revision, 'revision'),
]

export const controllerRevisionStrategy: Strategy<ControllerRevision> = {
  validate,
  validateUpdate: (revision, old) => [
    ...validate(revision),
    ...validateImmutable(revision.data, old.data, 'data'),
  ],
  hasGeneration: false,
}
