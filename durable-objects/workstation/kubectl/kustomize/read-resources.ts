// Objects out of the text of a file. kustomize: api/resource/factory.go
import { KustomizeError } from '#kubectl/kustomize/failure.ts'
import {
  isEmptyNode,
  isNull,
  nodeAt,
  textAt,
  textsOf,
  type MapNode,
  type Node,
} from '#kubectl/kustomize/node.ts'
import { readYaml } from '#kubectl/kustomize/read-yaml.ts'
import { Resource } from '#kubectl/kustomize/resource.ts'

const goMap = (texts: ReadonlyMap<string, string>): string =>
  `map[${[...texts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, text]) => `${key}:${text}`)
    .join(' ')}]`

/** As Go prints what it has read of an object's metadata. */
const metaSyntax = (node: MapNode): string => {
  const metadata = nodeAt(node, 'metadata')
  const labels = goMap(textsOf(nodeAt(metadata, 'labels')))
  const annotations = goMap(textsOf(nodeAt(metadata, 'annotations')))
  return (
    `{{${textAt(node, 'apiVersion')} ${textAt(node, 'kind')}} ` +
    `{{${textAt(metadata, 'name')} ${textAt(metadata, 'namespace')}} ${labels} ${annotations}}}`
  )
}

const validated = (node: Node): MapNode => {
  const fields = ['apiVersion', 'kind', 'metadata']
  if (node.kind !== 'map' || fields.every((field) => isEmptyNode(node.fields.get(field))))
    throw new KustomizeError('missing Resource metadata')
  const kind = textAt(node, 'kind')
  if (kind === '') throw new KustomizeError(`missing kind in object ${metaSyntax(node)}`)
  if (!kind.endsWith('List') && textAt(node, 'metadata', 'name') === '')
    throw new KustomizeError(`missing metadata.name in object ${metaSyntax(node)}`)
  return node
}

const expanded = (node: MapNode): readonly MapNode[] => {
  const kind = textAt(node, 'kind')
  const items = kind.endsWith('List') ? node.fields.get('items') : undefined
  if (items === undefined) return [node]
  if (isNull(items)) return []
  if (items.kind === 'list')
    return items.items
      .filter((item) => !isEmptyNode(item))
      .flatMap((item) => expanded(validated(item)))
  if (kind === 'List' || kind === 'ResourceList') return []
  throw new KustomizeError(
    `expected array in ${kind}/items, but found ${items.kind === 'map' ? 'map[string]interface {}' : 'string'}`,
  )
}

/** The objects of a text; those of lists one by one. Throws a KustomizeError. */
export const readResources = (text: string): readonly Resource[] =>
  readYaml(text)
    .filter(({ node }) => !isEmptyNode(node))
    .flatMap(({ node, fault }) =>
      expanded(validated(node)).map((object) => {
        const resource = new Resource(object)
        resource.fault = fault
        return resource
      }),
    )
