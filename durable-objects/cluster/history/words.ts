/** `a`, `a and b`, `a, b and c` */
export const listed = (items: readonly string[]): string =>
  items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)!}`

/** `1 replica`, `3 replicas` */
export const counted = (count: number, word: string): string =>
  `${count} ${word}${count === 1 ? '' : 's'}`

/** `400 ms`, `2.5 s`, `3 min`, `2 h` */
export const spanText = (milliseconds: number): string => {
  const [size, unit] =
    milliseconds < 1000
      ? [1, 'ms']
      : milliseconds < 120_000
        ? [1000, 's']
        : milliseconds < 7_200_000
          ? [60_000, 'min']
          : [3_600_000, 'h']
  return `${Math.round((milliseconds / size) * 10) / 10} ${unit}`
}
