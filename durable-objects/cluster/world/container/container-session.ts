// A program that somebody starts in a container and talks to. Each look works out what has happened since the last one.
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Mutable } from '#apimachinery/object.ts'
import type { RunningContainer } from '#kubelet/running-containers.ts'
import { fromByteString, toByteString } from '#shell/files/bytes.ts'
import { ShellSession } from '#shell/session.ts'
import { findProgram, isProgram } from '#shell/interpreter/find-program.ts'
import { ContainerMachine } from '#world/container/container-machine.ts'
import { ContainerPlace } from '#world/container/container-place.ts'
import { hostnameOf } from '#world/pods.ts'
import type { ClusterWorld, Worlds } from '#world/world.ts'

export interface SessionRequest {
  readonly pod: Pod
  readonly container: string
  readonly command: readonly string[]
  readonly stdin: boolean
  readonly tty: boolean
}

/** What has happened since the last look. Texts are bytes, one character each. */
export interface SessionNews {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode?: number
  /** It never began. */
  readonly failure?: string
  /** In milliseconds. */
  readonly wakeIn?: number
}

const KILLED = 137
const NOT_FOUND = 127
const NOT_ALLOWED = 126
/** So many looks in a row may find more to do at once; after that it is a loop without end. */
const EAGER_LOOKS = 50
const SOON = 5
const LATER = 100
/** Of one session, in bytes. */
const MOST_OUTPUT = 64 * 1024 * 1024
const MOST_INPUT = 32 * 1024 * 1024

interface Started {
  readonly session: ShellSession
  readonly place: ContainerPlace
  readonly startedAt: number
  readonly run: number
}

export class ContainerSession {
  readonly #request: SessionRequest
  #started: Started | undefined
  #world: ClusterWorld | undefined
  #rest = ''
  #fed = 0
  #written = 0
  #busy = 0
  /** What was done to it before it began. */
  readonly #early: ((session: ShellSession) => void)[] = []

  constructor(request: SessionRequest) {
    this.#request = request
  }

  /** Bytes, one character each. */
  feed(bytes: string): void {
    this.#fed += bytes.length
    if (this.#fed > MOST_INPUT) return this.hangUp()
    const all = this.#rest + bytes
    const whole = all.length - unfinished(all)
    this.#rest = all.slice(whole)
    const text = fromByteString(all.slice(0, whole))
    this.#do((session) => session.feed(text))
  }

  endInput(): void {
    const rest = fromByteString(this.#rest)
    this.#rest = ''
    this.#do((session) => {
      if (rest !== '') session.feed(rest)
      session.endInput()
    })
  }

  resize(_columns: number, _rows: number): void {}

  /** Nobody listens any more: what reads finds its end, what writes goes on. */
  hangUp(): void {
    if (this.#request.tty) this.#do((session) => session.signal('HUP'))
    this.endInput()
  }

  #do(act: (session: ShellSession) => void): void {
    if (this.#started === undefined) this.#early.push(act)
    else act(this.#started.session)
  }

  look(worlds: Worlds, world: ClusterWorld): SessionNews {
    const { pod, container } = this.#request
    this.#world = world
    try {
      const running = worlds.containers.of(pod).find(({ spec }) => spec.name === container)
      if (this.#started === undefined) {
        if (running === undefined)
          return failed(`container not found (${JSON.stringify(container)})`)
        const started = this.#start(worlds, world, running)
        if ('stdout' in started) return started
        this.#started = started
        for (const act of this.#early.splice(0)) act(started.session)
      }
      if (running?.run !== this.#started.run) return { stdout: '', stderr: '', exitCode: KILLED }
      return this.#advance(world.now)
    } finally {
      this.#world = undefined
    }
  }

  #start(worlds: Worlds, world: ClusterWorld, running: RunningContainer): Started | SessionNews {
    const { pod, command, stdin, tty } = this.#request
    const { spec } = running
    const image = worlds.containers.imageOf(pod, spec, running.run)
    const startedAt = world.now
    const place = new ContainerPlace({
      client: worlds.parts.client,
      written: worlds.written,
      pod,
      running,
      image,
      now: () => this.#world?.now ?? startedAt,
    })
    const { files, env, cwd, user } = place
    const machine = new ContainerMachine({
      image: spec.image ?? '',
      behaviour: image,
      hostname: hostnameOf(pod),
      user,
      env,
      startedAt,
      network: () => this.#world!.networkOf(pod),
      random: () => this.#world!.random(),
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
      firstPid: 30,
    })
    return { session, place, startedAt, run: running.run }
  }

  #advance(now: number): SessionNews {
    const { session, place, startedAt } = this.#started!
    place.fetch()
    const { output, state } = session.poll(now - startedAt)
    place.keep()
    const news: Mutable<SessionNews> = { stdout: '', stderr: '' }
    for (const { fd, text } of output) {
      const bytes = toByteString(text)
      this.#written += bytes.length
      if (fd === 1) news.stdout += bytes
      else news.stderr += bytes
    }
    if (state.kind !== 'busy') this.#busy = 0
    if (this.#written > MOST_OUTPUT) news.exitCode = KILLED
    else if (state.kind === 'ended') news.exitCode = state.exitCode
    else if (state.kind === 'time') news.wakeIn = startedAt + state.at - now
    else if (state.kind === 'busy') news.wakeIn = ++this.#busy > EAGER_LOOKS ? LATER : SOON
    return news
  }
}

const failed = (failure: string): SessionNews => ({ stdout: '', stderr: '', failure })

/** The runtime tells it in what the program would have written. docker: daemon/exec.go, daemon/errors.go setExitCodeFromError */
const missing = (name: string, kind: 'missing' | 'directory' | 'forbidden'): SessionNews => {
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
