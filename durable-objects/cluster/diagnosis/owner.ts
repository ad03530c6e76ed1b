// Pods are mended where they are made: in the template of what owns them.
import type { ContainerStatus } from '#api/core/v1/pod/container-status-types.ts'
import type { Container } from '#api/core/v1/pod/container-types.ts'
import type { Pod, PodSpec } from '#api/core/v1/pod/types.ts'
import { controllerOf, type KubeObject } from '#apimachinery/object.ts'
import type { Client } from '#client/client.ts'
import type { Remedy } from './cause.ts'
import { namespaceOf, patchCommand, placeOf } from './context.ts'

const RESOURCES: Readonly<Record<string, string>> = {
  ReplicaSet: 'replicasets.apps',
  Deployment: 'deployments.apps',
  StatefulSet: 'statefulsets.apps',
  DaemonSet: 'daemonsets.apps',
  ReplicationController: 'replicationcontrollers',
}

type Templated = KubeObject & {
  readonly spec?: { readonly template?: { readonly spec?: PodSpec } }
}

/** The object at the top of the Pod's owners that has its template. */
export const templateOwnerOf = (client: Client, pod: Pod): Templated | undefined => {
  let object: KubeObject = pod
  let found: Templated | undefined
  for (let depth = 0; depth < 5; depth++) {
    const owner = controllerOf(object)
    const resource = owner === undefined ? undefined : RESOURCES[owner.kind]
    if (owner === undefined || resource === undefined) return found
    const next = client.dynamic.get(resource, namespaceOf(pod), owner.name)
    if (next === undefined) return found
    object = found = next
  }
  return found
}

/** A change of one container in the owner's template. A merge patch replaces lists, so that it carries all containers. */
export const containerRemedy = (
  client: Client,
  pod: Pod,
  name: string,
  says: string,
  change: (container: Container) => Container,
): Remedy | undefined => {
  const owner = templateOwnerOf(client, pod)
  const { containers = [], initContainers = [] } = owner?.spec?.template?.spec ?? {}
  const isIn = (list: readonly Container[]) => list.some((container) => container.name === name)
  if (owner === undefined || !(isIn(containers) || isIn(initContainers))) return undefined
  const list = isIn(containers) ? 'containers' : 'initContainers'
  const all = isIn(containers) ? containers : initContainers
  const changed = all.map((container) => (container.name === name ? change(container) : container))
  const patch = { spec: { template: { spec: { [list]: changed } } } }
  const target = placeOf(owner, `spec.template.spec.${list}`)
  return { says, patch: { target, type: 'merge', patch }, command: patchCommand(target, patch) }
}

/** What the kubelet says of each container, in the order in which they start. */
export const statusesOf = ({ status }: Pod): readonly ContainerStatus[] => [
  ...(status.initContainerStatuses ?? []),
  ...(status.containerStatuses ?? []),
]

/** The container of that name, and where it stands in the Pod. */
export const specOf = (
  { spec }: Pod,
  name: string | undefined,
): readonly [Container, string] | undefined => {
  for (const list of ['containers', 'initContainers'] as const) {
    const at = (spec[list] ?? []).findIndex((container) => container.name === name)
    if (at >= 0) return [spec[list]![at]!, `spec.${list}[${at}]`]
  }
  return undefined
}
