// What lies in a container of an image that brings nothing of its own: made when it is first asked for, and shared by all of them.
import { setKey } from '#apimachinery/object.ts'
import { ETC, OS_RELEASE } from '#shell/files/distributions.ts'
import {
  type DeviceNode,
  directory,
  type DirectoryNode,
  type Entries,
  file,
  type FileNode,
  link,
  type Node,
} from '#shell/files/node.ts'
import { type Flavour, toolsOf } from '#shell/tools/tools-of-flavour.ts'

/** When the images were made. */
const BUILT = 1_731_369_600_000

const SHELLS: Readonly<Record<Flavour, readonly string[]>> = {
  busybox: ['sh', 'ash', '[', 'test', 'echo', 'printf', 'pwd', 'kill'],
  alpine: ['sh', 'ash', '[', 'test', 'echo', 'printf', 'pwd', 'kill'],
  debian: ['sh', 'dash', 'bash', '[', 'test', 'echo', 'printf', 'pwd', 'kill'],
  workstation: ['sh', 'dash', 'bash', '[', 'test', 'echo', 'printf', 'pwd', 'kill'],
}

/** What Alpine keeps in /bin; the rest is in /usr/bin. */
const ALPINE_BIN = new Set(
  'ash base64 busybox cat chgrp chmod chown cp date dd df echo egrep false fgrep grep hostname kill ln ls mkdir mktemp more mv pidof ping printenv ps pwd rm rmdir sed sh sleep stat stty sync tar touch true uname watch'.split(
    ' ',
  ),
)

const program = (name: string): FileNode => ({
  kind: 'file',
  mode: 0o755,
  mtime: BUILT,
  text: `\x7fELF\x02\x01\x01\0${name}\n`,
  program: name,
})

const programs = (names: Iterable<string>): Entries => {
  const entries: Record<string, Node> = {}
  for (const name of [...new Set(names)].sort()) setKey(entries, name, program(name))
  return entries
}

const folder = (entries: Entries = {}, mode = 0o755): DirectoryNode =>
  directory(entries, mode, BUILT)

const texts = (files: Readonly<Record<string, string>>): Entries =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [name, file(text, 0o644, BUILT)]))

const device = (name: DeviceNode['device'], mode = 0o666): DeviceNode => ({
  kind: 'device',
  mode,
  mtime: BUILT,
  device: name,
})

const DEVICES: DirectoryNode = folder({
  fd: link('/proc/self/fd', BUILT),
  full: device('full'),
  null: device('null'),
  pts: folder(),
  random: device('random'),
  shm: folder({}, 0o1777),
  stderr: device('stderr'),
  stdin: device('stdin'),
  stdout: device('stdout'),
  tty: device('tty'),
  urandom: device('urandom'),
  zero: device('zero'),
})

const COMMON = (): Record<string, Node> => ({
  dev: DEVICES,
  home: folder(),
  proc: folder({}, 0o555),
  root: folder({}, 0o700),
  run: folder(),
  sys: folder({}, 0o555),
  tmp: folder({}, 0o1777),
})

const VAR: DirectoryNode = folder({
  cache: folder(),
  lib: folder(),
  log: folder(),
  run: link('/run', BUILT),
  spool: folder(),
  tmp: folder({}, 0o1777),
})

const debianTree = (names: readonly string[], etc: Entries): DirectoryNode =>
  folder({
    ...COMMON(),
    bin: link('usr/bin', BUILT),
    boot: folder(),
    etc: folder({ ...etc, 'os-release': link('../usr/lib/os-release', BUILT) }),
    lib: link('usr/lib', BUILT),
    lib64: link('usr/lib64', BUILT),
    media: folder(),
    mnt: folder(),
    opt: folder(),
    sbin: link('usr/sbin', BUILT),
    srv: folder(),
    usr: folder({
      bin: folder(programs(names)),
      games: folder(),
      include: folder(),
      lib: folder({ 'os-release': file(OS_RELEASE, 0o644, BUILT) }),
      lib64: folder(),
      local: folder({
        bin: folder(),
        etc: folder(),
        lib: folder(),
        sbin: folder(),
        share: folder(),
      }),
      sbin: folder(),
      share: folder(),
      src: folder(),
    }),
    var: folder({ ...VAR.entries, backups: folder(), mail: folder({}, 0o2775), www: folder() }),
  })

const alpineTree = (names: readonly string[], etc: Entries): DirectoryNode =>
  folder({
    ...COMMON(),
    bin: folder(programs(names.filter((name) => ALPINE_BIN.has(name)))),
    etc: folder(etc),
    lib: folder(),
    media: folder(),
    mnt: folder(),
    opt: folder(),
    sbin: folder(),
    srv: folder(),
    usr: folder({
      bin: folder(programs(names.filter((name) => !ALPINE_BIN.has(name)))),
      lib: folder(),
      local: folder({ bin: folder(), lib: folder(), share: folder() }),
      sbin: folder(),
      share: folder(),
    }),
    var: VAR,
  })

const busyboxTree = (names: readonly string[], etc: Entries): DirectoryNode =>
  folder({
    ...COMMON(),
    bin: folder(programs(names)),
    etc: folder({ ...etc, network: folder() }),
    lib: folder(),
    lib64: link('lib', BUILT),
    usr: folder({ bin: folder({ env: program('env') }), sbin: folder() }),
    var: folder({ spool: folder({ mail: folder() }), www: folder() }),
  })

const made = new Map<string, DirectoryNode>()

/**
 * The tree of a flavour. `more`: programs besides the flavour's tools and shells, as the image brings them along (`curl`). The same
 * arguments give the same tree.
 */
export const baseTree = (flavour: Flavour, more: readonly string[] = []): DirectoryNode => {
  const key = [flavour, ...more].join(' ')
  const known = made.get(key)
  if (known !== undefined) return known
  const names = [...toolsOf(flavour).keys(), ...SHELLS[flavour], ...more]
  const etc = { ...texts(ETC[flavour]), hosts: file('127.0.0.1\tlocalhost\n', 0o644, BUILT) }
  const make = flavour === 'busybox' ? busyboxTree : flavour === 'alpine' ? alpineTree : debianTree
  const tree = make(names, etc)
  made.set(key, tree)
  return tree
}

/** An image without a distribution: one program, as `FROM scratch` makes it. */
export const scratchTree = (name: string): DirectoryNode =>
  folder({ ...COMMON(), etc: folder(), [name]: program(name) })

/** A tree with more files in it: text, or a node of any kind. Directories on the way are made. */
export const withFiles = (
  tree: DirectoryNode,
  files: Readonly<Record<string, string | Node>>,
): DirectoryNode => {
  let result = tree
  for (const [path, content] of Object.entries(files)) {
    const names = path.split('/').filter((name) => name !== '')
    const node = typeof content === 'string' ? file(content, 0o644, BUILT) : content
    result = put(result, names, node)
  }
  return result
}

const put = (
  tree: DirectoryNode,
  [name, ...rest]: readonly string[],
  node: Node,
): DirectoryNode => {
  if (name === undefined) return node.kind === 'directory' ? node : tree
  const before = Object.hasOwn(tree.entries, name) ? tree.entries[name] : undefined
  const entries: Record<string, Node> = { ...tree.entries }
  const inner = before?.kind === 'directory' ? before : folder()
  setKey(entries, name, rest.length === 0 ? node : put(inner, rest, node))
  return { ...tree, entries }
}
