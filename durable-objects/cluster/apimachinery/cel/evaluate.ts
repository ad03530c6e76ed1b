// kubernetes: cel-go interpreter
import { TYPE_NAMES } from '#apimachinery/cel/type-names.ts'
import { callFunction } from '#apimachinery/cel/functions.ts'
import { macroOf } from '#apimachinery/cel/macros.ts'
import { operators } from '#apimachinery/cel/operators.ts'
import type { Expression } from '#apimachinery/cel/syntax.ts'
import {
  weightOf,
  CelError,
  isList,
  isMap,
  mapOf,
  Optional,
  textOfCel,
  Uint,
  type Cel,
} from '#apimachinery/cel/values.ts'

/** The evaluation took more than a rule may. */
export class CostError extends Error {}

/** What names stand for; an inner scope hides the outer one. */
export interface Scope {
  readonly names: Readonly<Record<string, Cel>>
  readonly outer?: Scope
}

/** Evaluates expressions, and counts what it does. */
export class Evaluator {
  #left: number

  constructor(limit: number) {
    this.#left = limit
  }

  get left(): number {
    return this.#left
  }

  /** Work that is more than one step. */
  spend(steps: number): void {
    this.#left -= steps
    if (this.#left < 0) throw new CostError('operation cancelled: actual cost limit exceeded')
  }

  run(expression: Expression, scope: Scope): Cel {
    this.spend(1)
    switch (expression.kind) {
      case 'literal': {
        const { value } = expression
        return typeof value === 'object' && value !== null ? new Uint(value.uint) : value
      }
      case 'name':
        return lookUp(expression.name, scope)
      case 'select':
        return this.#select(expression, scope)
      case 'index':
        return this.#index(expression, scope)
      case 'list':
        return expression.items.map((item) => this.run(item, scope))
      case 'map':
        return mapOf(
          expression.entries.map(([key, value]) => [this.run(key, scope), this.run(value, scope)]),
        )
      case 'call':
        return this.#call(expression, scope)
    }
  }

  #select(expression: Expression & { readonly kind: 'select' }, scope: Scope): Cel {
    const of = this.run(expression.of, scope)
    if (of instanceof Optional || expression.optional) {
      const inner = of instanceof Optional ? of.value : of
      const found =
        inner === undefined ? undefined : isMap(inner) ? inner.get(expression.field) : undefined
      return new Optional(found)
    }
    if (!isMap(of)) throw new CelError('no such overload')
    const found = of.get(expression.field)
    if (found === undefined) throw new CelError(`no such key: ${expression.field}`)
    // a list is read as it is asked for
    this.spend(weightOf(found))
    return found
  }

  #index(expression: Expression & { readonly kind: 'index' }, scope: Scope): Cel {
    const of = this.run(expression.of, scope)
    const key = this.run(expression.key, scope)
    if (of instanceof Optional || expression.optional) {
      const inner = of instanceof Optional ? of.value : of
      return new Optional(inner === undefined ? undefined : elementAt(inner, key))
    }
    const found = elementAt(of, key)
    if (found !== undefined) {
      this.spend(weightOf(found))
      return found
    }
    if (isList(of)) throw new CelError(`index out of bounds: ${textOfCel(key)}`)
    if (isMap(of)) throw new CelError(`no such key: ${textOfCel(key)}`)
    throw new CelError('no such overload')
  }

  #call(expression: Expression & { readonly kind: 'call' }, scope: Scope): Cel {
    const { name, target, arguments: args } = expression
    const macro = macroOf(expression)
    if (macro !== undefined) return macro(this, scope)
    if (target === undefined) {
      switch (name) {
        case '_&&_':
        case '_||_':
          return this.#logical(name === '_||_', args, scope)
        case '_?_:_':
          return this.#truth(this.run(args[0]!, scope))
            ? this.run(args[1]!, scope)
            : this.run(args[2]!, scope)
      }
      const values = args.map((argument) => this.run(argument, scope))
      const operator = operators.get(name)
      if (operator === undefined) return callFunction(this, name, undefined, values)
      for (const value of values) this.spend(weightOf(value))
      return operator(...values)
    }
    const space = namespaceOf(target, scope)
    const values = args.map((argument) => this.run(argument, scope))
    if (space !== undefined) return callFunction(this, `${space}.${name}`, undefined, values)
    return callFunction(this, name, this.run(target, scope), values)
  }

  #truth(value: Cel): boolean {
    if (typeof value === 'boolean') return value
    throw new CelError('no such overload')
  }

  /** One side can decide alone, whatever is wrong with the other. */
  #logical(decides: boolean, args: readonly Expression[], scope: Scope): boolean {
    let first: CelError | undefined
    for (const argument of args) {
      try {
        if (this.#truth(this.run(argument, scope)) === decides) return decides
      } catch (error) {
        if (!(error instanceof CelError)) throw error
        first ??= error
      }
    }
    if (first !== undefined) throw first
    return !decides
  }
}

/** Names that only stand before functions: `sets.contains(…)`. */
const NAMESPACES: ReadonlySet<string> = new Set([
  'sets',
  'optional',
  'math',
  'strings',
  'lists',
  'ip',
])

const namespaceOf = (target: Expression, scope: Scope): string | undefined =>
  target.kind === 'name' && NAMESPACES.has(target.name) && !isDeclared(target.name, scope)
    ? target.name
    : undefined

const isDeclared = (name: string, scope: Scope | undefined): boolean =>
  scope !== undefined && (Object.hasOwn(scope.names, name) || isDeclared(name, scope.outer))

const lookUp = (name: string, scope: Scope): Cel => {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer)
    if (Object.hasOwn(at.names, name)) return at.names[name]!
  if (TYPE_NAMES.includes(name)) return { kind: 'opaque', type: 'type', value: name, text: name }
  throw new CelError(`no such attribute(s): ${name}`)
}

const elementAt = (of: Cel, key: Cel): Cel | undefined => {
  if (isMap(of)) return of.get(key)
  if (!isList(of)) return undefined
  const index = key instanceof Uint ? key.value : key
  if (typeof index === 'bigint') return index < 0n ? undefined : of[Number(index)]
  return typeof index === 'number' && Number.isInteger(index) ? of[index] : undefined
}
