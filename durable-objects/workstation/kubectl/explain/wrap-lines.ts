// How the older explain wraps: lists, code and empty lines of a description stay lines. kubernetes: kubectl/pkg/explain/formatter.go wrapString
const BULLET = /^(?:\d+\.?|-|\*)\s/
const CODE = '    '

const startsNewLine = (lastWord: string, line: string): boolean => {
  const text = line.trim()
  return lastWord.endsWith(':') || line.startsWith(CODE) || text === '' || BULLET.test(text)
}

/** The text's lines, none wider than `width` unless a single word is. */
export const wrapLines = (text: string, width: number): readonly string[] => {
  const lines: string[] = []
  let line = ''
  let lastWord = ''
  const flush = () => {
    if (line === '') return
    lines.push(line)
    line = lastWord = ''
  }
  for (const source of text.split('\n')) {
    if (source.startsWith(CODE)) {
      flush()
      lines.push(source)
      continue
    }
    // those before the first line say nothing
    if (lines.length > 0 && source.trim() === '') {
      flush()
      lines.push('')
      continue
    }
    if (startsNewLine(lastWord, source)) flush()
    for (const word of source.split(/\s+/u).filter((part) => part !== '')) {
      if (line !== '' && line.length + 1 + word.length > width) flush()
      line = line === '' ? word : `${line} ${word}`
      lastWord = word
    }
  }
  flush()
  return lines
}
