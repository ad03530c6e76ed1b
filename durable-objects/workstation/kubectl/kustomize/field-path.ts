// Paths of replacements: `spec.containers.[name=app].image`, `metadata.annotations.[a.b/c]`, `*`, `0`. kustomize: kyaml/yaml/match.go
import { KustomizeError } from '#kubectl/kustomize/failure.ts'
import { listNode, mapNode, textAt, textNode, type Node } from '#kubectl/kustomize/node.ts'
import { wrongKind } from '#kubectl/kustomize/wrong-kind.ts'

/** Dots in brackets do not count; a backslash keeps one. kustomize: kyaml/utils SmarterPathSplitter */
export const splitFieldPath = (path: string): readonly string[] => {
  const parts: string[] = []
  let part = ''
  let depth = 0
  for (let at = 0; at < path.length; at++) {
    const char = path[at] ?? ''
    if (char === '\\' && path[at + 1] === '.' && depth === 0) {
      part += '.'
      at += 1
    } else if (char === '.' && depth === 0) {
      parts.push(part)
      part = ''
    } else {
      if (char === '[') depth += 1
      if (char === ']' && depth > 0) depth -= 1
      part += char
    }
  }
  parts.push(part)
  return parts.map((one) => (/^\[[^=]*\]$/.test(one) ? one.slice(1, -1) : one))
}

const ELEMENT = /^\[([^=]*)=(.*)\]$/
const INDEX = /^\d+$/

type Kind = Node['kind']

const emptyNode = (kind: Kind): Node =>
  kind === 'map' ? mapNode() : kind === 'list' ? listNode() : textNode('')

/** What a part that is not there has to be, so that the next one can be in it. */
const kindFor = (rest: readonly string[], create: Kind): Kind => {
  const [next] = rest
  if (next === undefined) return create
  return ELEMENT.test(next) || next === '-' || INDEX.test(next) ? 'list' : 'map'
}

const elements = (
  node: Node,
  key: string,
  value: string,
  rest: readonly string[],
  create: Kind | undefined,
): readonly Node[] => {
  if (node.kind !== 'list') throw wrongKind('list', node)
  const found = node.items.filter((item) =>
    key === '' ? item.kind === 'scalar' && item.text === value : textAt(item, key) === value,
  )
  if (found.length > 0 || create === undefined) return found
  const made =
    key === '' || (rest.length === 0 && create === 'scalar')
      ? textNode(value)
      : mapNode([[key, textNode(value)]])
  node.items.push(made)
  return [made]
}

const items = (node: Node, part: string, create: Kind | undefined): readonly Node[] => {
  if (node.kind !== 'list') return []
  if (part === '*') return node.items
  const index = part === '-' ? node.items.length : Number(part)
  const found = node.items[index]
  if (found !== undefined) return [found]
  if (create === undefined || index !== node.items.length)
    throw new KustomizeError(
      `index ${index} specified but only ${node.items.length} elements found`,
    )
  const made = emptyNode(create)
  node.items.push(made)
  return [made]
}

const fieldsOf = (
  node: Node,
  part: string,
  rest: readonly string[],
  create: Kind | undefined,
): readonly Node[] => {
  const element = ELEMENT.exec(part)
  if (element !== null) return elements(node, element[1] ?? '', element[2] ?? '', rest, create)
  if (part === '*' && node.kind !== 'list') throw wrongKind('list', node)
  if (node.kind === 'list' && (part === '*' || part === '-' || INDEX.test(part)))
    return items(node, part, create === undefined ? undefined : kindFor(rest, create))
  if (node.kind !== 'map') throw wrongKind('map', node)
  const found = node.fields.get(part)
  if (
    found !== undefined &&
    !(found.kind === 'scalar' && found.tag === 'null' && create !== undefined)
  )
    return [found]
  if (create === undefined) return []
  const made = emptyNode(kindFor(rest, create))
  node.fields.set(part, made)
  return [made]
}

/** Every node that the path leads to; `create`: what to make at its end if there is none. */
export const nodesAt = (
  root: Node,
  path: readonly string[],
  create: Kind | undefined,
): readonly Node[] => {
  let nodes: readonly Node[] = [root]
  for (const [index, part] of path.entries()) {
    const rest = path.slice(index + 1)
    nodes = nodes.flatMap((node) => fieldsOf(node, part, rest, create))
  }
  return nodes
}
