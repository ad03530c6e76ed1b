// What our-kubectl.sh asks of an engine server: its command line and the files that it can see go in, what it prints and writes come out.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const MOST_FILE = 4 * 1024 * 1024
const SEPARATOR = '\u001F'

const isFile = (at) => statSync(at, { throwIfNoEntry: false })?.isFile() === true

/** The files of a folder, those that the command line names, and the kubeconfigs. */
const filesFor = (cwd, words, configs) => {
  const files = {}
  const take = (folder, depth) => {
    for (const name of readdirSync(folder)) {
      const at = path.join(folder, name)
      const stat = statSync(at, { throwIfNoEntry: false })
      if (stat?.isDirectory() && depth < 6 && name !== 'node_modules' && name !== '.git')
        take(at, depth + 1)
      else if (stat?.isFile() && stat.size < MOST_FILE) files[at] = readFileSync(at, 'utf8')
    }
  }
  take(cwd, 0)
  const named = words.map((word) => path.resolve(cwd, word.replace(/^.*=/, '')))
  for (const at of [...named, ...configs.map((config) => path.resolve(cwd, config))])
    if (!at.startsWith('/proc') && !at.startsWith('/dev') && isFile(at))
      files[at] = readFileSync(at, 'utf8')
  return files
}

/** `runWith(given)` runs our kubectl (`runOurKubectl`); the answer is its exit code. */
export const answerStandIn = async (body, runWith) => {
  const [cwd, HOME, KUBECONFIG, KUBE_EDITOR, EDITOR, place, ...words] = body
    .slice(0, -1)
    .split(SEPARATOR)
  const { stdout, stderr, exitCode, written } = await runWith({
    argv: ['kubectl', ...words],
    env: { HOME, KUBECONFIG, KUBE_EDITOR, EDITOR, PATH: '/bin' },
    cwd,
    files: filesFor(cwd, words, [...KUBECONFIG.split(':'), path.join(HOME, '.kube/kuberc')]),
    stdin: existsSync(`${place}.in`) ? readFileSync(`${place}.in`, 'utf8') : '',
  })
  for (const [name, text] of Object.entries(written)) {
    mkdirSync(path.dirname(name), { recursive: true })
    writeFileSync(name, text)
  }
  writeFileSync(`${place}.out`, stdout)
  writeFileSync(`${place}.err`, stderr)
  return `${exitCode}\n`
}
