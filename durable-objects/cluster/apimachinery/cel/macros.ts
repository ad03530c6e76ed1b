// What looks like a call but binds names. kubernetes: cel-go parser/macro.go, ext/comprehensions.go
import type { Evaluator, Scope } from '#apimachinery/cel/evaluate.ts'
import type { Expression } from '#apimachinery/cel/syntax.ts'
import { CelError, isList, isMap, mapOf, Optional, type Cel } from '#apimachinery/cel/values.ts'

type Call = Expression & { readonly kind: 'call' }
type Macro = (evaluator: Evaluator, scope: Scope) => Cel

const has =
  (argument: Expression | undefined): Macro =>
  (evaluator, scope) => {
    if (argument?.kind !== 'select') throw new CelError('invalid argument to has() macro')
    const of = evaluator.run(argument.of, scope)
    const inner = of instanceof Optional ? of.value : of
    if (inner === undefined) return false
    if (!isMap(inner)) throw new CelError('no such overload')
    return inner.get(argument.field) !== undefined
  }

interface Item {
  /** The index of a list's item, the key of a map's. */
  readonly key: Cel
  readonly value: Cel
}

const itemsOf = (value: Cel): readonly Item[] => {
  if (isList(value)) return value.map((item, index) => ({ key: BigInt(index), value: item }))
  if (isMap(value)) return value.keys().map((key) => ({ key, value: value.get(key)! }))
  throw new CelError('no such overload')
}

/** Evaluates a body for each item. One variable is the item of a list or the key of a map; two are both. */
const each = function* (
  call: Call,
  variables: readonly string[],
  bodies: readonly Expression[],
  evaluator: Evaluator,
  scope: Scope,
): Generator<{ readonly item: Item; readonly run: (body: number) => Cel }> {
  const of = evaluator.run(call.target!, scope)
  for (const item of itemsOf(of)) {
    const [first = '', second] = variables
    const names: Record<string, Cel> =
      second === undefined
        ? { [first]: isList(of) ? item.value : item.key }
        : { [first]: item.key, [second]: item.value }
    const inner = { names, outer: scope }
    yield { item, run: (body) => evaluator.run(bodies[body]!, inner) }
  }
}

const test = (value: Cel): boolean => {
  if (typeof value === 'boolean') return value
  throw new CelError('no such overload')
}

/** all and exists: one item may decide, whatever is wrong with the others. */
const quantifier =
  (decides: boolean) =>
  (items: Iterable<{ readonly run: (body: number) => Cel }>): boolean => {
    let first: CelError | undefined
    for (const { run } of items) {
      try {
        if (test(run(0)) === decides) return decides
      } catch (error) {
        if (!(error instanceof CelError)) throw error
        first ??= error
      }
    }
    if (first !== undefined) throw first
    return !decides
  }

const all = quantifier(false)
const exists = quantifier(true)

const nameOf = (expression: Expression | undefined): string | undefined =>
  expression?.kind === 'name' ? expression.name : undefined

const optionalMap =
  (call: Call, variable: string, flat: boolean): Macro =>
  (evaluator, scope) => {
    const of = evaluator.run(call.target!, scope)
    if (!(of instanceof Optional)) throw new CelError('no such overload')
    if (of.value === undefined) return of
    const names = { [variable]: of.value }
    const result = evaluator.run(call.arguments[1]!, { names, outer: scope })
    return flat ? result : new Optional(result)
  }

const comprehension = (
  call: Call,
  variables: readonly string[],
  bodies: readonly Expression[],
): Macro | undefined => {
  const items = (evaluator: Evaluator, scope: Scope) =>
    each(call, variables, bodies, evaluator, scope)
  const chosen = (evaluator: Evaluator, scope: Scope) =>
    [...items(evaluator, scope)].filter(({ run }) => bodies.length < 2 || test(run(0)))
  const last = bodies.length - 1
  switch (call.name) {
    case 'all':
      return (evaluator, scope) => all(items(evaluator, scope))
    case 'exists':
      return (evaluator, scope) => exists(items(evaluator, scope))
    case 'exists_one':
    case 'existsOne':
      return (evaluator, scope) =>
        [...items(evaluator, scope)].filter(({ run }) => test(run(0))).length === 1
    case 'filter':
      return (evaluator, scope) => {
        const isOfMap = isMap(evaluator.run(call.target!, scope))
        return [...items(evaluator, scope)]
          .filter(({ run }) => test(run(0)))
          .map(({ item }) => (isOfMap ? item.key : item.value))
      }
    case 'map':
    case 'transformList':
      return (evaluator, scope) => chosen(evaluator, scope).map(({ run }) => run(last))
    case 'transformMap':
      return (evaluator, scope) =>
        mapOf(chosen(evaluator, scope).map(({ item, run }) => [item.key, run(last)]))
    default:
      return undefined
  }
}

/** How a call that is a macro is evaluated; undefined if it is an ordinary one. */
export const macroOf = (call: Call): Macro | undefined => {
  const { name, target, arguments: args } = call
  if (target === undefined) return name === 'has' && args.length === 1 ? has(args[0]) : undefined
  const first = nameOf(args[0])
  if (first === undefined) return undefined
  if (name === 'optMap' && args.length === 2) return optionalMap(call, first, false)
  if (name === 'optFlatMap' && args.length === 2) return optionalMap(call, first, true)
  const second = nameOf(args[1])
  const isTwo =
    second !== undefined &&
    ((name.startsWith('transform') && args.length >= 3) ||
      (['all', 'exists', 'exists_one', 'existsOne'].includes(name) && args.length === 3))
  const variables = isTwo ? [first, second] : [first]
  const bodies = args.slice(variables.length)
  return bodies.length === 0 || bodies.length > 2
    ? undefined
    : comprehension(call, variables, bodies)
}

/** The names that a macro binds in its bodies. */
export const boundBy = (call: Call): readonly string[] => {
  if (call.target === undefined || macroOf(call) === undefined) return []
  return call.arguments.map(nameOf).filter((name): name is string => name !== undefined)
}
