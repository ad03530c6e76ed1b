// What a container image is and what it does when it runs: data and pure functions, no state.
import type { LogClock } from '#images/clock.ts'
import type { Network } from '#images/network.ts'
import type { NetworkAt } from '#images/network-moments.ts'
import type { RunPlace } from '#images/run-place.ts'

export interface HttpRequest {
  readonly method: string
  /** With the query: `/echo?msg=x`. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface HttpReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** How long it thinks before it answers, in milliseconds. */
  readonly takes?: number
  /** What happens instead of the answer. silent: nothing, for ever. reset: the connection is closed. */
  readonly fails?: 'silent' | 'reset'
}

/** Small texts that a container keeps. A key that begins with `/` is a file's path, so that it may be kept with the volume that is mounted
 * there; all else is memory and gone with the process. */
export interface Store {
  get(key: string): string | undefined
  set(key: string, text: string): void
}

/** Who is asked: what a process knows of itself, and what it may use while it answers. A probe gives none of the optional things. */
export interface Self {
  readonly hostname: string
  readonly podIP: string
  readonly env: Environment
  /** Milliseconds since the process started. */
  readonly age: number
  /** `10.244.0.7:41234`, the peer's address. */
  readonly client: string
  readonly port: number
  /** Milliseconds since 1970. */
  readonly now?: number
  readonly isTls?: boolean
  /** It was told to stop (SIGTERM) and is still there. */
  readonly isStopping?: boolean
  readonly store?: Store
  /** The network as its Pod sees it. */
  readonly network?: Network
  /** A file's text, or the names in a directory; undefined if there is none. */
  readonly file?: (path: string) => string | readonly string[] | undefined
  /** Whether somebody has removed a file that the image brought along. */
  readonly isGone?: (path: string) => boolean
  /** Writes a line into the container's log. */
  readonly log?: (text: string, stream?: 'stdout' | 'stderr') => void
  /** Ends the process after so many milliseconds. */
  readonly exit?: (exitCode: number, after: number) => void
}

export type Environment = Readonly<Record<string, string>>

/** One port that a process listens on. */
export interface Listener {
  readonly port: number
  readonly protocol: 'TCP' | 'UDP' | 'SCTP'
  /** `127.0.0.1`: only callers in the same Pod reach it. Absent: it listens on every address. */
  readonly host?: '127.0.0.1'
  /** When it begins to listen, in milliseconds after the start. */
  readonly after: number
  /** Answers to HTTP; absent for what speaks another protocol. */
  readonly http?: (request: HttpRequest, self: Self) => HttpReply
  /** Answers a datagram or a line; undefined: no answer. */
  readonly message?: (text: string, self: Self) => string | undefined
  readonly tls?: boolean
  /** Ages (ms) at which HTTP answers change by themselves. */
  readonly changes?: readonly number[]
}

export interface LogLine {
  readonly after: number
  readonly text: string
  readonly stream: 'stdout' | 'stderr'
  /** How the program puts the time in front of the text (`lineAt` of clock.ts does). */
  readonly clock?: LogClock
  /** Repeated with this period. */
  readonly every?: number
  /** As long as it is repeated; absent: for ever. */
  readonly until?: number
}

export interface ProcessEnd {
  readonly after: number
  readonly exitCode: number
  readonly reason?: 'OOMKilled'
}

/** A file that comes or goes while the process runs. */
export interface FileChange {
  readonly path: string
  readonly after: number
  readonly exists: boolean
}

/** What a process puts into a file, or that it removes it. */
export interface FileWrite {
  readonly path: string
  readonly after: number
  /** Absent: the file is gone. */
  readonly text?: string
  /** It comes after what is there. */
  readonly isMore?: true
}

/** What is on a container's own disk from some moment on, in bytes. */
export interface DiskUse {
  readonly after: number
  readonly bytes: number
}

