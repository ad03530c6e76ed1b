// What the tools of this machine answer, as data for test/unit/cluster/shell/tools.
//   node test/support/record-tools.mjs test/fixtures/shell/sort.json …
// Each file has `files` (made before every case) and `cases` with `run` and perhaps `stdin`; the answers of GNU (coreutils, grep, sed, mawk …)
// and of busybox are written next to them. `only` keeps a case for one of them. Needs Debian's packages of them and busybox.
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  lutimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { loadTypeScript } from './load-typescript.mjs'

const { commandsOf } = await loadTypeScript('test/support/tool-words.ts')

const MOMENT = Date.UTC(2026, 0, 2, 3, 4, 5) / 1000

const prepare = (files) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tools-'))
  for (const [name, content] of Object.entries(files)) {
    const at = path.join(folder, name)
    mkdirSync(path.dirname(at), { recursive: true })
    if (typeof content === 'string') writeFileSync(at, content)
    else if (content.link !== undefined) symlinkSync(content.link, at)
    else if (content.text === undefined) mkdirSync(at, { recursive: true })
    else writeFileSync(at, content.text)
    if (content.mode !== undefined) chmodSync(at, Number.parseInt(content.mode, 8))
  }
  for (const name of Object.keys(files).reverse())
    for (let at = name; at !== '.'; at = path.dirname(at))
      lutimesSync(path.join(folder, at), MOMENT, MOMENT)
  return folder
}

const run = (family, { run: line, stdin = '' }, files) => {
  const folder = prepare(files)
  const env = { LC_ALL: 'C', TZ: 'UTC', PATH: process.env.PATH, HOME: '/root' }
  const result = { out: '', err: '', code: 0 }
  for (const words of commandsOf(line)) {
    const [command, ...rest] = family === 'gnu' ? words : ['busybox', ...words]
    const done = spawnSync(command, rest, {
      cwd: folder,
      env,
      input: stdin,
      encoding: 'utf8',
      timeout: 5000,
    })
    result.out += done.stdout
    result.err += done.stderr
    result.code = done.status
  }
  rmSync(folder, { recursive: true, force: true })
  if (/applet not found/.test(result.err) || result.code === null) return undefined
  // its help is not copied: only the first line of a wrong command line counts
  result.err = result.err.replace(/BusyBox v[\s\S]*/, 'BusyBox …\n')
  if (result.err === '') delete result.err
  if (result.code === 0) delete result.code
  return result
}

for (const file of process.argv.slice(2)) {
  const { files, cases } = JSON.parse(readFileSync(file, 'utf8'))
  const recorded = cases.map(({ run: line, stdin, only }) => {
    const one = {
      run: line,
      ...(stdin === undefined ? {} : { stdin }),
      ...(only === undefined ? {} : { only }),
    }
    const gnu = only === 'busybox' ? undefined : run('gnu', one, files)
    const busybox = only === 'gnu' ? undefined : run('busybox', one, files)
    if (JSON.stringify(gnu) === JSON.stringify(busybox)) return { ...one, both: gnu }
    return {
      ...one,
      ...(gnu === undefined ? {} : { gnu }),
      ...(busybox === undefined ? {} : { busybox }),
    }
  })
  const lines = recorded.map((one) => `    ${JSON.stringify(one)}`)
  writeFileSync(
    file,
    `{\n  "files": ${JSON.stringify(files)},\n  "cases": [\n${lines.join(',\n')}\n  ]\n}\n`,
  )
}
