// Who is at the two ends of connections that are kept open.
import type { Pod } from '#api/core/v1/pod/types.ts'
import { formatIp } from '#net/ip.ts'
import type { Packet } from '#netfilter/packet.ts'
import type { Host } from '#network/host.ts'
import type { KeptConnection, WorldKeptConnections, WorldPod } from '#network/world.ts'
import type { KeptConnections } from '#world/kept-connections.ts'
import type { OpenSocket } from '#world/listeners.ts'

export interface EndsParts {
  readonly kept: KeptConnections
  readonly leavesNoTrace: boolean
  readonly now: number
  readonly podNamed: (pod: Pick<WorldPod, 'namespace' | 'name'>) => Pod | undefined
  readonly socketsOf: (pod: Pod) => readonly OpenSocket[]
  readonly isOn: (node: string) => boolean
}

export class ConnectionEnds implements WorldKeptConnections {
  readonly #parts: EndsParts
  /** What whoever leaves no trace has done. */
  readonly #own = new Map<string, KeptConnection | undefined>()

  constructor(parts: EndsParts) {
    this.#parts = parts
  }

  get(client: Host, target: string): KeptConnection | undefined {
    const key = this.#keyOf(client, target)
    return this.#own.has(key) ? this.#own.get(key) : this.#parts.kept.get(key)
  }

  set(client: Host, target: string, given: Omit<KeptConnection, 'isCutOff'> | undefined): void {
    const key = this.#keyOf(client, target)
    const kept = given && { ...given, isCutOff: false }
    if (this.#parts.leavesNoTrace) this.#own.set(key, kept)
    else this.#parts.kept.set(key, kept)
  }

  processAt(host: Host, { protocol, destination }: Packet): string {
    const pod = host.kind === 'pod' || host.kind === 'node' ? host.pod : undefined
    if (pod !== undefined)
      return this.#processOf(`${pod.namespace}/${pod.name}`, protocol, destination.port)
    if (host.kind === 'node') return `node ${host.node.name}`
    return host.kind === 'remote' ? `remote ${formatIp(host.ip)}` : host.kind
  }

  runs(process: string): boolean {
    const [kind = '', name = '', protocol = '', port] = process.split(' ')
    if (kind === 'pod') return this.#processOf(name, protocol, Number(port)) === process
    return kind !== 'node' || this.#parts.isOn(name)
  }

  /** The moment at which it began to listen tells it from the one that is started after it. */
  #processOf(key: string, protocol: string, port: number): string {
    const slash = key.indexOf('/')
    const pod = this.#parts.podNamed({ namespace: key.slice(0, slash), name: key.slice(slash + 1) })
    const socket =
      pod &&
      this.#parts
        .socketsOf(pod)
        .find(
          ({ listener }) => listener.port === port && listener.protocol.toLowerCase() === protocol,
        )
    const since = socket === undefined ? 'none' : this.#parts.now - socket.self.age
    return `pod ${key} ${protocol} ${port} ${pod?.metadata.uid ?? ''} ${since}`
  }

  /** A Pod of the same name is another client. */
  #keyOf(client: Host, target: string): string {
    const pod = client.kind === 'pod' || client.kind === 'node' ? client.pod : undefined
    if (pod !== undefined) return `pod ${this.#parts.podNamed(pod)?.metadata.uid ?? ''} ${target}`
    return client.kind === 'node'
      ? `node ${client.node.name} ${target}`
      : `${client.kind} ${target}`
  }
}
