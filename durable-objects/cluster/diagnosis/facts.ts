// What a diagnosis has to be told by layers that it does not see.
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Cidr } from '#net/cidr.ts'
import type { WorldNode } from '#network/world.ts'

export interface Facts {
  /** What kube-system was born with, as kubeadm makes it. */
  readonly proxyDaemonSet: object
  readonly corefile: string
  readonly proxyConfiguration: (mode: WorldNode['mode']) => string
  /** The ranges of the nodes' addresses at which node ports are open; none: at all of them. */
  readonly nodePortAddresses: () => readonly Cidr[] | 'primary'
  /** The last lines that a container wrote before it ended. */
  readonly lastWords: (pod: Pod, container: string) => readonly string[]
  /** An image that exists, and whose name is nearly the same. */
  readonly likelyImage: (image: string) => string | undefined
}
