// kubernetes: pkg/registry/admissionregistration/*/strategy.go
import {
  validateMutatingBinding,
  validateValidatingBinding,
} from '#api/admissionregistration/v1/binding-validation.ts'
import { policyBindingRow, policyRow, webhooksRow } from '#api/admissionregistration/v1/columns.ts'
import {
  defaultMutatingWebhooks,
  defaultPolicy,
  defaultPolicyBinding,
  defaultValidatingWebhooks,
} from '#api/admissionregistration/v1/defaults.ts'
import type { MutatingAdmissionPolicyBinding } from '#api/admissionregistration/v1/mutating-admission-policy-binding/types.ts'
import type { MutatingAdmissionPolicy } from '#api/admissionregistration/v1/mutating-admission-policy/types.ts'
import {
  validateMutatingPolicy,
  validateValidatingPolicy,
} from '#api/admissionregistration/v1/policy-validation.ts'
import type { ValidatingAdmissionPolicyBinding } from '#api/admissionregistration/v1/validating-admission-policy-binding/types.ts'
import type { ValidatingAdmissionPolicy } from '#api/admissionregistration/v1/validating-admission-policy/types.ts'
import {
  validateWebhooks,
  validateWebhooksUpdate,
  type WebhookConfiguration,
} from '#api/admissionregistration/v1/webhook-validation.ts'
import { kind, type KindBehaviour, type Strategy } from '#api/strategy.ts'
import { assign, type KubeObject } from '#apimachinery/object.ts'

const webhooks = (
  defaults: (configuration: WebhookConfiguration) => WebhookConfiguration,
): KindBehaviour =>
  kind<WebhookConfiguration>({
    // they have no spec, but upstream counts their changes
    strategy: {
      hasGeneration: true,
      generationOf: (configuration) => configuration.webhooks,
      defaults,
      validate: validateWebhooks,
      validateUpdate: validateWebhooksUpdate,
    },
    row: webhooksRow,
  })

const withStatusOf = <T extends KubeObject>(policy: T, status: unknown): T =>
  assign<KubeObject & { readonly status?: unknown }>(policy, { status }) as T

const validatingPolicyStrategy: Strategy<ValidatingAdmissionPolicy> = {
  defaults: defaultPolicy,
  prepareForCreate: (policy) => withStatusOf(policy, {}),
  validate: validateValidatingPolicy,
  prepareForUpdate: (policy, old) => withStatusOf(policy, old.status),
  validateUpdate: validateValidatingPolicy,
}

export const admissionregistrationKinds: Readonly<Record<string, KindBehaviour>> = {
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': webhooks(defaultMutatingWebhooks),
  'validatingwebhookconfigurations.admissionregistration.k8s.io':
    webhooks(defaultValidatingWebhooks),
  'mutatingadmissionpolicies.admissionregistration.k8s.io': kind<MutatingAdmissionPolicy>({
    strategy: {
      defaults: defaultPolicy,
      validate: validateMutatingPolicy,
      validateUpdate: validateMutatingPolicy,
    },
    row: policyRow,
  }),
  'validatingadmissionpolicies.admissionregistration.k8s.io': kind<ValidatingAdmissionPolicy>({
    strategy: validatingPolicyStrategy,
    row: policyRow,
  }),
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io':
    kind<MutatingAdmissionPolicyBinding>({
      strategy: {
        defaults: defaultPolicyBinding,
        validate: validateMutatingBinding,
        validateUpdate: validateMutatingBinding,
      },
      row: policyBindingRow,
    }),
  'validatingadmissionpolicybindings.admissionregistration.k8s.io':
    kind<ValidatingAdmissionPolicyBinding>({
      strategy: {
        defaults: defaultPolicyBinding,
        validate: validateValidatingBinding,
        validateUpdate: validateValidatingBinding,
      },
      row: policyBindingRow,
    }),
}
