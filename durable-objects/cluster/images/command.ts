// What a command line does, as far as it can be told beforehand.
import { MEBIBYTE, type Process, programName } from '#images/behaviour.ts'
import { type CommandContext, ContainerRun } from '#images/container-run.ts'
import { NotYet } from '#images/network-moments.ts'
import { serverProgram } from '#images/server-programs.ts'

export type { CommandContext }

export const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'ash', 'dash', 'zsh'])

/** What `argv` will do. */
export const runCommand = (argv: readonly string[], context: CommandContext): Process => {
  const name = programName(argv[0])
  if (name === 'tini' || name === 'dumb-init') {
    const rest = argv.slice(1).filter((word, index) => !(index === 0 && word.startsWith('-')))
    return runCommand(rest[0] === '--' ? rest.slice(1) : rest, context)
  }
  return asItIs(argv, context) ?? new ContainerRun(context).run(argv)
}

/** A program that is known as a whole needs no interpreter. */
const asItIs = (argv: readonly string[], context: CommandContext): Process | undefined => {
  if (SHELLS.has(programName(argv[0]))) return undefined
  const { networkAt } = context
  try {
    const atStart = networkAt === undefined ? context : { ...context, network: networkAt(0, argv) }
    const started = context.program?.(argv, atStart) ?? serverProgram(argv)
    return started === undefined
      ? undefined
      : { ...started, memoryBytes: started.memoryBytes + MEBIBYTE }
  } catch (error) {
    if (!(error instanceof NotYet)) throw error
    return { listens: [], memoryBytes: MEBIBYTE, log: [], asksAt: 0 }
  }
}
