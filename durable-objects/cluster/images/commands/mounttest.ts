// agnhost as a witness of its files and of its command line. kubernetes: test/images/agnhost/mounttest, entrypoint-tester
import { failure, isFailure } from '#shell/files/failure.ts'
import type { FileSystem, Stat } from '#shell/files/file-system.ts'
import { givenPath } from '#shell/files/path.ts'
import { sleepFor, type Tool, type ToolCall, type ToolRun, writeOut } from '#shell/tools/tool.ts'

const INITIAL = 'mount-tester new file\n'
const TYPES: Readonly<Record<string, string>> = {
  tmpfs: 'tmpfs',
  proc: '40864',
  overlay: '2035054128',
}
const EXT4 = '61267'
const NEW_FILES = ['0644', '0666', '0660', '0777']
const BETWEEN_LOOKS = 2000
const LOOKS_FOR = 180

const quoted = (path: string): string => JSON.stringify(path)

/** As Go writes it: `dgrwxrwxrwx`. */
const goMode = ({ kind, mode }: Pick<Stat, 'kind' | 'mode'>): string => {
  const kinds = { directory: 'd', file: '', link: 'L', device: 'Dc' }
  const special = [
    (mode & 0o4000) === 0 ? '' : 'u',
    (mode & 0o2000) === 0 ? '' : 'g',
    (mode & 0o1000) === 0 ? '' : 't',
  ].join('')
  const front = kinds[kind] + special
  const rights = 'rwxrwxrwx'
  const bits = [...rights].map((letter, at) => ((mode & (1 << (8 - at))) === 0 ? '-' : letter))
  return (front === '' ? '-' : front) + bits.join('')
}

const flagsOf = (words: readonly string[]): ReadonlyMap<string, string> => {
  const flags = new Map<string, string>()
  for (const [index, word] of words.entries()) {
    const match = /^--([\w-]+)(?:=(.*))?$/s.exec(word)
    if (match !== null)
      flags.set(match[1]!.replaceAll('-', '_'), match[2] ?? words[index + 1] ?? '')
  }
  return flags
}

class MountTest {
  readonly #call: ToolCall
  readonly #files: FileSystem
  #failed = false
  #out = ''

  constructor(call: ToolCall) {
    this.#call = call
    this.#files = call.files
  }

  *run(): ToolRun {
    const flags = flagsOf(this.#call.argv.slice(2))
    const path = (name: string): string => flags.get(name) ?? ''
    this.#type(path('fs_type'))
    for (const mode of NEW_FILES) this.#newFile(path(`new_file_${mode}`), parseInt(mode, 8))
    this.#about(path('file_mode'), (stat) => `mode of file ${quoted(stat.path)}: ${goMode(stat)}\n`)
    this.#about(path('file_perm'), ({ path: of, mode }) => {
      const text = goMode({ kind: 'file', mode: mode & 0o777 })
      return `perms of file ${quoted(of)}: ${text}\n`
    })
    this.#about(
      path('file_owner'),
      ({ path: of, uid, gid }) =>
        `owner UID of ${quoted(of)}: ${uid}\nowner GID of ${quoted(of)}: ${gid}\n`,
    )
    this.#content(path('file_content'))
    yield* writeOut(this.#out)
    const isFound = path('break_on_expected_content') !== 'false'
    const seconds = Number(flags.get('retry_time') ?? LOOKS_FOR)
    yield* this.#loop(path('file_content_in_loop'), seconds, isFound)
    return this.#failed ? 1 : 0
  }

  #say(text: string, isFailed = false): void {
    this.#out += text
    if (isFailed) this.#failed = true
  }

  #type(path: string): void {
    if (path === '') return
    const real = this.#files.realpath(this.#path(path))
    if (isFailure(real))
      return this.#say(`error from statfs(${quoted(path)}): ${lower(real)}\n`, true)
    const mount = this.#files
      .mounts()
      .filter((each) => `${real}/`.startsWith(each.path === '/' ? '/' : `${each.path}/`))
      .toSorted((a, b) => b.path.length - a.path.length)[0]
    const device = mount?.volume.device ?? (mount?.path === '/' ? 'overlay' : '')
    this.#say(`mount type of ${quoted(path)}: ${TYPES[device] ?? EXT4}\n`)
  }

  #newFile(path: string, mode: number): void {
    if (path === '') return
    const failed = this.#files.write(this.#path(path), INITIAL, { mode })
    if (failed === undefined) return this.#content(path)
    this.#say(`error writing new file ${quoted(path)}: open ${path}: ${lower(failed)}\n`, true)
  }

  #about(path: string, say: (stat: Stat) => string): void {
    if (path === '') return
    const stat = this.#files.stat(this.#path(path))
    if (isFailure(stat))
      this.#say(`error from Stat(${quoted(path)}): stat ${path}: ${lower(stat)}\n`, true)
    else this.#say(say({ ...stat, path }))
  }

  #content(path: string): void {
    if (path === '') return
    const text = this.#read(path)
    if (isFailure(text))
      this.#say(
        `error reading file content for ${quoted(path)}: open ${path}: ${lower(text)}\n`,
        true,
      )
    else this.#say(`content of file ${quoted(path)}: ${text}\n`)
  }

  *#loop(path: string, seconds: number, ends: boolean): ToolRun<void> {
    if (path === '') return
    const until = this.#call.now() + seconds * 1000
    let last: unknown
    for (; this.#call.now() < until; yield* sleepFor(BETWEEN_LOOKS)) {
      const text = (last = this.#read(path))
      if (isFailure(text)) {
        yield* writeOut(`Error reading file ${path}: open ${path}: ${lower(text)}, retrying\n`)
        continue
      }
      yield* writeOut(`content of file ${quoted(path)}: ${text}\n`)
      if (!ends) continue
      if (text === INITIAL) break
      yield* writeOut(`Unexpected content. Expected: ${INITIAL}. Retrying`)
    }
    if (isFailure(last)) this.#failed = true
  }

  #read(path: string) {
    const full = this.#path(path)
    return this.#files.exists(full) ? this.#files.read(full) : failure('ENOENT')
  }

  #path(path: string): string {
    return givenPath(this.#call.cwd, path)
  }
}

/** As Go's system call errors read. */
const lower = ({ text }: { readonly text: string }): string =>
  text.charAt(0).toLowerCase() + text.slice(1)

/** Whether it is a subcommand that asks nobody. */
export const readsFiles = (argv: readonly string[]): boolean =>
  argv[1] === 'mounttest' || argv[1] === 'entrypoint-tester'

export const agnhostTool: Tool = {
  name: 'agnhost',
  *run(call) {
    if (call.argv[1] === 'mounttest') return yield* new MountTest(call).run()
    yield* writeOut(`[${call.argv.join(' ')}]\n`)
    return 0
  },
}
