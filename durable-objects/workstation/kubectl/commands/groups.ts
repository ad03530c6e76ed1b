// Commands that only hold others, and what tells how to use them all.
import type { CommandBody, Invocation } from '#kubectl/invocation.ts'
import { helpOf } from '#kubectl/command/help.ts'
import { commandNamed, findCommand } from '#kubectl/command/tree.ts'

const showHelp = (run: Invocation): void => run.out(helpOf(run.command, run.call))

export const root: CommandBody = showHelp

export const options: CommandBody = showHelp

/** kubernetes: DefaultSubCommandRun */
export const group: CommandBody = (run) => {
  refuseWords(run)
  run.err(helpOf(run.command, run.call))
  run.exitCode = 1
}

/** It tells on standard output how it is used, and fails all the same. */
export const rollout: CommandBody = (run) => {
  refuseWords(run)
  showHelp(run)
  run.exitCode = 1
}

/** cobra: what cannot be run shows its help, whatever follows. */
export const certificate: CommandBody = showHelp

const refuseWords = (run: Invocation): void => {
  if (run.args.length > 0) throw run.usage(`unknown command ${JSON.stringify(run.args.join(' '))}`)
}

/** There is none in this version. */
export const alpha: CommandBody = (run) =>
  run.err('No alpha commands are available in this version of kubectl\n')

/** cobra: InitDefaultHelpCmd */
export const help: CommandBody = (run) => {
  const { command, next } = findCommand(run.args)
  if (next === undefined || command.name !== '') {
    run.out(helpOf(command, run.call))
    return
  }
  const topic = run.args.map((word) => `\`${word}\``).join(' ')
  const all = helpOf(commandNamed('')!, run.call)
  run.err(`Unknown help topic [${topic}]\n\n\n${all.slice(all.indexOf('Basic Commands'))}`)
}
