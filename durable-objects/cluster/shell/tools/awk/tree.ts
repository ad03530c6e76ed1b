// An awk program, read.
import type { Pattern } from '#apimachinery/re2.ts'

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'regex'; readonly pattern: Pattern }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'field'; readonly index: Expression }
  | { readonly kind: 'element'; readonly array: string; readonly keys: readonly Expression[] }
  | { readonly kind: 'in'; readonly array: string; readonly keys: readonly Expression[] }
  | {
      readonly kind: 'assign'
      readonly operator: string
      readonly target: Expression
      readonly value: Expression
    }
  | {
      readonly kind: 'step'
      readonly by: 1 | -1
      readonly isPrefix: boolean
      readonly target: Expression
    }
  | {
      readonly kind: 'conditional'
      readonly test: Expression
      readonly yes: Expression
      readonly no: Expression
    }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'binary'
      readonly operator: string
      readonly left: Expression
      readonly right: Expression
    }
  | { readonly kind: 'unary'; readonly operator: '-' | '+' | '!'; readonly value: Expression }
  | {
      readonly kind: 'match'
      readonly isNegated: boolean
      readonly text: Expression
      readonly pattern: Expression
    }
  | { readonly kind: 'concatenation'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Expression[] }
  | {
      readonly kind: 'getline'
      readonly into?: Expression
      readonly from?: Expression
      readonly isCommand?: boolean
    }

export interface Output {
  readonly mode: '>' | '>>' | '|'
  readonly to: Expression
}

export type Statement =
  | { readonly kind: 'expression'; readonly value: Expression }
  | {
      readonly kind: 'print' | 'printf'
      readonly values: readonly Expression[]
      readonly output?: Output
    }
  | {
      readonly kind: 'if'
      readonly test: Expression
      readonly yes: Statement
      readonly no?: Statement
    }
  | {
      readonly kind: 'while'
      readonly test: Expression
      readonly body: Statement
      readonly isAfter?: boolean
    }
  | {
      readonly kind: 'for'
      readonly first?: Statement
      readonly test?: Expression
      readonly next?: Statement
      readonly body: Statement
    }
  | {
      readonly kind: 'for-in'
      readonly variable: string
      readonly array: string
      readonly body: Statement
    }
  | { readonly kind: 'block'; readonly body: readonly Statement[] }
  | { readonly kind: 'delete'; readonly array: string; readonly keys?: readonly Expression[] }
  | { readonly kind: 'next' | 'nextfile' | 'break' | 'continue' }
  | { readonly kind: 'exit' | 'return'; readonly value?: Expression }

export interface Rule {
  readonly when: 'BEGIN' | 'END' | 'line' | 'range'
  readonly test?: Expression
  /** Of a range: where it ends. */
  readonly until?: Expression
  /** Absent: prints the line. */
  readonly body?: Statement
}

export interface UserFunction {
  readonly name: string
  readonly parameters: readonly string[]
  readonly body: Statement
}

export interface Program {
  readonly rules: readonly Rule[]
  readonly functions: ReadonlyMap<string, UserFunction>
}

export class AwkError extends Error {}
