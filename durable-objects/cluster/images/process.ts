// What runs in a container: the seam between the kubelet and what images and commands do.
import type { Mutable } from '#apimachinery/object.ts'
import {
  type Environment,
  type ImageBehaviour,
  type Process,
  type ProgramContext,
  programName,
} from '#images/behaviour.ts'
import { type CommandContext, runCommand, SHELLS } from '#images/command.ts'
import { isNetworkCommand } from '#images/commands/run.ts'
import { ALSO_PROGRAMS } from '#shell/interpreter/find-program.ts'
import { toolsOf } from '#shell/tools/tools-of-flavour.ts'

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
  'network' | 'networkAt' | 'now' | 'hostname' | 'horizon' | 'place' | 'hasInput'
>

/** How long it takes to use up the memory and be killed for it. */
const OUT_OF_MEMORY_AFTER = 500

/** A command replaces the image's arguments too. docker: ENTRYPOINT and CMD */
export const commandLine = (
  { command, args }: Pick<ContainerProgram, 'command' | 'args'>,
  image: Pick<ImageBehaviour, 'entrypoint' | 'cmd'>,
): readonly string[] => {
  if (command !== undefined || args !== undefined) return handedOn(command, args, image)
  let argv = ownCommands.get(image)
  if (argv === undefined) ownCommands.set(image, (argv = handedOn(command, args, image)))
  return argv
}

/** What images start by themselves. */
const ownCommands = new WeakMap<object, readonly string[]>()

const handedOn = (
  command: ContainerProgram['command'],
  args: ContainerProgram['args'],
  { entrypoint, cmd }: Pick<ImageBehaviour, 'entrypoint' | 'cmd'>,
): readonly string[] => {
  const argv = [...(command ?? entrypoint), ...(args ?? (command === undefined ? cmd : []))]
  return isHandedOn(argv) ? argv.slice(1) : argv
}

/** An image's script has no use for what is a command anyway: it executes it and is gone. */
const isHandedOn = ([script, first]: readonly string[]): boolean => {
  if (first === undefined || !/^(docker-)?entrypoint\.sh$/.test(programName(script))) return false
  const name = programName(first)
  if (SHELLS.has(name) || ALSO_PROGRAMS.has(name) || toolsOf('debian').has(name)) return true
  // the script of curl's image puts it in front of what is none
  return programName(script) === 'docker-entrypoint.sh' && isNetworkCommand(first)
}

/** A shell without a script does what it is told by whoever attaches to it. */
export const waitsForOrders = (argv: readonly string[]): boolean =>
  SHELLS.has(programName(argv[0])) && argv.slice(1).every((word) => /^-(?!.*c)/.test(word))

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
