// Command lines of recordings: words with quotes, ` ; ` between commands. No shell reads them.

const WORD = /([^\s'"$]\S*|\$(?!')\S*)|'([^']*)'|"([^"]*)"|\$'((?:[^'\\]|\\.)*)'/g

const wordsOf = (line: string): string[] =>
  [...line.matchAll(WORD)].map(
    ([, plain, single, double, ansi = '']) =>
      plain ?? single ?? double ?? String(JSON.parse(`"${ansi.replaceAll('"', '\\"')}"`)),
  )

export const commandsOf = (line: string): string[][] => line.split(' ; ').map(wordsOf)
