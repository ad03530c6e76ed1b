// Elements of lists that are told apart by keys in them. kustomize: kyaml/yaml/walk/associative_sequence.go
import { isNull, type ListNode, type Node } from '#kubectl/kustomize/node.ts'

/** The text at a key; of a scalar, at the key '', its own. */
const valueAt = (item: Node, key: string): string | undefined => {
  if (key === '') return item.kind === 'scalar' ? item.text : undefined
  const field = item.kind === 'map' ? item.fields.get(key) : undefined
  return field?.kind === 'scalar' && !isNull(field) ? field.text : undefined
}

/** A value that is not asked for, or '', is any that is there. */
const isMatch = (item: Node, keys: readonly string[], values: readonly string[]): boolean =>
  keys.every((key, index) => {
    const wanted = values[index]
    if (wanted === undefined) return true
    const actual = valueAt(item, key)
    return actual !== undefined && (wanted === '' || wanted === actual)
  })

export const findElement = (
  list: ListNode | undefined,
  keys: readonly string[],
  values: readonly string[],
): Node | undefined => list?.items.find((item) => isMatch(item, keys, values))

/** The element in the place of those that match, or at the end; undefined takes them out. kustomize: kyaml/yaml/fns.go ElementSetter */
export const setElement = (
  items: readonly Node[],
  element: Node | undefined,
  keys: readonly string[],
  values: readonly string[],
): readonly Node[] => {
  let isFound = false
  const changed = items.flatMap((item) => {
    if (isNull(item) || !isMatch(item, keys, values)) return [item]
    const isFirst = !isFound
    isFound = true
    return element === undefined || !isFirst ? [] : [element]
  })
  return isFound || element === undefined ? changed : [...changed, element]
}

/** Two elements are one if they differ only in what one of them does not say. */
const combine = (a: readonly string[], b: readonly string[]): readonly string[] | undefined => {
  let hasCommon = false
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? ''
    if (value === other) hasCommon = true
    else if (value !== '' && other !== '') return undefined
  }
  return hasCommon ? a.map((value, index) => (value === '' ? (b[index] ?? '') : value)) : undefined
}

/** What tells the elements apart, each once, in their order. */
export const elementValues = (
  items: readonly Node[],
  keys: readonly string[],
): readonly (readonly string[])[] => {
  const seen = new Set<string>()
  const all: (readonly string[])[] = []
  for (const item of items) {
    const values = keys.map((key) => valueAt(item, key) ?? '')
    const id = JSON.stringify(values)
    if (!seen.has(id)) all.push(values)
    seen.add(id)
  }
  if (keys.length < 2) return all
  for (let i = 0; i < all.length; i++)
    for (let j = 0; j < all.length; j++) {
      const combined = combine(all[i] ?? [], all[j] ?? [])
      if (combined !== undefined) all[i] = all[j] = combined
    }
  return all
}

/** The keys that any of the elements has; all of them if none has any. */
export const validKeys = (
  values: readonly (readonly string[])[],
  keys: readonly string[],
): readonly string[] => {
  const valid = keys.filter((_, index) => values.some((one) => (one[index] ?? '') !== ''))
  return valid.length === 0 ? keys : valid
}

/** The elements of `more` written over those of `items` that they match, or after them. */
export const withElements = (
  items: readonly Node[],
  more: readonly Node[],
  keys: readonly string[],
): readonly Node[] => {
  let all = items
  for (const item of more) {
    const values: string[] = []
    for (const key of keys) {
      const value = valueAt(item, key)
      if (value === undefined) all = [...all, item]
      else values.push(value)
    }
    if (keys.length > 1) all = setElement(all, undefined, keys, values)
    all = setElement(all, item, keys, values)
  }
  return all
}
