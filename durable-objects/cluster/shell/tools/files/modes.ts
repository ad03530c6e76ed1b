// Permission bits as text, and as chmod reads them.
import type { Stat } from '#shell/files/file-system.ts'

const KINDS = { directory: 'd', file: '-', link: 'l', device: 'c' } as const

/** `-rw-r--r--` */
export const modeText = ({ kind, mode }: Pick<Stat, 'kind' | 'mode'>): string => {
  const bits = [6, 3, 0].map((shift) => {
    const three = (mode >> shift) & 7
    return [three & 4 ? 'r' : '-', three & 2 ? 'w' : '-', three & 1 ? 'x' : '-']
  })
  const special = (at: number, bit: number, letter: string): void => {
    if ((mode & bit) === 0) return
    bits[at]![2] = bits[at]![2] === 'x' ? letter : letter.toUpperCase()
  }
  special(0, 0o4000, 's')
  special(1, 0o2000, 's')
  special(2, 0o1000, 't')
  return KINDS[kind] + bits.flat().join('')
}

const RIGHTS: Readonly<Record<string, number>> = { r: 0o444, w: 0o222, x: 0o111 }
const WHO: Readonly<Record<string, number>> = { u: 0o4700, g: 0o2070, o: 0o1007, a: 0o7777 }
const UMASK = 0o022

/** `mode` changed as `755` or `u+x,go=r` say; undefined: they say nothing that is known. */
export const changedMode = (
  text: string,
  mode: number,
  isDirectory: boolean,
): number | undefined => {
  if (/^[0-7]{1,5}$/.test(text)) return Number.parseInt(text, 8) & 0o7777
  let result = mode
  for (const clause of text.split(',')) {
    const [, who, actions] = /^([ugoa]*)((?:[-+=][rwxXst]*|[-+=][ugo])+)$/.exec(clause) ?? []
    if (who === undefined || actions === undefined) return undefined
    const affected =
      who === '' ? 0o7777 & ~UMASK : [...who].reduce((all, one) => all | WHO[one]!, 0)
    for (const [, sign, rights = ''] of actions.matchAll(/([-+=])([rwxXstugo]*)/g)) {
      const bits = bitsOf(rights, result, isDirectory) & affected
      if (sign === '+') result |= bits
      else if (sign === '-') result &= ~bits
      else result = (result & ~(affected & 0o777)) | bits
    }
  }
  return result
}

const bitsOf = (rights: string, mode: number, isDirectory: boolean): number => {
  let bits = 0
  for (const right of rights) {
    if (right === 'X') bits |= isDirectory || (mode & 0o111) !== 0 ? 0o111 : 0
    else if (right === 's') bits |= 0o6000
    else if (right === 't') bits |= 0o1000
    else if (right === 'u' || right === 'g' || right === 'o') {
      const three = (mode >> (right === 'u' ? 6 : right === 'g' ? 3 : 0)) & 7
      bits |= (three << 6) | (three << 3) | three
    } else bits |= RIGHTS[right]!
  }
  return bits
}
