// Runs lines of shell with the real kubectl and with ours, and tells where they differ. Ours runs beside the same engine server.
//
// A file of lines:
//
//   # Title                        ('#' begins a comment; a line `# twins` gives each kubectl a session of its own, of one seed:
//   # twins                         for lines that change something. Otherwise both use one, one after the other. A line
//   # template default              `# template NAME` chooses another cluster: in that of `bare` every image runs for ever.)
//   -- web.yaml --                 a file in the folder in which the lines run, up to the next such line
//   apiVersion: v1
//   -- lines --                    not needed if there are no files
//   !kubectl create ns other       prepares: run with the real kubectl only (in both sessions of twins)
//   kubectl get ns                 compared: standard output, standard error, exit code
import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { kubectlPath } from './kubectl.mjs'

const OURS = path.join(import.meta.dirname, 'our-kubectl.sh')
const SETTINGS = { seed: 7, template: 'bare', delays: 'instant', loadBalancer: 'none' }
const HEADING = /^-- (\S+) --$/

export const parseLines = (text) => {
  const all = text.split('\n')
  const first = all.findIndex((line) => HEADING.test(line))
  const head = first < 0 ? [] : all.slice(0, first)
  const files = {}
  let lines = first < 0 ? all : []
  let into
  for (const line of all.slice(first < 0 ? all.length : first)) {
    const [, name] = HEADING.exec(line) ?? []
    if (name === 'lines') into = lines
    else if (name !== undefined) into = files[name] = []
    else into.push(line)
  }
  const isTwins = [...head, ...all].some((line) => line === '# twins')
  const [, template] = /^# template (\w+)$/m.exec(text) ?? []
  lines = lines.filter((line) => line.trim() !== '' && !line.startsWith('#'))
  return {
    isTwins,
    template,
    files: Object.fromEntries(
      Object.entries(files).map(([name, content]) => [name, `${content.join('\n')}\n`]),
    ),
    lines,
  }
}

const place = async (server, kubectl, session, { files, folder }) => {
  const root = mkdtempSync(path.join(tmpdir(), 'differential-'))
  const [bin, work, home] = ['bin', 'work', 'home'].map((name) => path.join(root, name))
  for (const each of [bin, work, home]) mkdirSync(each)
  symlinkSync(kubectl, path.join(bin, 'kubectl'))
  if (folder !== undefined) cpSync(folder, work, { recursive: true })
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(work, name)), { recursive: true })
    writeFileSync(path.join(work, name), content)
  }
  const text = await (await fetch(`${server.url}/api/sessions/${session.id}/kubeconfig`)).text()
  writeFileSync(path.join(root, 'kubeconfig'), text)
  return { root, bin, work, home, url: session.url }
}

const run = ({ root, bin, work, home, url }, line) =>
  new Promise((resolve) => {
    const env = {
      // npm's own has folders that are not there, of which kubectl complains
      PATH: `${bin}:/usr/local/bin:/usr/bin:/bin`,
      HOME: home,
      KUBECONFIG: path.join(root, 'kubeconfig'),
      OUR_SERVER: url,
      LC_ALL: 'C',
      TZ: 'UTC',
    }
    const child = execFile(
      'bash',
      ['-c', line],
      { cwd: work, env, timeout: 90_000, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => {
        const blank = (text) => normal(text.replaceAll(root, '<root>'))
        resolve({ stdout: blank(stdout), stderr: blank(stderr), exit: error?.code ?? 0 })
      },
    )
    child.stdin.end()
  })

/** What differs from run to run. */
const normal = (text) =>
  text
    .replaceAll(/\/k8s\/session-\d+/g, '/k8s/session')
    .replaceAll(/^[IWEF]\d{4} [\d:.]+ +\d+ /gm, '<log> ')
    // client-go races its own deadline with the end of its watch
    .replaceAll(/^<log> reflector\.go:.*\n/gm, '')
    .replaceAll(/\b(\d+h)?(\d+m)?\d+(\.\d+)?m?s\b/g, '<age>')
    .replaceAll(/(?<= )[2-9]m(?= |$)/gm, '<age>')
    .replaceAll(/\/kubectl-edit-\d+/g, '/kubectl-edit')
    .replaceAll(/\/tmp\/(LIVE|MERGED)-\d+/g, '/tmp/$1')
    .replaceAll(/(?<=\t)20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\.\d{9} \+0000$/gm, '<time>')
    .replaceAll(/<age> +/g, '<age> ')
    .replaceAll(/\bAGE +/g, 'AGE ')
    .replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '<time>')
    .replaceAll(/[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} [+-]\d{4}/g, '<time>')

/**
 * Calls `tell({ line, expected, actual, isSame })` for each line that is compared. `server`: see engine-server.mjs; `folder`: more
 * files to work with.
 */
export const compareLines = async (
  server,
  { isTwins, template = SETTINGS.template, files, lines, folder },
  tell,
) => {
  const settings = { ...SETTINGS, template }
  const first = server.createSession(settings)
  const real = await place(server, kubectlPath(), first, { files, folder })
  const second = isTwins ? server.createSession(settings) : first
  const ours = await place(server, OURS, second, { files, folder })
  const both = async (line) =>
    isTwins
      ? Promise.all([run(real, line), run(ours, line)])
      : [await run(real, line), await run(ours, line)]
  try {
    for (const line of lines) {
      if (line.startsWith('!')) {
        await run(real, line.slice(1))
        if (isTwins) await run({ ...ours, bin: real.bin }, line.slice(1))
        continue
      }
      const [expected, actual] = await both(line)
      tell({ line, expected, actual, isSame: JSON.stringify(expected) === JSON.stringify(actual) })
    }
  } finally {
    for (const { root } of [real, ours]) rmSync(root, { recursive: true, force: true })
  }
}

/** How the two differ, for people. */
export const differenceText = ({ line, expected, actual }) =>
  [
    `$ ${line}`,
    ...['exit', 'stdout', 'stderr']
      .filter((part) => expected[part] !== actual[part])
      .map((part) => `-- real ${part}:\n${expected[part]}\n-- ours ${part}:\n${actual[part]}`),
  ].join('\n')
