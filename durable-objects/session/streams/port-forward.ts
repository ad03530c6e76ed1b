// `kubectl port-forward`: SPDY in a WebSocket. Each forwarded connection is a pair of streams, one for its bytes and one for what goes wrong.
// kubernetes: client-go tools/portforward, apimachinery pkg/util/httpstream/wsstream, pkg/kubelet portforward
import type { Contact, Contacted } from '../../cluster/images/network.ts'
import { latin1 } from './bytes.ts'
import { PortConnection } from './port-connection.ts'
import { SpdyConnection } from './spdy.ts'

export const PORT_FORWARD_PROTOCOL = 'SPDY/3.1+portforward.k8s.io'

/** The Pod whose ports are asked for. */
export interface ForwardedPod {
  /** Speaks with a port as a program in the Pod itself does. */
  readonly contact: (port: number, parts: Pick<Contact, 'http' | 'message'>) => Contacted
  readonly date: () => string
  /** What the node says of a connection that fails. */
  readonly failure: (port: number) => string
}

const MOST_STREAMS = 1000
const ENCODER = new TextEncoder()

interface Forwarded {
  readonly port: number
  data?: number
  error?: number
  connection?: PortConnection
}

/** Serves one client until its socket closes. */
export class PortForward {
  readonly #pod: ForwardedPod
  readonly #spdy: SpdyConnection
  /** By request; both of its streams bear the id. */
  readonly #requests = new Map<string, Forwarded>()
  readonly #byStream = new Map<number, Forwarded>()

  constructor(pod: ForwardedPod, send: (bytes: Uint8Array) => void) {
    this.#pod = pod
    this.#spdy = new SpdyConnection(send, {
      onStream: (id, headers) => this.#open(id, headers),
      onData: (id, data) => this.#receive(id, data),
      onEnd: (id) => this.#ended(id),
      onReset: (id) => this.#reset(id),
    })
  }

  /** Throws SpdyError. */
  receive(bytes: Uint8Array): Promise<void> {
    return this.#spdy.receive(bytes)
  }

  #open(id: number, headers: ReadonlyMap<string, string>): void {
    const port = Number(headers.get('port'))
    const type = headers.get('streamtype')
    const isPort = Number.isInteger(port) && port > 0 && port < 65_536
    if (!isPort || (type !== 'data' && type !== 'error') || this.#byStream.size >= MOST_STREAMS) {
      this.#spdy.end(id)
      return
    }
    const request = headers.get('requestid') ?? String(id)
    const known = this.#requests.get(request)
    const forwarded: Forwarded = known ?? { port }
    forwarded[type] = id
    this.#byStream.set(id, forwarded)
    if (known === undefined) this.#requests.set(request, forwarded)
    else {
      this.#requests.delete(request)
      this.#connect(forwarded)
    }
  }

  #reset(id: number): void {
    const forwarded = this.#byStream.get(id)
    this.#byStream.delete(id)
    // a pair of which one half came only
    for (const [request, waiting] of this.#requests)
      if (waiting === forwarded) this.#requests.delete(request)
  }

  #connect(forwarded: Forwarded): void {
    const { port, data = 0 } = forwarded
    forwarded.connection = new PortConnection({
      contact: (parts) => this.#pod.contact(port, parts),
      date: this.#pod.date,
      send: (bytes) => this.#spdy.sendData(data, Buffer.from(bytes, 'latin1')),
      close: () => this.#finish(forwarded),
      fail: () => this.#finish(forwarded, this.#pod.failure(port)),
    })
  }

  #receive(id: number, data: Uint8Array): void {
    const forwarded = this.#byStream.get(id)
    if (forwarded?.data === id) forwarded.connection?.receive(latin1(data))
  }

  #ended(id: number): void {
    const forwarded = this.#byStream.get(id)
    if (forwarded?.data === id) forwarded.connection?.end()
  }

  #finish(forwarded: Forwarded, failure = ''): void {
    const { data = 0, error = 0 } = forwarded
    if (!this.#byStream.delete(data)) return
    this.#byStream.delete(error)
    if (failure !== '') this.#spdy.sendData(error, ENCODER.encode(failure))
    this.#spdy.end(error)
    this.#spdy.end(data)
  }
}
