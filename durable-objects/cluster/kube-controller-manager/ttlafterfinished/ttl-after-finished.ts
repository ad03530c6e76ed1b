// kubernetes: pkg/controller/ttlafterfinished/ttlafterfinished_controller.go
import type { Component, ComponentDefinition } from '#client/component.ts'
import type { Job } from '#api/batch/v1/job/types.ts'
import { keyOf, splitKey } from '#apimachinery/object.ts'
import { parseTime } from '#apimachinery/time.ts'

const NAME = 'ttl-after-finished-controller'

/** When a finished Job is to be deleted; undefined if it is to stay or has not ended. */
export const expiryOf = ({ spec, status, metadata }: Job): number | undefined => {
  if (spec.ttlSecondsAfterFinished === undefined) return undefined
  if (metadata.deletionTimestamp !== undefined) return undefined
  const end = status?.conditions?.find(
    ({ type, status: value }) => (type === 'Complete' || type === 'Failed') && value === 'True',
  )
  return end?.lastTransitionTime === undefined
    ? undefined
    : parseTime(end.lastTransitionTime) + spec.ttlSecondsAfterFinished * 1000
}

export const ttlAfterFinishedController: ComponentDefinition = {
  name: NAME,
  manager: 'kube-controller-manager',
  username: 'system:serviceaccount:kube-system:ttl-after-finished-controller',
  create: ({ client, queue }) => {
    const note = (job: Job): void => {
      queue.cancel(keyOf(job))
      const expiry = expiryOf(job)
      if (expiry !== undefined) queue.addAt(keyOf(job), expiry)
    }
    client.watch('jobs.batch', ({ type, object }) => {
      if (type === 'DELETED') queue.drop(keyOf(object))
      else note(object)
    })
    return {
      name: NAME,
      queue,
      resync: () => client.list('jobs.batch').forEach(note),
      sync: (key) => {
        const { namespace, name } = splitKey(key)
        const job = client.get('jobs.batch', namespace, name)
        const expiry = job && expiryOf(job)
        if (job?.metadata.uid === undefined || expiry === undefined) return
        if (expiry > client.now()) return note(job)
        const preconditions = { uid: job.metadata.uid }
        const options = { propagationPolicy: 'Foreground', preconditions } as const
        client.delete('jobs.batch', namespace, name, options)
      },
    } satisfies Component
  },
}
