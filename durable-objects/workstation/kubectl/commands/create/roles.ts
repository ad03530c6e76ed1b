// kubernetes: kubectl pkg/cmd/create/{create_role,create_clusterrole}.go
import type { JsonObject } from '#apimachinery/object.ts'
import { createGenerated, metadataFor, named } from '#kubectl/commands/create/generated.ts'
import { RBAC_GROUP } from '#kubectl/commands/rbac.ts'
import { KubectlFailure, PlainFailure } from '#kubectl/failure.ts'
import type { CommandBody, Invocation } from '#kubectl/invocation.ts'

const RESOURCE_VERBS: ReadonlySet<string> = new Set([
  '*',
  'get',
  'delete',
  'list',
  'create',
  'update',
  'patch',
  'watch',
  'proxy',
  'deletecollection',
  'use',
  'bind',
  'escalate',
  'impersonate',
])

const PATH_VERBS: ReadonlySet<string> = new Set([
  '*',
  'get',
  'post',
  'put',
  'delete',
  'patch',
  'head',
  'options',
])

const ROLES = [`roles.${RBAC_GROUP}`, `clusterroles.${RBAC_GROUP}`]

/** Verbs that mean something for a few resources only. */
const SPECIAL_VERBS: Readonly<Record<string, readonly string[]>> = {
  use: ['podsecuritypolicies.policy', 'podsecuritypolicies.extensions'],
  bind: ROLES,
  escalate: ROLES,
  impersonate: ['users.', 'serviceaccounts.', 'groups.', 'userextras.authentication.k8s.io'],
}

interface RuleResource {
  readonly resource: string
  readonly group: string
  readonly subresource: string
  /** Somebody serves it. */
  readonly isServed: boolean
}

interface RuleFlags {
  readonly verbs: readonly string[]
  readonly resources: readonly RuleResource[]
  readonly resourceNames: readonly string[]
}

const unique = (words: readonly string[]): readonly string[] => [...new Set(words)]

const cut = (text: string, separator: string): readonly [string, string] => {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

/** `rs.apps`, `pods/log` */
const ruleResource = ({ mapper }: Invocation, text: string): RuleResource => {
  const [typed, subresource] = cut(text, '/')
  const [name, group] = cut(typed, '.')
  const found = name === '' || name === '*' ? undefined : mapper.byResource(name, { group })
  return found === undefined
    ? { resource: name, group, subresource, isServed: false }
    : { resource: found.plural, group: found.group, subresource, isServed: true }
}

const ruleFlags = (run: Invocation): RuleFlags => {
  const { flags } = run
  const verbs = flags.list('verb')
  const resources = flags.list('resource')
  return {
    verbs: verbs.includes('*') ? ['*'] : unique(verbs),
    resources: (resources.includes('*') ? ['*'] : resources).map((text) => ruleResource(run, text)),
    resourceNames: unique(flags.list('resource-name')),
  }
}

const requireVerbs = ({ verbs }: RuleFlags): void => {
  if (verbs.length === 0) throw new KubectlFailure('at least one verb must be specified')
}

const checkResources = (run: Invocation, { verbs, resources }: RuleFlags): void => {
  for (const verb of verbs)
    if (!RESOURCE_VERBS.has(verb)) run.err(`Warning: '${verb}' is not a standard resource verb\n`)
  for (const { resource, group, isServed } of resources) {
    if (resource === '')
      throw new KubectlFailure('resource must be specified if apiGroup/subresource specified')
    // what follows is not looked at
    if (resource === '*') return
    const special = verbs.filter((verb) => Object.hasOwn(SPECIAL_VERBS, verb))
    for (const verb of special)
      if (!SPECIAL_VERBS[verb]!.includes(`${resource}.${group}`))
        throw new KubectlFailure(`can not perform '${verb}' on '${resource}' in group '${group}'`)
    if (isServed || special.length > 0) continue
    const where = group === '' ? '' : ` in group ${JSON.stringify(group)}`
    throw new PlainFailure(
      `the server doesn't have a resource type ${JSON.stringify(resource)}${where}`,
    )
  }
}

/** One rule for each API group. kubernetes: generateResourcePolicyRules */
const resourceRules = ({ verbs, resources, resourceNames }: RuleFlags): readonly JsonObject[] => {
  const byGroup = new Map<string, Set<string>>()
  for (const { resource, group, subresource } of resources) {
    const within = byGroup.get(group) ?? new Set()
    byGroup.set(group, within.add(subresource === '' ? resource : `${resource}/${subresource}`))
  }
  return [...byGroup.keys()].toSorted().map((group) => ({
    verbs,
    apiGroups: [group],
    resources: [...byGroup.get(group)!],
    resourceNames,
  }))
}

export const role: CommandBody = (run) =>
  createGenerated(
    run,
    named((name) => {
      const given = ruleFlags(run)
      requireVerbs(given)
      if (given.resources.length === 0)
        throw new KubectlFailure('at least one resource must be specified')
      checkResources(run, given)
      return {
        kind: 'Role',
        apiVersion: `${RBAC_GROUP}/v1`,
        metadata: metadataFor(run, name),
        rules: resourceRules(given),
      }
    }),
  )

export const clusterRole: CommandBody = (run) =>
  createGenerated(
    run,
    named((name) => ({
      kind: 'ClusterRole',
      apiVersion: `${RBAC_GROUP}/v1`,
      metadata: { name },
      ...clusterRules(run),
    })),
  )

const clusterRules = (run: Invocation): JsonObject => {
  const { flags } = run
  const given = ruleFlags(run)
  const { verbs, resources, resourceNames } = given
  const nonResourceURLs = unique(flags.list('non-resource-url'))
  const pairs = flags.list('aggregation-rule')
  if (pairs.length > 0) {
    if ([verbs, resources, resourceNames, nonResourceURLs].some((items) => items.length > 0))
      throw new KubectlFailure(
        'aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames',
      )
    const matchLabels = Object.fromEntries(
      pairs.map((pair) => cut(pair, '=').map((word) => word.trim())).toSorted(),
    )
    return { rules: null, aggregationRule: { clusterRoleSelectors: [{ matchLabels }] } }
  }
  requireVerbs(given)
  if (resources.length === 0 && nonResourceURLs.length === 0)
    throw new KubectlFailure('one of resource or nonResourceURL must be specified')
  if (resources.length > 0) checkResources(run, given)
  checkPaths(nonResourceURLs, verbs)
  const pathRules = nonResourceURLs.length === 0 ? [] : [{ verbs, nonResourceURLs }]
  return { rules: [...resourceRules(given), ...pathRules] }
}

const checkPaths = (paths: readonly string[], verbs: readonly string[]): void => {
  if (paths.length === 0) return
  const wrong = verbs.find((verb) => !PATH_VERBS.has(verb))
  if (wrong !== undefined) throw new KubectlFailure(`invalid verb: '${wrong}' for nonResourceURL`)
  for (const path of paths) {
    if (path === '*') continue
    if (!path.startsWith('/')) throw new KubectlFailure('nonResourceURL should start with /')
    if (path.slice(0, -1).includes('*'))
      throw new KubectlFailure(
        "nonResourceURL only supports wildcard matches when '*' is at the end",
      )
  }
}
