/**
 * Puts what is in `more` at the end of `list`. Spread into `push`, every item would be an argument of the call, and a call of some
 * ten thousand arguments overflows the stack: a request's body holds more mistakes than that.
 */
export const append = <T>(list: T[], ...more: readonly Iterable<T>[]): void => {
  for (const items of more) for (const item of items) list.push(item)
}
