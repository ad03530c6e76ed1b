// CustomResourceDefinitions as the specs of [sig-api-machinery] make them. kubernetes: test/utils/crd, apiextensions-apiserver/test/integration/fixtures
import type { Framework } from './conformance.ts'

export const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io'

export interface DefinitionVersion {
  readonly name: string
  readonly served?: boolean
  readonly storage?: boolean
  readonly schema?: object
  readonly [more: string]: unknown
}

export interface DefinitionParts {
  readonly group: string
  readonly plural: string
  readonly kind: string
  readonly versions: readonly DefinitionVersion[]
  readonly scope?: 'Namespaced' | 'Cluster'
  readonly labels?: Readonly<Record<string, string>>
}

const OPEN = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }

export const definition = (parts: DefinitionParts) => ({
  metadata: { name: `${parts.plural}.${parts.group}`, labels: parts.labels ?? {} },
  spec: {
    group: parts.group,
    scope: parts.scope ?? 'Cluster',
    names: {
      plural: parts.plural,
      singular: parts.kind.toLowerCase(),
      kind: parts.kind,
      listKind: `${parts.kind}List`,
    },
    versions: parts.versions.map(({ schema = OPEN, ...version }, index) => ({
      served: true,
      storage: index === 0,
      ...version,
      schema: { openAPIV3Schema: schema },
    })),
  },
})

/** Creates it and waits until it is served. */
export const createDefinition = (f: Framework, parts: DefinitionParts): string => {
  const { metadata } = f.create(DEFINITIONS, definition(parts))
  f.until('the definition to be established', () =>
    f
      .get(DEFINITIONS, metadata.name)
      .status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True'),
  )
  return metadata.name!
}

export const customPath = (
  { group, plural, versions }: DefinitionParts,
  name = '',
  query = '',
  version = versions[0]!.name,
): string => {
  const one = name === '' ? '' : `/${name}`
  return `/apis/${group}/${version}/${plural}${one}${query === '' ? '' : `?${query}`}`
}
