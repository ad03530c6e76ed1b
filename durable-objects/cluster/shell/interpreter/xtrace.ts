// `set -x`: commands are shown before they run.
import type { Saved } from '#shell/interpreter/redirection.ts'
import type { Shell } from '#shell/interpreter/shell.ts'
import type { Steps } from '#shell/kernel/task.ts'
import type { Flavour } from '#shell/language/flavour.ts'

/** busybox: shell/ash.c maybe_single_quote; bash: lib/sh/shquote.c sh_contains_shell_metas */
const isPlain: Readonly<Record<Flavour, (word: string) => boolean>> = {
  dash: () => true,
  ash: (word) => /^[+,\-./\d:@A-Z\]^_a-z]*$/.test(word),
  bash: (word) => word !== '' && !/[\s'"\\|&;()<>!{}*[\]?^$`]|^[#~]|[=:]~/.test(word),
}

const quoted = (flavour: Flavour, word: string): string =>
  isPlain[flavour](word) ? word : `'${word.replaceAll("'", `'\\''`)}'`

/** Where the command's own redirections do not lead: `2>&1` is for what the command writes. */
const streamOf = (shell: Shell, saved: Saved) => {
  const before = saved.find(([fd]) => fd === 2)
  return before === undefined ? shell.task.fds.get(2) : before[1]
}

/** Shows a command with the assignments in front of it; bash gives each of those a line. */
export function* traceCommand(
  shell: Shell,
  saved: Saved,
  assignments: readonly (readonly [name: string, value: string])[],
  argv: readonly string[],
): Steps<void> {
  const { state, kernel } = shell
  const { flavour } = state
  const stream = streamOf(shell, saved)
  if (!state.has('xtrace') || stream === undefined) return
  const sets = assignments.map(([name, value]) => `${name}=${quoted(flavour, value)}`)
  const words = argv.map((word) => quoted(flavour, word))
  const lines = flavour === 'bash' ? sets.map((set) => [set]) : []
  const last = flavour === 'bash' ? words : [...sets, ...words]
  if (last.length > 0) lines.push(last)
  for (const line of lines)
    yield* kernel.write(stream, `${state.get('PS4') ?? '+ '}${line.join(' ')}\n`)
}
