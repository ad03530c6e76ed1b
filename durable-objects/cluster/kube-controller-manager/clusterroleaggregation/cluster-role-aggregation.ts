// kubernetes: pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go
import type { ClusterRole } from '#api/rbac/v1/cluster-role/types.ts'
import type { PolicyRule } from '#api/rbac/v1/role/types.ts'
import { matches, selectorFromLabelSelector } from '#apimachinery/labels.ts'
import { assign, equal } from '#apimachinery/object.ts'
import type { Component, ComponentDefinition } from '#client/component.ts'

const NAME = 'clusterrole-aggregation-controller'
const RESOURCE = 'clusterroles.rbac.authorization.k8s.io'

/** The rules of all roles that the selectors name, each once. */
const aggregatedRules = (role: ClusterRole, all: readonly ClusterRole[]): readonly PolicyRule[] => {
  const rules: PolicyRule[] = []
  for (const labelSelector of role.aggregationRule?.clusterRoleSelectors ?? []) {
    const selector = selectorFromLabelSelector(labelSelector) ?? []
    for (const other of all) {
      if (other.metadata.name === role.metadata.name || !matches(selector, other.metadata.labels))
        continue
      for (const rule of other.rules ?? [])
        if (!rules.some((known) => equal(known, rule))) rules.push(rule)
    }
  }
  return rules
}

/** Roles that are sums of others follow them. */
export const clusterRoleAggregation: ComponentDefinition = {
  name: NAME,
  manager: 'clusterrole-aggregation-controller',
  username: `system:serviceaccount:kube-system:${NAME}`,
  create: ({ client, queue }) => {
    const roles = (): readonly ClusterRole[] =>
      client.dynamic.list(RESOURCE) as readonly ClusterRole[]
    // The few roles that are sums are remembered, so that a role's change costs no list of all roles.
    const sums = new Set<string>()
    const note = (role: ClusterRole): void => {
      if (role.aggregationRule !== undefined) sums.add(role.metadata.name ?? '')
    }
    const queueSums = (): void => {
      for (const name of sums) queue.add(name)
    }
    client.dynamic.watchAll((resource, { object }) => {
      if (resource !== RESOURCE) return
      note(object as ClusterRole)
      queueSums()
    })
    return {
      name: NAME,
      queue,
      resync: () => {
        for (const role of roles()) note(role)
        queueSums()
      },
      sync: (key) => {
        const role = client.dynamic.get(RESOURCE, '', key) as ClusterRole | undefined
        if (role?.aggregationRule === undefined) return
        const rules = aggregatedRules(role, roles())
        if (!equal(rules, role.rules ?? []))
          client.dynamic.update(RESOURCE, assign(role, { rules }))
      },
    } satisfies Component
  },
}
