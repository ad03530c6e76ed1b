// kubernetes: pkg/apis/node/validation/validation.go
import { append } from '#apimachinery/append.ts'
import { internalForm } from '#api/core/v1/pod/internal-form.ts'
import type { Errors } from '#api/core/v1/pod/checks.ts'
import type { Toleration } from '#api/core/v1/pod/types.ts'
import { validateRequirements } from '#api/core/v1/pod/resources-validation.ts'
import { validateTolerations } from '#api/core/v1/pod/scheduling-validation.ts'
import type { RuntimeClass } from '#api/node/v1/runtime-class.ts'
import { duplicateValue, invalidValue, type FieldError } from '#apimachinery/field-error.ts'
import { equal } from '#apimachinery/object.ts'
import { validateLabels } from '#apimachinery/validation/metadata.ts'
import { isDns1123Label } from '#apimachinery/validation/names.ts'

const NO_CLAIMS: ReadonlySet<string> = new Set()

const validateScheduling = (
  errors: Errors,
  { nodeSelector, tolerations = [] }: NonNullable<RuntimeClass['scheduling']>,
): void => {
  append(errors, validateLabels(nodeSelector, 'scheduling.nodeSelector'))
  const path = 'scheduling.tolerations'
  validateTolerations(errors, tolerations, path)
  const isRepeated = (toleration: Toleration, index: number): boolean =>
    tolerations.slice(0, index).some((other) => equal(other, toleration))
  for (const [index, toleration] of tolerations.entries())
    if (isRepeated(toleration, index))
      errors.push(duplicateValue(`${path}[${index}]`, internalForm('Toleration', toleration)))
}

export const validateRuntimeClass = (runtimeClass: RuntimeClass): readonly FieldError[] => {
  const { handler = '', overhead, scheduling } = runtimeClass
  const errors: Errors = isDns1123Label(handler).map((message) =>
    invalidValue('handler', handler, message),
  )
  if (overhead?.podFixed !== undefined)
    validateRequirements(errors, { limits: overhead.podFixed }, NO_CLAIMS, 'overhead')
  if (scheduling !== undefined) validateScheduling(errors, scheduling)
  return errors
}
