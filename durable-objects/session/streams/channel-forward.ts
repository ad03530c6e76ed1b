// Port forwarding as clients did it before SPDY went into WebSockets: for each port one channel of bytes and one of errors.
// kubernetes: pkg/kubelet cri/streaming/portforward/websocket.go
import { joined } from './bytes.ts'
import { PortConnection } from './port-connection.ts'
import type { ForwardedPod } from './port-forward.ts'

export const CHANNEL_PROTOCOL = 'v4.channel.k8s.io'

const ENCODER = new TextEncoder()

export class ChannelForward {
  readonly #connections: readonly PortConnection[]

  /** `ports`: those that the client named in its request, in order. */
  constructor(
    pod: ForwardedPod,
    ports: readonly number[],
    send: (frame: Uint8Array) => void,
    close: () => void,
  ) {
    const write = (channel: number, bytes: Uint8Array): void =>
      send(joined(new Uint8Array([channel]), bytes))
    this.#connections = ports.map(
      (port, index) =>
        new PortConnection({
          contact: (parts) => pod.contact(port, parts),
          date: pod.date,
          send: (bytes) => write(2 * index, Buffer.from(bytes, 'latin1')),
          close,
          fail: () => {
            write(2 * index + 1, ENCODER.encode(pod.failure(port)))
            close()
          },
        }),
    )
    // both channels begin with the port's number, the small byte first
    for (const [index, port] of ports.entries())
      for (const channel of [2 * index, 2 * index + 1])
        write(channel, new Uint8Array([port & 255, port >> 8]))
  }

  receive(frame: Uint8Array): void {
    const [channel = 1] = frame
    if (channel % 2 !== 0) return
    const bytes = Buffer.from(frame.buffer, frame.byteOffset + 1, Math.max(0, frame.length - 1))
    this.#connections[channel / 2]?.receive(bytes.toString('latin1'))
  }
}
