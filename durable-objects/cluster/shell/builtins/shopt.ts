// shopt, hash, help: what bash tells about itself.
import type { Builtin } from '#shell/builtins/builtin.ts'
import { complain, print } from '#shell/interpreter/shell.ts'

/** Those that change something here, and others that scripts switch on. */
const OPTIONS: ReadonlySet<string> = new Set([
  'autocd',
  'cdspell',
  'checkwinsize',
  'cmdhist',
  'dotglob',
  'expand_aliases',
  'extglob',
  'failglob',
  'globstar',
  'histappend',
  'inherit_errexit',
  'lastpipe',
  'nocaseglob',
  'nocasematch',
  'nullglob',
  'progcomp',
  'sourcepath',
])
const WIDTH = 15

const shopt: Builtin = function* run(shell, args) {
  const { state } = shell
  const options = args.filter((word) => /^-[supqo]+$/.test(word)).join('')
  const names = args.filter((word) => !word.startsWith('-'))
  const isChange = /[su]/.test(options)
  let status = 0
  for (const name of names.length === 0 && !isChange ? OPTIONS : names) {
    const isOn = state.shopts.has(name)
    if (!OPTIONS.has(name)) {
      yield* complain(shell, `shopt: ${name}: invalid shell option name`)
      status = 1
    } else if (isChange) {
      const others = [...state.shopts].filter((other) => other !== name)
      state.shopts = new Set(options.includes('s') ? [...others, name] : others)
      state.version++
    } else {
      if (!options.includes('q'))
        yield* print(shell, `${name.padEnd(WIDTH)}\t${isOn ? 'on' : 'off'}\n`)
      if (names.length > 0 && !isOn) status = 1
    }
  }
  return status
}

const hash: Builtin = function* run(shell, args) {
  if (args.length === 0 && shell.state.flavour === 'bash')
    yield* print(shell, 'hash: hash table empty\n')
  return 0
}

/** `names`: of all builtins. */
export const helpOf = (names: () => readonly string[]): Builtin =>
  function* run(shell, [topic]) {
    if (topic === undefined) {
      yield* print(
        shell,
        `GNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu)
These shell commands are defined internally.  Type \`help' to see this list.

 ${names()
   .toSorted()
   .join(' ')
   .replace(/(.{1,72})(?: |$)/g, '$1\n ')
   .trimEnd()}

Programs say more with --help: \`kubectl --help'.
`,
      )
      return 0
    }
    if (names().includes(topic)) {
      yield* print(
        shell,
        `${topic}: a builtin of the shell; there are no further help pages here.\n`,
      )
      return 0
    }
    yield* complain(
      shell,
      `help: no help topics match \`${topic}'.  Try \`help help' or \`man -k ${topic}' or \`info ${topic}'.`,
    )
    return 1
  }

export const SHOPT: readonly (readonly [string, Builtin])[] = [
  ['shopt', shopt],
  ['hash', hash],
]
