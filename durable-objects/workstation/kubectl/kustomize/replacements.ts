// Values of one object written into others. kustomize: api/filters/replacement/replacement.go
import { KustomizeError, withPrefix } from '#kubectl/kustomize/failure.ts'
import { nodesAt, splitFieldPath } from '#kubectl/kustomize/field-path.ts'
import { idText, type ResourceId } from '#kubectl/kustomize/gvk.ts'
import type {
  FieldOptions,
  Replacement,
  ReplacementTarget,
  Selector,
} from '#kubectl/kustomize/kustomization.ts'
import { parseReplacements } from '#kubectl/kustomize/load-kustomization.ts'
import type { Loader } from '#kubectl/kustomize/loader.ts'
import { copyNode, isEmptyNode, textNode, type Node } from '#kubectl/kustomize/node.ts'
import { configured, type Transform } from '#kubectl/kustomize/patches.ts'
import type { Resource } from '#kubectl/kustomize/resource.ts'
import { compileSelector, selectsId } from '#kubectl/kustomize/selection.ts'

const NAME_PATH = 'metadata.name'

const idsOf = (resource: Resource): readonly ResourceId[] => [
  ...resource.previousIds,
  resource.currentId,
]

const selectorText = (selector: Selector): string => {
  const { group = '', version = '', kind = '', name = '', namespace = '' } = selector
  return idText({ gvk: { group, version, kind }, name, namespace })
}

/** `group`, `kind` and the like as they are, not as patterns. */
const isSelectedBy = (id: ResourceId, selector: Selector): boolean =>
  (!selector.group || selector.group === id.gvk.group) &&
  (!selector.version || selector.version === id.gvk.version) &&
  (!selector.kind || selector.kind === id.gvk.kind) &&
  (!selector.name || selector.name === id.name) &&
  (!selector.namespace || selector.namespace === (id.namespace || 'default'))

const refined = (options: FieldOptions | undefined, node: Node): Node => {
  const { delimiter = '', index = 0 } = options ?? {}
  if (delimiter === '') return node
  if (node.kind !== 'scalar')
    throw new KustomizeError('delimiter option can only be used with scalar nodes')
  const part = node.text.split(delimiter)[index]
  if (part === undefined)
    throw new KustomizeError(`options.index ${index} is out of bounds for value ${node.text}`)
  return textNode(part)
}

const valueOf = (resources: readonly Resource[], { source, sourceValue }: Replacement): Node => {
  if (sourceValue !== undefined) {
    if (source !== undefined)
      throw new KustomizeError('value and resource selectors are mutually exclusive')
    return textNode(sourceValue)
  }
  if (source === undefined)
    throw new KustomizeError('replacements must specify a source and at least one target')
  const found = resources.filter((one) => idsOf(one).some((id) => isSelectedBy(id, source)))
  const [only] = found
  const shown = selectorText(source) + (source.fieldPath ? `:${source.fieldPath}` : '')
  if (found.length > 1) throw new KustomizeError(`multiple matches for selector ${shown}`)
  if (only === undefined) throw new KustomizeError(`nothing selected by ${shown}`)
  const path = source.fieldPath ?? NAME_PATH
  const node = lookup(only.node, path)
  if (isEmptyNode(node) || node === undefined)
    throw new KustomizeError(
      `fieldPath \`${path}\` is missing for replacement source ${selectorText(source)}`,
    )
  return refined(source.options, node)
}

const lookup = (root: Node, path: string): Node | undefined =>
  nodesAt(root, splitFieldPath(path), undefined)[0]

const overwrite = (target: Node, value: Node): void => {
  if (target.kind === 'scalar' && value.kind === 'scalar') {
    // the type stays, so that a number in a text remains text
    target.text = value.text
    if (target.tag === 'null') target.tag = value.tag
    return
  }
  Object.assign(target, copyNode(value))
}

const setValue = (options: FieldOptions | undefined, target: Node, value: Node): void => {
  const { delimiter = '', index = 0 } = options ?? {}
  if (delimiter === '') return overwrite(target, value)
  if (target.kind !== 'scalar' || value.kind !== 'scalar')
    throw new KustomizeError('delimiter option can only be used with scalar nodes')
  const parts = target.text.split(delimiter)
  if (index < 0) parts.unshift(value.text)
  else if (index >= parts.length) parts.push(value.text)
  else parts[index] = value.text
  target.text = parts.join(delimiter)
}

const writeTo = (resource: Resource, value: Node, target: ReplacementTarget): void => {
  const isCreating = target.options?.create === true
  const paths = target.fieldPaths ?? []
  for (const path of paths.length === 0 ? [NAME_PATH] : paths) {
    const missing = `unable to find ${isCreating ? 'or create ' : ''}field ${JSON.stringify(path)} in replacement target`
    const nodes = withPrefix(missing, () =>
      nodesAt(resource.node, splitFieldPath(path), isCreating ? value.kind : undefined),
    )
    if (nodes.length === 0) throw new KustomizeError(missing)
    for (const node of nodes) setValue(target.options, node, value)
  }
}

const applyTarget = (
  resources: readonly Resource[],
  value: Node,
  target: ReplacementTarget,
): void => {
  if (target.select === undefined)
    throw new KustomizeError('target must specify resources to select')
  const selected = compileSelector(target.select)
  const rejected = (target.reject ?? []).map((selector) => ({
    selector,
    compiled: compileSelector(selector),
  }))
  for (const resource of resources) {
    const ids = idsOf(resource)
    const isRejected = rejected.some(
      ({ selector, compiled }) =>
        Object.keys(selector).length > 0 &&
        compiled.marks(resource) &&
        ids.some((id) => selectsId(compiled, id)),
    )
    if (isRejected || !selected.marks(resource)) continue
    if (ids.some((id) => selectsId(selected, id))) writeTo(resource, value, target)
  }
}

export const replacementTransform = (
  loader: Loader,
  replacements: readonly Replacement[],
): readonly Transform[] => {
  if (replacements.length === 0) return []
  const all = configured('ReplacementTransformer', { Replacements: replacements }, () =>
    replacements.flatMap((one) => {
      const { path = '', ...rest } = one
      if (path === '') return [rest]
      if (one.source !== undefined || one.targets !== undefined)
        throw new KustomizeError('cannot specify both path and inline replacement')
      return parseReplacements(loader.load(path))
    }),
  )
  return [
    (resources) => {
      for (const replacement of all) {
        const { source, sourceValue, targets } = replacement
        if ((source === undefined && sourceValue === undefined) || !targets?.length)
          throw new KustomizeError('replacements must specify a source and at least one target')
        const value = valueOf(resources.list, replacement)
        for (const target of targets) applyTarget(resources.list, value, target)
      }
    },
  ]
}
