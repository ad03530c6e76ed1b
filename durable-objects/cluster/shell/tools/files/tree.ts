// tree: folders with what is in them, as a tree. tree 2.1
import { isFailure } from '#shell/files/failure.ts'
import { Glob } from '#shell/language/glob.ts'
import { type Run, tool, wholeNumber } from '#shell/tools/run.ts'
import type { ToolRun } from '#shell/tools/tool.ts'

const MOST_DEPTH = 64
const FOLDER_COLOR = '\x1b[01;34m'

interface Counts {
  folders: number
  files: number
}

const named = (run: Run, path: string, name: string): string => {
  const stat = run.files.lstat(run.path(path))
  const isFolder = run.files.isDirectory(run.path(path))
  const isColored = run.has('C') || (run.call.isTTY(1) && !run.has('n'))
  const shown = run.has('f') ? path : name
  const text = isFolder && isColored ? `${FOLDER_COLOR}${shown}\x1b[0m` : shown
  if (!isFailure(stat) && stat.kind === 'link') {
    const target = run.files.readlink(run.path(path))
    return `${text} -> ${isFailure(target) ? '?' : target}`
  }
  return isFolder && run.has('F') ? `${text}/` : text
}

function* walk(
  run: Run,
  folder: string,
  prefix: string,
  depth: number,
  counts: Counts,
): ToolRun<void> {
  const names = run.files.list(run.path(folder))
  if (isFailure(names)) return
  const left = run.options
    .values('I')
    .flatMap((one) => one.split('|').map((glob) => new Glob(glob)))
  const kept = run.options
    .values('P')
    .flatMap((one) => one.split('|').map((glob) => new Glob(glob)))
  const shown = names
    .filter((name) => run.has('a') || !name.startsWith('.'))
    .filter((name) => !left.some((glob) => glob.matches(name)))
    .filter((name) => {
      const isFolder = run.files.isDirectory(run.path(`${folder}/${name}`))
      if (isFolder) return true
      return !run.has('d') && (kept.length === 0 || kept.some((glob) => glob.matches(name)))
    })
    .toSorted()
  const most = wholeNumber(run.value('L') ?? '') ?? MOST_DEPTH
  for (const [at, name] of shown.entries()) {
    const path = `${folder}/${name}`
    const isLast = at === shown.length - 1
    const stat = run.files.lstat(run.path(path))
    const isFolder = !isFailure(stat) && stat.kind === 'directory'
    counts[isFolder ? 'folders' : 'files']++
    run.print(`${prefix}${run.has('i') ? '' : isLast ? '└── ' : '├── '}${named(run, path, name)}\n`)
    if (run.isFull) yield* run.flush()
    const below = run.has('i') ? '' : `${prefix}${isLast ? '    ' : '│\u00a0\u00a0 '}`
    if (isFolder && depth < Math.min(most, MOST_DEPTH))
      yield* walk(run, path, below, depth + 1, counts)
  }
}

export const tree = tool(
  'tree',
  { short: 'adfiCnFL:I:P:s', long: { noreport: 'noreport' } },
  function* (run) {
    const counts = { folders: 0, files: 0 }
    for (const folder of run.operands.length === 0 ? ['.'] : run.operands) {
      if (!run.files.isDirectory(run.path(folder))) {
        run.print(`${folder}  [error opening dir]\n`)
        run.exitCode = 2
        continue
      }
      counts.folders++
      run.print(`${named(run, folder, folder)}\n`)
      yield* walk(run, folder.replace(/(?<=.)\/$/, ''), '', 1, counts)
    }
    const { folders, files } = counts
    const folderText = `${folders} director${folders === 1 ? 'y' : 'ies'}`
    const fileText = run.has('d') ? '' : `, ${files} file${files === 1 ? '' : 's'}`
    if (!run.has('noreport')) run.print(`\n${folderText}${fileText}\n`)
    return run.exitCode
  },
)
