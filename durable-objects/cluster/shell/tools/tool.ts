// A program that a shell can start: a generator that asks whoever runs it for everything that takes time or touches the world outside its
// files. Who runs it may put it aside between any two requests, and may end it there: `return()` is the signal that kills it.
import type { FileSystem } from '#shell/files/file-system.ts'

export interface User {
  readonly name: string
  readonly uid: number
  readonly gid: number
  /** Further groups. */
  readonly groups?: readonly number[]
  readonly home: string
}

/** One line of `ps`. */
export interface ProcessView {
  readonly pid: number
  readonly ppid: number
  readonly uid: number
  readonly argv: readonly string[]
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** Absent: it sleeps. */
  readonly isRunning?: boolean
  /** `pts/0`; absent: none. */
  readonly tty?: string
  readonly memoryBytes?: number
}

export interface ProcessTable {
  /** By pid; the tool itself among them. */
  list(): readonly ProcessView[]
  /** `signal`: `TERM`, or `0` to ask only. Whether there is such a process. */
  signal(pid: number, signal: string): boolean
}

export interface ToolCall {
  /** `argv[0]` is the name as it was typed: `/bin/ls`. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Absolute and normalised. */
  readonly cwd: string
  readonly files: FileSystem
  readonly user: User
  readonly hostname: string
  /** Its process. */
  readonly pid: number
  /** Milliseconds since 1970. What a tool prints with it changes from run to run. */
  now(): number
  /** Whether the descriptor is a terminal: `ls` writes columns then, `grep` may colour. */
  isTTY(fd: 0 | 1 | 2): boolean
  /** How large the terminal is. Absent: 80 by 24, as it always was. */
  terminalSize?(): TerminalSize
  /** An integer from 0 to 2^32-1. */
  random(): number
  /** What runs in the container. Absent: nothing but the tool is seen. */
  readonly processes?: ProcessTable
}

export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}

export type ToolRequest =
  /** Answer: some text, as much as there is; undefined at the end of the input. */
  | { readonly kind: 'read' }
  /** The same; '' if `or` says so before there is any, or after `ms`. */
  | { readonly kind: 'read'; readonly or: () => boolean; readonly ms?: number }
  /** What is typed at the terminal, whatever the input is; undefined: there is none. */
  | { readonly kind: 'keys' }
  /** The terminal hands on what is typed as it is typed, and shows nothing of it by itself. */
  | { readonly kind: 'raw'; readonly isRaw: boolean }
  /** The tool is ended here if nobody reads any more (SIGPIPE). */
  | { readonly kind: 'write'; readonly fd: 1 | 2; readonly text: string }
  /** `ms` may be Infinity. */
  | { readonly kind: 'sleep'; readonly ms: number }
  /** So much was computed, in commands of a shell: others have their turn. */
  | { readonly kind: 'work'; readonly steps: number }
  /** Goes on when `ready` says so, or after `ms` at the latest. `ready` is asked again and again, even after it said yes. */
  | { readonly kind: 'wait'; readonly ready: () => boolean; readonly ms?: number }
  /** Runs another program, found as the shell would find it, and waits. Answer: its exit code, 127 if there is none, 128+n after a signal. */
  | RunRequest
  /** A tool that asks the network; answered by whoever knows the network. */
  | NetworkRequest

export interface RunRequest {
  readonly kind: 'run'
  readonly argv: readonly string[]
  /** Absent: it reads what the tool itself would read. */
  readonly stdin?: string
  /** Absent: the tool's own. */
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** It is killed after so many milliseconds; the answer is then 124. */
  readonly timeout?: number
}

export interface NetworkRequest {
  readonly kind: 'network'
  readonly argv: readonly string[]
  /** What was piped into it. */
  readonly stdin?: string
  readonly isTerminal: boolean
}

/** Everything that it said, and how it ended. */
export interface NetworkAnswer {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
  /** Milliseconds. */
  readonly takes: number
  /** Files that it wrote; paths as they were given. */
  readonly files?: readonly { readonly path: string; readonly text: string }[]
}

/** string: what was read. number: an exit code. undefined: the end of the input, or nothing to say. */
export type ToolAnswer = string | number | NetworkAnswer | undefined

export type ToolRun<Result = number> = Generator<ToolRequest, Result, ToolAnswer>

/** What somebody who asks for a word's rest has in front of him. */
export type CompletionPlace = Pick<ToolCall, 'env' | 'cwd' | 'files' | 'user'>

export interface Tool {
  readonly name: string
  /** Its exit code. */
  run(call: ToolCall): ToolRun
  /** What the last of the words, its own name first, may become, each a whole word. undefined: a file's name. */
  complete?(words: readonly string[], place: CompletionPlace): readonly string[] | undefined
}

/** The next piece of the input; undefined at its end. */
export function* readChunk(): ToolRun<string | undefined> {
  const answer = yield { kind: 'read' }
  return typeof answer === 'string' ? answer : undefined
}

/** The whole input, or as much of it as `most` characters. */
export function* readAll(most = Infinity): ToolRun<string> {
  let text = ''
  for (;;) {
    const chunk = yield* readChunk()
    if (chunk === undefined || text.length >= most) return text
    text += chunk
  }
}

export function* writeOut(text: string): ToolRun<void> {
  if (text !== '') yield { kind: 'write', fd: 1, text }
}

export function* writeError(text: string): ToolRun<void> {
  if (text !== '') yield { kind: 'write', fd: 2, text }
}

export function* sleepFor(ms: number): ToolRun<void> {
  yield { kind: 'sleep', ms }
}

/** Until `ready`, or `ms` at the longest. */
export function* waitUntil(ready: () => boolean, ms = Infinity): ToolRun<void> {
  yield { kind: 'wait', ready, ms }
}

/** Another program's exit code. */
export function* runProgram(request: Omit<RunRequest, 'kind'>): ToolRun {
  const answer = yield { kind: 'run', ...request }
  return typeof answer === 'number' ? answer : 0
}
