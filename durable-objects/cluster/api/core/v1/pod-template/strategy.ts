// kubernetes: pkg/registry/core/podtemplate/strategy.go
import type { PodTemplate } from '#api/core/v1/pod-template/types.ts'
import { defaultPodTemplateSpec } from '#api/core/v1/pod/defaults.ts'
import { validatePodTemplateSpec } from '#api/core/v1/pod/template-validation.ts'
import { podTemplateWarnings } from '#api/core/v1/pod/warnings.ts'
import type { Strategy } from '#api/strategy.ts'
import type { FieldError } from '#apimachinery/field-error.ts'
import { assign } from '#apimachinery/object.ts'

const validate = ({ template }: PodTemplate): readonly FieldError[] =>
  validatePodTemplateSpec(template, 'template')

export const podTemplateStrategy: Strategy<PodTemplate> = {
  defaults: (podTemplate) =>
    assign(podTemplate, { template: defaultPodTemplateSpec(podTemplate.template) }),
  validate,
  warningsOnCreate: ({ template }) => podTemplateWarnings(template, 'template'),
  validateUpdate: validate,
  warningsOnUpdate: ({ template }) => podTemplateWarnings(template, 'template'),
  hasGeneration: true,
  generationOf: ({ template }) => template,
  returnsDeletedObject: true,
}
