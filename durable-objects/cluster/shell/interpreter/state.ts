// What a shell keeps between two commands. A subshell begins with a copy.
import type { Command, CompoundCommand, CompoundList, Redirected } from 'unbash'
import type { Flavour } from '#shell/language/flavour.ts'
import type { Lines } from '#shell/language/parse.ts'
import type { Task } from '#shell/kernel/task.ts'
import { JobTable } from '#shell/interpreter/job-table.ts'

export interface Variable {
  readonly value: string | undefined
  /** An indexed array; its first element is what `$name` means. */
  readonly items?: readonly (string | undefined)[]
  /** An associative array. */
  readonly keyed?: ReadonlyMap<string, string>
  readonly isExported: boolean
  readonly isReadOnly: boolean
}

export interface ShellFunction {
  readonly body: CompoundCommand | Redirected | CompoundList
  readonly lines: Lines
}

export const OPTIONS = {
  a: 'allexport',
  e: 'errexit',
  f: 'noglob',
  n: 'noexec',
  u: 'nounset',
  v: 'verbose',
  x: 'xtrace',
  C: 'noclobber',
  b: 'notify',
  h: 'hashall',
  m: 'monitor',
  i: 'interactive',
} as const

export type OptionName =
  | (typeof OPTIONS)[keyof typeof OPTIONS]
  | 'pipefail'
  | 'posix'
  | 'vi'
  | 'emacs'

const NO_VARIABLE: Variable = { value: undefined, isExported: false, isReadOnly: false }

export class ShellState {
  readonly flavour: Flavour
  readonly isInteractive: boolean
  readonly pid: number
  /** `$0` */
  name: string
  positional: readonly string[] = []
  cwd: string
  status = 0
  umask = 0o022
  /** Files that are there for the command that runs. */
  temporary: readonly string[] = []
  /** They read what the command writes: `> >( … )`. */
  readers: readonly Task[] = []
  /** Where in the script: for messages and LINENO. */
  position = 0
  lines: Lines | undefined
  /** The simple command that runs, or ran last. */
  node: Command | undefined
  lastBackground: number | undefined
  jobs = new JobTable()
  functions = new Map<string, ShellFunction>()
  aliases = new Map<string, string>()
  traps = new Map<string, string>()
  options = new Set<OptionName>()
  history: string[] = []
  /** What of it was typed into this very shell. */
  typed: string[] = []
  /** Functions that run just now. */
  functionDepth = 0
  /** Their names, the innermost first. */
  functionNames: readonly string[] = []
  /** How the commands of the last pipeline ended. */
  pipeStatuses: readonly number[] = [0]
  /** What `shopt` has switched on. */
  shopts: ReadonlySet<string> = new Set()
  /** Where `pushd` came from, the last first. */
  folders: readonly string[] = []
  sourceDepth = 0
  loopDepth = 0
  /** Shells and functions around this one. */
  depth = 0
  /** `set -e` does not count in conditions. */
  unchecked = 0
  /** How often anything has changed here that a command could notice. */
  version = 0
  isSubshell = false
  /** That there are stopped jobs was said when it was about to end. */
  isWarned = false
  /** Nothing comes after the command that is next: a program may take the shell's place. */
  isLast = false
  /** Aliases that stand for themselves just now. */
  readonly expanding = new Set<string>()
  startedAt = 0
  substitutionStatus: number | undefined
  /** Where `getopts` stands inside of a word. */
  optionAt = 0
  readonly variables = new Map<string, Variable>()
  readonly #locals: Map<string, Variable | undefined>[] = []

  constructor(given: {
    readonly flavour: Flavour
    readonly pid: number
    readonly name: string
    readonly cwd: string
    readonly isInteractive?: boolean
  }) {
    this.flavour = given.flavour
    this.pid = given.pid
    this.name = given.name
    this.cwd = given.cwd
    this.isInteractive = given.isInteractive === true
  }

