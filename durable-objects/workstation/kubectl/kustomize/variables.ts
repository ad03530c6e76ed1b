// `$(NAME)` in objects, out of fields of other objects. kustomize: api/internal/accumulator/resaccumulator.go ResolveVars
import { KustomizeError } from '#kubectl/kustomize/failure.ts'
import { nodesAt, splitFieldPath } from '#kubectl/kustomize/field-path.ts'
import { applyFieldSpec, type FieldSpec } from '#kubectl/kustomize/field-spec.ts'
import { gvkText, isSelected, parseApiVersion, type Gvk } from '#kubectl/kustomize/gvk.ts'
import type { Variable } from '#kubectl/kustomize/kustomization.ts'
import { setText, type Node, type ScalarNode } from '#kubectl/kustomize/node.ts'
import { tagOf } from '#kubectl/kustomize/read-yaml.ts'
import type { Resources } from '#kubectl/kustomize/resources.ts'

const gvkOf = ({ objref }: Variable): Gvk => ({
  ...(objref?.apiVersion === undefined
    ? { group: objref?.group ?? '', version: objref?.version ?? '' }
    : parseApiVersion(objref.apiVersion)),
  kind: objref?.kind ?? '',
})

const pathOf = ({ fieldref }: Variable): string => fieldref?.fieldPath || 'metadata.name'

const valueOf = (resources: Resources, variable: Variable): ScalarNode | undefined => {
  const gvk = gvkOf(variable)
  const name = variable.objref?.name ?? ''
  const namespace = variable.objref?.namespace ?? ''
  const found = resources.list.filter((resource) =>
    [...resource.previousIds, resource.currentId].some(
      (id) =>
        id.name === name &&
        isSelected(id.gvk, gvk) &&
        (namespace === '' || (id.namespace || 'default') === namespace),
    ),
  )
  const [only] = found
  if (only === undefined) return undefined
  if (found.length > 1)
    throw new KustomizeError(
      `found ${found.length} resId matches for var ${shown(variable)} (unable to disambiguate)`,
    )
  const path = pathOf(variable).replace(/\[(\d+)\]/g, '.$1')
  const [node] = nodesAt(only.node, splitFieldPath(path), undefined)
  if (node === undefined)
    throw new KustomizeError(
      `field specified in var '${shown(variable)}' not found in corresponding resource`,
    )
  if (node.kind !== 'scalar') throw new KustomizeError('unable to find var source scalar')
  return node
}

const shown = (variable: Variable): string =>
  `{${variable.name ?? ''} ${gvkText(gvkOf(variable))} {${pathOf(variable)}}}`

/** As Go prints it before its defaults are filled in. */
export const variableText = ({ name = '', objref, fieldref }: Variable): string => {
  const { group = '', version = '', kind = '' } = objref ?? {}
  return `{${name} ${gvkText({ group, version, kind })} {${fieldref?.fieldPath ?? ''}}}`
}

const REFERENCE = /\$\$|\$\(([^)]*)\)/g
const ALONE = /^\$\(([^)]*)\)$/

const expand = (
  node: ScalarNode,
  values: ReadonlyMap<string, ScalarNode>,
  used: Set<string>,
): void => {
  const alone = ALONE.exec(node.text)
  const whole = alone === null ? undefined : values.get(alone[1] ?? '')
  if (whole !== undefined) {
    used.add(alone?.[1] ?? '')
    setText(node, whole.text, whole.tag === 'str' ? 'str' : tagOf(whole.text))
    return
  }
  const text = node.text.replace(REFERENCE, (all, name: string | undefined) => {
    if (name === undefined) return '$'
    const value = values.get(name)
    if (value === undefined) return all
    used.add(name)
    return value.text
  })
  if (text !== node.text) setText(node, text)
}

const visit = (node: Node, act: (scalar: ScalarNode) => void): void => {
  if (node.kind === 'scalar') act(node)
  else if (node.kind === 'list') for (const item of node.items) visit(item, act)
  else for (const value of node.fields.values()) if (value.kind === 'scalar') act(value)
}

/** Warnings about variables that nothing refers to. */
export const resolveVariables = (
  resources: Resources,
  variables: readonly Variable[],
  specs: readonly FieldSpec[],
): readonly string[] => {
  if (variables.length === 0) return []
  const values = new Map<string, ScalarNode>()
  for (const variable of variables) {
    const value = valueOf(resources, variable)
    if (value === undefined)
      throw new KustomizeError(
        `var '${shown(variable)}' cannot be mapped to a field in the set of known resources`,
      )
    values.set(variable.name ?? '', { ...value })
  }
  const used = new Set<string>()
  for (const resource of resources.list)
    for (const spec of specs)
      applyFieldSpec(resource.node, spec, undefined, (node) =>
        visit(node, (scalar) => expand(scalar, values, used)),
      )
  const unused = [...values.keys()].filter((name) => !used.has(name))
  return unused.length === 0
    ? []
    : [`well-defined vars that were never replaced: ${unused.join(',')}`]
}
