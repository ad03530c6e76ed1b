import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { runShell } from '../../../support/shell.ts'

/** What bash 5.2 and dash 0.5.12 said, in an empty directory, without input. */
interface Answer {
  readonly shells: readonly string[]
  readonly script: string
  readonly stdout: string
  readonly stderr?: string
  readonly code?: number
}

const answers = JSON.parse(
  readFileSync(new URL('./answers.json', import.meta.url), 'utf8'),
) as readonly Answer[]

const cases = (shell: string): readonly Answer[] =>
  answers.filter(({ shells }) => shells.includes(shell))

describe.each(['bash', 'dash'] as const)('the shell answers as %s does', (flavour) => {
  it.each(cases(flavour).map((answer) => [answer.script, answer] as const))(
    '%j',
    (script, answer) => {
      const { stdout, stderr, code } = runShell(flavour, script)
      const { stderr: said = '', code: exit = 0 } = answer
      expect({ stdout, stderr, code }).toEqual({ stdout: answer.stdout, stderr: said, code: exit })
    },
  )
})
