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

export const findProgram = (from: Finder, name: string): Found => {
  if (name.includes('/')) return at(from, absolutePath(from.cwd, name))
  for (const directory of (from.env['PATH'] ?? USUAL_PATH).split(':')) {
    const path = absolutePath(from.cwd, `${directory}/${name}`)
    if (!from.files.exists(path)) continue
    const found = at(from, path)
    if (found.kind !== 'missing' && found.kind !== 'directory') return found
  }
  return byName(from, name, `/bin/${name}`)
}

const byName = ({ machine, cwd }: Finder, name: string, path: string): Found => {
  const flavour = machine.shell(name)
  if (flavour !== undefined) return { kind: 'shell', flavour, path }
  const tool = machine.program(name, cwd)
  if (tool !== undefined) return { kind: 'tool', tool, path }
  return { kind: ALSO_PROGRAMS.has(name) ? 'builtin' : 'missing', path }
}

const ALSO_PROGRAMS = new Set(['[', 'echo', 'false', 'kill', 'printf', 'pwd', 'test', 'true'])

const BINARIES = /^\/(usr\/)?(local\/)?s?bin\//

const at = (from: Finder, path: string): Found => {
  const { files, machine, cwd } = from
  const program = files.program(path)
  if (program !== undefined) return byName(from, program, path)
  const stat = files.stat(path)
  if (isFailure(stat)) {
    const tool = machine.program(path, cwd)
    if (tool !== undefined) return { kind: 'tool', tool, path }
    return BINARIES.test(path) ? byName(from, baseName(path), path) : { kind: 'missing', path }
  }
  if (stat.kind === 'directory') return { kind: 'directory', path }
  if (!files.may(path, 'execute')) return { kind: 'forbidden', path }
  const text = files.read(path)
  const line = isFailure(text) ? '' : (/^#!\s*(.*)/.exec(text)?.[1] ?? '')
  const words = line.split(/\s+/).filter((word) => word !== '' && !word.endsWith('/env'))
  const flavour = machine.shell(baseName(words[0] ?? 'sh'))
  return flavour === undefined ? { kind: 'missing', path } : { kind: 'script', path, flavour }
}
