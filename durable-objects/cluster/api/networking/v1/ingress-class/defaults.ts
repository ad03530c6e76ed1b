import type { IngressClass } from '#api/networking/v1/ingress-class/types.ts'
import { assign, fill } from '#apimachinery/object.ts'

/** kubernetes: pkg/apis/networking/v1/defaults.go SetDefaults_IngressClass */
export const defaultIngressClass = (ingressClass: IngressClass): IngressClass => {
  const { spec } = ingressClass
  if (spec?.parameters === undefined) return ingressClass
  const parameters = fill(spec.parameters, { scope: 'Cluster' })
  return assign(ingressClass, { spec: assign(spec, { parameters }) })
}
