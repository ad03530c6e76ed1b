// What somebody finds in a container who starts programs there: the image's tools, and the network as its Pod has it.
import type { ImageBehaviour } from '#images/behaviour.ts'
import { programName } from '#images/behaviour.ts'
import { isNetworkCommand, runNetworkCommand } from '#images/commands/run.ts'
import type { Network } from '#images/network.ts'
import type { Machine } from '#shell/interpreter/shell.ts'
import type { Flavour } from '#shell/language/flavour.ts'
import { toolsOf } from '#shell/tools/tools-of-flavour.ts'
import {
  type NetworkAnswer,
  type NetworkRequest,
  type ProcessTable,
  sleepFor,
  type Tool,
  type User,
} from '#shell/tools/tool.ts'
import { distributionOf, shellOf } from '#world/container/image-files.ts'
import { networkTool } from '#images/container-tools.ts'
import { nginxControl } from '#world/container/server-control.ts'

interface MachineParts {
  readonly image: string
  readonly behaviour: ImageBehaviour
  readonly hostname: string
  readonly user: User
  readonly env: Readonly<Record<string, string>>
  readonly startedAt: number
  /** As the Pod's programs see it at this moment. */
  readonly network: () => Network
  readonly random: () => number
  /** Whether the session's clock stands: then nobody waits for the way of a packet. */
  readonly isStill?: () => boolean
  /** What runs there already. */
  readonly others?: ProcessTable
  /** Told of programs that nobody knows, in images that nobody has looked into. Absent: there are none. */
  readonly guess?: () => void
}

export class ContainerMachine implements Machine {
  readonly hostname: string
  readonly user: User
  readonly startedAt: number
  readonly others?: ProcessTable
  readonly #parts: MachineParts

  constructor(parts: MachineParts) {
    this.hostname = parts.hostname
    this.user = parts.user
    this.startedAt = parts.startedAt
    if (parts.others !== undefined) this.others = parts.others
    this.#parts = parts
  }

  program(name: string): Tool | undefined {
    const { image, behaviour } = this.#parts
    const distribution = distributionOf(image, behaviour)
    const base = programName(name)
    if (base === 'agnhost') return /\bagnhost\b/.test(image) ? networkTool(base) : undefined
    if (distribution === 'scratch') return undefined
    if (isNetworkCommand(base) && this.#hasTool(base)) return networkTool(base)
    if (base === 'nginx' && this.others !== undefined && /(^|\/)nginx\b/.test(image))
      return nginxControl(this.others)
    return toolsOf(distribution).get(base) ?? this.#guessed(name)
  }

  #guessed(name: string): Tool | undefined {
    const { behaviour, guess } = this.#parts
    if (guess === undefined || behaviour.tools !== undefined) return undefined
    return {
      name,
      *run() {
        guess()
        yield* sleepFor(Infinity)
        return 0
      },
    }
  }

  #hasTool(name: string): boolean {
    const { tools } = this.#parts.behaviour
    return tools === undefined || Object.hasOwn(tools, name === 'netcat' ? 'nc' : name)
  }

  shell(name: string): Flavour | undefined {
    const { image, behaviour } = this.#parts
    return shellOf(image, distributionOf(image, behaviour), name)
  }

  network({ argv, stdin, isTerminal }: NetworkRequest, time: number): NetworkAnswer {
    const { behaviour, env, hostname, network, isStill } = this.#parts
    const output = runNetworkCommand(
      {
        argv,
        network: network(),
        now: this.startedAt + time,
        env,
        hostname,
        isTerminal,
        ...(stdin === undefined ? {} : { stdin }),
      },
      behaviour.tools,
    )
    if (output === undefined) return { stdout: '', stderr: '', exitCode: 1, takes: 0 }
    return isStill?.() === true ? { ...output, takes: 0 } : output
  }

  random(): number {
    return this.#parts.random()
  }
}
