// A program that runs in a container and that somebody talks to.
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Mutable } from '#apimachinery/object.ts'
import type { RunningContainer } from '#kubelet/running-containers.ts'
import { fromByteString, toByteString } from '#shell/files/bytes.ts'
import { findProgram, isProgram } from '#shell/interpreter/find-program.ts'
import { ShellSession } from '#shell/session.ts'
import { ContainerMachine } from '#world/container/container-machine.ts'
import { ContainerPlace } from '#world/container/container-place.ts'
import { otherProcesses } from '#world/container/main-process.ts'
import { hostnameOf } from '#world/pods.ts'
import type { ClusterWorld, Worlds } from '#world/world.ts'

/** What has happened since the last look. Texts are bytes, one character each. */
export interface SessionNews {
  readonly stdout: string
  readonly stderr: string
  /** The same piece by piece, by file descriptor, if both have something to say. */
  readonly pieces?: readonly (readonly [1 | 2, string])[]
  readonly exitCode?: number
  /** It never began. */
  readonly failure?: string
  /** In milliseconds. */
  readonly wakeIn?: number
  /** It does not wait for time to pass: there is more to do at once, or only input helps. */
  readonly isTimeless?: true
}

export interface ProgramRequest {
  readonly pod: Pod
  readonly running: RunningContainer
  readonly command: readonly string[]
  readonly stdin: boolean
  readonly tty: boolean
  /** It is the container's first process. */
  readonly isMain?: boolean
  /** When it began, in milliseconds since 1970. Absent: it begins now. */
  readonly since?: number
  /** Whether the session's clock stands. Absent: it never does. */
  readonly isStill?: () => boolean
}

export const KILLED = 137
const NOT_FOUND = 127
const NOT_ALLOWED = 126
/** So many looks in a row may find more to do at once; after that it is a loop without end. */
const EAGER_LOOKS = 50
const SOON = 5
const LATER = 100
/** Whether the container is still there is looked at so often, if nothing but input is waited for. */
export const IDLE = 1000
/** In bytes. */
const MOST_OUTPUT = 64 * 1024 * 1024
const MOST_INPUT = 32 * 1024 * 1024
/** As the processes of a node are numbered that come after the container's own. */
export const FIRST_PID = 30

/** Throws nothing: what cannot be started is told in the runtime's words. */
export const startProgram = (
  worlds: Worlds,
  world: ClusterWorld,
  request: ProgramRequest,
): RunningProgramSession | SessionNews => {
  const { pod, running, command, stdin, tty } = request
  const { spec } = running
  const behaviour = worlds.containers.imageOf(pod, spec, running.run)
  const startedAt = request.since ?? world.now
  const moment = { world }
  const place = new ContainerPlace({
    worlds,
    pod,
    running,
    image: behaviour,
    now: () => moment.world.now,
  })
  const { files, env, cwd, user } = place
  const machine = new ContainerMachine({
    image: spec.image ?? '',
    behaviour,
    hostname: hostnameOf(pod),
    user,
    env,
    startedAt,
    network: () => {
      // whoever is asked may look at what was written just now
      place.keep()
      return moment.world.networkOf(pod)
    },
    random: () => moment.world.random(),
    ...(request.isStill === undefined ? {} : { isStill: request.isStill }),
    ...(request.isMain === true ? {} : { others: otherProcesses(worlds, pod, running) }),
  })
  const found = findProgram({ machine, files, env, cwd }, command[0] ?? '', command)
  if (!isProgram(found)) return missing(command[0] ?? '', found.kind)
  const session = new ShellSession({
    machine,
    argv: command,
    files,
    env: tty ? { ...env, TERM: 'xterm' } : env,
    cwd,
    isTTY: tty,
    hasInput: stdin,
    firstPid: request.isMain === true ? 1 : FIRST_PID,
  })
  return new RunningProgramSession(session, place, moment, startedAt)
}

