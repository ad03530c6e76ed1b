// kubernetes: apiextensions pkg/apis/apiextensions/v1/defaults.go
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionNames,
} from '#api/apiextensions/v1/custom-resource-definition/types.ts'
import { assign, equal, fill } from '#apimachinery/object.ts'

const WEBHOOK_PORT = 443

const withPort = (
  conversion: NonNullable<CustomResourceDefinition['spec']['conversion']>,
): NonNullable<CustomResourceDefinition['spec']['conversion']> => {
  const service = conversion.webhook?.clientConfig?.service
  if (service === undefined || service.port !== undefined) return conversion
  const clientConfig = {
    ...conversion.webhook?.clientConfig,
    service: { ...service, port: WEBHOOK_PORT },
  }
  return { ...conversion, webhook: { ...conversion.webhook!, clientConfig } }
}

const ORDER = ['plural', 'singular', 'shortNames', 'kind', 'listKind', 'categories'] as const

/** As Go writes them. */
export const namesInOrder = (
  names: CustomResourceDefinitionNames,
): CustomResourceDefinitionNames => {
  const kept = ORDER.filter((part) => names[part] !== undefined)
  return Object.fromEntries(
    kept.map((part) => [part, names[part]]),
  ) as unknown as CustomResourceDefinitionNames
}

export const defaultCustomResourceDefinition = (
  definition: CustomResourceDefinition,
): CustomResourceDefinition => {
  const { spec } = definition
  if (spec === undefined) return definition
  const { names, conversion } = spec
  const singular = names?.singular || (names?.kind ?? '').toLowerCase()
  const listKind = names?.listKind || ((names?.kind ?? '') === '' ? undefined : `${names.kind}List`)
  const named = namesInOrder({
    ...(names ?? { plural: '', kind: '' }),
    ...(singular === '' ? {} : { singular }),
    ...(listKind === undefined ? {} : { listKind }),
  })
  return assign(definition, {
    spec: fill(
      assign(spec, {
        names: equal(named, names) ? names : named,
        ...(conversion === undefined ? {} : { conversion: withPort(conversion) }),
      }),
      { conversion: { strategy: 'None' } },
    ),
  })
}
