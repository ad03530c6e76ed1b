// kubernetes: sigs.k8s.io/yaml goyaml.v2 emitterc.go yaml_emitter_analyze_scalar (libyaml, MIT)

/** In which styles a text can be written. */
export interface TextAnalysis {
  readonly points: readonly number[]
  readonly multiline: boolean
  readonly plain: boolean
  readonly singleQuoted: boolean
  readonly literal: boolean
}

export const isBreak = (point: number): boolean =>
  point === 0x0d || point === 0x0a || point === 0x85 || point === 0x2028 || point === 0x2029

export const isPrintable = (point: number): boolean =>
  point === 0x0a ||
  (point >= 0x20 && point <= 0x7e) ||
  (point >= 0xa0 && point <= 0xd7ff) ||
  (point >= 0xe000 && point <= 0xfffd && point !== 0xfeff)

const INDICATORS: ReadonlySet<number> = new Set(
  [...'#,[]{}&*!|>\'"%@`'].map((letter) => letter.codePointAt(0)!),
)
const [TAB, SPACE, HASH, DASH, COLON, QUESTION] = [0x09, 0x20, 0x23, 0x2d, 0x3a, 0x3f]

const isBlank = (point: number | undefined): boolean =>
  point === undefined || point === SPACE || point === TAB || isBreak(point)

export const analyze = (text: string): TextAnalysis => {
  const points = Array.from(text, (letter) => letter.codePointAt(0)!)
  if (points.length === 0)
    return { points, multiline: false, plain: true, singleQuoted: true, literal: false }
  const spaces = analyzeSpaces(points)
  const special = points.some((point) => !isPrintable(point))
  const multiline = points.some(isBreak)
  const unsafe = spaces.spaceBeforeBreak || special
  return {
    points,
    multiline,
    plain: !(
      spaces.edge ||
      spaces.breakBeforeSpace ||
      unsafe ||
      multiline ||
      hasIndicator(text, points)
    ),
    singleQuoted: !(spaces.breakBeforeSpace || unsafe),
    literal: !(spaces.endsInSpace || unsafe),
  }
}

/** Whether a reader could take part of the text for syntax. */
const hasIndicator = (text: string, points: readonly number[]): boolean => {
  if (text.startsWith('---') || text.startsWith('...')) return true
  for (const [index, point] of points.entries()) {
    const beforeBlank =
      index + 1 >= points.length || points[index + 1] === SPACE || points[index + 1] === TAB
    if (point === COLON && beforeBlank) return true
    if (index === 0) {
      if (INDICATORS.has(point) || ((point === QUESTION || point === DASH) && beforeBlank))
        return true
    } else if (point === HASH && isBlank(points[index - 1])) return true
  }
  return false
}

interface Spaces {
  /** A space or a break at either end. */
  readonly edge: boolean
  readonly endsInSpace: boolean
  readonly spaceBeforeBreak: boolean
  readonly breakBeforeSpace: boolean
}

const analyzeSpaces = (points: readonly number[]): Spaces => {
  let spaceBeforeBreak = false
  let breakBeforeSpace = false
  for (let index = 1; index < points.length; index++) {
    const [before, here] = [points[index - 1]!, points[index]!]
    if (before === SPACE && isBreak(here)) spaceBeforeBreak = true
    if (isBreak(before) && here === SPACE) breakBeforeSpace = true
  }
  const [first, last] = [points[0]!, points.at(-1)!]
  const edge = first === SPACE || last === SPACE || isBreak(first) || isBreak(last)
  return { edge, endsInSpace: last === SPACE, spaceBeforeBreak, breakBeforeSpace }
}
