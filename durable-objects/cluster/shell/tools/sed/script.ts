// A sed script, read.
import type { Pattern } from '#apimachinery/re2.ts'

export type Address =
  | { readonly kind: 'line'; readonly line: number }
  | { readonly kind: 'step'; readonly first: number; readonly step: number }
  | { readonly kind: 'last' }
  /** Absent pattern: the one that was used last. */
  | { readonly kind: 'match'; readonly pattern?: Pattern }
  /** Only as a range's end. */
  | { readonly kind: 'more'; readonly lines: number }
  | { readonly kind: 'multiple'; readonly of: number }

/** What a replacement is made of: text, a group, a change of case. */
export type Part = string | number | { readonly change: 'U' | 'L' | 'u' | 'l' | 'E' }

export interface Substitution {
  readonly pattern?: Pattern
  readonly replacement: readonly Part[]
  readonly isGlobal: boolean
  readonly prints: boolean
  /** Only the so manyth match and, with `g`, those after it. */
  readonly nth: number
  readonly file?: string
}

export interface Command {
  readonly name: string
  readonly from?: Address
  readonly to?: Address
  readonly isNegated: boolean
  /** Of `{`, `b`, `t`, `T`: where to go on; of `{` when it does not apply. */
  target?: number
  readonly label?: string
  /** Of a, i, c, r, w. */
  readonly text?: string
  readonly substitution?: Substitution
  /** Of `y`. */
  readonly map?: ReadonlyMap<string, string>
  /** Of `q`, `Q`. */
  readonly exitCode?: number
}

/** `position`: how far the script was read, as GNU tells it. */
export class ScriptError extends Error {
  readonly position: number

  constructor(message: string, position: number) {
    super(message)
    this.position = position
  }
}
