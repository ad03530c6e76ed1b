// Runs a script in the shell of containers, at once and to its end.
import { FileSystem } from '#shell/files/file-system.ts'
import { directory, type Entries, file } from '#shell/files/node.ts'
import { volumeOf } from '#shell/files/volume.ts'
import { type Flavour as ImageFlavour, toolsOf } from '#shell/tools/tools-of-flavour.ts'
import { startMachine } from '#shell/start.ts'
import type { Flavour } from '#shell/language/flavour.ts'
import { readChunk, sleepFor, type Tool, writeOut } from '#shell/tools/tool.ts'
import { DEFAULT_LIMITS } from '#shell/kernel/kernel.ts'
import { sinkStream, textStream } from '#shell/kernel/stream.ts'

export interface ShellRun {
  readonly stdout: string
  readonly stderr: string
  readonly code: number | undefined
  /** Milliseconds that it took. */
  readonly time: number
}

export interface ShellGiven {
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  readonly files?: Readonly<Record<string, string>>
  /** `-e` and the like. */
  readonly options?: readonly string[]
  readonly args?: readonly string[]
  readonly until?: number
  /** How much work is allowed. */
  readonly steps?: number
}

const SLEEP: Tool = {
  name: 'sleep',
  *run({ argv }) {
    yield* sleepFor(Number(argv[1]) * 1000)
    return 0
  },
}

const UPPER: Tool = {
  name: 'upper',
  *run() {
    for (;;) {
      const chunk = yield* readChunk()
      if (chunk === undefined) return 0
      yield* writeOut(chunk.toUpperCase())
    }
  },
}

const ARGUMENTS: Tool = {
  name: 'arguments',
  *run({ argv }) {
    yield* writeOut(
      argv
        .slice(1)
        .map((word) => `<${word}>\n`)
        .join(''),
    )
    return 0
  },
}

const OWN = new Map([SLEEP, UPPER, ARGUMENTS].map((tool) => [tool.name, tool]))

const NAMES: Readonly<Record<string, Flavour>> = { bash: 'bash', dash: 'dash', ash: 'ash' }

const IMAGES: Readonly<Record<Flavour, ImageFlavour>> = {
  bash: 'workstation',
  dash: 'debian',
  ash: 'busybox',
}

const tree = (files: Readonly<Record<string, string>>): Entries =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [name, file(text)]))

export const runShell = (flavour: Flavour, script: string, given: ShellGiven = {}): ShellRun => {
  const clock = { now: () => 0 }
  const root = directory({
    tmp: directory({}, 0o1777),
    work: directory(tree(given.files ?? {})),
    etc: directory({ passwd: file('root:x:0:0:root:/root:/bin/bash\n') }),
  })
  const files = new FileSystem(volumeOf(root), clock)
  const tools = toolsOf(IMAGES[flavour])
  let seed = 0
  let [stdout, stderr] = ['', '']
  const keep = (add: (text: string) => void) =>
    sinkStream((text) => {
      add(text)
      return 'done'
    })
  const argv = [flavour, ...(given.options ?? []), '-c', script, ...(given.args ?? [])]
  const { kernel, task } = startMachine(
    {
      hostname: 'test',
      user: { name: 'root', uid: 0, gid: 0, home: '/root' },
      startedAt: 0,
      program: (name) => OWN.get(name) ?? tools.get(name),
      shell: (name) => (name === 'sh' ? flavour : NAMES[name]),
      random: () => seed++,
    },
    {
      argv,
      files,
      env: { PATH: '/usr/bin:/bin', HOME: '/root', ...given.env },
      cwd: '/work',
      limits: { ...DEFAULT_LIMITS, steps: given.steps ?? DEFAULT_LIMITS.steps },
      streams: [
        textStream(given.stdin ?? ''),
        keep((text) => (stdout += text)),
        keep((text) => (stderr += text)),
      ],
    },
  )
  kernel.advance(given.until ?? Infinity)
  return { stdout, stderr, code: task?.exitCode, time: kernel.time }
}
