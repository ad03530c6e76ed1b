// Patterns of file names, as regular expressions.
import { quotePattern } from '#apimachinery/re2.ts'

/** The source of what matches the glob. `withSlash`: whether `*` stands for slashes too. */
export const globSource = (glob: string, withSlash: boolean): string => {
  const any = withSlash ? '.' : '[^/]'
  let source = ''
  for (let at = 0; at < glob.length; at++) {
    const char = glob[at]!
    if (char === '*') source += `${any}*`
    else if (char === '?') source += any
    else if (char === '\\' && at + 1 < glob.length) source += quotePattern(glob[++at]!)
    else if (char === '[') {
      const end = glob.indexOf(']', at + (/^\[[!^]?\]/.test(glob.slice(at)) ? 3 : 1))
      if (end < 0) source += '\\['
      else {
        const inside = glob.slice(at + 1, end).replace(/^!/, '^')
        source += `[${inside.replace(/[\\[\]](?!:)/g, '\\$&')}]`
        at = end
      }
    } else source += quotePattern(char)
  }
  return source
}
