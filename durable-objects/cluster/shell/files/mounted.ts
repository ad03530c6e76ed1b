// Volumes as the kubelet mounts them, and what the kernel shows in /proc.
import { setKey } from '#apimachinery/object.ts'
import {
  directory,
  type DirectoryNode,
  file,
  lazyFile,
  link,
  type Node,
} from '#shell/files/node.ts'

interface ProjectedFile {
  /** Within the volume: `app/conf.yaml`. */
  readonly path: string
  /** Or how it is worked out. */
  readonly text: string | (() => string)
  /** Absent: the volume's. */
  readonly mode?: number
}

const two = (value: string): string => value.padStart(2, '0')

/**
 * A ConfigMap, Secret or projected volume as the kubelet writes it: the files in a directory named after the moment, `..data` that points
 * to it, and a link for each name, so that all of them change at once.
 * kubernetes: pkg/volume/util/atomic_writer.go
 */
export const projectedTree = (
  files: readonly ProjectedFile[],
  /** Milliseconds since 1970, as `2026_01_02_03_04_05`. */
  moment: { readonly ms: number; readonly text: string; readonly number: number },
  mode = 0o644,
): DirectoryNode => {
  const { ms } = moment
  let inner = directory({}, 0o755, ms)
  for (const { path, text, mode: own = mode } of files) {
    const node = typeof text === 'string' ? file(text, own, ms) : lazyFile(text, own, ms)
    inner = place(inner, path.split('/'), node, ms)
  }
  const name = `..${moment.text}.${two(String(moment.number))}`
  const entries: Record<string, Node> = { [name]: inner, '..data': link(name, ms) }
  for (const first of Object.keys(inner.entries))
    setKey(entries, first, link(`..data/${first}`, ms))
  return directory(entries, 0o777, ms)
}

const place = (
  tree: DirectoryNode,
  [name = '', ...rest]: readonly string[],
  node: Node,
  ms: number,
): DirectoryNode => {
  const entries: Record<string, Node> = { ...tree.entries }
  const before = Object.hasOwn(entries, name) ? entries[name] : undefined
  const inner = before?.kind === 'directory' ? before : directory({}, 0o755, ms)
  setKey(entries, name, rest.length === 0 ? node : place(inner, rest, node, ms))
  return { ...tree, entries }
}

export interface MachineFacts {
  /** Of the container's main process. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cpus: number
  readonly memoryBytes: number
  readonly kernel: string
}

/** To be mounted at /proc, read-only. */
export const procTree = ({ argv, env, cpus, memoryBytes, kernel }: MachineFacts): DirectoryNode => {
  const kilobytes = Math.floor(memoryBytes / 1024)
  const name = (argv[0] ?? '').slice((argv[0] ?? '').lastIndexOf('/') + 1)
  const environment = Object.entries(env).map(([key, value]) => `${key}=${value}\0`)
  const main = directory(
    {
      cmdline: file(argv.map((word) => `${word}\0`).join(''), 0o444),
      comm: file(`${name.slice(0, 15)}\n`, 0o644),
      environ: file(environment.join(''), 0o400),
      fd: directory(
        { 0: link('/dev/stdin'), 1: link('/dev/stdout'), 2: link('/dev/stderr') },
        0o500,
      ),
      status: file(
        `Name:\t${name.slice(0, 15)}\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t1\nPid:\t1\nPPid:\t0\nThreads:\t1\n`,
        0o444,
      ),
    },
    0o555,
  )
  const meminfo = [
    ['MemTotal', kilobytes],
    ['MemFree', Math.floor(kilobytes / 2)],
    ['MemAvailable', Math.floor(kilobytes * 0.8)],
    ['Buffers', Math.floor(kilobytes / 50)],
    ['Cached', Math.floor(kilobytes / 4)],
    ['SwapTotal', 0],
    ['SwapFree', 0],
  ] as const
  return directory(
    {
      1: main,
      cpuinfo: file(Array.from({ length: cpus }, (_, index) => cpuText(index)).join(''), 0o444),
      filesystems: file('nodev\tproc\nnodev\ttmpfs\nnodev\toverlay\n\text4\n', 0o444),
      loadavg: file('0.10 0.08 0.05 1/100 1\n', 0o444),
      meminfo: file(
        meminfo
          .map(([key, value]) => `${`${key}:`.padEnd(16)}${String(value).padStart(8)} kB\n`)
          .join(''),
        0o444,
      ),
      mounts: link('self/mounts'),
      self: link('1'),
      version: file(`Linux version ${kernel} (build@kernel) #1 SMP\n`, 0o444),
    },
    0o555,
  )
}

const cpuText = (index: number): string =>
  `processor\t: ${index}\nvendor_id\t: GenuineIntel\nmodel name\t: Virtual CPU @ 2.50GHz\ncpu MHz\t\t: 2500.000\ncpu cores\t: 1\n\n`
