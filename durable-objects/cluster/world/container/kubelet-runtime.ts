// Hooks and probes of kubelets: programs that are started in containers, requests that are sent to them.
import type { Pod } from '#api/core/v1/pod/types.ts'
import { keyOf } from '#apimachinery/object.ts'
import { runCommand } from '#images/command.ts'
import type { Self } from '#images/behaviour.ts'
import type { Contacted, Network } from '#images/network.ts'
import type {
  HttpRequestOfKubelet,
  ProgramRequest,
  ProgramResult,
  Runtime,
} from '#kubelet/runtime.ts'
import type { RunningContainer } from '#kubelet/running-containers.ts'
import { filesMark } from '#kubelet/written-files.ts'
import { parseIp } from '#net/ip.ts'
import { findProgram, isProgram } from '#shell/interpreter/find-program.ts'
import { ShellSession } from '#shell/session.ts'
import { ContainerMachine } from '#world/container/container-machine.ts'
import { ContainerPlace } from '#world/container/container-place.ts'
import { FIRST_PID, KILLED, missing } from '#world/container/container-program.ts'
import { otherProcesses } from '#world/container/main-process.ts'
import { mountedObjects } from '#kubelet/mounted-objects.ts'
import { filesOf, goneFrom } from '#world/container-files.ts'
import { converse } from '#world/program-network.ts'
import { hostnameOf } from '#world/pods.ts'
import type { ClusterWorld, Worlds } from '#world/world.ts'

const NOBODY: Contacted = { source: '', takes: 0, outcome: 'no-route' }

export class KubeletRuntime implements Runtime {
  readonly #worlds: Worlds
  readonly #world: ClusterWorld

  constructor(worlds: Worlds, world: ClusterWorld) {
    this.#worlds = worlds
    this.#world = world
  }

  network(pod: Pod): Network {
    return this.#world.networkOf(pod)
  }

