// Names in fields follow the objects that they mean. kustomize: api/filters/nameref/nameref.go
import { printYaml } from '#apimachinery/yaml/print.ts'
import { KustomizeError, withPrefix } from '#kubectl/kustomize/failure.ts'
import { applyFieldSpec, splitPath, type FieldSpec } from '#kubectl/kustomize/field-spec.ts'
import {
  effectiveNamespace,
  idText,
  isClusterScoped,
  isSelected,
  type GvkSelector,
} from '#kubectl/kustomize/gvk.ts'
import type { NameReference } from '#kubectl/kustomize/name-references.ts'
import {
  isNull,
  nodeAt,
  setText,
  textAt,
  textNode,
  toJson,
  type MapNode,
  type Node,
  type ScalarNode,
} from '#kubectl/kustomize/node.ts'
import type { Resource } from '#kubectl/kustomize/resource.ts'
import type { Resources } from '#kubectl/kustomize/resources.ts'

/** Whether the shorter list is how the longer one ends. */
const endsAlike = (a: readonly string[], b: readonly string[]): boolean => {
  const count = Math.min(a.length, b.length)
  for (let back = 1; back <= count; back++) if (a.at(-back) !== b.at(-back)) return false
  return true
}

const hasSameAffixes = (a: Resource, b: Resource, mayBeEmpty: boolean): boolean =>
  (['prefixes', 'suffixes'] as const).every((list) => {
    const isEmpty = a[list].length === 0 || b[list].length === 0
    if (isEmpty) return mayBeEmpty || a[list].length === b[list].length
    return endsAlike(a[list], b[list])
  })

const subjectNamespaces = (resource: Resource): ReadonlySet<string> => {
  const subjects = resource.kind === 'RoleBinding' ? nodeAt(resource.node, 'subjects') : undefined
  if (subjects?.kind !== 'list') return new Set()
  return new Set(
    subjects.items
      .filter((subject) => textAt(subject, 'kind') === 'ServiceAccount')
      .map((subject) => textAt(subject, 'namespace'))
      .filter((namespace) => namespace !== ''),
  )
}

/** Whether the referrer could speak of another object, wherever that is. */
const couldMean = (referrer: Resource): ((other: Resource) => boolean) => {
  const id = referrer.currentId
  if (isClusterScoped(id.gvk)) return () => true
  const namespaces = subjectNamespaces(referrer)
  const namespace = effectiveNamespace(id)
  return (other) => {
    const otherId = other.currentId
    return (
      isClusterScoped(otherId.gvk) ||
      effectiveNamespace(otherId) === namespace ||
      namespaces.has(other.namespace)
    )
  }
}

const roleRefSelector = (referrer: Resource): GvkSelector | undefined => {
  const group = textAt(referrer.node, 'roleRef', 'apiGroup')
  const kind = textAt(referrer.node, 'roleRef', 'kind')
  return group === '' || kind === '' ? undefined : { group, kind }
}

interface Reference {
  readonly referrer: Resource
  readonly target: GvkSelector
  readonly spec: FieldSpec
  /** Objects that once had a name, as far as the referrer could mean them. */
  readonly candidates: (oldName: string) => readonly Resource[]
}

const hadGvk = (resource: Resource, selector: GvkSelector): boolean =>
  resource.previousIds.some((id) => isSelected(id.gvk, selector))

const isReachable = (referrer: Resource, resource: Resource): boolean =>
  isClusterScoped(referrer.gvk) ||
  isClusterScoped(resource.gvk) ||
  resource.kind === 'ServiceAccount' ||
  effectiveNamespace(referrer.currentId) === effectiveNamespace(resource.currentId)

const describe = (referrer: Resource, candidates: readonly Resource[]): string => {
  const ids = candidates.map((one) => idText(one.currentId)).join(', ')
  const shown = candidates
    .map((one, index) => `--- possible referral ${index}:\n${printYaml(toJson(one.node))}\n`)
    .join('')
  return ` found multiple possible referrals: ${ids}\n\n**** Too many possible referral targets to referrer:\n${printYaml(toJson(referrer.node))}\n${shown}`
}

const selectReferral = (
  { referrer, target, spec }: Reference,
  from: readonly Resource[],
  isSame: (a: Resource, b: Resource) => boolean,
): Resource | undefined => {
  const role = spec.path?.endsWith('roleRef/name') === true ? roleRefSelector(referrer) : undefined
  let candidates = from.filter(
    (one) =>
      hadGvk(one, target) &&
      (role === undefined || hadGvk(one, role)) &&
      isReachable(referrer, one),
  )
  for (const mayBeEmpty of [true, false]) {
    if (candidates.length <= 1) return candidates[0]
    candidates = candidates.filter((one) => hasSameAffixes(one, referrer, mayBeEmpty))
  }
  const [first] = candidates
  if (first === undefined || candidates.every((one) => isSame(first, one))) return first
  throw new KustomizeError(describe(referrer, candidates))
}

