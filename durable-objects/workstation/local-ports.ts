// Ports of the computer itself: what kubectl forwards. All terminals see them.
import type { Contact, Contacted } from '#images/network.ts'
import type { ForwardedPort } from '#kubectl/host.ts'

/** undefined: nobody is there any more. */
type Behind = (contact: Contact) => Contacted | undefined

interface OpenPort {
  readonly behind: Behind
  connections: number
}

const FIRST_FREE = 32_768
const LAST = 60_999
const MOST_OPEN = 100
/** As long as it takes to find out that nothing listens on one's own machine. */
const SOURCE = '127.0.0.1:41000'

export class LocalPorts {
  readonly #open = new Map<number, OpenPort>()

  /** A text: why not. */
  listen(wanted: number, behind: Behind): ForwardedPort | string {
    const localPort = wanted === 0 ? this.#freePort() : wanted
    if (this.#open.size >= MOST_OPEN) return 'socket: too many open files'
    if (this.#open.has(localPort))
      return `listen tcp4 127.0.0.1:${localPort}: bind: address already in use`
    if (localPort < 1024) return `listen tcp4 127.0.0.1:${localPort}: bind: permission denied`
    const port: OpenPort = { behind, connections: 0 }
    this.#open.set(localPort, port)
    return {
      localPort,
      takeConnections: () => {
        const { connections } = port
        port.connections = 0
        return connections
      },
      close: () => {
        if (this.#open.get(localPort) === port) this.#open.delete(localPort)
      },
    }
  }

  contact(contact: Contact): Contacted {
    const port = this.#open.get(contact.port)
    if (port === undefined || contact.protocol !== 'TCP')
      return { source: SOURCE, takes: 0, outcome: 'refused' }
    port.connections++
    const told = port.behind(contact)
    // the forwarder took the connection, whatever it finds behind it, and says nothing more
    if (told === undefined || told.outcome === 'refused' || told.outcome === 'no-route')
      return { source: SOURCE, takes: 1, outcome: 'silent' }
    return told
  }

  #freePort(): number {
    let port = FIRST_FREE
    while (this.#open.has(port) && port < LAST) port++
    return port
  }
}
