// The network as the computer's programs see it: outside of the cluster, with ports of its own.
import type {
  Contact,
  Contacted,
  Network,
  Queried,
  QueryOptions,
  ResolvConf,
  Resolved,
  ResolverLibrary,
} from '#images/network.ts'
import type { Question } from '#net/dns-message.ts'
import { isLoopback, parseIp } from '#net/ip.ts'
import { WORKSTATION } from '#network/host.ts'
import { formatIp } from '#net/ip.ts'
import { HOSTS } from '#workstation/computer-image.ts'
import type { LocalPorts } from '#workstation/local-ports.ts'

const OWN_ADDRESS = formatIp(WORKSTATION)

const isOwn = (address: string): boolean => {
  const ip = parseIp(address)
  return ip !== undefined && (isLoopback(ip) || formatIp(ip) === OWN_ADDRESS)
}

export class WorkstationNetwork implements Network {
  readonly hosts = HOSTS
  readonly #outside: Network
  readonly #ports: LocalPorts

  constructor(outside: Network, ports: LocalPorts) {
    this.#outside = outside
    this.#ports = ports
  }

  get resolvConf(): ResolvConf {
    return this.#outside.resolvConf
  }

  resolve(name: string, library: ResolverLibrary): Resolved {
    return this.#outside.resolve(name, library)
  }

  query(question: Question, options?: QueryOptions): Queried {
    return this.#outside.query(question, options)
  }

  contact(contact: Contact): Contacted {
    return isOwn(contact.address) ? this.#ports.contact(contact) : this.#outside.contact(contact)
  }

  ping(address: string): 'reply' | 'timeout' | 'no-route' {
    return isOwn(address) ? 'reply' : this.#outside.ping!(address)
  }
}
