// What most tools are made of: options, output that is handed on whenever the tool waits, errors under its name.
import { isFailure } from '#shell/files/failure.ts'
import type { FileSystem } from '#shell/files/file-system.ts'
import { baseName, givenPath } from '#shell/files/path.ts'
import { type OptionSpec, Options, parseOptions } from '#shell/tools/options.ts'
import type { Tool, ToolCall, ToolRun } from '#shell/tools/tool.ts'

/** Whose tools they are: they differ in options and in words. */
export type Family = 'gnu' | 'busybox'

/** More is handed on at once. */
const FULL = 16_384

export class Run {
  readonly call: ToolCall
  readonly family: Family
  readonly name: string
  readonly options: Options
  /** What was printed and not handed on yet. */
  out = ''
  /** How the tool ends if nothing worse happens. */
  exitCode = 0

  constructor(call: ToolCall, family: Family, name: string, options: Options) {
    this.call = call
    this.family = family
    this.name = name
    this.options = options
  }

  get isGnu(): boolean {
    return this.family === 'gnu'
  }

  get files(): FileSystem {
    return this.call.files
  }

  get operands(): readonly string[] {
    return this.options.operands
  }

  get isFull(): boolean {
    return this.out.length >= FULL
  }

  has(letter: string): boolean {
    return this.options.has(letter)
  }

  value(letter: string): string | undefined {
    return this.options.value(letter)
  }

  path(path: string): string {
    return path === '' ? '' : givenPath(this.call.cwd, path)
  }

  print(text: string): void {
    this.out += text
  }

  *flush(): ToolRun<void> {
    if (this.out === '') return
    const text = this.out
    this.out = ''
    yield { kind: 'write', fd: 1, text }
  }

  /** `NAME: message`; the tool goes on and ends with `exitCode`. */
  *error(message: string, exitCode = 1): ToolRun<void> {
    yield* this.flush()
    yield { kind: 'write', fd: 2, text: `${this.name}: ${message}\n` }
    this.exitCode = exitCode
  }

  /** To be returned: the tool's end. */
  *fail(message: string, exitCode = 1): ToolRun {
    yield* this.error(message, exitCode)
    return exitCode
  }

  /** A wrong command line. */
  *usage(message: string, exitCode = 1, synopsis = ''): ToolRun {
    yield* this.flush()
    const hint = this.isGnu
      ? `${synopsis}Try '${this.name} --help' for more information.\n`
      : usageOf(this.name)
    yield { kind: 'write', fd: 2, text: `${this.name}: ${message}\n${hint}` }
    return exitCode
  }

  /** GNU's answer to a command line that lacks something. */
  *hint(exitCode = 1): ToolRun {
    const text = `Try '${this.name} --help' for more information.\n`
    yield { kind: 'write', fd: 2, text }
    return exitCode
  }

  /** busybox' answer to a command line that it can make nothing of. */
  *bare(exitCode = 1): ToolRun {
    yield { kind: 'write', fd: 2, text: usageOf(this.name) }
    return exitCode
  }
}

export const BUSYBOX = 'BusyBox v1.37.0 (2024-09-26 21:31:42 UTC) multi-call binary.\n'

const usageOf = (name: string): string => `${BUSYBOX}\nUsage: ${name} [OPTIONS]\n`

export type ToolOf = (family: Family) => Tool

interface Shape extends OptionSpec {
  /** How it ends when its command line is wrong. Absent: 1. */
  readonly usageCode?: number
  /** GNU's line between the complaint and the hint. */
  readonly synopsis?: string
  /** Changes the words first: `head -5`. */
  readonly rewrite?: (words: readonly string[]) => readonly string[]
}

/** A tool whose options getopt reads. */
export const tool =
  (name: string, shape: Shape | string, body: (run: Run) => ToolRun | number): ToolOf =>
  (family) => ({
    name,
    *run(call) {
      const spec: Shape = typeof shape === 'string' ? { short: shape } : shape
      const words = call.argv.slice(1)
      const options = parseOptions(spec.rewrite?.(words) ?? words, spec)
      const run = new Run(call, family, name, typeof options === 'string' ? new Options() : options)
      if (typeof options === 'string') {
        if (isHelp(words)) return yield* help(run, words)
        const { usageCode = 1, synopsis } = spec
        return yield* run.usage(options, family === 'gnu' ? usageCode : 1, synopsis)
      }
      const done = body(run)
      const exitCode = typeof done === 'number' ? done : yield* done
      yield* run.flush()
      return exitCode
    },
  })

/** A tool that reads its words itself: they are its operands. */
export const rawTool =
  (name: string, body: (run: Run, words: readonly string[]) => ToolRun | number): ToolOf =>
  (family) => ({
    name,
    *run(call) {
      const run = new Run(call, family, name, new Options())
      const words = call.argv.slice(1)
      if (words.length === 1 && isHelp(words)) return yield* help(run, words)
      const done = body(run, words)
      const exitCode = typeof done === 'number' ? done : yield* done
      yield* run.flush()
      return exitCode
    },
  })

const isHelp = (words: readonly string[]): boolean =>
  words.includes('--help') || words.includes('--version')

function* help(run: Run, words: readonly string[]): ToolRun {
  if (!run.isGnu) yield { kind: 'write', fd: 2, text: usageOf(run.name) }
  else if (words.includes('--help')) run.print(`Usage: ${run.name} [OPTION]... [ARG]...\n`)
  else run.print(`${run.name} (GNU coreutils) 9.1\n`)
  yield* run.flush()
  return run.isGnu ? 0 : 1
}

/** The command's own name, as errors of shells and `busybox` have it. */
export const appletName = (call: ToolCall): string => baseName(call.argv[0] ?? '')

/** `7` of `7`; undefined of anything else. */
export const wholeNumber = (text: string): number | undefined =>
  /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined

const UNITS: Readonly<Record<string, number>> = {
  b: 512,
  c: 1,
  w: 2,
  k: 1024,
  K: 1024,
  kB: 1000,
  KB: 1000,
  M: 1024 ** 2,
  m: 1024 ** 2,
  MB: 1e6,
  G: 1024 ** 3,
  GB: 1e9,
}

/** `1k` is 1024. */
export const sizeNumber = (text: string): number | undefined => {
  const [, digits = '', unit = ''] = /^([0-9]{1,12})([bcwkKMmG]B?)?$/.exec(text) ?? []
  if (digits === '') return undefined
  const factor = unit === '' ? 1 : (UNITS[unit] ?? UNITS[unit[0]!])
  return factor === undefined ? undefined : Number(digits) * factor
}

/** Why a file cannot be read, or undefined. */
export const whyUnreadable = (run: Run, path: string): string | undefined => {
  const text = run.files.read(run.path(path))
  return isFailure(text) ? text.text : undefined
}
