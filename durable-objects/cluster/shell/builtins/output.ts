// echo, printf.
import type { Builtin } from '#shell/builtins/builtin.ts'
import { unescape } from '#shell/builtins/escapes.ts'
import { fromByteString, toByteString } from '#shell/files/bytes.ts'
import { formatted } from '#shell/builtins/printf.ts'
import { setParameter } from '#shell/interpreter/parameters.ts'
import { complain, nowOf, print, type Shell } from '#shell/interpreter/shell.ts'
import type { Steps } from '#shell/kernel/task.ts'

/** Several may be one character. */
const BYTES = /[\udc80-\udcff]/

export function* write(shell: Shell, name: string, text: string): Steps<number> {
  const error = yield* print(shell, BYTES.test(text) ? fromByteString(toByteString(text)) : text)
  if (error === undefined) return 0
  yield* complain(shell, {
    dash: `${name}: I/O error`,
    ash: `write error: ${error}`,
    bash: `${name}: write error: ${error}`,
  })
  return 1
}

const echo: Builtin = function* run(shell, args, name) {
  const isDash = shell.state.flavour === 'dash'
  let isEscaped = isDash
  let hasEnd = true
  let first = 0
  const options = isDash ? /^-n$/ : /^-[neE]+$/
  while (first < args.length && options.test(args[first]!)) {
    for (const letter of args[first++]!.slice(1)) {
      if (letter === 'n') hasEnd = false
      else isEscaped = letter === 'e'
    }
    if (isDash) break
  }
  const text = args.slice(first).join(' ')
  if (!isEscaped) return yield* write(shell, name, hasEnd ? `${text}\n` : text)
  const plain = unescape(text, 'echo')
  return yield* write(shell, name, hasEnd && !plain.isCut ? `${plain.text}\n` : plain.text)
}

const printf: Builtin = function* run(shell, given, name) {
  let args = given
  let variable: string | undefined
  if (args[0] === '-v' && shell.state.flavour === 'bash') {
    variable = args[1]
    args = args.slice(2)
  }
  if (args[0] === '--') args = args.slice(1)
  if (args.length === 0) {
    const usage = {
      dash: 'printf: usage: printf format [arg ...]',
      ash: 'printf: usage: printf FORMAT [ARG]...',
      bash: 'printf: usage: printf [-v var] format [arguments]',
    }[shell.state.flavour]
    if (shell.state.flavour === 'bash') yield* print(shell, `${usage}\n`, 2)
    else yield* complain(shell, usage)
    return 2
  }
  const { text, bad } = formatted(args[0]!, args.slice(1), {
    most: shell.kernel.limits.text,
    now: () => nowOf(shell),
    startedAt: shell.machine.startedAt + shell.state.startedAt,
  })
  for (const word of bad)
    yield* complain(shell, {
      dash: `printf: ${word}: expected numeric value`,
      ash: `printf: invalid number '${word}'`,
      bash: `printf: ${word}: invalid number`,
    })
  if (variable !== undefined) setParameter(shell, variable, text)
  else {
    const status = yield* write(shell, name, text)
    if (status !== 0) return status
  }
  return bad.length === 0 ? 0 : 1
}

export const OUTPUT: readonly (readonly [string, Builtin])[] = [
  ['echo', echo],
  ['printf', printf],
]
