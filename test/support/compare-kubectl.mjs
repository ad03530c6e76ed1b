// Runs lines with the real kubectl and with ours against one session, and shows where they differ:
//   node test/support/compare-kubectl.mjs [--files FOLDER] [--twins] FILE…|-e LINE…
// FILE has a line of shell per line ('#' begins a comment). A line that begins with '!' is only run with the real one, to prepare.
// `--twins`: each has a session of its own, of the same seed: for lines that change something.
import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startEngineServer } from './engine-server.mjs'
import { kubectlPath } from './kubectl.mjs'

const words = process.argv.slice(2)
const lines = []
let [folder, isTwins] = [undefined, false]
for (let word = words.shift(); word !== undefined; word = words.shift()) {
  if (word === '--files') folder = words.shift()
  else if (word === '--twins') isTwins = true
  else if (word === '-e') lines.push(words.shift())
  else lines.push(...readFileSync(word, 'utf8').split('\n'))
}

const server = await startEngineServer()
const OURS = path.join(import.meta.dirname, 'our-kubectl.mjs')
const SETTINGS = { seed: 7, template: 'bare', delays: 'instant', loadBalancer: 'none' }
const place = async (kubectl, session) => {
  const root = mkdtempSync(path.join(tmpdir(), 'compare-'))
  const [bin, work, home] = ['bin', 'work', 'home'].map((name) => path.join(root, name))
  for (const each of [bin, work, home]) mkdirSync(each)
  symlinkSync(kubectl, path.join(bin, 'kubectl'))
  if (folder !== undefined) cpSync(folder, work, { recursive: true })
  const text = await (await fetch(`${server.url}/api/sessions/${session.id}/kubeconfig`)).text()
  writeFileSync(path.join(root, 'kubeconfig'), text)
  return { root, bin, work, home }
}
const first = server.createSession(SETTINGS)
const real = await place(kubectlPath(), first)
const ours = await place(OURS, isTwins ? server.createSession(SETTINGS) : first)

const run = ({ root, bin, work, home }, line) =>
  new Promise((resolve) => {
    const env = {
      PATH: `${bin}:${process.env.PATH}`,
      HOME: home,
      KUBECONFIG: path.join(root, 'kubeconfig'),
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
    .replaceAll(/\b(\d+h)?(\d+m)?\d+(\.\d+)?m?s\b/g, '<age>')
    .replaceAll(/<age> +/g, '<age> ')
    .replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '<time>')
    .replaceAll(/[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} [+-]\d{4}/g, '<time>')

let [same, other] = [0, 0]
for (const line of lines) {
  if (line === undefined || line.trim() === '' || line.startsWith('#')) continue
  if (line.startsWith('!')) {
    await run(real, line.slice(1))
    if (isTwins) await run({ ...ours, bin: real.bin }, line.slice(1))
    continue
  }
  const [expected, actual] = [await run(real, line), await run(ours, line)]
  if (JSON.stringify(expected) === JSON.stringify(actual)) {
    same++
    continue
  }
  other++
  console.log(`\n$ ${line}`)
  for (const part of ['exit', 'stdout', 'stderr'])
    if (expected[part] !== actual[part])
      console.log(`-- real ${part}:\n${expected[part]}\n-- ours ${part}:\n${actual[part]}`)
}
console.log(`\n${same} the same, ${other} different`)
await server.stop()
process.exit(0)
