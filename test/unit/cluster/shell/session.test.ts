import { describe, expect, it } from 'vitest'
import { FileSystem } from '#shell/files/file-system.ts'
import { directory } from '#shell/files/node.ts'
import { volumeOf } from '#shell/files/volume.ts'
import type { Machine } from '#shell/interpreter/shell.ts'
import type { Flavour } from '#shell/language/flavour.ts'
import { NoSuchProgram, ShellSession } from '#shell/session.ts'
import { readChunk, sleepFor, type Tool, waitUntil, writeOut } from '#shell/tools/tool.ts'

/** What the world outside has come to. */
const world = { isThere: false }

const TOOLS: readonly Tool[] = [
  {
    name: 'hold',
    *run() {
      world.isThere = true
      try {
        yield* waitUntil(() => false)
      } finally {
        world.isThere = false
      }
      return 0
    },
  },
  {
    name: 'await',
    *run({ argv }) {
      yield* waitUntil(() => world.isThere, argv[1] === undefined ? Infinity : Number(argv[1]))
      yield* writeOut(world.isThere ? 'there\n' : 'late\n')
      return 0
    },
  },
  {
    name: 'sleep',
    *run({ argv }) {
      yield* sleepFor(Number(argv[1]) * 1000)
      return 0
    },
  },
  {
    name: 'cat',
    *run() {
      for (;;) {
        const chunk = yield* readChunk()
        if (chunk === undefined) return 0
        yield* writeOut(chunk)
      }
    },
  },
  {
    name: 'keys',
    *run() {
      yield { kind: 'raw', isRaw: true }
      for (;;) {
        const keys = yield { kind: 'read', or: () => world.isThere }
        yield* writeOut(keys === '' ? '(more)' : `<${String(keys)}>`)
        if (keys === '' || keys === 'q') return 0
      }
    },
  },
  {
    name: 'date',
    *run(call) {
      yield* writeOut(`${call.now()}\n`)
      return 0
    },
  },
]

const machineOf = (flavour: Flavour): Machine => ({
  hostname: 'web-1',
  user: { name: 'root', uid: 0, gid: 0, home: '/root' },
  startedAt: 0,
  program: (name) => TOOLS.find((tool) => tool.name === name),
  shell: (name) => (name === 'sh' || name === flavour ? flavour : undefined),
  random: () => 4,
})

/** Drives a session as exec does, on a clock that the test turns. */
class Driver {
  readonly session: ShellSession
  readonly files: FileSystem
  now = 0
  text = ''
  errors = ''

  constructor(
    argv: readonly string[],
    options: { isTTY?: boolean; flavour?: Flavour; hasInput?: boolean } = {},
    files?: FileSystem,
  ) {
    const root = directory({ root: directory({}), tmp: directory({}) })
    this.files = files ?? new FileSystem(volumeOf(root), { now: () => 0 })
    this.session = new ShellSession({
      machine: machineOf(options.flavour ?? 'bash'),
      argv,
      files: this.files,
      env: { HOME: '/root' },
      cwd: '/',
      isTTY: options.isTTY ?? false,
      hasInput: options.hasInput ?? true,
    })
  }

  /** Polls until nothing but time or input helps. */
  settle() {
    for (;;) {
      const { output, state } = this.session.poll(this.now)
      for (const { fd, text } of output) {
        if (fd === 1) this.text += text
        else this.errors += text
      }
      if (state.kind !== 'busy') return state
    }
  }

  /** What was written since the last time. */
  read(): string {
    const { text } = this
    this.text = ''
    return text
  }

  type(text: string) {
    this.session.feed(text)
    return this.settle()
  }
}

describe('a program that waits for the world', () => {
  it('sets no timer and goes on when it is ready', () => {
    world.isThere = false
    const driver = new Driver(['await'])
    expect(driver.session.poll(0).state).toEqual({ kind: 'input' })
    expect(driver.session.poll(60_000)).toEqual({ output: [], state: { kind: 'input' } })
    world.isThere = true
    expect(driver.session.poll(60_000)).toEqual({
      output: [{ fd: 1, text: 'there\n' }],
      state: { kind: 'ended', exitCode: 0 },
    })
  })

  it('lets go of what it holds when it is killed', () => {
    const driver = new Driver(['bash'], { isTTY: true })
    driver.type('hold\r')
    expect(world.isThere).toBe(true)
    driver.type('\x03')
    expect(world.isThere).toBe(false)
  })

  it('waits no longer than it said', () => {
    world.isThere = false
    const driver = new Driver(['await', '500'])
    expect(driver.session.poll(0).state).toEqual({ kind: 'time', at: 500 })
    expect(driver.session.poll(500).output).toEqual([{ fd: 1, text: 'late\n' }])
  })
})

