import { append } from '#apimachinery/append.ts'
import type { PolicyRule } from '#api/rbac/v1/role/types.ts'
import type { RoleBinding } from '#api/rbac/v1/role-binding/types.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import type { DescribeContext } from '#kubectl/describe/context.ts'
import { goList } from '#kubectl/describe/go-format.ts'
import { describeLabelsAndAnnotations, describeTable } from '#kubectl/describe/metadata.ts'
import { tabbed } from '#kubectl/output/prefix-writer.ts'

interface SimpleRule {
  readonly group: string
  readonly resource: string
  /** `[name]`, or none. */
  readonly resourceNames: readonly string[]
  readonly urls: readonly string[]
  readonly verbs: readonly string[]
}

/** Roles and ClusterRoles. kubernetes: kubectl pkg/describe RoleDescriber, ClusterRoleDescriber */
export const describeRole = (_context: DescribeContext, object: KubeObject): string => {
  const { rules } = object as KubeObject & { readonly rules?: readonly PolicyRule[] | null }
  const keyed = compactRules((rules ?? []).flatMap(breakdownRule)).map((rule) => ({
    rule,
    key: ruleText(rule),
  }))
  const sorted = keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  return tabbed((w) => {
    w.field(0, 'Name', object.metadata.name)
    describeLabelsAndAnnotations(w, object.metadata)
    w.write(0, 'PolicyRule:\n')
    describeTable(
      w,
      1,
      ['Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs'],
      sorted.map(({ rule }) => [
        resourceText(rule),
        goList(rule.urls),
        goList(rule.resourceNames),
        goList(rule.verbs),
      ]),
    )
  })
}

/** kubernetes: kubectl pkg/util/rbac BreakdownRule */
const breakdownRule = (rule: PolicyRule): readonly SimpleRule[] => {
  const { apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [], verbs } = rule
  const names = resourceNames.length === 0 ? [[]] : resourceNames.map((name) => [name])
  const ofResources = apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      verbs.flatMap((verb) =>
        names.map((name) => ({ group, resource, resourceNames: name, urls: [], verbs: [verb] })),
      ),
    ),
  )
  const ofUrls = nonResourceURLs.flatMap((url) =>
    verbs.map((verb) => ({
      group: '',
      resource: '',
      resourceNames: [],
      urls: [url],
      verbs: [verb],
    })),
  )
  return [...ofResources, ...ofUrls]
}

/** Verbs on the same resource become one rule. kubernetes: kubectl pkg/util/rbac CompactRules */
const compactRules = (rules: readonly SimpleRule[]): readonly SimpleRule[] => {
  const verbsOf = new Map<string, string[]>()
  const compact: SimpleRule[] = []
  for (const rule of rules) {
    const { group, resource, resourceNames, urls } = rule
    const key = JSON.stringify([group, resource, resourceNames])
    const known = urls.length === 0 ? verbsOf.get(key) : undefined
    if (known !== undefined) {
      append(known, rule.verbs)
      continue
    }
    const verbs = [...rule.verbs]
    if (urls.length === 0) verbsOf.set(key, verbs)
    compact.push({ ...rule, verbs })
  }
  return compact
}

/** The generated String method: what rules are sorted by. */
const ruleText = ({ group, resource, resourceNames, urls, verbs }: SimpleRule): string => {
  const isUrl = urls.length > 0
  const fields = {
    Verbs: verbs,
    APIGroups: isUrl ? [] : [group],
    Resources: isUrl ? [] : [resource],
    ResourceNames: resourceNames,
    NonResourceURLs: urls,
  }
  return Object.entries(fields)
    .map(([name, list]) => `${name}:${goList(list)},`)
    .join('')
}

/** kubernetes: kubectl pkg/describe CombineResourceGroup */
const resourceText = ({ group, resource }: SimpleRule): string => {
  const slash = resource.indexOf('/')
  const [name, subresource] =
    slash < 0 ? [resource, ''] : [resource.slice(0, slash), resource.slice(slash)]
  return `${name}${group === '' ? '' : `.${group}`}${subresource}`
}

/** RoleBindings and ClusterRoleBindings. kubernetes: kubectl pkg/describe RoleBindingDescriber */
export const describeRoleBinding = (_context: DescribeContext, object: KubeObject): string => {
  const { metadata, roleRef, subjects } = object as RoleBinding
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name)
    describeLabelsAndAnnotations(w, metadata)
    w.write(0, 'Role:\n')
    w.field(1, 'Kind', roleRef.kind)
    w.field(1, 'Name', roleRef.name)
    w.write(0, 'Subjects:\n')
    const rows = (subjects ?? []).map(({ kind, name, namespace }) => [kind, name, namespace])
    describeTable(w, 1, ['Kind', 'Name', 'Namespace'], rows)
  })
}
