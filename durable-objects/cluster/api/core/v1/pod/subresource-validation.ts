// kubernetes: pkg/apis/core/validation/validation.go ValidatePodEphemeralContainersUpdate, ValidatePodResize
import { append } from '#apimachinery/append.ts'
import type { Errors } from '#api/core/v1/pod/checks.ts'
import type { Container, ResourceRequirements } from '#api/core/v1/pod/container-types.ts'
import { internalForm } from '#api/core/v1/pod/internal-form.ts'
import { internalDiff } from '#api/core/v1/pod/internal-diff.ts'
import { qosClassOf } from '#api/core/v1/pod/qos.ts'
import { isRestartableInit } from '#api/core/v1/pod/resource-sums.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { validatePodContent } from '#api/core/v1/pod/validation.ts'
import { forbiddenValue, invalidValue, quote, type FieldError } from '#apimachinery/field-error.ts'
import { assign, equal, own, type StringMap } from '#apimachinery/object.ts'

export const validateEphemeralContainersUpdate = (pod: Pod, old: Pod): readonly FieldError[] => {
  const errors: Errors = []
  validatePodContent(errors, pod)
  const path = 'spec.ephemeralContainers'
  for (const before of old.spec.ephemeralContainers ?? []) {
    const now = pod.spec.ephemeralContainers?.find(({ name }) => name === before.name)
    const what = `existing ephemeral containers ${quote(before.name)} may not be`
    if (now === undefined) errors.push(forbiddenValue(path, `${what} removed\n`))
    else if (!equal(now, before)) {
      const difference = internalDiff(
        internalForm('EphemeralContainer', before),
        internalForm('EphemeralContainer', now),
      )
      errors.push(forbiddenValue(path, `${what} changed\n${difference}`))
    }
  }
  return errors
}

const LISTS = ['containers', 'initContainers'] as const

export const validateResize = (pod: Pod, old: Pod): readonly FieldError[] => {
  const errors: Errors = []
  validatePodContent(errors, pod)
  if (old.spec.os?.name === 'windows') return [forbiddenValue('', 'windows pods cannot be resized')]
  if ((old.status.qosClass ?? qosClassOf(old.spec)) !== qosClassOf(pod.spec))
    errors.push(
      invalidValue(
        'spec',
        pod.status.qosClass ?? '',
        'Pod QOS Class may not change as a result of resizing',
      ),
    )
  const moved = orderErrors(pod, old)
  if (moved.length > 0) return [...errors, ...moved]
  for (const list of LISTS)
    for (const [index, before] of (old.spec[list] ?? []).entries())
      if (list === 'containers' || isRestartableInit(before))
        append(
          errors,
          removalErrors(
            pod.spec[list]![index]!.resources,
            before.resources,
            `spec.${list}[${index}].resources`,
          ),
        )
  append(errors, otherChanges(pod, old))
  return errors
}

const orderErrors = (pod: Pod, old: Pod): readonly FieldError[] =>
  LISTS.flatMap((list) => {
    const [now, before] = [pod.spec[list] ?? [], old.spec[list] ?? []]
    if (now.length !== before.length)
      return [forbiddenValue(`spec.${list}`, `${list} may not be added or removed on resize`)]
    return now.flatMap((container, index) =>
      container.name === before[index]!.name
        ? []
        : [
            forbiddenValue(
              `spec.${list}[${index}].name`,
              `${list} may not be renamed or reordered on resize`,
            ),
          ],
    )
  })

const lost = (now: StringMap | undefined, before: StringMap | undefined): boolean =>
  Object.keys(before ?? {}).some((name) => own(now, name) === undefined)

const removalErrors = (
  now: ResourceRequirements,
  before: ResourceRequirements,
  path: string,
): readonly FieldError[] =>
  (['requests', 'limits'] as const).flatMap((list) =>
    lost(now[list], before[list])
      ? [forbiddenValue(`${path}.${list}`, `resource ${list} cannot be removed`)]
      : [],
  )

const withoutCompute = (list: StringMap | undefined): StringMap =>
  assign<StringMap>(list ?? {}, { cpu: undefined, memory: undefined })

/** Whether something else than CPU and memory differs. */
const differs = (now: Container, before: Container): boolean =>
  !equal(assign(now, { resources: before.resources }), before) ||
  (['requests', 'limits'] as const).some(
    (list) => !equal(withoutCompute(now.resources[list]), withoutCompute(before.resources[list])),
  )

const otherChanges = (pod: Pod, old: Pod): readonly FieldError[] => {
  const changed = (pod.spec.containers ?? []).flatMap((container, index) =>
    differs(container, old.spec.containers[index]!)
      ? [forbiddenValue('spec', 'only cpu and memory resources are mutable')]
      : [],
  )
  const ofInit = (pod.spec.initContainers ?? []).flatMap((container, index) => {
    const before = old.spec.initContainers![index]!
    if (isRestartableInit(container))
      return differs(container, before)
        ? [
            forbiddenValue(
              'spec',
              'only cpu and memory resources for sidecar containers are mutable',
            ),
          ]
        : []
    return equal(container, before)
      ? []
      : [forbiddenValue('spec', 'resources for non-sidecar init containers are immutable')]
  })
  return [...changed, ...ofInit]
}
