import { RecentTable } from '#apimachinery/managed-fields/recent.ts'
import { compilePattern, PatternError, type Pattern } from '#apimachinery/re2.ts'

// Compiling costs far more than matching, and a schema is asked again and again.
const compiled = new RecentTable<string, Pattern | PatternError>(256)

const patternOf = (source: string): Pattern | PatternError => {
  const known = compiled.get(source)
  if (known !== undefined) return known
  const made = make(source)
  compiled.set(source, made)
  return made
}

const make = (source: string): Pattern | PatternError => {
  try {
    return compilePattern(source)
  } catch (error) {
    if (error instanceof PatternError) return error
    throw error
  }
}

/** Why Go would not take the expression; undefined if it would. */
export const regularExpressionProblem = (source: string): string | undefined => {
  const pattern = patternOf(source)
  return pattern instanceof PatternError ? pattern.message : undefined
}

/** Whether the expression is found in the text; what is no expression is found nowhere. */
export const matchesPattern = (source: string, text: string): boolean => {
  const pattern = patternOf(source)
  return !(pattern instanceof PatternError) && pattern.test(text)
}
