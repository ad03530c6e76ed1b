import { policyBindingRow, policyRow, webhooksRow } from '#api/admissionregistration/v1/columns.ts'
import { kind, type KindBehaviour } from '#api/strategy.ts'
import type { KubeObject } from '#apimachinery/object.ts'

interface WebhookConfiguration extends KubeObject {
  readonly webhooks?: readonly unknown[]
}

const webhooks = kind<WebhookConfiguration>({
  strategy: { hasGeneration: true, generationOf: (configuration) => configuration.webhooks },
  row: webhooksRow,
})

export const admissionregistrationKinds: Readonly<Record<string, KindBehaviour>> = {
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': webhooks,
  'validatingwebhookconfigurations.admissionregistration.k8s.io': webhooks,
  'mutatingadmissionpolicies.admissionregistration.k8s.io': kind({ row: policyRow }),
  'validatingadmissionpolicies.admissionregistration.k8s.io': kind({ row: policyRow }),
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io': kind({ row: policyBindingRow }),
  'validatingadmissionpolicybindings.admissionregistration.k8s.io': kind({ row: policyBindingRow }),
}
