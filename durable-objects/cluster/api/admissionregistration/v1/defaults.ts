// kubernetes: pkg/apis/admissionregistration/v1/defaults.go
import type { MutatingAdmissionPolicyBinding } from '#api/admissionregistration/v1/mutating-admission-policy-binding/types.ts'
import type { MutatingAdmissionPolicy } from '#api/admissionregistration/v1/mutating-admission-policy/types.ts'
import type { MutatingWebhook } from '#api/admissionregistration/v1/mutating-webhook-configuration/types.ts'
import type {
  MatchResources,
  RuleWithOperations,
  WebhookClientConfig,
} from '#api/admissionregistration/v1/shared-types.ts'
import type { ValidatingAdmissionPolicyBinding } from '#api/admissionregistration/v1/validating-admission-policy-binding/types.ts'
import type { ValidatingAdmissionPolicy } from '#api/admissionregistration/v1/validating-admission-policy/types.ts'
import type { WebhookConfiguration } from '#api/admissionregistration/v1/webhook-validation.ts'
import { assign, fill, mapShared } from '#apimachinery/object.ts'

const HTTPS = 443

const withScope = <T extends RuleWithOperations>(rule: T): T =>
  fill<RuleWithOperations>(rule, { scope: '*' }) as T

const withPort = (client: WebhookClientConfig): WebhookClientConfig =>
  client.service === undefined
    ? client
    : assign(client, { service: fill(client.service, { port: HTTPS }) })

const WEBHOOK = {
  failurePolicy: 'Fail',
  matchPolicy: 'Equivalent',
  namespaceSelector: {},
  objectSelector: {},
  timeoutSeconds: 10,
} as const

const withHooks =
  (more: Partial<MutatingWebhook>) =>
  <T extends WebhookConfiguration>(configuration: T): T =>
    configuration.webhooks === undefined
      ? configuration
      : (assign<WebhookConfiguration>(configuration, {
          webhooks: mapShared(configuration.webhooks, (hook) =>
            assign(fill(hook, { ...WEBHOOK, ...more }), {
              rules: hook.rules && mapShared(hook.rules, withScope),
              clientConfig: hook.clientConfig && withPort(hook.clientConfig),
            }),
          ),
        }) as T)

export const defaultValidatingWebhooks = withHooks({})
export const defaultMutatingWebhooks = withHooks({ reinvocationPolicy: 'Never' })

const withMatch = (match: MatchResources): MatchResources =>
  assign(fill(match, { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} }), {
    resourceRules: match.resourceRules && mapShared(match.resourceRules, withScope),
    excludeResourceRules:
      match.excludeResourceRules && mapShared(match.excludeResourceRules, withScope),
  })

export const defaultPolicy = <T extends ValidatingAdmissionPolicy | MutatingAdmissionPolicy>(
  policy: T,
): T => {
  const spec = fill(policy.spec ?? {}, {
    failurePolicy: 'Fail',
  }) as ValidatingAdmissionPolicy['spec']
  return assign(policy as ValidatingAdmissionPolicy, {
    spec: assign(spec, {
      matchConstraints: spec.matchConstraints && withMatch(spec.matchConstraints),
    }),
  }) as T
}

export const defaultPolicyBinding = <
  T extends ValidatingAdmissionPolicyBinding | MutatingAdmissionPolicyBinding,
>(
  binding: T,
): T => {
  const { spec } = binding as ValidatingAdmissionPolicyBinding
  if (spec?.matchResources === undefined) return binding
  return assign(binding as ValidatingAdmissionPolicyBinding, {
    spec: assign(spec, { matchResources: withMatch(spec.matchResources) }),
  }) as T
}
