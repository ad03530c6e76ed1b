// A container's command line, run by the shell's interpreter on the container's own clock: everything that it will do by itself is known
// when it starts, up to the first question whose answer is not.
import { copyOf, type Mutable } from '#apimachinery/object.ts'
import {
  type Environment,
  type Listener,
  type LogLine,
  MEBIBYTE,
  type Process,
  type Program,
  type ProgramContext,
  programName,
  type Tools,
} from '#images/behaviour.ts'
import { isNetworkCommand, runNetworkCommand } from '#images/commands/run.ts'
import { ContainerFiles } from '#images/container-files.ts'
import { ContainerLog } from '#images/container-log.ts'
import { NotYet } from '#images/network-moments.ts'
import { OpenInput } from '#images/open-input.ts'
import { serverProgram } from '#images/server-programs.ts'
import { agnhostTool, readsFiles } from '#images/commands/mounttest.ts'
import { changesNetwork, refusedIp, sysctlTool } from '#images/commands/kernel-tools.ts'
import {
  followed,
  guessedTool,
  networkTool,
  silentTool,
  textTool,
} from '#images/container-tools.ts'
import { mountAll, userIn } from '#images/run-mounts.ts'
import type { TimedVolume } from '#images/run-place.ts'
import { baseTree } from '#shell/files/base-image.ts'
import { ALSO_PROGRAMS } from '#shell/interpreter/find-program.ts'
import type { Machine, Shell } from '#shell/interpreter/shell.ts'
import { DEFAULT_LIMITS, Exhausted, type Kernel, type Limits } from '#shell/kernel/kernel.ts'
import { nullStream } from '#shell/kernel/stream.ts'
import { SIGNALS, type Task } from '#shell/kernel/task.ts'
import type { Flavour } from '#shell/language/flavour.ts'
import { startMachine } from '#shell/start.ts'
import { type Flavour as ToolFlavour, toolsOf } from '#shell/tools/tools-of-flavour.ts'
import type { NetworkAnswer, NetworkRequest, Tool, User } from '#shell/tools/tool.ts'

export interface CommandContext extends ProgramContext {
  /** The image's own program. */
  readonly program?: Program
  /** What the image brings along. */
  readonly tools?: Tools
  /** Whether a file exists when the command starts. Default: nothing in /tmp does. */
  readonly exists?: (path: string) => boolean
}

/** A loop came round and nothing had changed: it will never end. */
class ForEver extends Error {
  override readonly name = 'ForEver'
}

const LIMITS: Limits = {
  ...DEFAULT_LIMITS,
  steps: 150_000,
  eager: 75_000,
  output: 4 * MEBIBYTE,
}
/** So much work is always done at once. */
const SLICE = 1500
/** Where nobody asks again. */
const FARTHEST = 24 * 3_600_000
const SHORTEST_PERIOD = 1000
/** Who asks the network so often is answered every time. After that one question stands for ever more of them. */
const ALL_ASKED = 100
const MOST_ASKED = 300
/** What still runs then is taken to run on as it did. */
const LONG_ENOUGH = 90 * 24 * 3_600_000
/** What a turn of a loop costs, in milliseconds of a core. */
const TURN_COST = 1.5
/** Who has done all the work that is allowed in so little time never waits. */
const LITTLE_TIME = 60_000
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

export class ContainerRun implements Machine {
  readonly hostname: string
  readonly user: User
  readonly startedAt: number
  readonly listens: Listener[] = []
  memoryBytes = MEBIBYTE
  isGuessed = false
  /** The exit code after SIGTERM. */
  terminates: number | undefined
  readonly #context: CommandContext
  readonly #log: ContainerLog
  readonly #files: ContainerFiles
  readonly #mounts: readonly TimedVolume[]
  readonly #turns = new WeakMap<object, Turn>()
  readonly #input = new OpenInput(false)
  #kernel: Kernel | undefined
  #random = 0
  #asked = 0
  /** Thousandths of a core, once it is known to go on as it does. */
  #cpu: number | undefined

