// Cuts nft's language into words, texts in quotes, `{ } , ;` and ends of lines.
import { TableSyntaxError, type Token } from './token-reader.ts'

const SIGNS = '{},;\n'
const ENDS_WORD = `${SIGNS}"# \t\r`

export const nftTokens = (text: string): readonly Token[] => {
  const tokens: Token[] = []
  let line = 1
  for (let at = 0; at < text.length;) {
    const character = text[at]!
    if (SIGNS.includes(character)) {
      tokens.push({ text: character, line, isSign: true })
      if (character === '\n') line++
      at++
    } else if (character === '"') {
      const end = text.indexOf('"', at + 1)
      const content = text.slice(at + 1, Math.max(at + 1, end))
      // nft knows no escapes: a text goes on to the next quote, and ends in the line where it began
      if (end < 0 || content.includes('\n'))
        throw new TableSyntaxError(line, 'a quote is not closed')
      tokens.push({ text: content, line, isQuoted: true })
      at = end + 1
    } else if (character === '#') {
      const end = text.indexOf('\n', at)
      at = end < 0 ? text.length : end
    } else if (character === ' ' || character === '\t' || character === '\r') at++
    else {
      const start = at
      while (at < text.length && !ENDS_WORD.includes(text[at]!)) at++
      tokens.push({ text: text.slice(start, at), line })
    }
  }
  return tokens
}
