// What kubelets serve to the API server. kubernetes: pkg/kubelet/server/server.go
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { ComponentContext } from '#client/component.ts'
import type { Kubelets } from '#client/kubelets.ts'
import { ContainerDisks } from '#kubelet/container-disk.ts'
import { ContainerLogs } from '#kubelet/container-logs.ts'
import { isOff } from '#kubelet/machine-state.ts'
import { RunningContainers } from '#kubelet/running-containers.ts'

const PORT = 10250

export const kubeletsOf = (
  context: Pick<ComponentContext, 'client' | 'memory' | 'settings'>,
): Kubelets => {
  const containers = new RunningContainers(context)
  const logs = new ContainerLogs(containers, new ContainerDisks(context.memory))
  return {
    unreachable: (pod, path) => unreachable(context, pod, path),
    logOf: (pod, container, previous) => logs.find(pod, container, previous),
  }
}

const unreachable = (
  { client }: Pick<ComponentContext, 'client'>,
  pod: Pod,
  path: string,
): string | undefined => {
  const name = pod.spec.nodeName ?? ''
  const machine = client.get('machines.kubarium.dev', '', name)
  if (machine !== undefined && !isOff(machine) && machine.spec.network !== 'Cut') return undefined
  const addresses = client.get('nodes', '', name)?.status?.addresses ?? []
  const ip = addresses.find(({ type }) => type === 'InternalIP')?.address ?? name
  const host = `${ip}:${PORT}`
  return `Get "https://${host}/${path}": dial tcp ${host}: connect: no route to host`
}
