// The connections that clients keep open, and whether they would hear of their end. Stored with what else is no object's.
import type { ComponentContext } from '#client/component.ts'
import { formatIp, parseIp } from '#net/ip.ts'
import type { Endpoint } from '#netfilter/packet.ts'
import type { KeptConnection } from '#network/world.ts'

const KEY = 'network/kept-connections'
/** Those that were used last. */
const LIMIT = 100

type Context = Pick<ComponentContext, 'client' | 'memory'>

type StoredEndpoint = readonly [ip: string, port: number]

interface Stored extends Omit<KeptConnection, 'source' | 'destination'> {
  readonly source: StoredEndpoint
  readonly destination: StoredEndpoint
}

export class KeptConnections {
  readonly #context: Context
  /** By client and target; the one that was used last comes last. */
  #kept: Map<string, KeptConnection> | undefined
  #isChanged = false

  /** `runs`: whether a program that has connections still runs. */
  constructor(context: Context, runs: (process: string) => boolean) {
    this.#context = context
    context.client.watch('machines.kubarium.dev', ({ type, object }) => {
      const { metadata, spec } = object
      const node = metadata.name!
      if (type === 'DELETED' || spec.power === 'Off') this.#forgetClientsOn(node)
      if (type === 'DELETED' || spec.power === 'Off' || spec.network === 'Cut')
        this.#cutOff(node, true, () => true)
      // what has ended meanwhile was not heard of
      else this.#cutOff(node, false, ({ process }) => runs(process))
    })
  }

  get(key: string): KeptConnection | undefined {
    return this.#all.get(key)
  }

  set(key: string, kept: KeptConnection | undefined): void {
    this.#isChanged = true
    this.#all.delete(key)
    if (kept === undefined) return
    this.#all.set(key, kept)
    if (this.#all.size <= LIMIT) return
    const [oldest] = this.#all.keys()
    this.#all.delete(oldest!)
  }

  /** At the end of a turn. */
  store(): void {
    if (!this.#isChanged) return
    this.#isChanged = false
    const { memory } = this.#context
    if (this.#all.size === 0) memory.delete(KEY)
    else
      memory.set(
        KEY,
        JSON.stringify([...this.#all].map(([key, kept]) => [key, storedOf(kept)] as const)),
      )
  }

  get #all(): Map<string, KeptConnection> {
    this.#kept ??= new Map(
      (
        JSON.parse(this.#context.memory.get(KEY) ?? '[]') as readonly (readonly [string, Stored])[]
      ).map(([key, stored]) => [key, keptOf(stored)]),
    )
    return this.#kept
  }

  /** The programs end with their machine. */
  #forgetClientsOn(node: string): void {
    for (const [key, { clientNode }] of this.#all) if (clientNode === node) this.set(key, undefined)
  }

  #cutOff(node: string, isCutOff: boolean, isMeant: (kept: KeptConnection) => boolean): void {
    for (const [key, kept] of this.#all) {
      const isOnNode = kept.clientNode === node || kept.serverNode === node
      if (kept.isCutOff === isCutOff || !isOnNode || !isMeant(kept)) continue
      this.#isChanged = true
      this.#all.set(key, { ...kept, isCutOff })
    }
  }
}

const storedOf = ({ source, destination, ...rest }: KeptConnection): Stored => ({
  ...rest,
  source: [formatIp(source.ip), source.port],
  destination: [formatIp(destination.ip), destination.port],
})

const endpointOf = ([ip, port]: StoredEndpoint): Endpoint => ({ ip: parseIp(ip)!, port })

const keptOf = ({ source, destination, ...rest }: Stored): KeptConnection => ({
  ...rest,
  source: endpointOf(source),
  destination: endpointOf(destination),
})
