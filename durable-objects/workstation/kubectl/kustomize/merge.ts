// Strategic merge as kustomize does it: what the patch names comes first in lists, and keys of lists are those of the API's schemas.
// kustomize: kyaml/yaml/merge2/merge2.go, kyaml/yaml/walk
import { KustomizeError } from '#kubectl/kustomize/failure.ts'
import {
  elementValues,
  findElement,
  setElement,
  validKeys,
  withElements,
} from '#kubectl/kustomize/elements.ts'
import { gvkOf } from '#kubectl/kustomize/gvk.ts'
import {
  copyNode,
  isNull,
  textAt,
  textNode,
  type ListNode,
  type MapNode,
  type Node,
} from '#kubectl/kustomize/node.ts'
import type { MergeSchema, MergeSchemas } from '#kubectl/kustomize/merge-schema.ts'
import { wrongKind } from '#kubectl/kustomize/wrong-kind.ts'

const DIRECTIVE = '$patch'

type Directive = 'delete' | 'replace' | 'merge' | undefined

const directiveText = (text: string): Directive => {
  if (text === 'delete' || text === 'replace' || text === 'merge') return text
  throw new KustomizeError(`unknown patch strategy '${text}'`)
}

/** The patch's own word for what to do; it is taken out of the patch. */
const takeDirective = (patch: Node | undefined): Directive => {
  if (patch?.kind === 'map') {
    const directive = patch.fields.get(DIRECTIVE)
    if (directive?.kind !== 'scalar') return undefined
    patch.fields.delete(DIRECTIVE)
    return directiveText(directive.text)
  }
  if (patch?.kind !== 'list') return undefined
  const index = patch.items.findIndex(
    (one) => one.kind === 'map' && one.fields.size === 1 && one.fields.has(DIRECTIVE),
  )
  const item = patch.items[index]
  if (item === undefined) return undefined
  patch.items.splice(index, 1)
  return directiveText(textAt(item, DIRECTIVE))
}

const checkKinds = (kind: Node['kind'], nodes: readonly (Node | undefined)[]): void => {
  for (const node of nodes)
    if (node !== undefined && !isNull(node) && node.kind !== kind) throw wrongKind(kind, node)
}

/** Changes `target` in place where it can; undefined: nothing is left. */
const merge = (
  target: Node | undefined,
  patch: Node | undefined,
  schema: MergeSchema | undefined,
): Node | undefined => {
  const first = [target, patch].find((node) => node !== undefined && !isNull(node))
  const kind = first?.kind ?? 'map'
  if (first !== undefined) checkKinds(kind, [target, patch])
  if (kind === 'scalar') return patch ?? target
  if (kind === 'list') {
    const keys = schema?.keys
    if (keys === undefined) return patch ?? target
    return mergeLists(target as ListNode | undefined, patch, keys, schema?.items())
  }
  return mergeMaps(target, patch, schema)
}

const mergeMaps = (
  target: Node | undefined,
  patch: Node | undefined,
  schema: MergeSchema | undefined,
): Node | undefined => {
  if (target === undefined || isNull(target)) {
    if (takeDirective(patch) === 'delete') return undefined
    // a null that was written stays as long as no patch speaks of it
    if (patch === undefined && target?.kind === 'scalar' && target.text !== '') return target
    return patch?.kind === 'map' ? mergeFields(patch, patch, schema) : patch
  }
  if (patch !== undefined && isNull(patch)) return undefined
  const directive = takeDirective(patch)
  if (directive === 'delete') return undefined
  const into = directive === 'replace' ? patch : target
  return into?.kind === 'map' ? mergeFields(into, patch, schema) : into
}

const mergeFields = (
  into: MapNode,
  patch: Node | undefined,
  schema: MergeSchema | undefined,
): Node => {
  const source = patch?.kind === 'map' ? patch : undefined
  const names = new Set([...into.fields.keys(), ...(source?.fields.keys() ?? [])])
  for (const name of names) {
    const value = merge(into.fields.get(name), source?.fields.get(name), schema?.field(name))
    const isCleared = isNull(value) && (source?.fields.has(name) === true || value === undefined)
    if (value === undefined || isCleared) into.fields.delete(name)
    else into.fields.set(name, value)
  }
  return into
}

const mergeLists = (
  target: ListNode | undefined,
  patch: Node | undefined,
  keys: readonly string[],
  schema: MergeSchema | undefined,
): Node | undefined => {
  let into = target
  if (into === undefined || isNull(into)) {
    if (patch?.kind !== 'list') return patch
    into = patch
  } else if (patch !== undefined && isNull(patch)) return undefined
  else {
    const directive = takeDirective(patch)
    if (directive === 'delete') return undefined
    if (directive === 'replace') into = patch as ListNode
  }
  const source = patch?.kind === 'list' ? patch : undefined
  const items = mergeElements(into, source, keys, schema)
  into.items.splice(0, Infinity, ...items)
  return into
}

const mergeElements = (
  target: ListNode,
  patch: ListNode | undefined,
  keys: readonly string[],
  schema: MergeSchema | undefined,
): readonly Node[] => {
  const names = keys.length === 0 ? [''] : keys
  const values = elementValues([...(patch?.items ?? []), ...target.items], names)
  if (values.length === 0) return target.items
  const valid = validKeys(values, names)
  let merged: readonly Node[] = []
  for (const all of values) {
    const known = validKeys([all], names)
    const own = names.flatMap((name, index) => (known.includes(name) ? [all[index] ?? ''] : []))
    const value = merge(findElement(target, known, own), findElement(patch, known, own), schema)
    const of = names.flatMap((name, index) => (valid.includes(name) ? [all[index] ?? ''] : []))
    if (value === undefined || isNull(value) || (value.kind === 'map' && value.fields.size === 0)) {
      target.items.splice(0, Infinity, ...setElement(target.items, undefined, valid, of))
      continue
    }
    for (const [index, key] of valid.entries())
      if (value.kind === 'map' && !value.fields.has(key) && of[index] !== '')
        value.fields.set(key, textNode(of[index] ?? ''))
    merged = setElement(merged, value, valid, of)
  }
  return withElements(merged, target.items, valid)
}

/** The object after the patch; undefined: the patch has deleted it. The patch stays as it is. */
export const strategicMerge = (
  target: MapNode,
  patch: MapNode,
  schemas: MergeSchemas,
): MapNode | undefined => {
  const merged = merge(target, copyNode(patch), schemas(gvkOf(target)))
  return merged?.kind === 'map' ? merged : undefined
}
