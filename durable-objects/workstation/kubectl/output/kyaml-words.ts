// Words that some YAML reader takes for something else than a text. sigs.k8s.io/yaml kyaml/kyaml.go yamlGuessesWrong
import { daysIn } from '#apimachinery/time.ts'

const WORDS: ReadonlySet<string> = new Set(
  '|null|~|true|y|yes|on|false|n|no|off|.inf|-.inf|+.inf|.nan'.split('|'),
)

/** What Go takes for a truth: these, in these cases. */
const TRUTHS: ReadonlySet<string> = new Set(['1', 't', 'T', '0', 'f', 'F'])

const INTEGER = /^[+-]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|[1-9][0-9]*|0)$/
const FLOAT = /^[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|inf|infinity)$/i
const HEX_FLOAT = /^[+-]?0x(?:[0-9a-f]+\.?[0-9a-f]*|\.[0-9a-f]+)p[+-]?[0-9]+$/i
const SEXAGESIMAL = /^[+-]?[1-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/

export const readsAsOther = (text: string): boolean => {
  if (WORDS.has(text.toLowerCase()) || TRUTHS.has(text)) return true
  const digits = text.replaceAll('_', '')
  return (
    INTEGER.test(digits) ||
    FLOAT.test(digits) ||
    HEX_FLOAT.test(digits) ||
    /^nan$/i.test(digits) ||
    SEXAGESIMAL.test(text) ||
    isTime(text)
  )
}

const TIME =
  /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[Tt ]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?$/

const isTime = (text: string): boolean => {
  const [, year, month, day, hour = 0, minute = 0, second = 0] = TIME.exec(text)?.map(Number) ?? []
  if (year === undefined) return false
  const isZoned = /[Tt].*(?:Z|[+-][0-9]{2}:[0-9]{2})$/.test(text)
  if (/[Tt]/.test(text) !== isZoned || (text.includes(' ') && /Z|:[0-9]+[+-]/.test(text)))
    return false
  const isDate = month! >= 1 && month! <= 12 && day! >= 1 && day! <= daysIn(year, month!)
  const [h, m, s] = [hour, minute, second].map((part) => (Number.isNaN(part) ? 0 : part))
  return isDate && h! < 24 && m! < 60 && s! < 60
}
