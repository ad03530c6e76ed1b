// What rules of roles allow, compared. kubernetes: component-helpers auth/rbac/validation/policy_comparator.go
import type { JsonObject } from '#apimachinery/object.ts'

export interface PolicyRule extends JsonObject {
  readonly verbs: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
}

/** One verb for one resource of one group and one name each, or for one path. kubernetes: BreakdownRule */
const broken = (rule: PolicyRule): readonly PolicyRule[] => {
  const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule
  const names =
    resourceNames.length === 0 ? [{}] : resourceNames.map((name) => ({ resourceNames: [name] }))
  return [
    ...apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        verbs.flatMap((verb) =>
          names.map((name) => ({
            verbs: [verb],
            apiGroups: [group],
            resources: [resource],
            ...name,
          })),
        ),
      ),
    ),
    ...nonResourceURLs.flatMap((path) =>
      verbs.map((verb) => ({ verbs: [verb], nonResourceURLs: [path] })),
    ),
  ]
}

const hasAll = (set: readonly string[] = [], wanted: readonly string[] = []): boolean =>
  wanted.every((item) => set.includes(item))

const coversResources = (set: readonly string[] = [], wanted: readonly string[] = []): boolean =>
  set.includes('*') ||
  wanted.every((path) => {
    const slash = path.indexOf('/')
    return set.includes(path) || (slash >= 0 && set.includes(`*${path.slice(slash)}`))
  })

const coversPaths = (set: readonly string[] = [], wanted: readonly string[] = []): boolean =>
  wanted.every((path) =>
    set.some(
      (owner) =>
        owner === path || (owner.endsWith('*') && path.startsWith(owner.replace(/\*+$/, ''))),
    ),
  )

const covers = (owner: PolicyRule, rule: PolicyRule): boolean =>
  (owner.verbs.includes('*') || hasAll(owner.verbs, rule.verbs)) &&
  (owner.apiGroups?.includes('*') === true || hasAll(owner.apiGroups, rule.apiGroups)) &&
  coversResources(owner.resources, rule.resources) &&
  coversPaths(owner.nonResourceURLs, rule.nonResourceURLs) &&
  ((owner.resourceNames ?? []).length === 0 ||
    ((rule.resourceNames ?? []).length > 0 && hasAll(owner.resourceNames, rule.resourceNames)))

/** What of these rules the owner's do not allow. kubernetes: Covers */
export const uncovered = (
  owners: readonly PolicyRule[],
  rules: readonly PolicyRule[],
): readonly PolicyRule[] =>
  rules.flatMap(broken).filter((rule) => !owners.some((owner) => covers(owner, rule)))
