// What `kubectl attach` talks to: the container's first process. What waits for input takes it; of all else the log is shown.
// kubernetes: pkg/kubelet/kubelet_pods.go GetAttach
import type { Pod } from '#api/core/v1/pod/types.ts'
import { keyOf } from '#apimachinery/object.ts'
import { commandLine, waitsForOrders } from '#images/process.ts'
import { ContainerLogs } from '#kubelet/container-logs.ts'
import { programOf } from '#kubelet/pod-facts.ts'
import type { RunningContainer } from '#kubelet/running-containers.ts'
import { encodeUtf8 } from '#apimachinery/utf8.ts'
import {
  IDLE,
  type RunningProgramSession,
  type SessionNews,
  startProgram,
} from '#world/container/container-program.ts'
import { failed, ProgramClient } from '#world/container/container-session.ts'
import type { ClusterWorld, Worlds } from '#world/world.ts'

/** A shell that is a container's first process, and all who are attached to it. */
interface Attended {
  readonly program: RunningProgramSession
  readonly clients: Set<AttachedSession>
  /** A line of the log that has no end yet. */
  rest: string
}

/** The shells that somebody has attached to, by the runs of their containers. They live as long as the cluster is in memory. */
export type AttendedShells = Map<string, Attended>

const POLL = 500
const RELIST = 1000
const OVER: SessionNews = { stdout: '', stderr: '', exitCode: 0 }

export class AttachedSession extends ProgramClient {
  #run: number | undefined
  /** What somebody else's look has brought. */
  #pending = { stdout: '', stderr: '' }
  #hasGone = false
  #hasEnded = false
  /** How many lines of the log were shown, or passed over; undefined: those there are now. */
  #shown: number | undefined

  hangUp(): void {
    this.#hasGone = true
  }

  /** Whose input that is has to be asked: it may be others' too. */
  override endInput(): void {
    this.#hasEnded = true
  }

  look(worlds: Worlds, world: ClusterWorld): SessionNews {
    const { pod, container } = this.request
    const running = worlds.containers.of(pod).find(({ spec }) => spec.name === container)
    if (this.#run === undefined) {
      if (running === undefined) {
        if (endedJustNow(worlds, world, pod, container)) return OVER
        const { namespace = '', name = '' } = pod.metadata
        return failed(`container ${container} not found in pod ${name}_${namespace}`)
      }
      // what it said before is in the log, which kubectl shows first
      this.#run = running.run
    }
    if (running?.run === this.#run && this.#takesInput(worlds, world, running))
      return this.#attend(worlds, world, running)
    return this.#follow(worlds, world, running?.run === this.#run)
  }

  /** A program that has something to do first is shown as what it is until then: a log. */
  #takesInput({ containers }: Worlds, world: ClusterWorld, running: RunningContainer): boolean {
    const { spec, env, run, process, startedAt } = running
    if (spec.stdin !== true) return false
    if (process.waitsFrom !== undefined) return startedAt + process.waitsFrom <= world.now
    const image = containers.imageOf(this.request.pod, spec, run)
    return waitsForOrders(commandLine(programOf(spec, env), image))
  }

  #attend(worlds: Worlds, world: ClusterWorld, running: RunningContainer): SessionNews {
    const { pod } = this.request
    const { spec, run } = running
    const key = `${pod.metadata.uid}/${spec.name}/${run}`
    const shell = worlds.attended.get(key) ?? this.#start(worlds, world, running)
    if ('stdout' in shell) return shell
    worlds.attended.set(key, shell)
    shell.clients.add(this)
    if (this.#shown !== undefined) this.#take(this.#follow(worlds, world, true))
    this.#shown = undefined
    if (this.request.stdin) this.doAll(shell.program)
    const isDone = this.#hasGone || (this.#hasEnded && this.request.stdin)
    if (isDone && spec.stdinOnce === true) shell.program.endInput()
    const news = shell.program.advance(world)
    for (const client of shell.clients) client.#take(news)
    logOutput(worlds, pod, running, shell, `${news.stdout}${news.stderr}`)
    if (news.exitCode !== undefined) {
      worlds.attended.delete(key)
      worlds.parts.end(pod, spec.name, world.now, news.exitCode)
    }
    const { wakeIn } = news
    const mine = this.#given()
    // docker: who has no more input for a container that goes on without him is let go
    const isLeaving = this.#hasGone || (isDone && spec.stdinOnce !== true && wakeIn === IDLE)
    if (isLeaving) shell.clients.delete(this)
    return wakeIn === undefined || isLeaving ? { ...mine, exitCode: 0 } : { ...mine, wakeIn }
  }

  #start(worlds: Worlds, world: ClusterWorld, running: RunningContainer): Attended | SessionNews {
    const { pod } = this.request
    const { spec, env, run, process, startedAt } = running
    const image = worlds.containers.imageOf(pod, spec, run)
    const program = startProgram(worlds, world, {
      pod,
      running,
      command: commandLine(programOf(spec, env), image),
      stdin: true,
      tty: spec.tty === true,
      isMain: true,
      ...(process.waitsFrom === undefined ? {} : { since: startedAt }),
    })
    if ('stdout' in program) return program
    if (process.waitsFrom !== undefined) program.catchUp(world)
    return { program, clients: new Set(), rest: '' }
  }

  #take({ stdout, stderr }: SessionNews): void {
    this.#pending.stdout += stdout
    this.#pending.stderr += stderr
  }

  #given(): { readonly stdout: string; readonly stderr: string } {
    const given = this.#pending
    this.#pending = { stdout: '', stderr: '' }
    return given
  }

  /** Lines from where it attached, as long as the container runs. */
  #follow(worlds: Worlds, world: ClusterWorld, isRunning: boolean): SessionNews {
    const { pod, container } = this.request
    const mine = { ...this.#given() }
    const log = new ContainerLogs(worlds.containers, worlds.disks).find(pod, container, false)
    if ('problem' in log) return isRunning ? { ...mine, wakeIn: POLL } : { ...OVER, ...mine }
    const entries = log.entries(world.now)
    const fresh = entries.slice(this.#shown ?? entries.length)
    this.#shown = entries.length
    const end = this.request.tty ? '\r\n' : '\n'
    for (const { stream, text } of fresh) mine[stream] += latin1(`${text}${end}`)
    if (!isRunning) return { ...mine, exitCode: 0 }
    const next = log.nextAt(world.now)
    return { ...mine, wakeIn: Math.min(POLL, (next ?? Infinity) - world.now) }
  }
}

/** The kubelet hears of an end when it looks next. kubernetes: pkg/kubelet/pleg/generic.go */
const endedJustNow = (
  { containers }: Worlds,
  { now }: ClusterWorld,
  pod: Pod,
  container: string,
): boolean => {
  const state = containers.recordOf(pod)?.containers.get(container)
  if (state?.phase === 'running') return true
  return state?.exit !== undefined && now - state.exit.finishedAt < RELIST
}

const latin1 = (text: string): string => {
  let units = ''
  for (const byte of encodeUtf8(text)) units += String.fromCharCode(byte)
  return units
}

const logOutput = (
  worlds: Worlds,
  pod: Pod,
  { spec, run }: RunningContainer,
  shell: Attended,
  bytes: string,
): void => {
  const lines = (shell.rest + bytes).split('\n')
  shell.rest = lines.pop() ?? ''
  const place = { pod: keyOf(pod), uid: pod.metadata.uid ?? '', container: spec, run }
  const at = worlds.parts.client.now()
  for (const text of lines) worlds.disks.log(place, { at, stream: 'stdout', text })
}
