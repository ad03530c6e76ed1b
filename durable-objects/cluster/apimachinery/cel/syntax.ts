// The expressions of CEL as trees.

export type Expression =
  | { readonly at: number; readonly kind: 'literal'; readonly value: Literal }
  | { readonly at: number; readonly kind: 'name'; readonly name: string }
  | {
      readonly at: number
      readonly kind: 'select'
      readonly of: Expression
      readonly field: string
      /** `a.?b`: an optional. */
      readonly optional: boolean
    }
  | {
      readonly at: number
      readonly kind: 'index'
      readonly of: Expression
      readonly key: Expression
      readonly optional: boolean
    }
  | {
      readonly at: number
      readonly kind: 'call'
      readonly name: string
      readonly target: Expression | undefined
      readonly arguments: readonly Expression[]
    }
  | { readonly at: number; readonly kind: 'list'; readonly items: readonly Expression[] }
  | {
      readonly at: number
      readonly kind: 'map'
      readonly entries: readonly (readonly [Expression, Expression])[]
    }

export type Literal = bigint | number | string | boolean | null | UintLiteral

/** `1u` */
export interface UintLiteral {
  readonly uint: bigint
}

/** Why a text is no expression, or none that can be evaluated. */
export class CelSyntaxError extends Error {
  readonly at: number

  constructor(at: number, message: string) {
    super(message)
    this.at = at
  }
}

/** All expressions right below one. */
export const partsOf = (expression: Expression): readonly Expression[] => {
  switch (expression.kind) {
    case 'select':
      return [expression.of]
    case 'index':
      return [expression.of, expression.key]
    case 'call':
      return expression.target === undefined
        ? expression.arguments
        : [expression.target, ...expression.arguments]
    case 'list':
      return expression.items
    case 'map':
      return expression.entries.flat()
    default:
      return []
  }
}

/** Whether a name stands anywhere in there. */
export const mentions = (expression: Expression, name: string): boolean =>
  (expression.kind === 'name' && expression.name === name) ||
  partsOf(expression).some((part) => mentions(part, name))