describe('a command without a terminal', () => {
  it('writes and ends', () => {
    const driver = new Driver(['sh', '-c', 'echo out; echo err >&2; exit 3'])
    expect(driver.settle()).toEqual({ kind: 'ended', exitCode: 3 })
    expect([driver.text, driver.errors]).toEqual(['out\n', 'err\n'])
  })

  it('waits for its time', () => {
    const driver = new Driver(['sh', '-c', 'date; sleep 2; date'])
    expect(driver.settle()).toEqual({ kind: 'time', at: 2000 })
    expect(driver.read()).toBe('0\n')
    driver.now = 1999
    expect(driver.settle()).toEqual({ kind: 'time', at: 2000 })
    driver.now = 2500
    expect(driver.settle()).toEqual({ kind: 'ended', exitCode: 0 })
    // it went on when its time had come, not when somebody looked
    expect(driver.read()).toBe('2000\n')
  })

  it('reads what is piped into it', () => {
    const driver = new Driver(['cat'])
    expect(driver.settle()).toEqual({ kind: 'input' })
    expect(driver.type('one\n')).toEqual({ kind: 'input' })
    expect(driver.read()).toBe('one\n')
    driver.session.endInput()
    expect(driver.settle()).toEqual({ kind: 'ended', exitCode: 0 })
  })

  it('finds its input at its end if it was not given one', () => {
    const driver = new Driver(['sh', '-c', 'read x; echo $?'], { hasInput: false })
    expect(driver.settle()).toEqual({ kind: 'ended', exitCode: 0 })
    expect(driver.text).toBe('1\n')
  })

  it('runs a script that is piped into a shell', () => {
    const driver = new Driver(['sh'])
    driver.type('x=2\necho $((x*3))\n')
    driver.session.endInput()
    expect(driver.settle()).toEqual({ kind: 'ended', exitCode: 0 })
    expect(driver.text).toBe('6\n')
  })

  it('runs what is whole of it before more comes', () => {
    const driver = new Driver(['sh'])
    driver.type('x=2\necho $((x*3))\nif true; then\n')
    expect(driver.read()).toBe('')
    driver.type('echo yes; fi\n')
    expect(driver.read()).toBe('6\nyes\n')
    driver.type('nope\nread y; echo "got $y"\n')
    expect(driver.errors).toBe('sh: line 5: nope: command not found\n')
    driver.type('it\nexit 4')
    expect(driver.read()).toBe('got it\n')
    driver.session.endInput()
    expect(driver.settle()).toEqual({ kind: 'ended', exitCode: 4 })
  })

  it('may be ended by a signal', () => {
    const driver = new Driver(['sleep', '100'])
    driver.settle()
    driver.session.signal('TERM')
    expect(driver.settle()).toEqual({ kind: 'ended', exitCode: 143, signal: 'TERM' })
  })

  it('may catch a signal', () => {
    const driver = new Driver([
      'sh',
      '-c',
      'trap "echo bye; exit 4" TERM; while :; do sleep 1; done',
    ])
    driver.settle()
    driver.session.signal('TERM')
    driver.now = 1000
    expect(driver.settle()).toEqual({ kind: 'ended', exitCode: 4 })
    expect(driver.text).toBe('bye\n')
  })

  it('cannot be what is not there', () => {
    expect(() => new Driver(['nope'])).toThrow(NoSuchProgram)
  })

  it('ends when it works for ever', () => {
    const driver = new Driver(['sh', '-c', 'while :; do echo x; done'])
    expect(driver.settle()).toMatchObject({ kind: 'ended', exitCode: 137 })
  })
})

