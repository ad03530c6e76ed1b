// sort
import { isFailure } from '#shell/files/failure.ts'
import { openInput } from '#shell/tools/input.ts'
import { type Run, tool } from '#shell/tools/run.ts'
import type { ToolRun } from '#shell/tools/tool.ts'

interface Key {
  readonly fromField: number
  readonly fromChar: number
  /** Infinity: to the line's end. */
  readonly toField: number
  /** 0: to the field's end. */
  readonly toChar: number
  readonly flags: string
}

const ORDERS = 'bdfghiMnRrV'
const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ')
const SUFFIXES = 'KMGTPEZY'

/** A text: what is wrong. */
const parseKey = (text: string, common: string): Key | string => {
  const match = /^([0-9]+)(?:\.([0-9]+))?([a-zA-Z]*)(?:,([0-9]+)(?:\.([0-9]+))?([a-zA-Z]*))?$/.exec(
    text,
  )
  if (match === null) return `invalid number at field start: invalid count at start of '${text}'`
  const [, field, char = '1', flags = '', toField, toChar = '0', toFlags = ''] = match
  if (field === '0') return `-: invalid field specification '${text}'`
  const own = flags + toFlags
  return {
    fromField: Number(field),
    fromChar: Number(char),
    toField: toField === undefined ? Infinity : Number(toField),
    toChar: Number(toChar),
    flags: own === '' ? common : own,
  }
}

/** Where each field begins and ends. Without a separator the blanks before a field belong to it. */
const fieldsOf = (
  line: string,
  separator: string | undefined,
): readonly (readonly [number, number])[] => {
  const fields: [number, number][] = []
  if (separator !== undefined) {
    for (let at = 0; ;) {
      const end = line.indexOf(separator, at)
      fields.push([at, end < 0 ? line.length : end])
      if (end < 0) return fields
      at = end + separator.length
    }
  }
  for (let at = 0; at < line.length;) {
    const start = at
    while (at < line.length && isBlank(line, at)) at++
    while (at < line.length && !isBlank(line, at)) at++
    fields.push([start, at])
  }
  return fields
}

const isBlank = (line: string, at: number): boolean => line[at] === ' ' || line[at] === '\t'

const keyText = (line: string, key: Key, separator: string | undefined): string => {
  const fields = fieldsOf(line, separator)
  const first = fields[key.fromField - 1]
  if (first === undefined) return ''
  const skip = key.flags.includes('b') ? /^[ \t]*/.exec(line.slice(first[0]))![0].length : 0
  const start = first[0] + skip + key.fromChar - 1
  const last = fields[key.toField - 1]
  const end = last === undefined ? line.length : key.toChar === 0 ? last[1] : last[0] + key.toChar
  return line.slice(Math.min(start, line.length), Math.max(start, end))
}

const numberOf = (text: string): number => {
  const [number = ''] = /^[ \t]*-?[0-9]*\.?[0-9]*/.exec(text) ?? []
  const value = Number(number.trim() === '-' || number.trim() === '.' ? 0 : number)
  return Number.isNaN(value) ? 0 : value
}

const humanOf = (text: string): readonly [number, number] => {
  const [, number = '', suffix = ''] = /^[ \t]*(-?[0-9]*\.?[0-9]*)([a-zA-Z]?)/.exec(text) ?? []
  const value = numberOf(number)
  const power = suffix === '' ? 0 : SUFFIXES.indexOf(suffix.toUpperCase()) + 1
  return [value < 0 ? -power : value === 0 ? 0 : power, value]
}

const generalOf = (text: string): number => {
  const value = Number.parseFloat(text)
  return Number.isNaN(value) ? -Infinity : value
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** `file10` comes after `file9`. */
export const compareVersions = (a: string, b: string): number => {
  const [left, right] = [a.match(/[0-9]+|[^0-9]+/g) ?? [], b.match(/[0-9]+|[^0-9]+/g) ?? []]
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const [x, y] = [left[index] ?? '', right[index] ?? '']
    const areNumbers = /^[0-9]/.test(x) && /^[0-9]/.test(y)
    const order = areNumbers ? Number(x) - Number(y) : compareText(x, y)
    if (order !== 0) return order
  }
  return 0
}

const monthOf = (text: string): number => MONTHS.indexOf(text.trim().slice(0, 3).toUpperCase())

const compareBy = (flags: string, a: string, b: string): number => {
  if (flags.includes('n')) return numberOf(a) - numberOf(b)
  if (flags.includes('h')) {
    const [[p, x], [q, y]] = [humanOf(a), humanOf(b)]
    return p === q ? x - y : p - q
  }
  if (flags.includes('g')) return Math.sign(generalOf(a) - generalOf(b)) || 0
  if (flags.includes('V')) return compareVersions(a, b)
  if (flags.includes('M')) return monthOf(a) - monthOf(b)
  return compareText(textFor(flags, a), textFor(flags, b))
}

const textFor = (flags: string, given: string): string => {
  let text = flags.includes('b') ? given.replace(/^[ \t]+/, '') : given
  if (flags.includes('d')) text = text.replace(/[^0-9A-Za-z \t]/g, '')
  if (flags.includes('i')) text = text.replace(/[^ -~]/g, '')
  return flags.includes('f') ? text.toUpperCase() : text
}

