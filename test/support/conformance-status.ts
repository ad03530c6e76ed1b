// What specs ask of the state of Pods.
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Framework } from './conformance.ts'

/** Returns the Pod when it is ready; throws if it never is. */
export const untilReady = (f: Framework, name: string): Pod =>
  f.until(`${name} to be ready`, () => {
    const pod = f.get('pods', name)
    return pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')
      ? pod
      : undefined
  })

/** Of the container with this name, or of the first. */
export const statusOf = (f: Framework, name: string, container?: string) => {
  const { containerStatuses = [] } = f.get('pods', name).status
  return containerStatuses.find((status) => container === undefined || status.name === container)!
}
