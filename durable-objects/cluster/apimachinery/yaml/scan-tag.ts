import {
  isBlank,
  isBlankOrEnd,
  isBreakOrEnd,
  scannerError,
  type Cursor,
} from '#apimachinery/yaml/cursor.ts'

// kubernetes: sigs.k8s.io/yaml goyaml.v2 scannerc.go (after libyaml, MIT)

const NAME = /[0-9A-Za-z_-]*/y
const URI = /(?:[0-9A-Za-z_;/?:@&=+$,.!~*'()[\]-]|%[0-9A-Fa-f]{2})*/y
const COMMENT = /#[^\n\r\u0085\u2028\u2029]*/y

/** The name of an anchor (`&name`) or alias (`*name`). */
export const scanAnchor = (cursor: Cursor): string => {
  const start = cursor.line
  cursor.skip()
  const name = cursor.takeWhile(NAME)
  const next = cursor.peek()
  if (name === '' || !(isBlankOrEnd(next) || '?:,]}%@`'.includes(next)))
    throw scannerError(cursor.line, 'did not find expected alphabetic or numeric character', start)
  return name
}

export interface Tag {
  /** `!`, `!!`, `!name!`; '' for a tag that is written out. */
  readonly handle: string
  readonly suffix: string
}

export const scanTag = (cursor: Cursor): Tag => {
  const start = cursor.line
  const tag = cursor.peek(1) === '<' ? scanVerbatim(cursor, start) : scanShorthand(cursor, start)
  if (!isBlankOrEnd(cursor.peek()))
    throw scannerError(cursor.line, 'did not find expected whitespace or line break', start)
  return tag
}

const scanVerbatim = (cursor: Cursor, start: number): Tag => {
  cursor.skip(2)
  const suffix = cursor.takeWhile(URI)
  if (suffix === '') throw scannerError(cursor.line, 'did not find expected tag URI', start)
  if (cursor.peek() !== '>') throw scannerError(cursor.line, "did not find the expected '>'", start)
  cursor.skip()
  return { handle: '', suffix }
}

const scanShorthand = (cursor: Cursor, start: number): Tag => {
  const handle = scanHandle(cursor)
  const suffix = cursor.takeWhile(URI)
  if (handle.length > 1 && handle.endsWith('!')) {
    if (suffix === '') throw scannerError(cursor.line, 'did not find expected tag URI', start)
    return { handle, suffix }
  }
  const rest = handle.slice(1) + suffix
  return rest === '' ? { handle: '', suffix: '!' } : { handle: '!', suffix: rest }
}

const scanHandle = (cursor: Cursor): string => {
  cursor.skip()
  const name = cursor.takeWhile(NAME)
  if (cursor.peek() !== '!') return `!${name}`
  cursor.skip()
  return `!${name}!`
}

export type Directive =
  | { readonly kind: 'yaml'; readonly version: string }
  | { readonly kind: 'tag'; readonly handle: string; readonly prefix: string }

/** `%YAML 1.1` or `%TAG ! prefix`. */
export const scanDirective = (cursor: Cursor): Directive => {
  const start = cursor.line
  const fail = (problem: string): never => {
    throw scannerError(cursor.line, problem, start)
  }
  cursor.skip()
  const name = cursor.takeWhile(NAME)
  if (name === '') fail('could not find expected directive name')
  if (!isBlankOrEnd(cursor.peek())) fail('found unexpected non-alphabetical character')
  if (name !== 'YAML' && name !== 'TAG') fail('found unknown directive name')
  skipBlanks(cursor)
  let directive: Directive
  if (name === 'YAML') {
    directive = { kind: 'yaml', version: cursor.takeWhile(/[0-9]{1,9}\.[0-9]{1,9}/y) }
    if (directive.version === '') fail('did not find expected version number')
  } else {
    if (cursor.peek() !== '!') fail("did not find expected '!'")
    const handle = scanHandle(cursor)
    if (handle !== '!' && !handle.endsWith('!')) fail("did not find expected '!'")
    if (!isBlank(cursor.peek())) fail('did not find expected whitespace')
    skipBlanks(cursor)
    directive = { kind: 'tag', handle, prefix: cursor.takeWhile(URI) }
    if (directive.prefix === '') fail('did not find expected tag URI')
    if (!isBlankOrEnd(cursor.peek())) fail('did not find expected whitespace or line break')
  }
  skipBlanks(cursor)
  cursor.takeWhile(COMMENT)
  if (!isBreakOrEnd(cursor.peek())) fail('did not find expected comment or line break')
  cursor.takeBreak()
  return directive
}

const skipBlanks = (cursor: Cursor): void => {
  while (isBlank(cursor.peek())) cursor.skip()
}
