// kubectl itself: finds the command that a line means, reads its flags, runs it, says what went wrong.
import type { Tool, ToolCall, ToolRun } from '#shell/tools/tool.ts'
import { readAll, writeError, writeOut } from '#shell/tools/tool.ts'
import { commandBodies } from '#kubectl/commands/table.ts'
import {
  completionsFor,
  completionsOf,
  DEFAULT,
  FILE_EXTENSIONS,
  NO_FILES,
  NO_SPACE,
} from '#kubectl/command/completions.ts'
import { parseFlags, type CommandLine } from '#kubectl/command/flags.ts'
import { helpOf } from '#kubectl/command/help.ts'
import { findCommand, pathOf, suggestionsFor, type Command } from '#kubectl/command/tree.ts'
import { failureText, KubectlFailure, PlainFailure, usageFailure } from '#kubectl/failure.ts'
import type { KubectlHost } from '#kubectl/host.ts'
import { type DiscoveryMemory, Invocation } from '#kubectl/invocation.ts'
import { preferred } from '#kubectl/preferences/apply.ts'

/** As much as kubectl reads from a pipe. */
const MOST_INPUT = 8 * 1024 * 1024

/** kubectl as a program of a computer that has this way to a cluster. */
export const kubectlTool = (host: KubectlHost, memory: DiscoveryMemory = {}): Tool => ({
  name: 'kubectl',
  run: (call) => runKubectl(call, host, memory),
  complete: (words, place) => completionsFor(host, words, place, memory),
})

function* runKubectl(call: ToolCall, host: KubectlHost, memory: DiscoveryMemory): ToolRun {
  const words = call.argv.slice(1)
  if (words[0] === '__complete' || words[0] === '__completeNoDesc')
    return yield* printCompletions(call, host, words)
  let run: Invocation | undefined
  try {
    const { words: meant, flags, warnings } = preferred(call, words)
    yield* writeError(warnings)
    const { command, args, next } = findCommand(meant)
    refuseUnknown(command, next, meant)
    const line = readFlags(command, [...flags, ...args])
    run = new Invocation(command, line, call, host, memory)
    for (const { name, deprecated = '' } of line.deprecated)
      run.err(`Flag --${name} has been deprecated, ${deprecated}\n`)
    if (line.flags.bool('help')) run.out(helpOf(command, call))
    else {
      line.flags.checkRequired()
      yield* runCommand(run)
    }
    yield* run.flush()
    refuseWarnings(run)
    return run.exitCode
  } catch (error) {
    if (!(error instanceof KubectlFailure)) throw error
    if (run !== undefined) yield* run.flush()
    const text = failureText(error)
    if (text !== '') yield { kind: 'write', fd: 2, text }
    return error.exitCode
  }
}

/** `--warnings-as-errors` */
const refuseWarnings = ({ flags, warnings }: Invocation): void => {
  if (!flags.bool('warnings-as-errors') || warnings === 0) return
  throw new KubectlFailure(warnings === 1 ? '1 warning received' : `${warnings} warnings received`)
}

const DIRECTIVES: Readonly<Record<number, string>> = {
  [DEFAULT]: 'Default',
  [NO_SPACE]: 'NoSpace',
  [NO_FILES]: 'NoFileComp',
  [NO_SPACE | NO_FILES]: 'NoSpace, ShellCompDirectiveNoFileComp',
  [FILE_EXTENSIONS]: 'FilterFileExt',
}

/** What the completion scripts of shells ask for. cobra: ShellCompRequestCmd */
function* printCompletions(call: ToolCall, host: KubectlHost, given: readonly string[]): ToolRun {
  const [request, ...words] = given
  const { words: found, directive } = completionsOf(call, host, words)
  const lines = request === '__complete' ? found : found.map((word) => word.split('\t')[0]!)
  yield* writeOut([...lines, `:${directive}`].map((line) => `${line}\n`).join(''))
  yield* writeError(
    `Completion ended with directive: ShellCompDirective${DIRECTIVES[directive] ?? ''}\n`,
  )
  return 0
}

function* runCommand(run: Invocation): ToolRun<void> {
  const body = commandBodies[run.command.name]
  if (body === undefined)
    throw new KubectlFailure(`${run.path} is not part of this computer's kubectl`)
  if (readsInput(run)) run.stdin = yield* readAll(MOST_INPUT)
  const running = body(run)
  if (running !== undefined) yield* running
}

const isStdin = (name: string): boolean => name === '-' || name === '/dev/stdin'

/** `-f -` and the like. */
const readsInput = ({ flags, args, command }: Invocation): boolean =>
  (flags.has('filename') && flags.list('filename').some(isStdin)) ||
  (flags.has('from-file') &&
    flags.list('from-file').some((item) => /(^|=)(-|\/dev\/stdin)$/.test(item))) ||
  (flags.has('patch-file') && isStdin(flags.string('patch-file'))) ||
  (flags.has('env') && flags.list('env').includes('-')) ||
  (command.name === 'set env' && args.includes('-'))

const readFlags = (command: Command, args: readonly string[]): CommandLine => {
  try {
    return parseFlags(args, command.flags)
  } catch (error) {
    const { message } = error as Error
    // 1 would say that something differs
    if (command.name === 'diff')
      throw new KubectlFailure(usageFailure(pathOf(command), message).message, 2)
    throw new KubectlFailure(`${message}\nSee '${pathOf(command)} --help' for usage.`)
  }
}

/** A word that is no command. */
const refuseUnknown = (
  command: Command,
  next: string | undefined,
  words: readonly string[],
): void => {
  if (command.name !== '' || next === undefined) return
  if (next === 'help' || words.includes('-h') || words.includes('--help')) return
  if (words[0]!.startsWith('-'))
    throw new PlainFailure(`Error: flags cannot be placed before plugin name: ${words[0]}`)
  const similar = suggestionsFor(command, next)
  const hint =
    similar.length === 0
      ? ''
      : `\n\nDid you mean this?\n${similar.map((name) => `\t${name}\n`).join('')}`
  throw new KubectlFailure(`unknown command ${JSON.stringify(next)} for "kubectl"${hint}`)
}
