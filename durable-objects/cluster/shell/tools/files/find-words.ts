/** `+5` is more than five, `-5` less, `5` exactly that, as find's numbers are. */
export const compareWith = (sign: string, value: number, bound: number): boolean =>
  sign === '+' ? value > bound : sign === '-' ? value < bound : value === bound

/** GNU's complaint in busybox' words. */
export const busyboxText = (message: string): string =>
  message
    .replace(/^unknown predicate `(.*)'$/, 'unrecognized: $1')
    .replace(/^missing argument to `(.*)'$/, '$1 requires an argument')
