// kubernetes: pkg/apis/core/validation/validation.go ValidatePodSpecificAnnotations
import type { Errors } from '#api/core/v1/pod/checks.ts'
import { validateProfileAnnotations } from '#api/core/v1/pod/profile-validation.ts'
import type { PodSpec } from '#api/core/v1/pod/types.ts'
import { forbiddenValue, invalidValue } from '#apimachinery/field-error.ts'
import { own, type StringMap } from '#apimachinery/object.ts'

const MIRROR = 'kubernetes.io/config.mirror'
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost'
const APPARMOR = 'container.apparmor.security.beta.kubernetes.io/'
const MAX_INT32 = 2_147_483_647

const isInt32 = (text: string): boolean =>
  /^(0|-?[1-9]\d*)$/.test(text) && Number(text) <= MAX_INT32 && Number(text) >= -MAX_INT32 - 1

export const validatePodAnnotations = (
  errors: Errors,
  annotations: StringMap | undefined,
  spec: PodSpec,
  path: string,
): void => {
  if (annotations === undefined) return
  const mirror = own(annotations, MIRROR)
  if (mirror !== undefined && !spec.nodeName)
    errors.push(
      invalidValue(
        `${path}[${MIRROR}]`,
        mirror,
        'must set spec.nodeName if mirror pod annotation is set',
      ),
    )
  const cost = own(annotations, DELETION_COST)
  if (cost !== undefined && !isInt32(cost))
    errors.push(invalidValue(`${path}[${DELETION_COST}]`, cost, 'must be a 32bit integer'))
  validateProfileAnnotations(errors, annotations, spec, path)
}

/** kubernetes: ValidatePodSpecificAnnotationUpdates */
export const validatePodAnnotationsUpdate = (
  errors: Errors,
  annotations: StringMap | undefined,
  old: StringMap | undefined,
  path: string,
): void => {
  if (annotations === old) return
  const refuse = (key: string, verb: string): void => {
    if (key.startsWith(APPARMOR))
      errors.push(forbiddenValue(`${path}[${key}]`, `may not ${verb} AppArmor annotations`))
    if (key === MIRROR)
      errors.push(forbiddenValue(`${path}[${key}]`, `may not ${verb} mirror pod annotation`))
  }
  for (const key of Object.keys(old ?? {}).sort())
    if (own(annotations, key) !== old![key]) refuse(key, 'remove or update')
  for (const key of Object.keys(annotations ?? {}).sort())
    if (own(old, key) === undefined) refuse(key, 'add')
}
