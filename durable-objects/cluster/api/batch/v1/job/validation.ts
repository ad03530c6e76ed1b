// kubernetes: pkg/apis/batch/validation/validation.go ValidateJob, ValidateJobUpdate
import { validateJobSpec } from '#api/batch/v1/job-spec-validation.ts'
import {
  CONTROLLER_UID,
  JOB_NAME,
  LEGACY_CONTROLLER_UID,
  LEGACY_JOB_NAME,
} from '#api/batch/v1/job/generated-selector.ts'
import type { Job, JobCondition } from '#api/batch/v1/job/types.ts'
import type { Container } from '#api/core/v1/pod/container-types.ts'
import type { PodTemplateSpec } from '#api/core/v1/pod-template/spec-types.ts'
import { internalForm } from '#api/core/v1/pod/internal-form.ts'
import { invalidValue, requiredValue, type FieldError } from '#apimachinery/field-error.ts'
import { matches, selectorFromLabelSelector } from '#apimachinery/labels.ts'
import { assign, equal, mapShared, own } from '#apimachinery/object.ts'
import { validateImmutable, validateLabelSelector } from '#apimachinery/validation/metadata.ts'
import { isDns1123Label } from '#apimachinery/validation/names.ts'

export const validateJob = (job: Job): readonly FieldError[] => [
  ...validateGenerated(job),
  ...validateJobSpec(job.spec, 'spec'),
  ...validateJobSelector(job),
  ...validateIndexedName(job),
]

/** The labels that were generated must not have been given otherwise. */
const validateGenerated = ({ metadata, spec }: Job): readonly FieldError[] => {
  if (spec.manualSelector === true || spec.selector === undefined) return []
  const { uid = '', name = '' } = metadata
  const expected = {
    [LEGACY_CONTROLLER_UID]: uid,
    [LEGACY_JOB_NAME]: name,
    [CONTROLLER_UID]: uid,
    [JOB_NAME]: name,
  }
  const path = 'spec.template.metadata.labels'
  const { labels } = spec.template.metadata
  const errors: FieldError[] = uid === '' ? [requiredValue('metadata.uid')] : []
  for (const [key, value] of Object.entries(expected)) {
    const actual = own(labels, key)
    if (actual === undefined) errors.push(requiredValue(`${path}[${key}]`, `must be '${value}'`))
    else if (actual !== value)
      errors.push(invalidValue(`${path}[${key}]`, labels, `must be '${value}'`))
  }
  const selector = selectorFromLabelSelector(spec.selector)
  if (selector !== undefined && !matches(selector, expected))
    errors.push(invalidValue('spec.selector', spec.selector, '`selector` not auto-generated'))
  return errors
}

const validateJobSelector = ({ spec }: Job): readonly FieldError[] => {
  const { selector, template } = spec
  const requirements = selectorFromLabelSelector(selector)
  const { labels } = template.metadata
  return [
    ...(selector === undefined
      ? [requiredValue('spec.selector')]
      : validateLabelSelector(selector, 'spec.selector')),
    ...(requirements !== undefined && matches(requirements, labels)
      ? []
      : [
          invalidValue(
            'spec.template.metadata.labels',
            labels,
            '`selector` does not match template `labels`',
          ),
        ]),
  ]
}

/** The last Pod's host name is the longest. */
const validateIndexedName = ({ metadata, spec }: Job): readonly FieldError[] => {
  if (spec.completionMode !== 'Indexed' || !spec.completions) return []
  const hostname = `${metadata.name}-${spec.completions - 1}`
  return isDns1123Label(hostname).length === 0
    ? []
    : [
        invalidValue(
          'metadata.name',
          metadata.name,
          `will not able to create pod with invalid DNS label: ${hostname}`,
        ),
      ]
}