type Compare = (a: string, b: string) => number

const comparison = (keys: readonly Key[], separator: string | undefined): Compare => {
  const isWhole =
    keys.length === 1 &&
    keys[0]!.fromField === 1 &&
    keys[0]!.toField === Infinity &&
    keys[0]!.fromChar === 1
  return (a, b) => {
    for (const key of keys) {
      const [x, y] = isWhole ? [a, b] : [keyText(a, key, separator), keyText(b, key, separator)]
      const order = compareBy(key.flags, x, y)
      if (order !== 0) return key.flags.includes('r') ? -order : order
    }
    return 0
  }
}

export const sort = tool(
  'sort',
  {
    short: 'bcCdfghik:mMno:rRsS:t:T:uVz',
    long: {
      'ignore-leading-blanks': 'b',
      check: 'c',
      'dictionary-order': 'd',
      'ignore-case': 'f',
      'general-numeric-sort': 'g',
      'human-numeric-sort': 'h',
      key: 'k',
      merge: 'm',
      'month-sort': 'M',
      'numeric-sort': 'n',
      output: 'o',
      reverse: 'r',
      'random-sort': 'R',
      stable: 's',
      'field-separator': 't',
      unique: 'u',
      'version-sort': 'V',
      'zero-terminated': 'z',
    },
    usageCode: 2,
  },
  function* (run) {
    const common = [...ORDERS].filter((letter) => run.has(letter)).join('')
    const given = run.options.values('k').map((text) => parseKey(text, common))
    const wrong = given.find((key) => typeof key === 'string')
    if (typeof wrong === 'string') return yield* run.fail(wrong, 2)
    const whole: Key = { fromField: 1, fromChar: 1, toField: Infinity, toChar: 0, flags: common }
    const keys = given.length === 0 ? [whole] : (given as readonly Key[])
    const separator = run.value('t') === '\\0' ? '\0' : run.value('t')
    if (separator !== undefined && separator.length > 1 && run.isGnu)
      return yield* run.fail(`multi-character tab '${separator}'`, 2)
    const compare = comparison(keys, separator)
    const lines = yield* readAllLines(run)
    if (typeof lines === 'number') return lines
    if (run.has('c') || run.has('C')) return yield* check(run, lines, compare)
    const sorted = run.has('R') ? shuffled(run, lines) : sortLines(run, lines, compare, common)
    return yield* writeSorted(run, sorted)
  },
)

function* readAllLines(run: Run): ToolRun<string[] | number> {
  const lines: string[] = []
  for (const path of run.operands.length === 0 ? ['-'] : run.operands) {
    const input = openInput(run, path)
    if (!isFailure(input)) {
      for (const line of yield* input.lines(run.has('z') ? '\0' : '\n')) lines.push(line)
      continue
    }
    const { code, text } = input
    if (!run.isGnu && code === 'EISDIR') continue
    if (!run.isGnu) return yield* run.fail(`${path}: ${text}`, 2)
    const what = code === 'EISDIR' ? 'read failed' : 'cannot read'
    return yield* run.fail(`${what}: ${path}: ${text}`, 2)
  }
  return lines
}

const sortLines = (
  run: Run,
  lines: string[],
  compare: Compare,
  common: string,
): readonly string[] => {
  const isLast = run.has('s') || run.has('u')
  const direction = common.includes('r') ? -1 : 1
  lines.sort((a, b) => compare(a, b) || (isLast ? 0 : direction * compareText(a, b)))
  if (!run.has('u')) return lines
  return lines.filter((line, index) => index === 0 || compare(lines[index - 1]!, line) !== 0)
}

const shuffled = (run: Run, lines: readonly string[]): readonly string[] => {
  const order = new Map<string, number>()
  for (const line of lines) if (!order.has(line)) order.set(line, run.call.random())
  return lines.toSorted((a, b) => order.get(a)! - order.get(b)! || compareText(a, b))
}

function* check(run: Run, lines: readonly string[], compare: Compare): ToolRun {
  const path = run.operands[0] ?? '-'
  for (const [index, line] of lines.entries()) {
    if (index === 0) continue
    const order = compare(lines[index - 1]!, line)
    if (order < 0 || (order === 0 && !run.has('u'))) continue
    if (run.has('C')) return 1
    return yield* run.fail(
      run.isGnu ? `${path}:${index + 1}: disorder: ${line}` : `Check line ${index}`,
    )
  }
  return 0
}

function* writeSorted(run: Run, lines: readonly string[]): ToolRun {
  const end = run.has('z') ? '\0' : '\n'
  const text = lines.map((line) => line + end).join('')
  const output = run.value('o')
  if (output === undefined) {
    run.print(text)
    return run.exitCode
  }
  const failed = run.files.write(run.path(output), text)
  if (failed === undefined) return run.exitCode
  return yield* run.fail(
    run.isGnu ? `open failed: ${output}: ${failed.text}` : `can't open '${output}': ${failed.text}`,
    2,
  )
}