const isSameName = (a: Resource, b: Resource): boolean => a.name === b.name
const isSamePlace = (a: Resource, b: Resource): boolean =>
  isSameName(a, b) && a.namespace === b.namespace

const setName = (reference: Reference, node: ScalarNode): void => {
  const referral = selectReferral(reference, reference.candidates(node.text), isSameName)
  if (referral !== undefined && referral.name !== node.text) setText(node, referral.name)
}

/** A map with a name, and perhaps a namespace. */
const setNameAndNamespace = (reference: Reference, node: MapNode): void => {
  const name = node.fields.get('name')
  if (name?.kind !== 'scalar')
    throw new KustomizeError("path config error; no 'name' field in node")
  const namespace = node.fields.get('namespace')
  let candidates = reference.candidates(name.text)
  if (namespace?.kind === 'scalar') {
    const wanted = namespace.text
    const inIt = (idOf: (one: Resource) => string) =>
      candidates.filter((one) => idOf(one) === wanted)
    const originally = inIt((one) => effectiveNamespace(one.originalId))
    candidates =
      originally.length > 0 ? originally : inIt((one) => effectiveNamespace(one.currentId))
  }
  const referral = selectReferral(reference, candidates, isSamePlace)
  if (referral === undefined) return
  if (referral.name !== name.text) node.fields.set('name', textNode(referral.name))
  if (referral.namespace !== '') node.fields.set('namespace', textNode(referral.namespace))
}

const setReference = (reference: Reference, node: Node): void => {
  if (isNull(node)) return
  if (node.kind === 'scalar') setName(reference, node)
  else if (node.kind === 'map') setNameAndNamespace(reference, node)
  else
    for (const item of node.items) {
      if (item.kind === 'scalar') setName(reference, item)
      else if (item.kind === 'map') setNameAndNamespace(reference, item)
    }
}

const hasField = (node: Node | undefined, path: readonly string[]): boolean => {
  const [first, ...rest] = path
  if (first === undefined) return node !== undefined
  if (node?.kind === 'list') return node.items.some((item) => hasField(item, path))
  return node?.kind === 'map' && hasField(node.fields.get(first), rest)
}

interface Rule {
  readonly target: GvkSelector
  readonly spec: FieldSpec
  readonly path: readonly string[]
}

/** By the kind of the referrer; '' for any. */
const rulesByKind = (
  references: readonly NameReference[],
): ReadonlyMap<string, readonly Rule[]> => {
  const rules = new Map<string, Rule[]>()
  for (const { fieldSpecs, ...target } of references)
    for (const spec of fieldSpecs) {
      const rule = { target, spec, path: splitPath(spec.path ?? '') }
      const list = rules.get(spec.kind ?? '')
      if (list === undefined) rules.set(spec.kind ?? '', [rule])
      else list.push(rule)
    }
  return rules
}

const byPreviousName = (
  resources: readonly Resource[],
): ReadonlyMap<string, readonly Resource[]> => {
  const index = new Map<string, Resource[]>()
  for (const resource of resources)
    for (const name of new Set(resource.previousNames)) {
      const list = index.get(name)
      if (list === undefined) index.set(name, [resource])
      else list.push(resource)
    }
  return index
}

export const fixBackReferences = (
  resources: Resources,
  references: readonly NameReference[],
): void => {
  const rules = rulesByKind(references)
  const named = byPreviousName(resources.list)
  for (const referrer of resources.list) {
    const original = referrer.originalId.gvk
    const isMeant = couldMean(referrer)
    const candidates = (name: string) => (named.get(name) ?? []).filter(isMeant)
    for (const { target, spec, path } of [
      ...(rules.get(original.kind) ?? []),
      ...(rules.get('') ?? []),
    ]) {
      if (!isSelected(original, spec) || !hasField(referrer.node, path)) continue
      const reference = { referrer, target, spec, candidates }
      withPrefix(
        `updating name reference in '${spec.path ?? ''}' field of '${idText(referrer.currentId)}'`,
        () =>
          applyFieldSpec(referrer.node, { path: spec.path ?? '' }, undefined, (node) =>
            setReference(reference, node),
          ),
      )
    }
  }
}
