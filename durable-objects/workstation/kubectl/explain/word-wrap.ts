// Lines of at most so many characters, broken at spaces. mitchellh/go-wordwrap WrapString
const NO_BREAK_SPACE = '\u00a0'
const SPACE = /^\s$/u

/** `limit` 0: the text as it is. A word that is longer than a line stays whole. */
export const wordWrap = (text: string, limit: number): string => {
  if (limit <= 0) return text
  let out = ''
  let width = 0
  let word = ''
  let wordWidth = 0
  let space = ''
  for (const char of text) {
    if (char === '\n') {
      if (word !== '' || width + space.length <= limit) out += space
      out += `${word}\n`
      word = space = ''
      width = wordWidth = 0
    } else if (char !== NO_BREAK_SPACE && SPACE.test(char)) {
      if (space === '' || word !== '') {
        width += space.length + wordWidth
        out += space + word
        word = space = ''
        wordWidth = 0
      }
      space += char
    } else {
      word += char
      wordWidth += 1
      if (width + wordWidth + space.length > limit && wordWidth < limit) {
        out += '\n'
        width = 0
        space = ''
      }
    }
  }
  if (word !== '') return out + space + word
  return width + space.length <= limit ? out + space : out
}

/** Every line of the text moved to the right. */
export const indent = (amount: number, text: string): string => {
  const pad = ' '.repeat(amount)
  return pad + text.replaceAll('\n', `\n${pad}`)
}
