// What kubelets serve to the API server. kubernetes: pkg/kubelet/server/server.go
import type { ComponentContext } from '#client/component.ts'
import type { KubeletPage, Kubelets } from '#client/kubelets.ts'
import { ContainerDisks } from '#kubelet/container-disk.ts'
import { ContainerLogs } from '#kubelet/container-logs.ts'
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
    page: (node, path) => page(context, node, path),
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

const text = (status: number, body: string): KubeletPage => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body,
})

const page = (context: Context, node: string, path: string): KubeletPage => {
  const failure = dialFailure(context, node)
  if (failure !== undefined) return { failure }
  switch (path.replace(/\/$/, '')) {
    case '/healthz':
      return text(200, 'ok')
    case '/pods': {
      const items = context.client.list('pods', { node })
      const list = { kind: 'PodList', apiVersion: 'v1', metadata: {}, items }
      return { status: 200, contentType: 'application/json', body: JSON.stringify(list) }
    }
    default:
      return text(404, '404 page not found\n')
  }
}
