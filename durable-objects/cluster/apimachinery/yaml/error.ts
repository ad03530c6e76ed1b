import { YAMLException } from 'js-yaml'

/** The text is no YAML that kubectl takes; in the words of Go's parser. */
export class YamlError extends Error {
  override readonly name = 'YamlError'
  /** Counted from 1 in the text given; undefined where the fault has no place. */
  readonly line: number | undefined

  constructor(message: string, line?: number) {
    super(message)
    this.line = line
  }
}

/** What js-yaml finds wrong, as go-yaml calls it. A scanner counts lines from 1, a parser from 0. */
interface Fault {
  readonly says: RegExp
  readonly text: string
  readonly by: 'scanner' | 'parser' | 'nobody'
}

const FAULTS: readonly Fault[] = [
  {
    says: /^bad indentation of a sequence entry/,
    text: "did not find expected '-' indicator",
    by: 'parser',
  },
  { says: /^(?:bad|deficient) indentation/, text: 'did not find expected key', by: 'parser' },
  { says: /^tab characters/, text: 'found character that cannot start any token', by: 'scanner' },
  {
    says: /within a (?:single|double) quoted scalar$/,
    text: 'found unexpected end of stream',
    by: 'scanner',
  },
  { says: /multiline key|^expected ':'/, text: "could not find expected ':'", by: 'scanner' },
  { says: /^unknown escape/, text: 'found unknown escape character', by: 'scanner' },
  { says: /^expected hexadecimal/, text: 'did not find expected hexdecimal number', by: 'scanner' },
  { says: /^expected the node content/, text: 'did not find expected node content', by: 'parser' },
  {
    says: /^a line break is expected/,
    text: 'did not find expected comment or line break',
    by: 'scanner',
  },
  {
    says: /^name of an (?:anchor|alias)/,
    text: 'did not find expected alphabetic or numeric character',
    by: 'scanner',
  },
  { says: /^undeclared tag handle/, text: 'found undefined tag handle', by: 'parser' },
  {
    says: /non-printable|null byte|valid JSON character/,
    text: 'control characters are not allowed',
    by: 'nobody',
  },
  { says: /^nesting exceeded/, text: 'exceeded max depth of 100', by: 'parser' },
  {
    says: /^duplication of|^end of the stream/,
    text: 'did not find expected <document start>',
    by: 'parser',
  },
]

/** A failure of js-yaml in go-yaml's words; others go on as they are. */
export const translate = (error: unknown, source: string): unknown => {
  if (!(error instanceof YAMLException) || error.mark === undefined || error.mark === null)
    return error
  const { line, position } = error.mark
  const fault = special(error.reason, source, position) ??
    FAULTS.find(({ says }) => says.test(error.reason)) ?? {
      text: 'unknown problem parsing YAML content',
      by: 'parser',
    }
  const counted = fault.by === 'scanner' ? line + 1 : line
  return new YamlError(
    `yaml: ${fault.by === 'nobody' || counted === 0 ? '' : `line ${counted}: `}${fault.text}`,
    line + 1,
  )
}

/** Where the sign that js-yaml stopped at tells more than its message. */
const special = (
  reason: string,
  source: string,
  position: number,
): Omit<Fault, 'says'> | undefined => {
  const here = source.slice(position, position + 2)
  if (/^[@`%]/.test(here))
    return { text: 'found character that cannot start any token', by: 'scanner' }
  if (/^:(?:\s|$)/.test(here) && /^bad indentation of a mapping|^end of the stream/.test(reason))
    return { text: 'mapping values are not allowed in this context', by: 'scanner' }
  if (/flow collection/.test(reason))
    return { text: `did not find expected ',' or '${openBracket(source, position)}'`, by: 'parser' }
  return undefined
}

/** What would close the innermost flow collection that is open at `position`. */
const openBracket = (source: string, position: number): string => {
  const open: string[] = []
  for (const [letter] of source
    .slice(0, position)
    .matchAll(/"(?:[^"\\]|\\.)*"|'[^']*'|[[\]{}]/gs)) {
    if (letter === '[') open.push(']')
    else if (letter === '{') open.push('}')
    else if (letter === ']' || letter === '}') open.pop()
  }
  return open.at(-1) ?? ']'
}
