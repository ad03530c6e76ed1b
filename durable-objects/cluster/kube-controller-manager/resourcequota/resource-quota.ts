// kubernetes: pkg/controller/resourcequota/resource_quota_controller.go
import type { Component, ComponentContext, ComponentDefinition } from '#client/component.ts'
import type { ResourceQuota } from '#api/core/v1/resource-quota/types.ts'
import { countedUntil } from '#api/core/v1/resource-quota/pod-usage.ts'
import { usedOf } from '#api/core/v1/resource-quota/usage.ts'
import { equal, keyOf, splitKey } from '#apimachinery/object.ts'

const NAME = 'resourcequota-controller'

/** Keeps what quotas say is used true. Admission counts what comes; what goes is found here. */
export const resourceQuotaController: ComponentDefinition = {
  name: NAME,
  manager: 'kube-controller-manager',
  username: 'system:serviceaccount:kube-system:resourcequota-controller',
  create: (context) => {
    const { client, queue } = context
    // Most namespaces have no quota: their changes must cost nothing.
    let namespaces: ReadonlySet<string> | undefined
    const hasQuota = (namespace: string): boolean => {
      namespaces ??= new Set(
        client.list('resourcequotas').map(({ metadata }) => metadata.namespace ?? ''),
      )
      return namespaces.has(namespace)
    }
    client.watch('resourcequotas', ({ type, object }) => {
      if (type !== 'MODIFIED') namespaces = undefined
      if (type === 'DELETED') queue.drop(keyOf(object))
      else queue.add(keyOf(object))
    })
    client.dynamic.watchAll((resource, { object }) => {
      const { namespace } = object.metadata
      if (namespace === undefined || resource === 'events') return
      if (!hasQuota(namespace)) return
      for (const quota of client.list('resourcequotas', { namespace })) queue.add(keyOf(quota))
    })
    return {
      name: NAME,
      queue,
      resync: () => {
        for (const quota of client.list('resourcequotas')) queue.add(keyOf(quota))
      },
      sync: (key) => {
        const { namespace, name } = splitKey(key)
        const quota = client.get('resourcequotas', namespace, name)
        if (quota === undefined) return
        const later = nextChange(context, namespace)
        if (later !== undefined) queue.addAt(key, later)
        syncQuota(context, quota)
      },
    } satisfies Component
  },
}

/** When a Pod that should be gone by then counts no more. */
const nextChange = ({ client }: ComponentContext, namespace: string): number | undefined => {
  const moments = client.list('pods', { namespace }).flatMap((pod) => {
    const until = countedUntil(pod)
    return until === undefined || until < client.now() ? [] : [until + 1]
  })
  return moments.length === 0 ? undefined : Math.min(...moments)
}

const syncQuota = ({ client }: ComponentContext, quota: ResourceQuota): void => {
  const { namespace = '' } = quota.metadata
  const list = (resource: string) => client.dynamic.list(resource, { namespace })
  const hard = quota.spec?.hard ?? {}
  const limitsNothing = Object.keys(hard).length === 0
  // what is empty is not written
  const status = limitsNothing ? {} : { hard, used: usedOf(quota, list, client.now()) }
  if (equal(status, quota.status)) return
  client.update('resourcequotas', { ...quota, status }, { subresource: 'status' })
}
