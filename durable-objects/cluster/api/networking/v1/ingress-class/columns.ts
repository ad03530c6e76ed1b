// kubernetes: pkg/printers/internalversion/printers.go printIngressClass
import type { IngressClass } from '#api/networking/v1/ingress-class/types.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'
import { own } from '#apimachinery/object.ts'

/** Marks the class that Ingresses without class get. */
export const DEFAULT_CLASS = 'ingressclass.kubernetes.io/is-default-class'

export const ingressClassRow: RowPrinter<IngressClass> = ({ metadata, spec }, { now }) => [
  own(metadata.annotations, DEFAULT_CLASS) === 'true'
    ? `${metadata.name!} (default)`
    : metadata.name!,
  spec.controller ?? '',
  parametersText(spec.parameters),
  age(now, metadata.creationTimestamp),
]

const parametersText = (parameters: IngressClass['spec']['parameters']): string => {
  if (parameters === undefined) return '<none>'
  const { apiGroup, kind, name } = parameters
  return `${apiGroup === undefined ? kind : `${kind}.${apiGroup}`}/${name}`
}
