// kubernetes: pkg/apis/core/validation/validation.go ValidatePodCreate, validatePodMetadataAndSpec
import { validatePodAnnotations } from '#api/core/v1/pod/annotation-validation.ts'
import type { Errors } from '#api/core/v1/pod/checks.ts'
import { validateImageSpace } from '#api/core/v1/pod/container-validation.ts'
import { validateProfilesMatch } from '#api/core/v1/pod/profile-validation.ts'
import { validatePodSpec } from '#api/core/v1/pod/spec-validation.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { forbiddenValue, type FieldError } from '#apimachinery/field-error.ts'

/** What must hold of a Pod at any time. */
export const validatePodContent = (errors: Errors, pod: Pod): void => {
  const { metadata, spec } = pod
  validatePodAnnotations(errors, metadata.annotations, spec, 'metadata.annotations')
  validatePodSpec(errors, spec, { podName: metadata.name, isPod: true }, 'spec')
  if (!spec.serviceAccountName) validateNoTokens(errors, pod)
  for (const field of ['containers', 'initContainers'] as const)
    for (const [index, container] of (spec[field] ?? []).entries())
      validateImageSpace(errors, container, `spec.${field}[${index}]`)
}

const validateNoTokens = (errors: Errors, pod: Pod): void => {
  for (const [index, volume] of (pod.spec.volumes ?? []).entries())
    for (const [sourceIndex, source] of (volume.projected?.sources ?? []).entries())
      if (source.serviceAccountToken !== undefined)
        errors.push(
          forbiddenValue(
            `spec.volumes[${index}].projected.sources[${sourceIndex}].serviceAccountToken`,
            'must not be specified when serviceAccountName is not set',
          ),
        )
}

export const validatePod = (pod: Pod): readonly FieldError[] => {
  const errors: Errors = []
  validatePodContent(errors, pod)
  const { spec } = pod
  if (spec.ephemeralContainers?.length)
    errors.push(forbiddenValue('spec.ephemeralContainers', 'cannot be set on create'))
  if (spec.nodeName && spec.schedulingGates?.length)
    errors.push(
      forbiddenValue('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'),
    )
  validateProfilesMatch(errors, pod.metadata.annotations, spec, 'spec')
  return errors
}
