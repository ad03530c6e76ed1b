// kubernetes: pkg/registry/networking/ingress/strategy.go
import type { Ingress } from '#api/networking/v1/ingress/types.ts'
import {
  CLASS_ANNOTATION,
  validateIngress,
  validateIngressCreate,
  validateIngressStatus,
} from '#api/networking/v1/ingress/validation.ts'
import type { Strategy } from '#api/strategy.ts'
import { at, quote } from '#apimachinery/field-error.ts'
import { assign, own } from '#apimachinery/object.ts'
import { warningsForIp } from '#apimachinery/validation/ip.ts'
import { validateObjectMetaCreate } from '#apimachinery/validation/metadata.ts'
import { nameIsDnsSubdomain } from '#apimachinery/validation/names.ts'

const NO_BALANCER = { loadBalancer: {} } as const

const annotationWarning = ({ metadata, spec }: Ingress): readonly string[] =>
  own(metadata.annotations, CLASS_ANNOTATION) !== undefined && spec.ingressClassName === undefined
    ? [
        `annotation ${quote(CLASS_ANNOTATION)} is deprecated, please use 'spec.ingressClassName' instead`,
      ]
    : []

export const ingressStrategy: Strategy<Ingress> = {
  prepareForCreate: (ingress) => assign(ingress, { status: NO_BALANCER }),
  validate: validateIngressCreate,
  warningsOnCreate: annotationWarning,
  validateUpdate: (ingress) => [
    ...validateObjectMetaCreate(ingress.metadata, {
      namespaced: true,
      validateName: nameIsDnsSubdomain,
    }),
    ...validateIngress(ingress),
  ],
  status: {
    validateUpdate: validateIngressStatus,
    warningsOnUpdate: ({ status }) =>
      (status?.loadBalancer?.ingress ?? []).flatMap(({ ip = '' }, index) =>
        ip === '' ? [] : warningsForIp(`${at('status.loadBalancer.ingress', index)}.ip`, ip),
      ),
  },
}
