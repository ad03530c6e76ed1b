// kubernetes: apiextensions pkg/apis/apiextensions/validation/validation.go validateCustomResourceConversion
import type {
  CustomResourceConversion,
  CustomResourceDefinitionSpec,
} from '#api/apiextensions/v1/custom-resource-definition/types.ts'
import {
  at,
  child,
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { isDns1035Label } from '#apimachinery/validation/names.ts'

const STRATEGIES = ['None', 'Webhook']
const ACCEPTED = ['v1', 'v1beta1']

export const validateConversion = ({
  conversion,
  preserveUnknownFields,
}: CustomResourceDefinitionSpec): readonly FieldError[] => {
  if (conversion === undefined) return []
  const path = 'spec.conversion'
  const { strategy = '' } = conversion
  const errors: FieldError[] = []
  if (strategy !== 'None' && preserveUnknownFields === true)
    errors.push(
      invalidValue(
        child(path, 'strategy'),
        strategy,
        'must be None if spec.preserveUnknownFields is true',
      ),
    )
  if (strategy === '') errors.push(requiredValue(child(path, 'strategy')))
  else if (!STRATEGIES.includes(strategy))
    errors.push(notSupported(child(path, 'strategy'), strategy, STRATEGIES))
  if (strategy === 'Webhook') return [...errors, ...validateWebhook(conversion, path)]
  const why = 'should not be set when strategy is not set to Webhook'
  if (conversion.webhook?.clientConfig !== undefined)
    errors.push(forbiddenValue(child(path, 'webhookClientConfig'), why))
  if ((conversion.webhook?.conversionReviewVersions?.length ?? 0) > 0)
    errors.push(forbiddenValue(child(path, 'conversionReviewVersions'), why))
  return errors
}

const validateWebhook = (
  { webhook }: CustomResourceConversion,
  path: string,
): readonly FieldError[] => {
  const client = webhook?.clientConfig
  const clientPath = child(path, 'webhookClientConfig')
  const errors: FieldError[] = []
  if (client === undefined)
    errors.push(requiredValue(clientPath, 'required when strategy is set to Webhook'))
  else if ((client.url === undefined) === (client.service === undefined))
    errors.push(requiredValue(clientPath, 'exactly one of url or service is required'))
  else if (client.service !== undefined) {
    const { name = '', namespace = '' } = client.service
    if (name === '')
      errors.push(requiredValue(child(clientPath, 'service', 'name'), 'service name is required'))
    if (namespace === '')
      errors.push(
        requiredValue(child(clientPath, 'service', 'namespace'), 'service namespace is required'),
      )
  }
  return [
    ...errors,
    ...validateReviewVersions(
      webhook?.conversionReviewVersions ?? [],
      child(path, 'conversionReviewVersions'),
    ),
  ]
}

const validateReviewVersions = (
  versions: readonly string[],
  path: string,
): readonly FieldError[] => {
  if (versions.length === 0) return [requiredValue(path)]
  const errors = versions.flatMap((version, index) =>
    versions.indexOf(version) < index
      ? [invalidValue(at(path, index), version, 'duplicate version')]
      : isDns1035Label(version).map((why) => invalidValue(at(path, index), version, why)),
  )
  return versions.some((version) => ACCEPTED.includes(version))
    ? errors
    : [
        ...errors,
        invalidValue(path, versions, `must include at least one of ${ACCEPTED.join(', ')}`),
      ]
}
