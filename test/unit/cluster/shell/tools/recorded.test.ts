// Tools against what the real ones of a Debian machine and busybox answered: test/support/record-tools.mjs.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { FileSystem } from '#shell/files/file-system.ts'
import { directory } from '#shell/files/node.ts'
import { volumeOf } from '#shell/files/volume.ts'
import type { Family } from '#shell/tools/run.ts'
import { toolsOf } from '#shell/tools/tools-of-flavour.ts'
import { describe, expect, test } from 'vitest'
import { runTool } from '../../../../support/run-tool.ts'
import { commandsOf } from '../../../../support/tool-words.ts'

const MOMENT = Date.UTC(2026, 0, 2, 3, 4, 5)
/** Half a year later `ls` shows the year. */
const RECORDED = Date.UTC(2026, 10, 22)
const FOLDER = path.resolve(import.meta.dirname, '../../../../fixtures/shell')

type Content = string | { readonly link?: string; readonly text?: string; readonly mode?: string }

interface Answer {
  readonly out: string
  readonly err?: string
  readonly code?: number
}

interface Case {
  readonly run: string
  readonly stdin?: string
  readonly gnu?: Answer
  readonly busybox?: Answer
  readonly both?: Answer
}

interface Recording {
  readonly files: Readonly<Record<string, Content>>
  readonly cases: readonly Case[]
}

const filesOf = (contents: Recording['files']): FileSystem => {
  let now = MOMENT
  const files = new FileSystem(volumeOf(directory({ w: directory({}), tmp: directory({}) })), {
    now: () => now,
  })
  const makeParents = (name: string): void => {
    const parts = name.split('/').slice(0, -1)
    for (const index of parts.keys()) files.mkdir(`/w/${parts.slice(0, index + 1).join('/')}`)
  }
  for (const [name, content] of Object.entries(contents)) {
    const at = `/w/${name}`
    makeParents(name)
    if (typeof content === 'string') files.write(at, content)
    else if (content.link !== undefined) files.symlink(content.link, at)
    else if (content.text === undefined) files.mkdir(at)
    else files.write(at, content.text)
    if (typeof content !== 'string' && content.mode !== undefined)
      files.chmod(at, Number.parseInt(content.mode, 8))
  }
  now += 1000
  return files
}

const run = (family: Family, { run: line, stdin = '' }: Case, { files }: Recording): Answer => {
  const flavour = family === 'gnu' ? 'workstation' : 'busybox'
  const world = {
    tools: toolsOf(flavour),
    files: filesOf(files),
    cwd: '/w',
    env: { HOME: '/root' },
    call: { now: () => RECORDED },
  }
  const all = { out: '', err: '', code: 0 }
  for (const words of commandsOf(line)) {
    const { out, err, code } = runTool(world, words, stdin === '' ? [] : [stdin])
    all.out += out
    all.err += err
    all.code = code
  }
  all.err = all.err.replace(/BusyBox v[\s\S]*/, 'BusyBox …\n')
  return all
}

const whole = ({ out, err = '', code = 0 }: Answer): Answer => ({ out, err, code })

/** In which order a directory is walked the disk says. */
const inOrder = ({ run: line }: Case, answer: Answer): Answer =>
  /^(?:find|tar)\b/.test(line)
    ? {
        ...answer,
        out: answer.out
          .split(/(?<=[\n\0])/)
          .sort()
          .join(''),
      }
    : answer

const recordings = readdirSync(FOLDER).map(
  (name) => [name, JSON.parse(readFileSync(path.join(FOLDER, name), 'utf8')) as Recording] as const,
)

describe.each(recordings)('%s', (_, recording) => {
  for (const one of recording.cases)
    for (const family of ['gnu', 'busybox'] as const) {
      const expected = one[family] ?? one.both
      if (expected === undefined) continue
      test(`${family}: ${one.run}`, () => {
        expect(inOrder(one, whole(run(family, one, recording)))).toEqual(
          inOrder(one, whole(expected)),
        )
      })
    }
})