  constructor(context: CommandContext) {
    this.#context = context
    this.hostname = context.hostname ?? 'localhost'
    this.startedAt = context.now ?? 0
    const time = (): number => this.time
    this.#log = new ContainerLog(time)
    const tree = baseTree(this.#toolFlavour, Object.keys(context.tools ?? {}))
    const options = { time, startedAt: this.startedAt, tree }
    const { place } = context
    this.user = userIn(tree, place)
    this.#files = new ContainerFiles({
      ...options,
      ...(context.exists === undefined ? {} : { exists: context.exists }),
      ...(this.user.uid === 0 ? {} : { user: this.user }),
      ...(place?.readOnlyRoot === true ? { readOnlyRoot: true } : {}),
    })
    this.#mounts = mountAll(this.#files, context, time)
    this.#files.watch(this.#mounts)
  }

  get time(): number {
    return this.#kernel?.time ?? 0
  }

  get kernel(): Kernel {
    return this.#kernel!
  }

  get context(): CommandContext {
    return this.#context
  }

  run(argv: readonly string[]): Process {
    try {
      const env: Environment = {
        PATH,
        HOME: this.user.home,
        HOSTNAME: this.hostname,
        ...this.#context.env,
      }
      const input = this.#context.hasInput === true ? this.#input : nullStream
      const streams = [input, this.#log.stdout, this.#log.stderr]
      const files = this.#files
      const onStart = (kernel: Kernel): void => {
        this.#kernel = kernel
      }
      const cwd = this.#context.place?.workingDir ?? '/'
      const first = { argv, files, env, cwd, streams, limits: LIMITS, onStart }
      const { kernel, task } = startMachine(this, first)
      return this.#process(kernel, task)
    } catch (error) {
      // the very first command has to ask
      if (error instanceof NotYet) return this.#result({ asksAt: this.time })
      throw error
    }
  }

  /** Runs on until its end, or until the moment `horizon` if that is more than a little work. */
  #process(kernel: Kernel, task: Task | undefined): Process {
    const { horizon } = this.#context
    return this.#further(kernel, task, horizon ?? FARTHEST, horizon !== undefined)
  }

  #further(kernel: Kernel, task: Task | undefined, horizon: number, isAsked: boolean): Process {
    try {
      let pause = kernel.advance(Infinity, task, SLICE)
      while (pause === 'busy' && kernel.time < horizon)
        pause = kernel.advance(Infinity, task, SLICE)
      if (task?.exitCode !== undefined)
        return this.#result({ ends: { after: this.time, exitCode: task.exitCode } })
      if (pause === 'busy' && isAsked && this.time < LONG_ENOUGH)
        return this.#result({
          asksAt: this.time,
          further: (next) => this.#further(kernel, task, next, true),
        })
    } catch (error) {
      if (error instanceof NotYet) return this.#result({ asksAt: this.time })
      if (!(error instanceof ForEver) && !(error instanceof Exhausted)) throw error
      if (error instanceof Exhausted && this.time < LITTLE_TIME)
        this.#cpu = busyCores(kernel) * 1000
    }
    return this.#result({})
  }

  #result(outcome: Pick<Process, 'ends' | 'asksAt' | 'further'>): Process {
    const process: Mutable<Process> = {
      listens: [...this.listens],
      memoryBytes: this.memoryBytes,
      log: this.#log.lines(outcome.further === undefined),
      ...outcome,
    }
    if (this.#files.changes.length > 0) process.files = [...this.#files.changes]
    if (this.#files.writes.length > 0) process.writes = [...this.#files.writes]
    if (this.#files.disk.length > 0) process.disk = [...this.#files.disk]
    const { volumeDisk } = this.#files
    if (volumeDisk !== undefined)
      process.volumeDisk = Object.fromEntries(
        Object.entries(volumeDisk).map(([name, disk]) => [name, [...disk]]),
      )
    if (this.terminates !== undefined) process.terminates = this.terminates
    if (this.isGuessed) process.guessed = true
    if (this.#cpu !== undefined) process.cpu = this.#cpu
    if (this.#input.isWanted && Object.keys(outcome).length === 0) process.waitsFrom = this.time
    return process
  }

  /** Lines that a server writes by itself, if the process writes into the container's log. */
  addLines(pid: number, lines: readonly LogLine[]): boolean {
    if (this.kernel.task(pid)?.fds.get(1) !== this.#log.stdout) return false
    this.#log.add(lines)
    return true
  }

  /** Something unknown: it is taken to serve the declared ports and to run on. */
  guess(pid: number): void {
    this.isGuessed = true
    if (pid === 1) this.terminates ??= 128 + SIGNALS.TERM
    for (const { containerPort, protocol } of this.#context.ports)
      this.listens.push({ port: containerPort, protocol: protocol ?? 'TCP', after: this.time })
  }

  shell(name: string): Flavour | undefined {
    const { tools } = this.#context
    if (name === 'bash') return tools?.['wget'] === 'busybox' ? undefined : 'bash'
    if (name === 'zsh') return tools === undefined || tools['wget'] === 'gnu' ? 'bash' : undefined
    if (name === 'dash') return this.#isDebian ? 'dash' : undefined
    if (name === 'ash') return this.#isDebian ? undefined : 'ash'
    return name === 'sh' ? (this.#isDebian ? 'dash' : 'ash') : undefined
  }

  get #isDebian(): boolean {
    return this.#context.tools?.['getent'] === 'glibc'
  }

  get #toolFlavour(): ToolFlavour {
    if (this.#isDebian) return 'debian'
    return this.#context.tools?.['getent'] === 'musl' ? 'alpine' : 'busybox'
  }

  program(name: string, argv: readonly string[]): Tool | undefined {
    const context = this.contextFor(argv)
    const started = context.program?.(argv, context) ?? serverProgram(argv)
    if (started !== undefined) return followed(this, name, started)
    const base = programName(name)
    if (/^agnhost(-2)?$/.test(base) && readsFiles(argv)) return agnhostTool
    if (isNetworkCommand(base) || base === 'agnhost')
      return context.network === undefined ? guessedTool(this, name) : networkTool(base)
    const tool = toolsOf(this.#toolFlavour).get(base)
    if (tool !== undefined) return tool
    if (base === 'hostname') return textTool(base, `${this.hostname}\n`)
    if (ALSO_PROGRAMS.has(base)) return undefined
    if (base === 'sysctl') return sysctlTool(this.#context.place)
    if (changesNetwork(argv) && this.#context.place?.isPrivileged !== true) return refusedIp
    if (SILENT.has(base)) return silentTool(base)
    if (base === 'pause') return silentTool(base, Infinity)
    // An image that somebody knows has no other programs than its own and these.
    if (context.tools !== undefined && !name.includes('/') && !ELSEWHERE.has(base)) return undefined
    return guessedTool(this, name)
  }

  /** What is the case at the moment at which the command starts. */
  contextFor(argv: readonly string[]): CommandContext {
    const { networkAt, now } = this.#context
    if (networkAt === undefined) return this.#context
    const context: Mutable<CommandContext> = copyOf(this.#context)
    context.network = networkAt(this.time, argv)
    if (now !== undefined) context.now = now + this.time
    return context
  }

  network({ argv, stdin }: NetworkRequest): NetworkAnswer {
    const { network, env, hostname, now, tools } = this.contextFor(argv)
    const output = runNetworkCommand(
      {
        argv,
        network: network!,
        now: this.#context.networkAt === undefined ? (now ?? 0) + this.time : (now ?? 0),
        env,
        ...(hostname === undefined ? {} : { hostname }),
        ...(stdin === undefined ? {} : { stdin }),
      },
      tools,
    )
    if (output === undefined) return { stdout: '', stderr: '', exitCode: 1, takes: 0 }
    if (this.#context.networkAt === undefined || ++this.#asked < ALL_ASKED) return output
    if (this.#asked > MOST_ASKED) throw new ForEver()
    const pause = Math.max(SHORTEST_PERIOD, Math.floor(this.time / 50))
    return { ...output, takes: output.takes + pause }
  }

  random(): number {
    this.#random = (Math.imul(this.#random ^ (this.startedAt | 0), 0x9e3779b9) + 0x7f4a7c15) | 0
    return ((this.#random ^ (this.#random >>> 15)) >>> 0) & 0xffffffff
  }

  onTrap(shell: Shell, signal: string, action: string | undefined): void {
    if (shell.task.pid !== 1 || (signal !== 'TERM' && signal !== 'EXIT')) return
    const code = /\bexit\s+(\d+)/.exec(action ?? '')?.[1]
    if (action === undefined || action === '') this.terminates = undefined
    else this.terminates = code === undefined ? 0 : Number(code) & 255
  }

  /** Throws if this turn of the loop was as the last: all further turns are then. */
  onTurn(shell: Shell, loop: object): void {
    const { kernel, state } = shell
    const isSettled = this.#files.isSettled()
    const turn: Turn = {
      changes: kernel.changes,
      version: state.version,
      status: state.status,
      time: kernel.time,
      lines: this.#log.count,
      pid: shell.task.pid,
    }
    const last = this.#turns.get(loop)
    this.#turns.set(loop, turn)
    if (last === undefined || !isSettled || !isAlike(last, turn)) return
    if (!kernel.tasks.every((task) => task === shell.task || isInert(task))) return
    const every = Math.max(SHORTEST_PERIOD, kernel.time - last.time)
    if (this.#nextChange(last.time) <= kernel.time) return
    const change = this.#nextChange(kernel.time)
    if (change === Infinity) {
      this.#log.repeat(last.lines, every)
      this.#cpu = cpuOfTurns(kernel.time - last.time)
      throw new ForEver()
    }
    this.#skip(last, every, Math.floor((change - kernel.time) / every))
  }

  /** So many turns more are as the last. */
  #skip({ lines }: Turn, every: number, turns: number): void {
    if (turns <= 0) return
    const { kernel } = this
    kernel.time += turns * every
    this.#log.repeat(lines, every, kernel.time - 1)
  }

  #nextChange(after: number): number {
    return Math.min(Infinity, ...this.#mounts.map((mount) => mount.nextChange(after)))
  }
}

interface Turn {
  readonly changes: number
  readonly version: number
  readonly status: number
  readonly time: number
  readonly lines: number
  readonly pid: number
}

const isAlike = (a: Turn, b: Turn): boolean =>
  a.changes === b.changes && a.version === b.version && a.status === b.status && a.pid === b.pid

/** A loop whose turns take so many milliseconds of waiting. */
const cpuOfTurns = (waits: number): number => (1000 * TURN_COST) / (TURN_COST + waits)

/** Processes that never wait, each on a core of its own. */
const busyCores = ({ tasks }: Kernel): number =>
  Math.max(1, tasks.filter((task) => task.exitCode === undefined && !isInert(task)).length)

/** It does nothing by itself any more. */
const isInert = ({ wait }: Task): boolean =>
  wait.until === Infinity || (wait.until === undefined && wait.for === 'child')

/** They change nothing that anybody here could see. */
const SILENT = new Set([
  'chmod',
  'chown',
  'chgrp',
  'sync',
  'mount',
  'umount',
  'modprobe',
  'stty',
  'renice',
  'clear',
  'reset',
  'env',
  'printenv',
  'whoami',
  'uname',
  'id',
  'ps',
  'uptime',
  'free',
])

/** Programs that known images have and nobody here plays. */
const ELSEWHERE = new Set([
  'apt',
  'apt-get',
  'apk',
  'dpkg',
  'perl',
  'awk',
  'tar',
  'gzip',
  'openssl',
])
