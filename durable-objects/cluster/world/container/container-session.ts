// What `kubectl exec` talks to. kubernetes: pkg/kubelet/kubelet_pods.go GetExec
import type { Pod } from '#api/core/v1/pod/types.ts'
import {
  KILLED,
  type RunningProgramSession,
  type SessionNews,
  startProgram,
} from '#world/container/container-program.ts'
import type { ClusterWorld, Worlds } from '#world/world.ts'

export type { SessionNews }

export interface SessionRequest {
  readonly pod: Pod
  readonly container: string
  readonly command: readonly string[]
  readonly stdin: boolean
  readonly tty: boolean
  /** Whether the session's clock stands. Absent: it never does. */
  readonly isStill?: () => boolean
}

/** Somebody's end of a conversation with a container. What he does waits for the next look. */
export interface ContainerSession {
  /** Bytes, one character each. */
  feed(bytes: string): void
  endInput(): void
  resize(columns: number, rows: number): void
  /** Nobody listens any more. */
  hangUp(): void
  look(worlds: Worlds, world: ClusterWorld): SessionNews
}

type Act = (program: RunningProgramSession) => void

export const failed = (failure: string): SessionNews => ({
  stdout: '',
  stderr: '',
  failure: `unable to upgrade connection: ${failure}`,
})

/** What the client does before the program has been started is done when it is. */
export abstract class ProgramClient implements ContainerSession {
  protected readonly request: SessionRequest
  readonly #waiting: Act[] = []

  constructor(request: SessionRequest) {
    this.request = request
  }

  feed(bytes: string): void {
    this.#waiting.push((program) => program.feed(bytes))
  }

  endInput(): void {
    this.#waiting.push((program) => program.endInput())
  }

  resize(columns: number, rows: number): void {
    this.#waiting.push((program) => program.resize(columns, rows))
  }

  abstract hangUp(): void

  abstract look(worlds: Worlds, world: ClusterWorld): SessionNews

  protected later(act: Act): void {
    this.#waiting.push(act)
  }

  protected doAll(program: RunningProgramSession): void {
    for (const act of this.#waiting.splice(0)) act(program)
  }
}

export class ExecSession extends ProgramClient {
  #program: RunningProgramSession | undefined
  #run = 0

  /** A terminal that goes takes its programs along; others find the end of their input. */
  hangUp(): void {
    if (this.request.tty) this.later((program) => program.signal('HUP'))
    this.endInput()
  }

  look(worlds: Worlds, world: ClusterWorld): SessionNews {
    const { pod, container } = this.request
    const running = worlds.containers.of(pod).find(({ spec }) => spec.name === container)
    if (this.#program === undefined) {
      if (running === undefined) return failed(`container not found (${JSON.stringify(container)})`)
      const started = startProgram(worlds, world, { ...this.request, running })
      if ('stdout' in started) return started
      this.#program = started
      this.#run = running.run
    }
    if (running?.run !== this.#run) return { stdout: '', stderr: '', exitCode: KILLED }
    this.doAll(this.#program)
    return this.#program.advance(world)
  }
}
