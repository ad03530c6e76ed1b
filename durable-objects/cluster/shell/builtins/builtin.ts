// What a command that the shell itself carries out looks like.
import type { Shell } from '#shell/interpreter/shell.ts'
import type { Steps, Wait } from '#shell/kernel/task.ts'

/** `name` is how it was called: `.` or `source`. */
export type Builtin = (shell: Shell, args: readonly string[], name: string) => Steps<number>

export const NAME = /^[A-Za-z_]\w*$/

const NOTHING: readonly Wait[] = []

/** It has nothing to say. */
export const ending = (status: number): Builtin =>
  function* run() {
    yield* NOTHING
    return status
  }
