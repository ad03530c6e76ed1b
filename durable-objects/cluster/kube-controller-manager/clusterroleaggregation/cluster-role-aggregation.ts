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
    const queueSums = (): void => {
      for (const role of roles())
        if (role.aggregationRule !== undefined) queue.add(role.metadata.name ?? '')
    }
    client.dynamic.watchAll((resource) => {
      if (resource === RESOURCE) queueSums()
    })
    return {
      name: NAME,
      queue,
      resync: queueSums,
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
