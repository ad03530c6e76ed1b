// exec and attach over a WebSocket: the first byte of a frame says whose bytes follow.
// kubernetes: apimachinery pkg/util/remotecommand/constants.go, staging/src/k8s.io/kubelet pkg/cri/streaming/remotecommand
import { joined, latin1 } from './bytes.ts'

/** v5 tells when the client's input ends; before v4 failure is a text, and success silence. */
export const REMOTE_COMMAND_PROTOCOLS = [
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'v4.base64.channel.k8s.io',
  'channel.k8s.io',
  'base64.channel.k8s.io',
] as const

export type RemoteCommandProtocol = (typeof REMOTE_COMMAND_PROTOCOLS)[number]

const STDIN = 0
const STDOUT = 1
const STDERR = 2
const STATUS = 3
const RESIZE = 4
const CLOSE = 255

/** What has happened since the last look. Texts are bytes, one character each. */
export interface ProcessNews {
  readonly stdout: string
  readonly stderr: string
  /** The same piece by piece, by channel, if both have something to say. */
  readonly pieces?: readonly (readonly [1 | 2, string])[]
  /** It is over. */
  readonly exitCode?: number
  /** It never began, in the container runtime's words. */
  readonly failure?: string
  /** When something happens by itself, in milliseconds from now. */
  readonly wakeIn?: number
}

/** A process in a container, as its client sees it. */
export interface RemoteProcess {
  feed(bytes: string): void
  endInput(): void
  resize(columns: number, rows: number): void
  /** Lets it run as far as it can at this moment. */
  look(): ProcessNews
  /** The client has gone. */
  hangUp(): void
}

export interface RemoteCommandEnds {
  readonly send: (bytes: Uint8Array) => void
  /** After the last frame. */
  readonly close: () => void
  readonly setTimer: (act: () => void, milliseconds: number) => () => void
  /** Only why it failed is told, and that as a text. */
  readonly isPlain?: boolean
}

/** Nobody sees whether the client reads; what it leaves unread waits in memory. */
const MOST_OUTPUT = 64 * 1024 * 1024

/** The client sent what no client sends. */
export class RemoteCommandError extends Error {}

const ENCODER = new TextEncoder()

export class RemoteCommand {
  readonly #process: RemoteProcess
  readonly #command: readonly string[]
  readonly #ends: RemoteCommandEnds
  #stopTimer: (() => void) | undefined
  #isOver = false
  #told = 0

  constructor(process: RemoteProcess, command: readonly string[], ends: RemoteCommandEnds) {
    this.#process = process
    this.#command = command
    this.#ends = ends
  }

  /** Throws RemoteCommandError. */
  receive(frame: Uint8Array): void {
    const [channel] = frame
    const payload = frame.subarray(1)
    switch (channel) {
      case STDIN:
        if (payload.length > 0) this.#process.feed(latin1(payload))
        break
      case RESIZE:
        this.#resize(payload)
        break
      case CLOSE:
        if (payload[0] === STDIN) this.#process.endInput()
        break
      default:
        throw new RemoteCommandError(`nothing is read from channel ${channel ?? 'none'}`)
    }
    this.run()
  }

  /** Lets the process go on, and tells the client what it did. */
  run(): void {
    if (this.#isOver) return
    this.#stopTimer?.()
    this.#stopTimer = undefined
    const { stdout, stderr, pieces, exitCode, failure, wakeIn } = this.#process.look()
    for (const [channel, bytes] of pieces ?? [
      [STDOUT, stdout],
      [STDERR, stderr],
    ])
      this.#send(channel, bytes)
    if (this.#told > MOST_OUTPUT) {
      this.#process.hangUp()
      this.#finish(failureStatus('a connection carries at most 64 MiB of output'))
    } else if (failure !== undefined) this.#finish(failureStatus(failure))
    else if (exitCode !== undefined) this.#finish(exitStatus(exitCode, this.#command))
    else if (wakeIn !== undefined)
      this.#stopTimer = this.#ends.setTimer(() => this.run(), Math.max(0, wakeIn))
  }

  /** The socket is gone. */
  hangUp(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#stopTimer?.()
    this.#process.hangUp()
  }

  #resize(payload: Uint8Array): void {
    let size: { Width?: unknown; Height?: unknown }
    try {
      size = JSON.parse(latin1(payload)) as typeof size
    } catch {
      throw new RemoteCommandError('the size of the terminal is no JSON')
    }
    const { Width: width, Height: height } = size
    if (typeof width === 'number' && typeof height === 'number') this.#process.resize(width, height)
  }

  #send(channel: number, bytes: string): void {
    if (bytes === '') return
    this.#told += bytes.length
    this.#ends.send(joined(new Uint8Array([channel]), Buffer.from(bytes, 'latin1')))
  }

  #finish(status: Status): void {
    this.#isOver = true
    const { isPlain = false } = this.#ends
    const text = isPlain ? (status.message ?? '') : JSON.stringify(status)
    if (text !== '') this.#ends.send(joined(new Uint8Array([STATUS]), ENCODER.encode(text)))
    this.#ends.close()
  }
}

interface Status {
  readonly message?: string
  readonly [more: string]: unknown
}

const exitStatus = (code: number, command: readonly string[]): Status =>
  code === 0
    ? { metadata: {}, status: 'Success' }
    : {
        metadata: {},
        status: 'Failure',
        message: `command terminated with non-zero exit code: error executing command [${command.join(' ')}], exit code ${code}`,
        reason: 'NonZeroExitCode',
        details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
      }

const failureStatus = (message: string): Status => ({
  metadata: {},
  status: 'Failure',
  message: `Internal error occurred: ${message}`,
  reason: 'InternalError',
  details: { causes: [{ message }] },
  code: 500,
})
