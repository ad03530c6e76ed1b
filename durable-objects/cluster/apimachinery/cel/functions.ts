// The functions of CEL and those that Kubernetes adds. kubernetes: apiserver pkg/cel/library; cel-go stdlib, ext
import type { Evaluator } from '#apimachinery/cel/evaluate.ts'
import { conversions } from '#apimachinery/cel/functions-conversion.ts'
import { libraryFunctions } from '#apimachinery/cel/functions-library.ts'
import { listFunctions } from '#apimachinery/cel/functions-list.ts'
import { stringFunctions } from '#apimachinery/cel/functions-string.ts'
import { timeFunctions } from '#apimachinery/cel/functions-time.ts'
import {
  CelError,
  isList,
  isMap,
  Optional,
  Uint,
  type Cel,
  weightOf,
} from '#apimachinery/cel/values.ts'

/** Undefined: not for these arguments. `target` is what stands before the dot. */
export type CelFunction = (target: Cel | undefined, args: readonly Cel[]) => Cel | undefined

const size = (value: Cel | undefined): Cel | undefined => {
  if (typeof value === 'string') return BigInt([...value].length)
  if (isList(value)) return BigInt(value.length)
  return isMap(value) ? BigInt(value.keys().length) : undefined
}

const present = (target: Cel | undefined): Cel => {
  if (!(target instanceof Optional)) throw new CelError('no such overload')
  if (target.value === undefined) throw new CelError('optional.none() dereference')
  return target.value
}

const isZero = (value: Cel): boolean =>
  value === null ||
  value === '' ||
  value === 0n ||
  value === 0 ||
  value === false ||
  (value instanceof Uint && value.value === 0n) ||
  (isList(value) && value.length === 0) ||
  (isMap(value) && value.keys().length === 0)

const GENERAL: Readonly<Record<string, CelFunction>> = {
  size: (target, [value]) => size(target ?? value),
  'optional.of': (_, [value]) => new Optional(value),
  'optional.none': () => new Optional(undefined),
  'optional.ofNonZeroValue': (_, [value]) =>
    new Optional(isZero(value ?? null) ? undefined : value),
  hasValue: (target) => (target instanceof Optional ? target.value !== undefined : undefined),
  orValue: (target, [other]) => (target instanceof Optional ? (target.value ?? other) : undefined),
  or: (target, [other]) =>
    target instanceof Optional ? (target.value === undefined ? other : target) : undefined,
  value: present,
}

const ALL: ReadonlyMap<string, readonly CelFunction[]> = (() => {
  const all = new Map<string, CelFunction[]>()
  for (const table of [
    GENERAL,
    conversions,
    stringFunctions,
    listFunctions,
    timeFunctions,
    libraryFunctions,
  ])
    for (const [name, made] of Object.entries(table)) {
      const known = all.get(name)
      if (known === undefined) all.set(name, [made])
      else known.push(made)
    }
  return all
})()

export const isFunction = (name: string): boolean => ALL.has(name)

export const callFunction = (
  evaluator: Evaluator,
  name: string,
  target: Cel | undefined,
  args: readonly Cel[],
): Cel => {
  if (target !== undefined) evaluator.spend(weightOf(target))
  for (const argument of args) evaluator.spend(weightOf(argument))
  for (const candidate of ALL.get(name) ?? []) {
    const result = candidate(target, args)
    if (result !== undefined) {
      evaluator.spend(weightOf(result))
      return result
    }
  }
  throw new CelError('no such overload')
}
