// What a container image is and what it does when it runs: data and pure functions, no state.

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
}

/** Who is asked: what a process knows of itself. */
export interface Self {
  readonly hostname: string
  readonly podIP: string
  readonly env: Environment
  /** Milliseconds since the process started. */
  readonly age: number
  /** `10.244.0.7:41234`, the peer's address. */
  readonly client: string
  readonly port: number
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
  /** Repeated with this period. */
  readonly every?: number
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

/** All that a container's process will ever do by itself, known when it starts. */
export interface Process {
  /** How it ends by itself; absent: it runs on. */
  readonly ends?: ProcessEnd
  readonly listens: readonly Listener[]
  readonly memoryBytes: number
  readonly log: readonly LogLine[]
  readonly files?: readonly FileChange[]
  /** Its exit code after SIGTERM; absent: it ignores SIGTERM and has to be killed. */
  readonly terminates?: number
  /** Nobody knows this program: that it runs on is a guess. */
  readonly guessed?: boolean
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
}

/** What one program of an image does; undefined: `argv` is not that program. */
export type Program = (argv: readonly string[], context: ProgramContext) => Process | undefined

export interface ImageBehaviour {
  readonly sizeBytes: number
  readonly entrypoint: readonly string[]
  readonly cmd: readonly string[]
  /** The numeric user it runs as; 0 is root. */
  readonly user: number
  /** The image's own program. Whatever else is started goes to the command reader. */
  readonly program?: Program
}

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