  fork(): ShellState {
    const copy = new ShellState({ ...this, pid: this.pid })
    copy.positional = this.positional
    copy.status = this.status
    copy.umask = this.umask
    copy.position = this.position
    copy.lines = this.lines
    copy.lastBackground = this.lastBackground
    copy.jobs = this.jobs.seen()
    copy.functions = new Map(this.functions)
    copy.aliases = new Map(this.aliases)
    copy.history = this.history
    // Traps are the shell's own; what it ignores stays ignored.
    for (const [signal, action] of this.traps) if (action === '') copy.traps.set(signal, action)
    copy.options = new Set(this.options)
    copy.functionDepth = this.functionDepth
    copy.functionNames = this.functionNames
    copy.pipeStatuses = this.pipeStatuses
    copy.shopts = this.shopts
    copy.folders = this.folders
    copy.sourceDepth = this.sourceDepth
    copy.loopDepth = this.loopDepth
    copy.depth = this.depth + 1
    copy.unchecked = this.unchecked
    copy.isSubshell = true
    copy.startedAt = this.startedAt
    for (const [name, variable] of this.variables) copy.variables.set(name, variable)
    return copy
  }

  get line(): number {
    return this.lines?.at(this.position) ?? 1
  }

  has(option: OptionName): boolean {
    return this.options.has(option)
  }

  variable(name: string): Variable | undefined {
    return this.variables.get(name)
  }

  get(name: string): string | undefined {
    return this.variables.get(name)?.value
  }

  set(name: string, value: string): void {
    const old = this.variables.get(name)
    if (old?.keyed !== undefined) return this.setKeyed(name, new Map(old.keyed).set('0', value))
    if (old?.value === value && old.items === undefined) return
    this.version++
    const { isExported, isReadOnly } = old ?? NO_VARIABLE
    if (old?.items === undefined)
      this.variables.set(name, {
        value,
        isExported: isExported || this.has('allexport'),
        isReadOnly,
      })
    else this.setItems(name, [value, ...old.items.slice(1)])
  }

  setItems(name: string, items: readonly (string | undefined)[]): void {
    this.version++
    const { isExported, isReadOnly } = this.variables.get(name) ?? NO_VARIABLE
    this.variables.set(name, { value: items[0], items, isExported, isReadOnly })
  }

  setKeyed(name: string, keyed: ReadonlyMap<string, string>): void {
    this.version++
    const { isExported, isReadOnly } = this.variables.get(name) ?? NO_VARIABLE
    this.variables.set(name, { value: keyed.get('0'), keyed, isExported, isReadOnly })
  }

  mark(
    name: string,
    marks: { readonly isExported?: boolean; readonly isReadOnly?: boolean },
  ): void {
    this.version++
    this.variables.set(name, { ...(this.variables.get(name) ?? NO_VARIABLE), ...marks })
  }

  unset(name: string): void {
    if (this.variables.delete(name)) this.version++
  }

  isReadOnly(name: string): boolean {
    return this.variables.get(name)?.isReadOnly === true
  }

  /** What a program is started with. */
  environment(): Readonly<Record<string, string>> {
    const pairs: [string, string][] = []
    for (const [name, { value, isExported }] of this.variables)
      if (isExported && value !== undefined) pairs.push([name, value])
    return Object.fromEntries(pairs)
  }

  pushLocals(): void {
    this.#locals.push(new Map())
  }

  popLocals(): void {
    for (const [name, variable] of this.#locals.pop() ?? []) {
      if (variable === undefined) this.variables.delete(name)
      else this.variables.set(name, variable)
    }
  }

  /** False: there is no function that it could be local to. */
  makeLocal(name: string): boolean {
    const frame = this.#locals.at(-1)
    if (frame === undefined) return false
    if (!frame.has(name)) {
      frame.set(name, this.variables.get(name))
      // bash's locals begin unset, those of the others with the value outside
      if (this.flavour === 'bash') this.variables.delete(name)
    }
    return true
  }
}
