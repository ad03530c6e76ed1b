// What stands for characters that cannot be typed.

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
}

const BY = {
  echo: /\\(x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|0[0-7]{0,3}|[abcefnrtv\\])/g,
  // an octal number needs no zero before it
  printf: /\\(x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|0?[0-7]{1,3}|[abcefnrtv\\"'])/g,
}

/** `\n`, `\t`, `\0101`, `\x41`; what is none of these stays; `\c` ends everything. */
export const unescape = (
  text: string,
  by: keyof typeof BY,
): { readonly text: string; readonly isCut: boolean } => {
  let out = ''
  let from = 0
  for (const match of text.matchAll(BY[by])) {
    const code = match[1]!
    out += text.slice(from, match.index)
    if (code === 'c') return { text: out, isCut: true }
    from = match.index + match[0].length
    out += characterOf(code)
  }
  return { text: out + text.slice(from), isCut: false }
}

/** As files/bytes.ts writes what is no character. */
const byteText = (byte: number): string => String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte)

const characterOf = (code: string): string => {
  const known = ESCAPES[code]
  if (known !== undefined && Object.hasOwn(ESCAPES, code)) return known
  if (code.startsWith('u')) return String.fromCodePoint(Number.parseInt(code.slice(1), 16))
  return byteText(
    code.startsWith('x') ? Number.parseInt(code.slice(1), 16) : Number.parseInt(code, 8) & 255,
  )
}
