import type { Pod } from '../../cluster/api/core/v1/pod/types.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { httpDate, slashTime } from '../../cluster/images/clock.ts'
import { digest } from '../../cluster/kubelet/container-id.ts'
import type { ForwardedPod } from './port-forward.ts'

type Turn = <T>(act: (cluster: Cluster) => T) => T

/** A Pod's ports as its own programs find them; each question is a turn of the session. */
export const forwardedPod = (pod: Pod, turn: Turn): ForwardedPod => ({
  contact: (port, parts) =>
    turn((cluster) => {
      const network = cluster.world().networkOf(pod)
      return network.contact({ protocol: 'TCP', address: '127.0.0.1', port, ...parts })
    }),
  date: () => turn((cluster) => httpDate(cluster.now)),
  // cri-dockerd runs socat in the sandbox, whose container is what it calls the Pod
  failure: (port) =>
    turn((cluster) => {
      const sandbox = digest(`${pod.metadata.uid}/sandbox`)
      const process =
        1000 + (Number.parseInt(digest(`${sandbox}/${cluster.now}`).slice(0, 8), 16) % 60_000)
      return `error forwarding port ${port} to pod ${sandbox}, uid : exit status 1: ${slashTime(cluster.now)} socat[${process}] E connect(5, AF=2 127.0.0.1:${port}, 16): Connection refused\n`
    }),
})
