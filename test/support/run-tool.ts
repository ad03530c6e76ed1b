// Runs tools without a shell: their requests are answered at once, programs that they start are run the same way.
import type { FileSystem } from '#shell/files/file-system.ts'
import type { Tool, ToolAnswer, ToolCall, ToolRequest } from '#shell/tools/tool.ts'

export interface ToolResult {
  readonly out: string
  readonly err: string
  readonly code: number
  /** The writes to stdout, each with the number of reads before it. */
  readonly writes: readonly { readonly text: string; readonly reads: number }[]
  /** What it slept. */
  readonly slept: readonly number[]
}

export interface ToolWorld {
  readonly tools: ReadonlyMap<string, Tool>
  readonly files: FileSystem
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly call?: Partial<ToolCall>
  /** It is killed after so many requests. */
  readonly mostRequests?: number
}

/** The shell's, which tools may start. */
const ECHO: Tool = {
  name: 'echo',
  *run({ argv }) {
    yield { kind: 'write', fd: 1, text: `${argv.slice(1).join(' ')}\n` }
    return 0
  },
}

/** `stdin`: the pieces in which it comes. */
export const runTool = (
  world: ToolWorld,
  argv: readonly string[],
  stdin: readonly string[] = [],
): ToolResult => {
  const name = argv[0]!.slice(argv[0]!.lastIndexOf('/') + 1)
  const tool = name === 'echo' ? ECHO : world.tools.get(name)
  if (tool === undefined) return { out: '', err: '', code: 127, writes: [], slept: [] }
  return new Runner(world, stdin).run(tool, argv)
}

class Runner {
  readonly #world: ToolWorld
  readonly #stdin: string[]
  #out = ''
  #err = ''
  #reads = 0
  readonly #writes: { text: string; reads: number }[] = []
  readonly #slept: number[] = []

  constructor(world: ToolWorld, stdin: readonly string[]) {
    this.#world = world
    this.#stdin = [...stdin]
  }

  run(tool: Tool, argv: readonly string[]): ToolResult {
    const { files, cwd = '/', env = {}, call = {}, mostRequests = 100_000 } = this.#world
    let random = 0
    const run = tool.run({
      argv,
      env,
      cwd,
      files,
      user: { name: 'root', uid: 0, gid: 0, home: '/root' },
      hostname: 'web-0',
      pid: 7,
      now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678),
      isTTY: () => false,
      random: () => (random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0),
      ...call,
    })
    let step = run.next()
    for (let count = 0; step.done !== true; count++) {
      if (count >= mostRequests) {
        run.return(137)
        return this.#result(137)
      }
      step = run.next(this.#answer(step.value))
    }
    return this.#result(step.value)
  }

  #answer(request: ToolRequest): ToolAnswer {
    switch (request.kind) {
      case 'read':
        this.#reads++
        return this.#stdin.shift()
      case 'write':
        if (request.fd === 1) this.#writes.push({ text: request.text, reads: this.#reads })
        if (request.fd === 1) this.#out += request.text
        else this.#err += request.text
        return undefined
      case 'wait':
      case 'work':
      case 'keys':
      case 'raw':
        return undefined
      case 'sleep':
        this.#slept.push(request.ms)
        return undefined
      case 'run': {
        const { argv, stdin, env = this.#world.env ?? {} } = request
        const input = stdin === undefined ? this.#stdin.splice(0) : [stdin]
        const done = runTool({ ...this.#world, env }, argv, input)
        this.#out += done.out
        this.#err += done.err
        return done.code
      }
      case 'network':
        return { stdout: '', stderr: '', exitCode: 0, takes: 0 }
    }
  }

  #result(code: number): ToolResult {
    return { out: this.#out, err: this.#err, code, writes: this.#writes, slept: this.#slept }
  }
}
