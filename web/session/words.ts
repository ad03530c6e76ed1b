/** `3 Pods`, `1 Pod`, `no Pods`. */
export const countOf = (number: number, one: string): string =>
  `${number === 0 ? 'no' : number} ${one}${number === 1 ? '' : 's'}`