export const validateJobUpdate = (job: Job, old: Job): readonly FieldError[] => {
  const { spec } = job
  return [
    ...validateJob(job),
    ...validateCompletions(job, old),
    ...validateImmutable(spec.selector, old.spec.selector, 'spec.selector'),
    ...validateTemplate(job, old),
    ...validateImmutable(spec.completionMode, old.spec.completionMode, 'spec.completionMode'),
    ...validateImmutable(
      spec.podFailurePolicy,
      old.spec.podFailurePolicy,
      'spec.podFailurePolicy',
      internalForm('PodFailurePolicy', spec.podFailurePolicy),
    ),
    ...validateImmutable(
      spec.backoffLimitPerIndex,
      old.spec.backoffLimitPerIndex,
      'spec.backoffLimitPerIndex',
    ),
    ...validateImmutable(spec.managedBy, old.spec.managedBy, 'spec.managedBy'),
    ...validateImmutable(
      spec.successPolicy,
      old.spec.successPolicy,
      'spec.successPolicy',
      internalForm('SuccessPolicy', spec.successPolicy),
    ),
  ]
}

/** An indexed Job may grow and shrink as a whole. */
const validateCompletions = ({ spec }: Job, old: Job): readonly FieldError[] => {
  const path = 'spec.completions'
  if (spec.completionMode !== 'Indexed')
    return validateImmutable(spec.completions, old.spec.completions, path)
  if (spec.completions === undefined || spec.completions === old.spec.completions) return []
  return spec.completions === spec.parallelism
    ? []
    : [invalidValue(path, spec.completions, 'can only be modified in tandem with spec.parallelism')]
}

const validateTemplate = ({ spec }: Job, old: Job): readonly FieldError[] => {
  const { template } = spec
  if (!isAtRest(old))
    return validateImmutable(
      template,
      old.spec.template,
      'spec.template',
      internalForm('PodTemplateSpec', template),
    )
  const before = withDirectives(old.spec.template, template)
  return validateImmutable(
    template.spec,
    withResources(before, template).spec,
    'spec.template.spec',
    internalForm('PodSpec', template.spec),
  )
}

/** Suspended, with no Pods left. kubernetes: pkg/registry/batch/job/strategy.go validationOptionsForJob */
const isAtRest = ({ spec, status }: Job): boolean => {
  if (spec.suspend !== true || (status?.active ?? 0) > 0) return false
  const isShown = ({ type, status: is }: JobCondition): boolean =>
    type === 'Suspended' && is === 'True'
  return status?.startTime === undefined || status.conditions?.some(isShown) === true
}

/** While nothing has started it may still be said where it will. */
const withDirectives = (old: PodTemplateSpec, now: PodTemplateSpec): PodTemplateSpec => {
  const nodeAffinity = now.spec.affinity?.nodeAffinity
  const affinity = assign(old.spec.affinity ?? {}, { nodeAffinity })
  return assign(old, {
    metadata: assign(old.metadata, {
      labels: now.metadata.labels,
      annotations: now.metadata.annotations,
    }),
    spec: assign(old.spec, {
      affinity: now.spec.affinity === undefined && equal(affinity, {}) ? undefined : affinity,
      nodeSelector: now.spec.nodeSelector,
      tolerations: now.spec.tolerations,
      schedulingGates: now.spec.schedulingGates,
    }),
  })
}

/** kubernetes: validatePodResourceUpdatesOnly */
const withResources = (old: PodTemplateSpec, now: PodTemplateSpec): PodTemplateSpec => {
  const resized = <C extends Pick<Container, 'name' | 'resources'>>(
    before: readonly C[] | undefined,
    after: readonly C[] | undefined,
  ): readonly C[] | undefined =>
    before === undefined || before.length !== after?.length
      ? before
      : mapShared(before, (container, index) => {
          const { name, resources } = after[index]!
          return name === container.name
            ? assign(container, { resources } as Partial<C>)
            : container
        })
  return assign(old, {
    spec: assign(old.spec, {
      containers: resized(old.spec.containers, now.spec.containers)!,
      initContainers: resized(old.spec.initContainers, now.spec.initContainers),
    }),
  })
}
