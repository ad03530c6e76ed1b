import type { ResourceName } from '#api/resource-types.ts'
import type { Client } from '#client/client.ts'
import type { WorkQueue } from '#client/work-queue.ts'
import { controllerOf, type KubeObject } from '#apimachinery/object.ts'

/**
 * Queues whoever a deleted revision stood for: its owner, and one whose revision would have had the same name and which made do with it.
 * kubernetes: pkg/controller/daemon/daemon_controller.go deleteHistory
 */
export const queueOnLostRevision = (
  client: Client,
  queue: WorkQueue,
  resource: ResourceName,
): void => {
  client.watch('controllerrevisions.apps', ({ type, object }) => {
    if (type !== 'DELETED') return
    const { namespace = '' } = object.metadata
    for (const name of new Set([controllerOf(object)?.name, nameWithoutHash(object)]))
      if (name !== undefined && client.get(resource, namespace, name) !== undefined)
        queue.add(`${namespace}/${name}`)
  })
}

const nameWithoutHash = ({ metadata: { name = '' } }: KubeObject): string =>
  name.slice(0, Math.max(0, name.lastIndexOf('-')))
