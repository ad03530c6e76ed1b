// What runs in a container: the seam between the kubelet and what images and commands do.
import type { Mutable } from '#apimachinery/object.ts'
import {
  type Environment,
  type ImageBehaviour,
  type Process,
  type ProgramContext,
  programName,
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
  'network' | 'networkAt' | 'now' | 'hostname' | 'horizon' | 'place'
>

/** How long it takes to use up the memory and be killed for it. */
const OUT_OF_MEMORY_AFTER = 500

/** A command replaces the image's arguments too. docker: ENTRYPOINT and CMD */
export const commandLine = (
  { command, args }: Pick<ContainerProgram, 'command' | 'args'>,
  { entrypoint, cmd }: Pick<ImageBehaviour, 'entrypoint' | 'cmd'>,
): readonly string[] => [
  ...(command ?? entrypoint),
  ...(args ?? (command === undefined ? cmd : [])),
]

/** A shell without a script does what it is told by whoever attaches to it. */
export const waitsForOrders = (argv: readonly string[]): boolean =>
  /^(ba|da|a|z)?sh$/.test(programName(argv[0])) &&
  argv.slice(1).every((word) => /^-(?!.*c)/.test(word))

/** All that the container's process will do by itself. */
export const processOf = (
  container: ContainerProgram,
  image: ImageBehaviour,
  env: Environment,
  /** What only the moment of the start knows. */
  start: StartFacts = {},
): Process => {
  const context: Mutable<CommandContext> = { ...start, env, ports: container.ports ?? [] }
  if (image.program !== undefined) context.program = image.program
  if (image.tools !== undefined) context.tools = image.tools
  if (image.user !== 0 && start.place !== undefined)
    context.place = { ...start.place, user: { uid: image.user, ...start.place.user } }
  const process = runCommand(commandLine(container, image), context)
  return container.memoryLimit === undefined ? process : within(container.memoryLimit, process)
}

const within = (limit: number, process: Process): Process => {
  if (process.memoryBytes <= limit) return process
  const after = Math.min(OUT_OF_MEMORY_AFTER, process.ends?.after ?? OUT_OF_MEMORY_AFTER)
  return { ...process, ends: { after, exitCode: 137, reason: 'OOMKilled' } }
}
