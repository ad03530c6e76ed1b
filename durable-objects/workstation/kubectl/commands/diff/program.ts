// Two folders of objects and the program that tells them apart. kubernetes: kubectl pkg/cmd/diff/diff.go DiffProgram, Directory
import { formatTime } from '#apimachinery/time.ts'
import { gnuUnifiedDiff } from '#apimachinery/line-diff.ts'
import type { ToolRun } from '#shell/tools/tool.ts'
import { runProgram } from '#shell/tools/tool.ts'
import { PlainFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'

/** A file of the folders; absent texts: it is in one folder only. */
export interface Compared {
  readonly name: string
  readonly before?: string
  readonly after?: string
}

/** Ends with 1 if there are differences. */
export function* showDifferences(run: Invocation, compared: readonly Compared[]): ToolRun<void> {
  const names = ['LIVE', 'MERGED'].map((name) => `/tmp/${name}-${run.call.random()}`)
  const [from = '', to = ''] = names
  const program = run.call.env['KUBECTL_EXTERNAL_DIFF'] ?? ''
  if (program !== '') return yield* withProgram(run, program, from, to, compared)
  const time = timeText(run.now())
  for (const { name, before, after } of compared.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const text = gnuUnifiedDiff(before ?? '', after ?? '')
    if (text === '') continue
    run.exitCode = 1
    const [old, new_] = [`${from}/${name}`, `${to}/${name}`]
    run.out(`diff -u -N ${old} ${new_}\n`)
    run.out(`--- ${old}\t${before === undefined ? EPOCH : time}\n`)
    run.out(`+++ ${new_}\t${after === undefined ? EPOCH : time}\n${text}`)
  }
}

const EPOCH = '1970-01-01 00:00:00.000000000 +0000'

/** `2026-11-23 04:55:01.323000000 +0000` */
const timeText = (now: number): string => {
  const fraction = String(Math.floor(now) % 1000).padStart(3, '0')
  return `${formatTime(now).slice(0, 19).replace('T', ' ')}.${fraction}000000 +0000`
}

const WORD = /^[a-zA-Z0-9-=]+$/

/** KUBECTL_EXTERNAL_DIFF: a program and flags for it. */
function* withProgram(
  run: Invocation,
  given: string,
  from: string,
  to: string,
  compared: readonly Compared[],
): ToolRun<void> {
  const { files } = run.call
  const [program = '', ...words] = given.split(' ')
  for (const folder of [from, to]) files.mkdir(folder)
  for (const { name, before, after } of compared) {
    if (before !== undefined) files.write(`${from}/${name}`, before)
    if (after !== undefined) files.write(`${to}/${name}`, after)
  }
  yield* run.flush()
  const flags = words.filter((word) => WORD.test(word))
  run.exitCode = yield* runProgram({ argv: [program, ...flags, from, to] })
  for (const [folder, side] of [
    [from, 'before'],
    [to, 'after'],
  ] as const) {
    for (const one of compared) if (one[side] !== undefined) files.unlink(`${folder}/${one.name}`)
    files.rmdir(folder)
  }
  if (run.exitCode === NOT_FOUND) throw missing(program)
}

const NOT_FOUND = 127

const missing = (program: string): PlainFailure =>
  new PlainFailure(
    program.includes('/')
      ? `error: failed to run "${program}": fork/exec ${program}: no such file or directory`
      : `error: failed to run "${program}": exec: "${program}": executable file not found in $PATH`,
    2,
  )
