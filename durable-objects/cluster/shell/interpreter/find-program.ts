// What a command's name leads to.
import type { FileSystem } from '#shell/files/file-system.ts'
import { isFailure } from '#shell/files/failure.ts'
import { absolutePath, baseName } from '#shell/files/path.ts'
import type { Executor, Machine } from '#shell/interpreter/shell.ts'
import type { Kernel } from '#shell/kernel/kernel.ts'
import type { Descriptors } from '#shell/kernel/task.ts'
import type { Flavour } from '#shell/language/flavour.ts'
import type { Tool } from '#shell/tools/tool.ts'

/** What a process inherits. */
export interface Heritage {
  readonly kernel: Kernel
  readonly machine: Machine
  readonly files: FileSystem
  readonly executor: Executor
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly parent: number
  readonly fds: Descriptors
  readonly isBackground: boolean
  readonly depth: number
  readonly umask: number
}

export type Program =
  | { readonly kind: 'tool'; readonly tool: Tool; readonly path: string }
  | { readonly kind: 'shell'; readonly flavour: Flavour; readonly path: string }
  /** A builtin that is a program of its own too. */
  | { readonly kind: 'builtin'; readonly path: string }
  | { readonly kind: 'script'; readonly path: string; readonly flavour: Flavour }

export interface NoProgram {
  readonly kind: 'missing' | 'directory' | 'forbidden'
  readonly path: string
}

export type Found = Program | NoProgram

export const isProgram = (found: Found): found is Program =>
  found.kind !== 'missing' && found.kind !== 'directory' && found.kind !== 'forbidden'

const USUAL_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

type Finder = Pick<Heritage, 'machine' | 'files' | 'env' | 'cwd'>

/** A word that is only asked about comes without arguments. */
export const findProgram = (
  from: Finder,
  name: string,
  argv: readonly string[] = [name],
): Found => {
  if (name.includes('/')) return at(from, absolutePath(from.cwd, name), argv)
  for (const directory of (from.env['PATH'] ?? USUAL_PATH).split(':')) {
    const path = absolutePath(from.cwd, `${directory}/${name}`)
    if (!from.files.exists(path)) continue
    const found = at(from, path, argv)
    if (found.kind !== 'missing' && found.kind !== 'directory') return found
  }
  return byName(from, name, `/bin/${name}`, argv)
}

const byName = (
  { machine }: Finder,
  name: string,
  path: string,
  argv: readonly string[],
): Found => {
  const flavour = machine.shell(name)
  if (flavour !== undefined) return { kind: 'shell', flavour, path }
  const tool = machine.program(name, argv)
  if (tool !== undefined) return { kind: 'tool', tool, path }
  return { kind: ALSO_PROGRAMS.has(name) ? 'builtin' : 'missing', path }
}

/** Builtins that are programs of their own too: `/bin/echo`. */
export const ALSO_PROGRAMS: ReadonlySet<string> = new Set([
  '[',
  'echo',
  'false',
  'kill',
  'printf',
  'pwd',
  'test',
  'true',
])

const BINARIES = /^\/(usr\/)?(local\/)?s?bin\//

const at = (from: Finder, path: string, argv: readonly string[]): Found => {
  const { files, machine } = from
  const program = files.program(path)
  if (program !== undefined) return byName(from, program, path, argv)
  const stat = files.exists(path) ? files.stat(path) : undefined
  if (stat === undefined || isFailure(stat)) {
    if (BINARIES.test(path)) return byName(from, baseName(path), path, argv)
    const tool = machine.program(path, argv)
    return tool === undefined ? { kind: 'missing', path } : { kind: 'tool', tool, path }
  }
  if (stat.kind === 'directory') return { kind: 'directory', path }
  if (!files.may(path, 'execute')) return { kind: 'forbidden', path }
  const text = files.read(path)
  const line = isFailure(text) ? '' : (/^#!\s*(.*)/.exec(text)?.[1] ?? '')
  const words = line.split(/\s+/).filter((word) => word !== '' && !word.endsWith('/env'))
  const flavour = machine.shell(baseName(words[0] ?? 'sh'))
  return flavour === undefined ? { kind: 'missing', path } : { kind: 'script', path, flavour }
}
