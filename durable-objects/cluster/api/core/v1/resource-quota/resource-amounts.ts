// Arithmetic of amounts by resource name. kubernetes: apiserver pkg/quota/v1/resources.go
import type { ResourceAmounts } from '#api/core/v1/pod/resource-sums.ts'
import { setKey, type StringMap } from '#apimachinery/object.ts'
import {
  addQuantity,
  compareQuantity,
  formatQuantity,
  quantityOf,
  subtractQuantity,
  type Quantity,
} from '#apimachinery/quantity.ts'

export type { ResourceAmounts } from '#api/core/v1/pod/resource-sums.ts'

export const ZERO: Quantity = quantityOf('0')
export const ONE: Quantity = quantityOf('1')

export const amountsOf = (list: StringMap | undefined): ResourceAmounts =>
  new Map(Object.entries(list ?? {}).map(([name, text]) => [name, quantityOf(text)]))

/** As it stands in an object, sorted by name. */
export const listOf = (amounts: ResourceAmounts): StringMap => {
  const list: Record<string, string> = {}
  for (const name of [...amounts.keys()].sort())
    setKey(list, name, formatQuantity(amounts.get(name)!))
  return list
}

export const addAmounts = (a: ResourceAmounts, b: ResourceAmounts): ResourceAmounts => {
  const sum = new Map(a)
  for (const [name, amount] of b) {
    const before = sum.get(name)
    sum.set(name, before === undefined ? amount : addQuantity(before, amount))
  }
  return sum
}

/** What `a` has more than `b`; never less than nothing. */
export const increaseOver = (a: ResourceAmounts, b: ResourceAmounts): ResourceAmounts => {
  const rest = new Map<string, Quantity>()
  for (const [name, amount] of a) {
    const left = subtractQuantity(amount, b.get(name) ?? ZERO)
    rest.set(name, left.unscaled < 0n ? ZERO : left)
  }
  return rest
}

export const withoutZeros = (amounts: ResourceAmounts): ResourceAmounts =>
  new Map([...amounts].filter(([, amount]) => amount.unscaled !== 0n))

export const maskedBy = (
  amounts: ResourceAmounts,
  has: (name: string) => boolean,
): ResourceAmounts => new Map([...amounts].filter(([name]) => has(name)))

/** The names, sorted, of what exceeds its limit. What has no limit exceeds none. */
export const exceeding = (amounts: ResourceAmounts, limits: ResourceAmounts): readonly string[] =>
  [...amounts.keys()]
    .filter((name) => {
      const limit = limits.get(name)
      return limit !== undefined && compareQuantity(amounts.get(name)!, limit) > 0
    })
    .sort()

/** `pods=1,services=2`, for messages. kubernetes: resourcequota/controller.go prettyPrint */
export const amountsText = (amounts: ResourceAmounts, names: readonly string[]): string =>
  names.map((name) => `${name}=${formatQuantity(amounts.get(name) ?? ZERO)}`).join(',')
