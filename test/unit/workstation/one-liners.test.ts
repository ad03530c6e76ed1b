// Lines that learners type, against what bash 5.2 and the tools of a Debian answered: test/support/record-lines.mjs.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { Desk, type Ran } from '../../support/workstation.ts'

interface Line {
  readonly script: string
  readonly stdout?: string
  readonly stderr?: string
  readonly exitCode?: number
}

interface Recording {
  readonly files: Readonly<Record<string, string>>
  readonly lines: readonly Line[]
}

const { files, lines } = JSON.parse(
  readFileSync(new URL('../../fixtures/one-liners.json', import.meta.url), 'utf8'),
) as Recording

const desk = new Desk()
desk.run(
  Object.keys(files)
    .map((name) => `mkdir -p "$(dirname '${name}')"`)
    .join('; '),
)
for (const [name, text] of Object.entries(files)) desk.run(`cat > '${name}'`, { stdin: text })
desk.run('rm -r .bashrc .profile .kube; cp -r . /tmp/home')

const run = (script: string): Ran => {
  desk.run('cd /; rm -rf ~/* ~/.[a-z]*; cp -r /tmp/home/. ~')
  return desk.run(script)
}

describe('the computer answers as a Debian does', () => {
  test.each(lines.map((line) => [line.script, line] as const))('%s', (script, line) => {
    const { stdout = '', stderr = '', exitCode = 0 } = line
    expect(run(script)).toEqual({ stdout, stderr, exitCode })
  })
})
