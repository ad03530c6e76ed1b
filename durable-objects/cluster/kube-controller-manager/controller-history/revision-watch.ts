import { controllerOf, type KubeObject } from '#apimachinery/object.ts'
import { queueSelecting, type PodOwners } from '#kube-controller-manager/pod-watch.ts'

type RevisedResource = 'daemonsets.apps' | 'statefulsets.apps'

/**
 * Queues whom a change of a revision concerns: its owner and the one it had, those that select one without owner, and for a deleted one
 * also whoever's revision would have had the same name and who made do with it.
 * kubernetes: pkg/controller/daemon/daemon_controller.go addHistory, updateHistory, deleteHistory
 */
export const queueRevisionOwners = <R extends RevisedResource>(
  owners: Omit<PodOwners<R>, 'ignores'>,
): void => {
  const { client, queue, resource, kind } = owners
  client.watch('controllerrevisions.apps', ({ type, object, old }) => {
    const { namespace = '' } = object.metadata
    const names = new Set<string>()
    for (const one of old === undefined ? [object] : [object, old]) {
      const owner = controllerOf(one)
      if (owner?.kind === kind) names.add(owner.name)
    }
    if (type === 'DELETED') names.add(nameWithoutHash(object))
    else if (controllerOf(object) === undefined) queueSelecting(owners, object)
    for (const name of names)
      if (client.get(resource, namespace, name) !== undefined) queue.add(`${namespace}/${name}`)
  })
}

const nameWithoutHash = ({ metadata: { name = '' } }: KubeObject): string =>
  name.slice(0, Math.max(0, name.lastIndexOf('-')))
