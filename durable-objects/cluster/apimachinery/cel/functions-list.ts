// kubernetes: apiserver pkg/cel/library/lists.go; cel-go ext/{sets,lists,math}.go
import type { CelFunction } from '#apimachinery/cel/functions.ts'
import { operators } from '#apimachinery/cel/operators.ts'
import { CelError, compare, isEqual, isList, type Cel } from '#apimachinery/cel/values.ts'

const onList =
  (apply: (list: readonly Cel[], args: readonly Cel[]) => Cel | undefined): CelFunction =>
  (target, args) =>
    isList(target) ? apply(target, args) : undefined

const ordered = (a: Cel, b: Cel): number => {
  const order = compare(a, b)
  if (order === undefined) throw new CelError('no such overload')
  return order
}

const extreme = (name: string, wins: (order: number) => boolean) =>
  onList((list) => {
    if (list.length === 0) throw new CelError(`${name} called on empty list`)
    return list.reduce((best, item) => (wins(ordered(item, best)) ? item : best))
  })

const has = (list: readonly Cel[], item: Cel): boolean => list.some((one) => isEqual(one, item))

const sets =
  (apply: (a: readonly Cel[], b: readonly Cel[]) => boolean): CelFunction =>
  (_, [a, b]) =>
    isList(a) && isList(b) ? apply(a, b) : undefined

const contains = (a: readonly Cel[], b: readonly Cel[]): boolean => b.every((item) => has(a, item))

const most =
  (wins: (order: number) => boolean): CelFunction =>
  (_, args) => {
    const [first] = args
    const all = args.length === 1 && isList(first) ? first : args
    return all.length === 0
      ? undefined
      : all.reduce((best, item) => (wins(ordered(item, best)) ? item : best))
  }

const flatten = (list: readonly Cel[], depth: number): readonly Cel[] =>
  list.flatMap((item) => (isList(item) ? (depth > 1 ? flatten(item, depth - 1) : item) : [item]))

export const listFunctions: Readonly<Record<string, CelFunction>> = {
  isSorted: onList((list) =>
    list.every((item, index) => index === 0 || ordered(list[index - 1]!, item) <= 0),
  ),
  sum: onList((list) =>
    list.length === 0 ? 0n : list.reduce((sum, item) => operators.get('_+_')!(sum, item)),
  ),
  min: extreme('min', (order) => order < 0),
  max: extreme('max', (order) => order > 0),
  indexOf: onList((list, [item]) => BigInt(list.findIndex((one) => isEqual(one, item!)))),
  lastIndexOf: onList((list, [item]) => BigInt(list.findLastIndex((one) => isEqual(one, item!)))),
  distinct: onList((list) =>
    list.filter((item, index) => list.findIndex((one) => isEqual(one, item)) === index),
  ),
  reverse: onList((list) => list.toReversed()),
  sort: onList((list) => list.toSorted(ordered)),
  slice: onList((list, [from, to]) =>
    typeof from === 'bigint' && typeof to === 'bigint'
      ? list.slice(Number(from), Number(to))
      : undefined,
  ),
  flatten: onList((list, [depth = 1n]) =>
    typeof depth === 'bigint' ? flatten(list, Number(depth)) : undefined,
  ),
  first: onList((list) => list[0]),
  last: onList((list) => list.at(-1)),
  'lists.range': (_, [count]) =>
    typeof count === 'bigint' && count <= 10_000n
      ? Array.from({ length: Number(count) }, (__, index) => BigInt(index))
      : undefined,
  'sets.contains': sets(contains),
  'sets.equivalent': sets((a, b) => contains(a, b) && contains(b, a)),
  'sets.intersects': sets((a, b) => a.some((item) => has(b, item))),
  'math.greatest': most((order) => order > 0),
  'math.least': most((order) => order < 0),
}
