// kubernetes: pkg/apis/core/validation/validation.go ValidatePodUpdate
import {
  validatePodAnnotations,
  validatePodAnnotationsUpdate,
} from '#api/core/v1/pod/annotation-validation.ts'
import type { Errors } from '#api/core/v1/pod/checks.ts'
import type { Container } from '#api/core/v1/pod/container-types.ts'
import { validateImageSpace } from '#api/core/v1/pod/container-validation.ts'
import { validateGatedAffinity } from '#api/core/v1/pod/gated-update-validation.ts'
import { internalDiff } from '#api/core/v1/pod/internal-diff.ts'
import { internalForm } from '#api/core/v1/pod/internal-form.ts'
import { validateTolerations } from '#api/core/v1/pod/scheduling-validation.ts'
import type { Pod, PodSchedulingGate, PodSpec, Toleration } from '#api/core/v1/pod/types.ts'
import { validatePodContent } from '#api/core/v1/pod/validation.ts'
import {
  forbiddenValue,
  invalidValue,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { assign, equal } from '#apimachinery/object.ts'
import { notInRange } from '#apimachinery/validation/names.ts'

const MAX_INT32 = 2_147_483_647

const UPDATABLE = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',')

export const validatePodUpdate = (pod: Pod, old: Pod): readonly FieldError[] => {
  const errors: Errors = []
  const { annotations } = pod.metadata
  // The spec was found good when it was stored.
  if (pod.spec !== old.spec) validatePodContent(errors, pod)
  else validatePodAnnotations(errors, annotations, pod.spec, 'metadata.annotations')
  validatePodAnnotationsUpdate(
    errors,
    annotations,
    old.metadata.annotations,
    'metadata.annotations',
  )
  if (pod.spec !== old.spec) validateSpecUpdate(errors, pod.spec, old.spec)
  return errors
}

const validateSpecUpdate = (errors: Errors, spec: PodSpec, old: PodSpec): void => {
  for (const field of ['containers', 'initContainers'] as const)
    if (!validateImages(errors, spec[field] ?? [], old[field] ?? [], `spec.${field}`)) return
  if (!validateDeadline(errors, spec.activeDeadlineSeconds, old.activeDeadlineSeconds)) return
  validateAddedTolerations(errors, spec.tolerations ?? [], old.tolerations ?? [])
  validateRemovedGates(errors, spec.schedulingGates ?? [], old.schedulingGates ?? [])
  if (equal(spec, old)) return
  const munged = withoutChangeable(errors, spec, old)
  if (equal(munged, old)) return
  const difference = internalDiff(internalForm('PodSpec', old), internalForm('PodSpec', munged))
  errors.push(
    forbiddenValue(
      'spec',
      `pod updates may not change fields other than ${UPDATABLE}\n${difference}`,
    ),
  )
}

/** False if nothing more can be compared. */
const validateImages = (
  errors: Errors,
  containers: readonly Container[],
  old: readonly Container[],
  path: string,
): boolean => {
  if (containers.length !== old.length) {
    errors.push(forbiddenValue(path, 'pod updates may not add or remove containers'))
    return false
  }
  for (const [index, container] of containers.entries()) {
    if (!container.image) errors.push(requiredValue(`${path}[${index}].image`))
    validateImageSpace(errors, container, `${path}[${index}]`)
  }
  return true
}

/** A deadline may be set, or brought nearer. */
const validateDeadline = (
  errors: Errors,
  deadline: number | undefined,
  old: number | undefined,
): boolean => {
  const path = 'spec.activeDeadlineSeconds'
  const refuse = (why: string): false => {
    errors.push(invalidValue(path, deadline, why))
    return false
  }
  if (deadline === undefined) {
    if (old !== undefined) refuse('must not update from a positive integer to nil value')
    return true
  }
  if (deadline < 0 || deadline > MAX_INT32) return refuse(notInRange(0, MAX_INT32))
  return old !== undefined && old < deadline
    ? refuse('must be less than or equal to previous value')
    : true
}

const validateAddedTolerations = (
  errors: Errors,
  tolerations: readonly Toleration[],
  old: readonly Toleration[],
): void => {
  if (tolerations === old) return
  const isKept = (before: Toleration): boolean =>
    tolerations.some((now) =>
      equal(assign(before, { tolerationSeconds: now.tolerationSeconds }), now),
    )
  if (!old.every(isKept))
    errors.push(
      forbiddenValue(
        'spec.tolerations',
        'existing toleration can not be modified except its tolerationSeconds',
      ),
    )
  else validateTolerations(errors, tolerations, 'spec.tolerations')
}

const validateRemovedGates = (
  errors: Errors,
  gates: readonly PodSchedulingGate[],
  old: readonly PodSchedulingGate[],
): void => {
  for (const [index, { name }] of gates.entries())
    if (!old.some((gate) => gate.name === name))
      errors.push(
        forbiddenValue(
          `spec.schedulingGates[${index}].name`,
          `only deletion is allowed, but found new scheduling gate '${name}'`,
        ),
      )
}

/** The new spec with all that may change put back to what it was. */
const withoutChangeable = (errors: Errors, spec: PodSpec, old: PodSpec): PodSpec => {
  const withOldImages = (
    containers: readonly Container[] | undefined,
    before: readonly Container[] | undefined,
  ): readonly Container[] | undefined =>
    containers?.map((container, index) => assign(container, { image: before![index]!.image }))
  const isGraceMended =
    (old.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1
  const munged = assign(spec, {
    containers: withOldImages(spec.containers, old.containers)!,
    initContainers: withOldImages(spec.initContainers, old.initContainers),
    activeDeadlineSeconds: old.activeDeadlineSeconds,
    schedulingGates: old.schedulingGates,
    tolerations: old.tolerations,
    terminationGracePeriodSeconds: isGraceMended
      ? old.terminationGracePeriodSeconds
      : spec.terminationGracePeriodSeconds,
  })
  return old.schedulingGates?.length ? validateGatedAffinity(errors, munged, old) : munged
}
