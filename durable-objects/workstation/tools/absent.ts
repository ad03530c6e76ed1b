// What people look for on a computer and this one has not, or has in its own way: they say what to do instead.
import { runProgram, type Tool, writeError, writeOut } from '#shell/tools/tool.ts'

/** There is nobody to ask for a password: it is the same user who goes on. */
const sudo: Tool = {
  name: 'sudo',
  *run({ argv }) {
    let at = 1
    while (argv[at]?.startsWith('-') === true) at += /^-[ugpCD]$/.test(argv[at]!) ? 2 : 1
    const isShell = argv.slice(1, at).some((word) => /^-[is]$/.test(word))
    const words = argv.slice(at)
    if (words.length === 0 && !isShell) {
      yield* writeError('usage: sudo COMMAND [ARGUMENTS]\n')
      return 1
    }
    const exitCode = yield* runProgram({ argv: words.length === 0 ? ['bash'] : words })
    const NOT_FOUND = 127
    if (exitCode !== NOT_FOUND) return exitCode
    yield* writeError(`sudo: ${words[0]}: command not found\n`)
    return 1
  },
}

const man: Tool = {
  name: 'man',
  *run({ argv }) {
    const topic = argv.slice(1).findLast((word) => !/^-|^\d$/.test(word))
    if (topic === undefined) {
      yield* writeError('What manual page do you want?\n')
      return 1
    }
    yield* writeError(
      `There are no manual pages on this computer. Try: ${topic} --help\n` +
        (topic === 'kubectl' ? 'or for a kind of object: kubectl explain pods\n' : ''),
    )
    return 16
  },
}

const NO_PACKAGES = 'nothing can be installed on this computer; what the course needs is there'
const NO_CONTAINERS = 'containers run in the cluster only: kubectl run, kubectl get pods'

const HINTS: Readonly<Record<string, string>> = {
  jq: `kubectl picks out fields by itself:
  kubectl get pods -o jsonpath='{.items[*].metadata.name}'
  kubectl get pods -o custom-columns=NAME:.metadata.name,IP:.status.podIP`,
  yq: 'kubectl and sed change manifests: kubectl patch, kubectl set, kubectl create --dry-run=client -o yaml',
  helm: 'kubectl apply -f and kubectl apply -k take manifests',
  docker: NO_CONTAINERS,
  podman: NO_CONTAINERS,
  ...Object.fromEntries(
    ['apt', 'apt-get', 'brew', 'snap', 'dnf', 'yum', 'apk', 'pip', 'pip3', 'npm'].map((name) => [
      name,
      NO_PACKAGES,
    ]),
  ),
}

/** What is said below "command not found". */
export const hintFor = (name: string): string | undefined =>
  Object.hasOwn(HINTS, name) ? HINTS[name] : undefined

const fileTool: Tool = {
  name: 'file',
  *run({ argv, files, cwd }) {
    for (const name of argv.slice(1)) {
      const text = files.read(name.startsWith('/') ? name : `${cwd}/${name}`)
      const isFolder = files.isDirectory(name.startsWith('/') ? name : `${cwd}/${name}`)
      const kind = isFolder
        ? 'directory'
        : typeof text !== 'string'
          ? `cannot open \`${name}' (${text.text})`
          : text === ''
            ? 'empty'
            : /[\0\udc80-\udcff]/.test(text)
              ? 'data'
              : `${/[^\0-\x7f]/.test(text) ? 'Unicode text, UTF-8' : 'ASCII'} text`
      yield* writeOut(`${name}: ${kind}\n`)
    }
    return argv.length > 1 ? 0 : 1
  },
}

/** Programs of the computer that do little. */
export const SMALL_PROGRAMS: readonly Tool[] = [sudo, man, fileTool]
