// Commands that end: what they are given, and what comes of it.
import { type Environment, type LogLine, type Process, quietly } from '#images/behaviour.ts'
import type { Network } from '#images/network.ts'

export interface CommandInput {
  readonly argv: readonly string[]
  readonly network: Network
  /** Milliseconds since 1970. */
  readonly now: number
  /** What is piped into it. */
  readonly stdin?: string
  readonly env?: Environment
  readonly hostname?: string
  /** Whether it writes to a terminal: progress bars differ. */
  readonly isTerminal?: boolean
}

export interface CommandOutput {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
  /** Milliseconds. */
  readonly takes: number
  /** Files that it writes; paths as they were given. */
  readonly files?: readonly { readonly path: string; readonly text: string }[]
}

export type NetworkCommand = (input: CommandInput) => CommandOutput

export const ended = (
  exitCode: number,
  texts: { readonly stdout?: string; readonly stderr?: string; readonly takes?: number } = {},
): CommandOutput => ({
  stdout: texts.stdout ?? '',
  stderr: texts.stderr ?? '',
  exitCode,
  takes: texts.takes ?? 1,
})

/** Lines of a container's log: what ends without a line's end is a line too. */
export const logLines = (output: CommandOutput, start = 0): readonly LogLine[] => {
  const lines = (text: string, stream: LogLine['stream']): readonly LogLine[] =>
    text === ''
      ? []
      : text
          .replace(/\n$/, '')
          .split('\n')
          .map((line) => ({ after: start + output.takes, text: line, stream }))
  return [...lines(output.stdout, 'stdout'), ...lines(output.stderr, 'stderr')]
}

/** A container that runs nothing but the command. */
export const processOfOutput = (output: CommandOutput): Process =>
  quietly({
    ends: { after: output.takes, exitCode: output.exitCode },
    log: logLines(output),
    ...(output.files === undefined
      ? {}
      : {
          files: output.files.map(({ path }) => ({ path, after: output.takes, exists: true })),
        }),
  })