describe('a shell at a terminal', () => {
  const PROMPT = 'root@web-1:/# '

  it('prompts, runs lines and remembers', () => {
    const driver = new Driver(['bash'], { isTTY: true })
    expect(driver.settle()).toEqual({ kind: 'input' })
    expect(driver.read()).toBe(PROMPT)
    driver.type('x=5\n')
    driver.type('echo $x\n')
    expect(driver.read()).toBe(`x=5\r\n${PROMPT}echo $x\r\n5\r\n${PROMPT}`)
  })

  it('shows the lines of a paste as it comes to them', () => {
    const driver = new Driver(['bash'], { isTTY: true })
    driver.settle()
    driver.read()
    driver.type('\x1b[200~echo one\ncat\nfor cat\n\x1b[201~')
    expect(driver.read()).toBe(`echo one\r\none\r\n${PROMPT}cat\r\nfor cat\r\nfor cat\r\n`)
  })

  it('gives a program every key, and the shell its lines again afterwards', () => {
    world.isThere = false
    const driver = new Driver(['bash'], { isTTY: true })
    driver.type('keys\n')
    driver.read()
    driver.type('a')
    driver.type('\x03')
    driver.type('q')
    expect(driver.read()).toBe(`<a><\x03><q>${PROMPT}`)
    driver.type('echo on\n')
    expect(driver.read()).toBe(`echo on\r\non\r\n${PROMPT}`)
  })

  it('goes on without a key when something else has happened', () => {
    world.isThere = false
    const driver = new Driver(['bash'], { isTTY: true })
    driver.type('keys\n')
    driver.read()
    world.isThere = true
    driver.settle()
    expect(driver.read()).toBe(`(more)${PROMPT}`)
  })

  it('completes commands, files and variables', () => {
    const driver = new Driver(['bash'], { isTTY: true })
    driver.type('alias hello="echo hi"; > /tmp/one; > "/tmp/two words"\n')
    driver.read()
    driver.type('hell\t')
    driver.type('/tm\tt\t\n')
    expect(driver.read()).toBe(`hello /tmp/two\\ words \r\nhi /tmp/two words\r\n${PROMPT}`)
    driver.type('echo $HOM\t/\n')
    expect(driver.read()).toContain('\r\n/root /\r\n')
  })

  it('lists what a word may become at the second ^I', () => {
    const driver = new Driver(['bash'], { isTTY: true })
    driver.type('> /tmp/aa1; > /tmp/aa2\n')
    driver.read()
    driver.type('cat /tmp/\t')
    expect(driver.read()).toBe('cat /tmp/aa')
    driver.type('\t')
    expect(driver.read()).toBe(`\r\naa1  aa2\r\n${PROMPT}cat /tmp/aa`)
  })

  it('reads ~/.bashrc and remembers what was typed in other days', () => {
    const driver = new Driver(['bash'], { isTTY: true })
    driver.type('echo "alias k=echo" > ~/.bashrc\nexit\n')
    driver.settle()
    const next = new Driver(['bash'], { isTTY: true }, driver.files)
    next.type('k hi\n')
    next.type('\x1b[A\x1b[A\x1b[A\n')
    expect(next.read()).toContain('echo "alias k=echo" > ~/.bashrc')
    expect(next.files.read('/root/.bash_history')).toBe('echo "alias k=echo" > ~/.bashrc\nexit\n')
  })

  it('waits for the rest of a command', () => {
    const driver = new Driver(['sh'], { isTTY: true, flavour: 'dash' })
    driver.settle()
    driver.read()
    driver.type('for i in 1 2\n')
    expect(driver.read()).toBe('for i in 1 2\r\n> ')
    driver.type('do echo $i; done\n')
    expect(driver.read()).toBe('do echo $i; done\r\n1\r\n2\r\n# ')
  })

  it('survives an error and ends with exit', () => {
    const driver = new Driver(['bash'], { isTTY: true })
    driver.type('echo ${x:?gone}\n')
    driver.type('nope\n')
    driver.type(')\n')
    expect(driver.read()).toContain('bash: nope: command not found\r\n')
    expect(driver.type('exit 4\n')).toEqual({ kind: 'ended', exitCode: 4 })
  })

  it('gives up what runs in front at ^C', () => {
    const driver = new Driver(['bash'], { isTTY: true })
    expect(driver.type('sleep 100; echo not\n')).toEqual({ kind: 'time', at: 100_000 })
    driver.read()
    expect(driver.type('\x03')).toEqual({ kind: 'input' })
    expect(driver.read()).toBe(`^C\r\n${PROMPT}`)
    driver.type('echo $?\n')
    expect(driver.read()).toContain('130\r\n')
  })

  it('gives up a line at ^C and an endless loop', () => {
    const driver = new Driver(['bash'], { isTTY: true })
    driver.type('echo abc')
    driver.type('\x03')
    driver.read()
    driver.type('while :; do sleep 1; done\n')
    driver.now = 10_000
    expect(driver.settle()).toMatchObject({ kind: 'time' })
    expect(driver.type('\x03')).toEqual({ kind: 'input' })
  })

  it('ends at the end of the input', () => {
    const driver = new Driver(['bash'], { isTTY: true })
    expect(driver.type('\x04')).toEqual({ kind: 'ended', exitCode: 0 })
    expect(driver.read()).toContain('exit\r\n')
  })

  it('keeps running in the background what was put there', () => {
    const driver = new Driver(['bash'], { isTTY: true })
    driver.type('(sleep 5; echo later) &\n')
    driver.type('\x03')
    driver.read()
    driver.now = 6000
    expect(driver.settle()).toEqual({ kind: 'input' })
    expect(driver.read()).toBe('later\r\n')
  })
})
