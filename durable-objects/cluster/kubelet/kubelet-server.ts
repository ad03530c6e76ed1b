// What kubelets serve to the API server. kubernetes: pkg/kubelet/server/server.go
import type { ComponentContext } from '#client/component.ts'
import type { Kubelets } from '#client/kubelets.ts'
import { ContainerDisks } from '#kubelet/container-disk.ts'
import { ContainerLogs } from '#kubelet/container-logs.ts'
import { kubeletPage } from '#kubelet/kubelet-pages.ts'
import { isOff } from '#kubelet/machine-state.ts'
import { RunningContainers } from '#kubelet/running-containers.ts'

const PORT = 10250

type Context = Pick<ComponentContext, 'client' | 'memory' | 'settings'>

/** `call`: what the network between the API server and the Pods answers. */
export const kubeletsOf = (context: Context, call: Kubelets['call']): Kubelets => {
  const containers = new RunningContainers(context)
  const logs = new ContainerLogs(containers, new ContainerDisks(context.memory))
  return {
    dial: (node) => {
      const failure = dialFailure(context, node)
      const host = hostOf(context, node)
      return failure === undefined ? { host } : { host, failure }
    },
    logOf: (pod, container, previous) => logs.find(pod, container, previous),
    call,
    page: (node, path) => {
      const failure = dialFailure(context, node)
      if (failure !== undefined) return { failure }
      const { client } = context
      const logOf: Kubelets['logOf'] = (...asked) => logs.find(...asked)
      return kubeletPage({ client, logOf }, node, path)
    },
  }
}

const hostOf = ({ client }: Context, node: string): string => {
  const addresses = client.get('nodes', '', node)?.status?.addresses ?? []
  const ip = addresses.find(({ type }) => type === 'InternalIP')?.address ?? node
  return `${ip}:${PORT}`
}

const dialFailure = (context: Context, node: string): string | undefined => {
  const machine = context.client.get('machines.kubarium.dev', '', node)
  if (machine !== undefined && !isOff(machine) && machine.spec.network !== 'Cut') return undefined
  return `dial tcp ${hostOf(context, node)}: connect: no route to host`
}
