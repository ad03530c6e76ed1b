// ~/.bash_history: what was typed in other days.
import type { FileSystem } from '#shell/files/file-system.ts'
import { isFailure } from '#shell/files/failure.ts'

const MOST_LINES = 500

const pathIn = (env: Readonly<Record<string, string>>): string =>
  env['HISTFILE'] ?? `${env['HOME'] ?? ''}/.bash_history`

export const rememberedLines = (
  files: FileSystem,
  env: Readonly<Record<string, string>>,
): readonly string[] => {
  const text = files.read(pathIn(env))
  if (isFailure(text)) return []
  return text
    .split('\n')
    .filter((line) => line !== '')
    .slice(-MOST_LINES)
}

/** When the shell ends. Several shells add to one file. */
export const rememberLines = (
  files: FileSystem,
  env: Readonly<Record<string, string>>,
  typed: readonly string[],
): void => {
  if (typed.length === 0) return
  const lines = [...rememberedLines(files, env), ...typed.flatMap((text) => text.split('\n'))]
  files.write(
    pathIn(env),
    lines
      .slice(-MOST_LINES)
      .map((line) => `${line}\n`)
      .join(''),
    { mode: 0o600 },
  )
}
