// go: text/template/funcs.go HTMLEscape, JSEscape; net/url QueryEscape
import { encodeUtf8 } from '#apimachinery/utf8.ts'
import { isPrintable } from '#kubectl/output/go/quote.ts'

const HTML: Readonly<Record<string, string>> = {
  '\0': '\ufffd',
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
}

export const escapeHtml = (text: string): string =>
  text.replace(/[\0"'&<>]/g, (character) => HTML[character]!)

const hexadecimal = (point: number): string => point.toString(16).toUpperCase().padStart(4, '0')

export const escapeJavaScript = (text: string): string => {
  let escaped = ''
  for (const character of text) {
    const point = character.codePointAt(0)!
    if (character === '\\' || character === "'" || character === '"') escaped += `\\${character}`
    else if (point >= 0x80 ? isPrintable(character) : point >= 0x20 && !'<>&='.includes(character))
      escaped += character
    else escaped += `\\u${hexadecimal(point)}`
  }
  return escaped
}

export const escapeQuery = (text: string): string => {
  let escaped = ''
  for (const byte of encodeUtf8(text)) {
    const character = String.fromCharCode(byte)
    if (/[A-Za-z0-9\-_.~]/.test(character)) escaped += character
    else escaped += byte === 0x20 ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return escaped
}
