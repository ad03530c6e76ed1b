// kubernetes: pkg/printers/internalversion/printers.go
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'
import { formatLabelSelector } from '#apimachinery/label-text.ts'
import type { LabelSelector } from '#apimachinery/labels.ts'
import type { KubeObject } from '#apimachinery/object.ts'

interface WebhookConfiguration extends KubeObject {
  readonly webhooks?: readonly unknown[]
}

export const webhooksRow: RowPrinter<WebhookConfiguration> = ({ metadata, webhooks }, { now }) => [
  metadata.name ?? '',
  webhooks?.length ?? 0,
  age(now, metadata.creationTimestamp),
]

interface Policy extends KubeObject {
  readonly spec?: {
    readonly validations?: readonly unknown[]
    readonly mutations?: readonly unknown[]
    readonly paramKind?: { readonly apiVersion?: string; readonly kind?: string }
  }
}

export const policyRow: RowPrinter<Policy> = ({ metadata, spec }, { now }) => [
  metadata.name ?? '',
  (spec?.validations ?? spec?.mutations)?.length ?? 0,
  spec?.paramKind === undefined
    ? '<unset>'
    : `${spec.paramKind.apiVersion ?? ''}/${spec.paramKind.kind ?? ''}`,
  age(now, metadata.creationTimestamp),
]

interface PolicyBinding extends KubeObject {
  readonly spec?: {
    readonly policyName?: string
    readonly paramRef?: {
      readonly name?: string
      readonly namespace?: string
      readonly selector?: LabelSelector
    }
  }
}

const paramText = ({ spec }: PolicyBinding): string => {
  const { name = '', namespace = '', selector } = spec?.paramRef ?? {}
  if (name !== '') return `${namespace === '' ? '*' : namespace}/${name}`
  return selector === undefined ? '<unset>' : formatLabelSelector(selector)
}

export const policyBindingRow: RowPrinter<PolicyBinding> = (binding, { now }) => [
  binding.metadata.name ?? '',
  binding.spec?.policyName ?? '',
  paramText(binding),
  age(now, binding.metadata.creationTimestamp),
]
