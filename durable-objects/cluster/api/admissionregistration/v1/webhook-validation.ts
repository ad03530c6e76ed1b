// kubernetes: pkg/apis/admissionregistration/validation/validation.go ValidateValidatingWebhookConfiguration, ValidateMutatingWebhookConfiguration
import { validateMatchConditions } from '#api/admissionregistration/v1/expression-validation.ts'
import {
  FAILURE_POLICIES,
  MATCH_POLICIES,
  validateRule,
} from '#api/admissionregistration/v1/rule-validation.ts'
import type { MutatingWebhook } from '#api/admissionregistration/v1/mutating-webhook-configuration/types.ts'
import type { WebhookClientConfig } from '#api/admissionregistration/v1/shared-types.ts'
import {
  at,
  child,
  duplicateValue,
  invalidValue,
  notSupported,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import { equal } from '#apimachinery/object.ts'
import { validateLabelSelector } from '#apimachinery/validation/metadata.ts'
import { isDns1035Label, isDns1123Subdomain } from '#apimachinery/validation/names.ts'
import { validateWebhookService, validateWebhookUrl } from '#apimachinery/validation/webhook.ts'

/** A configuration of either kind. */
export interface WebhookConfiguration extends KubeObject {
  readonly webhooks?: readonly MutatingWebhook[]
}

const REVIEW_VERSIONS = ['v1', 'v1beta1']
const REINVOCATION_POLICIES = ['IfNeeded', 'Never']
const HARMLESS = ['None', 'NoneOnDryRun']
const SIDE_EFFECTS = ['None', 'NoneOnDryRun', 'Some', 'Unknown']

/** What may be as it is because it was so before. */
interface Options {
  readonly ignoresConditions: boolean
  readonly allowsSideEffects: boolean
  readonly allowsAnyVersion: boolean
  readonly allowsSameNames: boolean
}

const STRICT: Options = {
  ignoresConditions: false,
  allowsSideEffects: false,
  allowsAnyVersion: false,
  allowsSameNames: false,
}

const hasKnownVersion = (versions: readonly string[]): boolean =>
  versions.some((version) => REVIEW_VERSIONS.includes(version))

const hasSameNames = (hooks: readonly MutatingWebhook[]): boolean =>
  new Set(hooks.map(({ name }) => name)).size < hooks.length

const optionsFor = (
  hooks: readonly MutatingWebhook[],
  old: readonly MutatingWebhook[],
): Options => ({
  ignoresConditions:
    hooks.length === old.length &&
    hooks.every(({ matchConditions }, i) => equal(matchConditions, old[i]!.matchConditions)),
  allowsSideEffects: old.some(({ sideEffects }) => !HARMLESS.includes(sideEffects)),
  allowsAnyVersion: old.some(
    ({ admissionReviewVersions: versions }) =>
      (versions ?? []).length > 0 && !hasKnownVersion(versions),
  ),
  allowsSameNames: hasSameNames(old),
})

export const validateWebhooks = ({ webhooks = [] }: WebhookConfiguration): readonly FieldError[] =>
  validateAll(webhooks, STRICT)

export const validateWebhooksUpdate = (
  { webhooks = [] }: WebhookConfiguration,
  old: WebhookConfiguration,
): readonly FieldError[] => validateAll(webhooks, optionsFor(webhooks, old.webhooks ?? []))

const validateAll = (hooks: readonly MutatingWebhook[], options: Options): readonly FieldError[] =>
  hooks.flatMap((hook, index) => {
    const path = at('webhooks', index)
    const { name = '' } = hook
    const isRepeated = hooks.findIndex((other) => other.name === name) < index
    return [
      ...validateName(name, child(path, 'name')),
      ...(hook.rules ?? []).flatMap((rule, i) => validateRule(rule, at(child(path, 'rules'), i))),
      ...validateChoices(hook, options, path),
      ...validateClient(hook.clientConfig ?? {}, child(path, 'clientConfig')),
      ...(options.ignoresConditions
        ? []
        : validateMatchConditions(hook.matchConditions, false, child(path, 'matchConditions'))),
      ...validateVersions(
        hook.admissionReviewVersions ?? [],
        options,
        child(path, 'admissionReviewVersions'),
      ),
      ...(!options.allowsSameNames && name !== '' && isRepeated
        ? [duplicateValue(child(path, 'name'), name)]
        : []),
    ]
  })

/** kubernetes: apimachinery pkg/util/validation IsFullyQualifiedName */
const validateName = (name: string, path: string): readonly FieldError[] => {
  if (name === '') return [requiredValue(path)]
  const messages = isDns1123Subdomain(name)
  if (messages.length > 0) return [invalidValue(path, name, messages.join(','))]
  return name.split('.').length < 3
    ? [
        invalidValue(
          path,
          name,
          'should be a domain with at least three segments separated by dots',
        ),
      ]
    : []
}

const validateChoices = (
  hook: MutatingWebhook,
  options: Options,
  path: string,
): readonly FieldError[] => {
  const { failurePolicy, matchPolicy, sideEffects, reinvocationPolicy } = hook
  const timeout = hook.timeoutSeconds ?? 1
  const choice = (field: string, value: string | undefined, choices: readonly string[]) =>
    value === undefined || choices.includes(value)
      ? []
      : [notSupported(child(path, field), value, choices)]
  const effects = options.allowsSideEffects ? SIDE_EFFECTS : HARMLESS
  return [
    ...choice('failurePolicy', failurePolicy, FAILURE_POLICIES),
    ...choice('matchPolicy', matchPolicy, MATCH_POLICIES),
    ...(sideEffects === undefined || sideEffects === null
      ? [requiredValue(child(path, 'sideEffects'), `must specify one of ${effects.join(', ')}`)]
      : choice('sideEffects', sideEffects, effects)),
    ...(timeout > 30 || timeout < 1
      ? [
          invalidValue(
            child(path, 'timeoutSeconds'),
            timeout,
            'the timeout value must be between 1 and 30 seconds',
          ),
        ]
      : []),
    ...validateLabelSelector(hook.namespaceSelector, child(path, 'namespaceSelector')),
    ...validateLabelSelector(hook.objectSelector, child(path, 'objectSelector')),
    ...choice('reinvocationPolicy', reinvocationPolicy, REINVOCATION_POLICIES),
  ]
}

const validateClient = (
  { url, service }: Partial<WebhookClientConfig>,
  path: string,
): readonly FieldError[] => {
  if ((url === undefined) === (service === undefined))
    return [requiredValue(path, 'exactly one of url or service is required')]
  return url === undefined
    ? validateWebhookService(service!, child(path, 'service'))
    : validateWebhookUrl(url, child(path, 'url'))
}

const validateVersions = (
  versions: readonly string[],
  { allowsAnyVersion }: Options,
  path: string,
): readonly FieldError[] => {
  const known = REVIEW_VERSIONS.join(', ')
  if (versions.length === 0) return [requiredValue(path, `must specify one of ${known}`)]
  const errors = versions.flatMap((version, index) =>
    versions.indexOf(version) < index
      ? [invalidValue(at(path, index), version, 'duplicate version')]
      : isDns1035Label(version).map((why) => invalidValue(at(path, index), version, why)),
  )
  return allowsAnyVersion || hasKnownVersion(versions)
    ? errors
    : [...errors, invalidValue(path, versions, `must include at least one of ${known}`)]
}
