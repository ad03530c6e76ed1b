// One version of a CustomResourceDefinition as a resource like any other.
// kubernetes: apiextensions pkg/apiserver/customresource_handler.go getOrCreateServingInfoFor
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionVersion,
} from '#api/apiextensions/v1/custom-resource-definition/types.ts'
import { schemaOf } from '#api/schemas.ts'
import { compileRoot } from '#apimachinery/structural/compile.ts'
import type { Schema } from '#apimachinery/schema.ts'
import { codecOf } from '#kube-apiserver/apiextensions/codec.ts'
import { customStrategy } from '#kube-apiserver/apiextensions/custom-strategy.ts'
import { columnsOf, rowPrinterOf } from '#kube-apiserver/apiextensions/printer-columns.ts'
import type {
  CustomKind,
  Resource,
  ResourceDiscovery,
  SubresourceDiscovery,
} from '#kube-apiserver/resources.ts'

/** What discovery says while the definition is being deleted. */
export const TERMINATING_VERBS = ['delete', 'deletecollection', 'get', 'list', 'watch']
const ALL = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch']
const PART = ['get', 'patch', 'update']

export const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'

/** `com.example.stable.v1.CronTab`: how a kind is named among the definitions of OpenAPI. */
export const definitionNameOf = (group: string, version: string, kind: string): string =>
  `${group.split('.').reverse().join('.')}.${version}.${kind}`

const discoveryOf = (
  definition: CustomResourceDefinition,
  { subresources }: CustomResourceDefinitionVersion,
): ResourceDiscovery => {
  const { spec, status } = definition
  const names = status?.acceptedNames ?? spec.names
  const { kind, singular = '', shortNames = [], categories = [] } = names
  const parts: SubresourceDiscovery[] = []
  if (subresources?.status !== undefined)
    parts.push({
      subresource: 'status',
      responseKind: { group: '', version: '', kind },
      verbs: PART,
    })
  if (subresources?.scale !== undefined)
    parts.push({
      subresource: 'scale',
      responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
      verbs: PART,
    })
  return {
    resource: names.plural,
    responseKind: { group: '', version: '', kind },
    scope: spec.scope,
    singularResource: singular,
    verbs: ALL,
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(parts.length === 0 ? {} : { subresources: parts }),
  }
}

const deprecationOf = (
  { spec }: CustomResourceDefinition,
  { name, deprecated, deprecationWarning }: CustomResourceDefinitionVersion,
): string | undefined =>
  deprecated === true
    ? (deprecationWarning ?? `${spec.group}/${name} ${spec.names.kind} is deprecated`)
    : undefined

export const customResource = (
  definition: CustomResourceDefinition,
  version: CustomResourceDefinitionVersion,
  storage: CustomResourceDefinitionVersion,
): Resource => {
  const { spec, status } = definition
  const { group } = spec
  const names = status?.acceptedNames ?? spec.names
  const { kind } = names
  const plural = spec.names.plural
  const name = `${plural}.${group}`
  const deprecation = deprecationOf(definition, version)
  const custom: CustomKind = {
    definition: definition.metadata.name ?? '',
    ...codecOf(definition, version, storage),
    columns: columnsOf(version),
    schema: version.schema?.openAPIV3Schema,
    listKind: names.listKind ?? `${kind}List`,
    ...(deprecation === undefined ? {} : { deprecation }),
  }
  let schema: Schema | undefined
  return {
    group,
    version: version.name,
    plural,
    kind,
    namespaced: spec.scope === 'Namespaced',
    discovery: discoveryOf(definition, version),
    name,
    // most of what is defined in a cluster is never asked for in one session
    get schema() {
      return (schema ??= compileRoot(
        spec.preserveUnknownFields === true ? undefined : version.schema?.openAPIV3Schema,
        definitionNameOf(group, version.name, kind),
        schemaOf(OBJECT_META)!,
      ))
    },
    strategy: customStrategy(definition, version),
    behaviour: { row: rowPrinterOf(version) },
    custom,
  }
}
