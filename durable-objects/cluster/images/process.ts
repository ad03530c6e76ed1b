// What runs in a container: the seam between the kubelet and what images and commands do.
import type { Mutable } from '#apimachinery/object.ts'
import {
  type Environment,
  type ImageBehaviour,
  type Process,
  type ProgramContext,
} from '#images/behaviour.ts'
import { type CommandContext, runCommand } from '#images/command.ts'

/** What of a container decides what runs in it. Command and args are expanded already. */
export interface ContainerProgram {
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  readonly ports?: readonly {
    readonly name?: string
    readonly containerPort: number
    readonly protocol?: 'TCP' | 'UDP' | 'SCTP'
  }[]
  /** The memory that it may use at most. */
  readonly memoryLimit?: number
}

/** The network and the clock: recorded when they are asked, replayed ever after (network-moments.ts). */
export type StartFacts = Pick<
  ProgramContext,
  'network' | 'networkAt' | 'now' | 'hostname' | 'horizon'
>

/** How long it takes to use up the memory and be killed for it. */
const OUT_OF_MEMORY_AFTER = 500

/** All that the container's process will do by itself. */
export const processOf = (
  container: ContainerProgram,
  image: ImageBehaviour,
  env: Environment,
  /** What only the moment of the start knows. */
  start: StartFacts = {},
): Process => {
  const entrypoint = container.command ?? image.entrypoint
  // A command replaces the image's arguments too. docker: ENTRYPOINT and CMD
  const args = container.args ?? (container.command === undefined ? image.cmd : [])
  const context: Mutable<CommandContext> = { ...start, env, ports: container.ports ?? [] }
  if (image.program !== undefined) context.program = image.program
  if (image.tools !== undefined) context.tools = image.tools
  const process = runCommand([...entrypoint, ...args], context)
  return container.memoryLimit === undefined ? process : within(container.memoryLimit, process)
}

const within = (limit: number, process: Process): Process => {
  if (process.memoryBytes <= limit) return process
  const after = Math.min(OUT_OF_MEMORY_AFTER, process.ends?.after ?? OUT_OF_MEMORY_AFTER)
  return { ...process, ends: { after, exitCode: 137, reason: 'OOMKilled' } }
}
