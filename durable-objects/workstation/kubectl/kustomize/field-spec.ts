// Rules of the form `path in objects of this kind`. kustomize: api/filters/fieldspec/fieldspec.go
import { KustomizeError, withPrefix } from '#kubectl/kustomize/failure.ts'
import { gvkOf, idText, isSelected, type GvkSelector } from '#kubectl/kustomize/gvk.ts'
import {
  listNode,
  mapNode,
  textAt,
  textNode,
  type MapNode,
  type Node,
} from '#kubectl/kustomize/node.ts'

export interface FieldSpec extends GvkSelector {
  /** Keys with slashes between them; a slash in a key is `\/`. `containers[]` has to be a list. */
  readonly path?: string
  readonly create?: boolean
}

export const splitPath = (path: string): readonly string[] =>
  path
    .replaceAll('\\/', '\u0000')
    .split('/')
    .map((part) => part.replaceAll('\u0000', '/'))

/** What to make of a field that is not there. */
export type CreateKind = 'scalar' | 'map'

interface Visit {
  readonly create: CreateKind | undefined
  /** Told the node, or what takes its place. */
  readonly set: (node: Node) => void
}

const emptyNode = (kind: CreateKind | 'list'): Node =>
  kind === 'scalar' ? textNode('') : kind === 'map' ? mapNode() : listNode()

const visit = (node: Node, path: readonly string[], options: Visit): void => {
  const [first, ...rest] = path
  if (first === undefined) return options.set(node)
  if (node.kind === 'list') {
    for (const item of node.items) visit(item, path, options)
    return
  }
  if (node.kind !== 'map') throw new KustomizeError('expected sequence or mapping node')
  const isList = first.endsWith('[]')
  const name = isList ? first.slice(0, -2) : first
  const kind =
    options.create === undefined || isList ? undefined : rest.length === 0 ? options.create : 'map'
  let field = node.fields.get(name)
  if (field === undefined) {
    if (kind === undefined) return
    field = emptyNode(kind)
    node.fields.set(name, field)
  } else if (field.kind === 'scalar' && field.tag === 'null') {
    if (kind === undefined && !isList) {
      if (rest.length === 0) options.set(field)
      return
    }
    field = emptyNode(isList ? 'list' : (kind ?? 'map'))
    node.fields.set(name, field)
  }
  visit(field, rest, options)
}

const shownId = (object: MapNode): string =>
  idText({
    gvk: gvkOf(object),
    name: textAt(object, 'metadata', 'name'),
    namespace: textAt(object, 'metadata', 'namespace'),
  })

/** Calls `set` with what the rule means in the object. */
export const applyFieldSpec = (
  object: MapNode,
  spec: FieldSpec,
  createKind: CreateKind | undefined,
  set: (node: Node) => void,
): void => {
  if (!isSelected(gvkOf(object), spec)) return
  const create = spec.create === true ? createKind : undefined
  withPrefix(`considering field '${spec.path ?? ''}' of object ${shownId(object)}`, () =>
    visit(object, splitPath(spec.path ?? ''), { create, set }),
  )
}