  run(request: ProgramRequest): ProgramResult {
    const { pod, container, startedAt } = request
    const running = this.#worlds.containers.of(pod).find(({ spec }) => spec.name === container)
    if (running === undefined)
      return {
        kind: 'ended',
        at: startedAt,
        exitCode: KILLED,
        stdout: '',
        stderr: '',
        asked: false,
      }
    const world = request.isReal ? this.#world : this.#worlds.look(UNSEEN)
    return new Program(this.#worlds, world, running, request).follow()
  }

  get(pod: Pod, { address, port, action, userAgent }: HttpRequestOfKubelet): Contacted {
    const node = this.#world.node(pod.spec.nodeName ?? '')
    if (node === undefined || parseIp(address) === undefined) return NOBODY
    const { path = '/', httpHeaders = [], scheme } = action
    const given = httpHeaders.map(({ name, value }) => [name, value] as const)
    const headers = { 'User-Agent': userAgent, Accept: '*/*', ...Object.fromEntries(given) }
    return converse(
      this.#world,
      { kind: 'node', node },
      {
        protocol: 'TCP',
        address,
        port,
        isTls: scheme === 'HTTPS',
        http: { method: 'GET', path: path.startsWith('/') ? path : `/${path}`, headers, body: '' },
      },
    )
  }

  isWritten(pod: Pod): boolean {
    return filesMark(this.#worlds.parts.memory, keyOf(pod)) !== ''
  }

  filesOf(pod: Pod, container: string): Pick<Self, 'file' | 'isGone'> {
    const running = this.#worlds.containers.of(pod).find(({ spec }) => spec.name === container)
    if (running === undefined) return {}
    const { client } = this.#worlds.parts
    return {
      file: filesOf(client, pod, running.spec, this.#worlds, running),
      isGone: goneFrom(this.#worlds, pod, running),
    }
  }

  filesMark(pod: Pod): string {
    const { client, memory } = this.#worlds.parts
    return [filesMark(memory, keyOf(pod)), ...mountedObjects(client, pod)].join(' ')
  }
}

const UNSEEN = { random: () => 0, leavesNoTrace: true }

class Program {
  readonly #worlds: Worlds
  readonly #world: ClusterWorld
  readonly #running: RunningContainer
  readonly #request: ProgramRequest
  readonly #place: ContainerPlace
  #asked = false
  /** Nobody knows a program that it started: it is taken to do what it should. */
  #isGuessed = false

  constructor(
    worlds: Worlds,
    world: ClusterWorld,
    running: RunningContainer,
    request: ProgramRequest,
  ) {
    this.#worlds = worlds
    this.#world = world
    this.#running = running
    this.#request = request
    const { pod } = request
    const image = worlds.containers.imageOf(pod, running.spec, running.run)
    this.#place = new ContainerPlace({ worlds, pod, running, image, now: () => world.now })
  }

  follow(): ProgramResult {
    const { command, startedAt, until, isReal } = this.#request
    const machine = this.#machine()
    const { files, env, cwd } = this.#place
    const found = findProgram({ machine, files, env, cwd }, command[0] ?? '', command)
    if (!isProgram(found)) {
      const { stdout, stderr, exitCode = 0 } = missing(command[0] ?? '', found.kind)
      const isTaken = exitCode !== 0 && this.#isTakenToSucceed()
      return {
        kind: 'ended',
        at: startedAt,
        exitCode: isTaken ? 0 : exitCode,
        stdout,
        stderr,
        asked: false,
      }
    }
    const session = new ShellSession({
      machine,
      argv: command,
      files,
      env,
      cwd,
      isTTY: false,
      hasInput: false,
      firstPid: FIRST_PID,
    })
    const texts = { 1: '', 2: '' }
    for (;;) {
      const { output, state } = session.poll(until - startedAt)
      for (const { fd, text } of output) texts[fd] += text
      if (this.#isGuessed) break
      if (state.kind === 'busy') continue
      if (state.kind !== 'ended')
        return {
          kind: 'waits',
          until: state.kind === 'time' ? startedAt + state.at : Infinity,
          asked: this.#asked,
        }
      if (isReal) this.#place.keep()
      const isTaken = state.exitCode !== 0 && this.#isTakenToSucceed()
      return this.#ended(session.time, isTaken ? 0 : state.exitCode, texts)
    }
    if (isReal) this.#place.keep()
    return this.#ended(session.time, 0, texts)
  }

  /** Of an image that nobody has looked into: the files that its author's command asks for are taken to be there. */
  #isTakenToSucceed(): boolean {
    const { pod, command } = this.#request
    const { spec, run } = this.#running
    if (this.#worlds.containers.imageOf(pod, spec, run).tools !== undefined) return false
    const { files, env } = this.#place
    const mounts = (spec.volumeMounts ?? []).map(({ mountPath }) => `${mountPath}/`)
    const isKnown = (path: string): boolean =>
      [...mounts, '/tmp/'].some((known) => `${path}/`.startsWith(known))
    const exists = (path: string): boolean => files.exists(path) || !isKnown(path)
    const { ends, guessed } = runCommand(command, { env, ports: [], exists })
    return guessed === true || ends === undefined || ends.exitCode === 0
  }

  #ended(after: number, exitCode: number, texts: { readonly 1: string; readonly 2: string }) {
    const at = this.#request.startedAt + after
    const asked = this.#asked
    return { kind: 'ended', at, exitCode, stdout: texts[1], stderr: texts[2], asked } as const
  }

  #machine(): ContainerMachine {
    const { pod, startedAt, isReal } = this.#request
    const { spec, run } = this.#running
    const { user, env } = this.#place
    return new ContainerMachine({
      image: spec.image ?? '',
      behaviour: this.#worlds.containers.imageOf(pod, spec, run),
      hostname: hostnameOf(pod),
      user,
      env,
      startedAt,
      network: () => {
        this.#asked = true
        if (isReal) this.#place.keep()
        return this.#world.networkOf(pod)
      },
      random: () => this.#world.random(),
      others: otherProcesses(this.#worlds, pod, this.#running, isReal),
      guess: () => (this.#isGuessed = true),
    })
  }
}