/** All that a container's process will ever do by itself, known when it starts. */
export interface Process {
  /** How it ends by itself; absent: it runs on. */
  readonly ends?: ProcessEnd
  readonly listens: readonly Listener[]
  readonly memoryBytes: number
  /** Thousandths of a core that it takes by itself, if it gets them. Absent: next to nothing. */
  readonly cpu?: number
  /** What an answer costs, in milliseconds of a core. Absent: about one. */
  readonly requestCost?: number
  readonly log: readonly LogLine[]
  readonly files?: readonly FileChange[]
  /** What it writes, as far as it is kept. */
  readonly writes?: readonly FileWrite[]
  /** Absent: it writes nothing. */
  readonly disk?: readonly DiskUse[]
  /** By volume, of those whose size matters: what is in them, when it writes there. */
  readonly volumeDisk?: Readonly<Record<string, readonly DiskUse[]>>
  /** Its exit code after SIGTERM; absent: it ignores SIGTERM and has to be killed. */
  readonly terminates?: number
  /** How long it stays after SIGTERM, in milliseconds. Absent: it leaves at once. */
  readonly terminatesAfter?: number
  /** When it asks the network next: what it does from then on is known only after that. */
  readonly asksAt?: number
  /** The same process, worked out up to a later moment. Present if nothing but time has to pass before it can be. */
  readonly further?: (horizon: number) => Process
  /** Nobody knows this program: that it runs on is a guess. */
  readonly guessed?: boolean
  /** From this age on it does nothing until somebody writes into its input. */
  readonly waitsFrom?: number
}

/** A port as the Pod declares it. */
export interface DeclaredPort {
  readonly name?: string
  readonly containerPort: number
  readonly protocol?: 'TCP' | 'UDP' | 'SCTP'
}

/** What a program is started with. */
export interface ProgramContext {
  readonly env: Environment
  readonly ports: readonly DeclaredPort[]
  /** The network at the moment of the start; absent: nobody can tell, and what needs it is guessed. */
  readonly network?: Network
  /** The same at any moment after the start, where the past is known and the future is not (network-moments.ts). */
  readonly networkAt?: NetworkAt
  /** Milliseconds since 1970. */
  readonly now?: number
  readonly hostname?: string
  /** How far ahead it is worked out, in milliseconds. What goes on after that has to be asked for then (`asksAt`). */
  readonly horizon?: number
  /** Who it runs as, and what is mounted. Absent: root, and nothing. */
  readonly place?: RunPlace
  /** Its input is open, and whoever reads it waits. Absent: it is at its end. */
  readonly hasInput?: true
}

/** What one program of an image does; undefined: `argv` is not that program. */
export type Program = (argv: readonly string[], context: ProgramContext) => Process | undefined

export interface ImageBehaviour {
  readonly sizeBytes: number
  readonly entrypoint: readonly string[]
  readonly cmd: readonly string[]
  /** The numeric user it runs as; 0 is root. */
  readonly user: number
  /** Which tools its shell finds. Absent: those that a reader takes for granted anywhere. */
  readonly tools?: Tools
  /** The image's own program. Whatever else is started goes to the command reader. */
  readonly program?: Program
}

/** The tools of an image by name, and whose they are: `wget` is another program in busybox than in Debian. */
export type Tools = Readonly<Record<string, ToolMaker>>

export type ToolMaker =
  | 'busybox'
  | 'gnu'
  | 'bind'
  | 'openbsd'
  | 'iputils'
  | 'curl'
  | 'musl'
  | 'glibc'

/** Why an image cannot be had, in the container runtime's words. */
export interface PullFailure {
  readonly failure: string
}

export const MEBIBYTE = 1024 * 1024

/** A process that does nothing remarkable: change what differs. */
export const quietly = (changes: Partial<Process>): Process => ({
  listens: [],
  memoryBytes: 4 * MEBIBYTE,
  log: [],
  ...changes,
})

export const textReply = (
  body: string,
  status = 200,
  contentType = 'text/plain; charset=utf-8',
): HttpReply => ({ status, headers: { 'Content-Type': contentType }, body })

export const htmlReply = (body: string, status = 200): HttpReply =>
  textReply(body, status, 'text/html')

/** The port that an environment variable names, or the default if it names none. */
export const portFrom = (env: Environment, name: string, otherwise: number): number => {
  const text = Object.hasOwn(env, name) ? env[name] : undefined
  const port = text === undefined ? NaN : Number(text.replace(/^:/, ''))
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : otherwise
}

/** The last part of a path: `/bin/sh` is `sh`. */
export const programName = (path: string | undefined): string =>
  path === undefined ? '' : path.slice(path.lastIndexOf('/') + 1)
