// The first process of a machine.
import type { FileSystem } from '#shell/files/file-system.ts'
import { executor } from '#shell/interpreter/executor.ts'
import {
  findProgram,
  type Heritage,
  isProgram,
  type NoProgram,
} from '#shell/interpreter/find-program.ts'
import type { Machine } from '#shell/interpreter/shell.ts'
import { startProgram } from '#shell/interpreter/tasks.ts'
import { Kernel, type Limits } from '#shell/kernel/kernel.ts'
import type { Stream } from '#shell/kernel/stream.ts'
import { Descriptors, type Task } from '#shell/kernel/task.ts'

export interface FirstProcess {
  readonly argv: readonly string[]
  readonly files: FileSystem
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /** Standard input, output and error. */
  readonly streams: readonly Stream[]
  readonly limits?: Limits
  readonly firstPid?: number
  /** Called before anything runs. */
  readonly onStart?: (kernel: Kernel) => void
}

export interface Started {
  readonly kernel: Kernel
  /** undefined: there is no such program. */
  readonly task: Task | undefined
  readonly missing?: NoProgram
}

/** What the first process has, before it is known which program it runs. */
export const firstHeritage = (machine: Machine, first: FirstProcess): Heritage => {
  const kernel = new Kernel(first.limits, first.firstPid)
  first.onStart?.(kernel)
  const fds = new Descriptors()
  for (const [fd, stream] of first.streams.entries()) fds.set(fd, stream)
  const { files, env, cwd } = first
  return {
    kernel,
    machine,
    files,
    executor,
    env,
    cwd,
    parent: 0,
    fds,
    isBackground: false,
    depth: 0,
    umask: 0o022,
  }
}

export const startMachine = (machine: Machine, first: FirstProcess): Started => {
  const heritage = firstHeritage(machine, first)
  const { kernel } = heritage
  const { argv } = first
  const found = findProgram(heritage, argv[0] ?? '', argv)
  if (!isProgram(found)) return { kernel, task: undefined, missing: found }
  return { kernel, task: startProgram(heritage, found, argv) }
}
