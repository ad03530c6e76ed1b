import type { Namespace } from '#api/core/v1/namespace/types.ts'
import { assign, type StringMap } from '#apimachinery/object.ts'

const NAME_LABEL = 'kubernetes.io/metadata.name'

/** The label by which selectors find a namespace by name. kubernetes: pkg/apis/core/v1/defaults.go SetDefaults_Namespace */
export const withNameLabel = (namespace: Namespace): Namespace => {
  const { name, labels } = namespace.metadata
  if (name === undefined || name === '' || labels?.[NAME_LABEL] === name) return namespace
  const labelled: StringMap = { ...labels, [NAME_LABEL]: name }
  return assign(namespace, { metadata: assign(namespace.metadata, { labels: labelled }) })
}
