import { sortInPlace } from '#kubectl/output/sort.ts'

export type Less<T> = (a: T, b: T) => boolean

/** A sorted copy, with equals in the order in which Go's `sort.Sort` and `sort.Slice` leave them. */
export const goSort = <T>(list: readonly T[], less: Less<T>): readonly T[] => {
  const items = [...list]
  sortInPlace({
    length: items.length,
    less: (i, j) => less(items[i]!, items[j]!),
    swap: (i, j) => {
      const item = items[i]!
      items[i] = items[j]!
      items[j] = item
    },
  })
  return items
}
