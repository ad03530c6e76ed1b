// Regular expressions in Go's syntax and words (RE2): a match takes time linear in the text, whatever the pattern. The language's own
// RegExp backtracks, so a hostile pattern could stop a whole session.
import { RE2JS, RE2JSException } from 're2js'

export class PatternError extends Error {
  override readonly name = 'PatternError'
}

export interface Pattern {
  /** How many groups in parentheses. */
  readonly groups: number
  test(text: string): boolean
  /**
   * The first match that begins at `from` or later: where it and each of its groups begin and end, as pairs; -1 for a group that took no
   * part. `^` and `\b` look at all of the text.
   */
  exec(text: string, from?: number): readonly number[] | undefined
}

export interface PatternOptions {
  readonly ignoreCase?: boolean
  /** As POSIX asks: of the matches that begin first the longest, not the one that was written first. */
  readonly longest?: boolean
  /** `^` and `$` stand at line ends too. */
  readonly multiline?: boolean
  /** `.` stands for a line end too. */
  readonly dotAll?: boolean
}

/** Throws a PatternError with the text that Go's regexp.Compile has. */
export const compilePattern = (source: string, options: PatternOptions = {}): Pattern => {
  const compiled = compile(source, flagsOf(options))
  const groups = compiled.groupCount()
  return {
    groups,
    test: (text) => compiled.matcher(text).find(),
    exec: (text, from = 0) => {
      const matcher = compiled.matcher(text)
      if (from > text.length || !matcher.find(from)) return undefined
      const found: number[] = []
      for (let group = 0; group <= groups; group++)
        found.push(matcher.start(group), matcher.end(group))
      return found
    },
  }
}

/** The source of a pattern that matches `text` itself. */
export const quotePattern = (text: string): string => text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')

const compile = (source: string, flags: number): RE2JS => {
  try {
    return RE2JS.compile(source, flags)
  } catch (error) {
    if (error instanceof RE2JSException) throw new PatternError(error.message)
    throw error
  }
}

const flagsOf = ({ ignoreCase, longest, multiline, dotAll }: PatternOptions): number =>
  (ignoreCase === true ? RE2JS.CASE_INSENSITIVE : 0) |
  (longest === true ? RE2JS.LONGEST_MATCH : 0) |
  (multiline === true ? RE2JS.MULTILINE : 0) |
  (dotAll === true ? RE2JS.DOTALL : 0)