export class RunningProgramSession {
  readonly #session: ShellSession
  readonly #place: ContainerPlace
  /** The world changes from turn to turn. */
  readonly #moment: { world: ClusterWorld }
  readonly #startedAt: number
  #rest = ''
  #fed = 0
  #written = 0
  #busy = 0

  constructor(
    session: ShellSession,
    place: ContainerPlace,
    moment: { world: ClusterWorld },
    startedAt: number,
  ) {
    this.#session = session
    this.#place = place
    this.#moment = moment
    this.#startedAt = startedAt
  }

  /** Goes once more through what has happened up to now; it was told already. */
  catchUp(world: ClusterWorld): void {
    for (let looks = 0; looks < EAGER_LOOKS; looks++) {
      this.advance(world)
      if (this.#busy === 0) return
    }
  }

  /** Bytes, one character each. */
  feed(bytes: string): void {
    this.#fed += bytes.length
    if (this.#fed > MOST_INPUT) return this.#session.signal('KILL')
    const all = this.#rest + bytes
    const whole = all.length - unfinished(all)
    this.#rest = all.slice(whole)
    this.#session.feed(fromByteString(all.slice(0, whole)))
  }

  endInput(): void {
    if (this.#rest !== '') this.#session.feed(fromByteString(this.#rest))
    this.#rest = ''
    this.#session.endInput()
  }

  resize(columns: number, rows: number): void {
    this.#session.resize(columns, rows)
  }

  signal(signal: 'HUP' | 'KILL'): void {
    this.#session.signal(signal)
  }

  /** Lets it run as far as it can at this moment. */
  advance(world: ClusterWorld): SessionNews {
    this.#moment.world = world
    this.#place.fetch()
    const age = world.now - this.#startedAt
    const { output, state } = this.#session.poll(age)
    this.#place.keep()
    const news: Mutable<SessionNews> = { stdout: '', stderr: '' }
    const pieces: [1 | 2, string][] = []
    for (const { fd, text } of output) {
      const bytes = toByteString(text)
      this.#written += bytes.length
      if (fd === 1) news.stdout += bytes
      else news.stderr += bytes
      const last = pieces.at(-1)
      if (last?.[0] === fd) last[1] += bytes
      else pieces.push([fd === 1 ? 1 : 2, bytes])
    }
    if (news.stdout !== '' && news.stderr !== '') news.pieces = pieces
    if (state.kind !== 'busy') this.#busy = 0
    if (this.#written > MOST_OUTPUT) news.exitCode = KILLED
    else if (state.kind === 'ended') news.exitCode = state.exitCode
    else if (state.kind === 'time') news.wakeIn = Math.min(IDLE, state.at - age)
    else {
      news.isTimeless = true
      news.wakeIn = state.kind === 'input' ? IDLE : ++this.#busy > EAGER_LOOKS ? LATER : SOON
    }
    return news
  }
}

/** The runtime tells it in what the program would have written. docker: daemon/exec.go, daemon/errors.go setExitCodeFromError */
export const missing = (name: string, kind: 'missing' | 'directory' | 'forbidden'): SessionNews => {
  const why = {
    missing: name.includes('/')
      ? `stat ${name}: no such file or directory`
      : 'executable file not found in $PATH',
    directory: 'is a directory',
    forbidden: 'permission denied',
  }[kind]
  return {
    stdout: `OCI runtime exec failed: exec failed: unable to start container process: exec: ${JSON.stringify(name)}: ${why}: unknown\r\n`,
    stderr: '',
    exitCode: kind === 'missing' ? NOT_FOUND : NOT_ALLOWED,
  }
}

/** How many bytes at the end belong to a character that is not whole yet. */
const unfinished = (bytes: string): number => {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes.charCodeAt(bytes.length - back)
    if (byte < 0x80) return 0
    if (byte < 0xc0) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
    return length > back ? back : 0
  }
  return 0
}
