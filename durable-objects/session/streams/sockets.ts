// The WebSockets of clients that talk with a Pod.
import type { ApiRequest, Connection } from '../../cluster/kube-apiserver/endpoints/http.ts'
import type { Access } from '../access.ts'
import type { ComputerRequest } from '../computer/session-computer.ts'
import type { LiveRequest } from '../live/viewers.ts'
import { joined } from './bytes.ts'
import { CHANNEL_PROTOCOL, ChannelForward } from './channel-forward.ts'
import { PORT_FORWARD_PROTOCOL, PortForward, type ForwardedPod } from './port-forward.ts'
import {
  REMOTE_COMMAND_PROTOCOLS,
  RemoteCommand,
  RemoteCommandError,
  type RemoteProcess,
} from './remote-command.ts'
import { SpdyError } from './spdy.ts'

/** What the worker hands on of a request for a WebSocket. */
export interface SocketRequest extends Access {
  readonly request: Omit<ApiRequest, 'user'>
}

/** It says in a header what it asks. */
export const socketRequestOf = ({
  headers,
}: Request): SocketRequest | ComputerRequest | LiveRequest =>
  JSON.parse(decodeURIComponent(headers.get('x-request') ?? '%7B%7D')) as SocketRequest

export interface SocketParts {
  readonly connection: Connection
  readonly podOf: (connection: Connection) => ForwardedPod
  readonly processOf: (connection: Connection) => RemoteProcess
  /** Somebody is connected until the answer is called; undefined: too many are. `end`: ends who may not go on. */
  readonly hold: (end: (why: string) => void) => (() => void) | undefined
}

/** A client whose machine died never says so. kubernetes: pkg/kubelet/apis/config/v1beta1/defaults.go StreamingConnectionIdleTimeout */
const IDLE_MS = 4 * 3_600_000

const NORMAL = 1000
const PROTOCOL_ERROR = 1002
const REFUSED = 1008
const DEFECT = 1011

const bytesOf = async (data: unknown): Promise<Uint8Array> => {
  if (typeof data === 'string') return new TextEncoder().encode(data)
  return data instanceof Blob
    ? new Uint8Array(await data.arrayBuffer())
    : new Uint8Array(data as ArrayBuffer)
}

const DIGIT_ZERO = 48

const inBase64 = (frame: Uint8Array): string =>
  `${frame[0] ?? 0}${Buffer.from(frame.subarray(1)).toString('base64')}`

const fromBase64 = (frame: Uint8Array): Uint8Array => {
  const [digit = DIGIT_ZERO] = frame
  const payload = Buffer.from(Buffer.from(frame.subarray(1)).toString('latin1'), 'base64')
  return joined(new Uint8Array([digit - DIGIT_ZERO]), payload)
}

/** The subprotocols that a client offers, its favourite first. */
export const offeredProtocols = (headers: Headers): readonly string[] =>
  (headers.get('sec-websocket-protocol') ?? '').split(',').map((protocol) => protocol.trim())

/** One client, whatever it speaks. */
interface Speaker {
  receive(frame: Uint8Array): void | Promise<void>
  /** Before the first frame has come. */
  run?(): void
  hangUp?(): void
}

type Speak = (send: (frame: Uint8Array) => void, close: () => void) => Speaker

interface Negotiated {
  readonly protocol: string
  /** Frames are texts: the channel as a digit, and the rest in base64. */
  readonly isBase64?: boolean
  readonly speak: Speak
}

const setTimer = (act: () => void, milliseconds: number): (() => void) => {
  const timer = setTimeout(act, milliseconds)
  return () => clearTimeout(timer)
}

/** In which of the offered protocols to go on, and how. */
const speakerFor = (
  offered: readonly string[],
  { connection, podOf, processOf }: SocketParts,
): Negotiated | undefined => {
  if (connection.kind !== 'portforward') {
    const protocol = REMOTE_COMMAND_PROTOCOLS.find((known) => offered.includes(known))
    if (protocol === undefined) return undefined
    const { command } = connection
    const isPlain = !protocol.startsWith('v')
    return {
      protocol,
      isBase64: protocol.includes('base64'),
      speak: (send, close) =>
        new RemoteCommand(processOf(connection), command, { send, close, setTimer, isPlain }),
    }
  }
  const pod = podOf(connection)
  if (offered.includes(PORT_FORWARD_PROTOCOL))
    return { protocol: PORT_FORWARD_PROTOCOL, speak: (send) => new PortForward(pod, send) }
  if (!offered.includes(CHANNEL_PROTOCOL)) return undefined
  const { ports } = connection
  return {
    protocol: CHANNEL_PROTOCOL,
    speak: (send, close) => new ChannelForward(pod, ports, send, close),
  }
}

/** Opens the client's socket, or says why not. */
export const openSocket = (offered: readonly string[], parts: SocketParts): Response => {
  const { kind } = parts.connection
  const speaker = speakerFor(offered, parts)
  if (speaker === undefined)
    return new Response(
      `unable to negotiate protocol: client supports ${JSON.stringify(offered)}, server accepts ${JSON.stringify(kind === 'portforward' ? [PORT_FORWARD_PROTOCOL, CHANNEL_PROTOCOL] : REMOTE_COMMAND_PROTOCOLS)}`,
      { status: 403 },
    )
  let end: ((why: string) => void) | undefined
  const release = parts.hold((why) => end?.(why))
  if (release === undefined)
    return new Response('too many connections to containers of this session', { status: 429 })
  const [client, server] = Object.values(new WebSocketPair()) as [WebSocket, WebSocket]
  server.accept()
  end = serve(server, speaker, release)
  return new Response(null, {
    status: 101,
    webSocket: client,
    headers: { 'sec-websocket-protocol': speaker.protocol },
  })
}

const serve = (
  socket: WebSocket,
  { speak, isBase64 = false }: Negotiated,
  onClose: () => void,
): ((why: string) => void) => {
  let isOpen = true
  const close = (code?: number, reason?: string): void => {
    if (!isOpen) return
    isOpen = false
    stopIdling()
    try {
      socket.close(code, reason)
    } catch {
      // closed already: the client went first
    }
    speaker.hangUp?.()
    onClose()
  }
  const fail = (error: unknown): void => {
    if (error instanceof SpdyError || error instanceof RemoteCommandError)
      return close(PROTOCOL_ERROR, error.message)
    // oxlint-disable-next-line no-console -- a defect is for whoever runs this
    console.error(error)
    close(DEFECT)
  }
  let stopIdling = setTimer(() => close(NORMAL), IDLE_MS)
  const wake = (): void => {
    stopIdling()
    stopIdling = setTimer(() => close(NORMAL), IDLE_MS)
  }
  const speaker: Speaker = speak(
    (frame) => {
      if (!isOpen) return
      wake()
      socket.send(isBase64 ? inBase64(frame) : frame)
    },
    () => close(NORMAL),
  )
  let last = Promise.resolve()
    .then(() => speaker.run?.())
    .catch(fail)
  socket.addEventListener('message', ({ data }) => {
    if (isOpen) wake()
    // frames are read in the order in which they came, however long each takes
    const read = async (): Promise<Uint8Array> =>
      isBase64 ? fromBase64(await bytesOf(data)) : bytesOf(data)
    last = last.then(async () => speaker.receive(await read())).catch(fail)
  })
  socket.addEventListener('close', () => close())
  socket.addEventListener('error', () => close())
  return (why) => close(REFUSED, why)
}
