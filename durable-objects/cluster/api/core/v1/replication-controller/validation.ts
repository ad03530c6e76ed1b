// kubernetes: pkg/apis/core/validation/validation.go ValidateReplicationControllerSpec
import { notNegative, validateRunningTemplate } from '#api/apps/v1/workload-validation.ts'
import type { ReplicationController } from '#api/core/v1/replication-controller/types.ts'
import { invalidValue, requiredValue, type FieldError } from '#apimachinery/field-error.ts'
import { matches, selectorFromMap } from '#apimachinery/labels.ts'

export const validateReplicationController = ({
  spec,
}: ReplicationController): readonly FieldError[] => [
  ...notNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
  ...(Object.keys(spec.selector ?? {}).length === 0 ? [requiredValue('spec.selector')] : []),
  ...(spec.replicas === undefined
    ? [requiredValue('spec.replicas')]
    : notNegative(spec.replicas, 'spec.replicas')),
  ...validateTemplate(spec),
]

const validateTemplate = ({
  template,
  selector = {},
}: ReplicationController['spec']): readonly FieldError[] => {
  if (template === undefined) return [requiredValue('spec.template')]
  const { labels } = template.metadata
  return [
    ...(matches(selectorFromMap(selector), labels)
      ? []
      : [
          invalidValue(
            'spec.template.metadata.labels',
            labels,
            '`selector` does not match template `labels`',
          ),
        ]),
    ...validateRunningTemplate(template, 'ReplicationController', 'spec.template'),
  ]
}
