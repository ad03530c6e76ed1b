// kubernetes: pkg/registry/networking/ingressclass/strategy.go
import { defaultIngressClass } from '#api/networking/v1/ingress-class/defaults.ts'
import type { IngressClass } from '#api/networking/v1/ingress-class/types.ts'
import {
  validateIngressClass,
  validateIngressClassUpdate,
} from '#api/networking/v1/ingress-class/validation.ts'
import type { Strategy } from '#api/strategy.ts'

export const ingressClassStrategy: Strategy<IngressClass> = {
  defaults: defaultIngressClass,
  validate: validateIngressClass,
  validateUpdate: validateIngressClassUpdate,
}
