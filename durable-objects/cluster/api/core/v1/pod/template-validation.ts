// kubernetes: pkg/apis/core/validation/validation.go ValidatePodTemplateSpec
import type { PodTemplateSpec } from '#api/core/v1/pod-template/spec-types.ts'
import { validatePodAnnotations } from '#api/core/v1/pod/annotation-validation.ts'
import type { Errors } from '#api/core/v1/pod/checks.ts'
import { validateProfilesMatch } from '#api/core/v1/pod/profile-validation.ts'
import { validatePodSpec, type SpecContext } from '#api/core/v1/pod/spec-validation.ts'
import type { PodSpec } from '#api/core/v1/pod/types.ts'
import { forbiddenValue, type FieldError } from '#apimachinery/field-error.ts'
import { validateAnnotations, validateLabels } from '#apimachinery/validation/metadata.ts'

const IN_TEMPLATE: SpecContext = { podName: undefined, isPod: false }

// A Deployment, its ReplicaSets and every later write of them share one spec: it is looked at once.
const validSpecs = new WeakSet<PodSpec>()

const validateSpecOnce = (errors: Errors, spec: PodSpec, path: string): void => {
  if (validSpecs.has(spec)) return
  const before = errors.length
  validatePodSpec(errors, spec, IN_TEMPLATE, path)
  if (errors.length === before && Object.isFrozen(spec)) validSpecs.add(spec)
}

/** `path` is the template's. */
export const validatePodTemplateSpec = (
  template: PodTemplateSpec,
  path: string,
): readonly FieldError[] => {
  const { metadata, spec } = template
  const errors: Errors = [
    ...validateLabels(metadata.labels, `${path}.labels`),
    ...validateAnnotations(metadata.annotations, `${path}.annotations`),
  ]
  validatePodAnnotations(errors, metadata.annotations, spec, `${path}.annotations`)
  validateSpecOnce(errors, spec, `${path}.spec`)
  validateProfilesMatch(errors, metadata.annotations, spec, `${path}.spec`)
  if (spec.ephemeralContainers?.length)
    errors.push(
      forbiddenValue(
        `${path}.spec.ephemeralContainers`,
        'ephemeral containers not allowed in pod template',
      ),
    )
  return errors
}
