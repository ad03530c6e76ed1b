// kubernetes: apimachinery pkg/fields/selector.go
import { own, type StringMap } from '#apimachinery/object.ts'
import { badRequest } from '#apimachinery/status-error.ts'

export interface FieldRequirement {
  readonly field: string
  readonly operator: '=' | '!='
  readonly value: string
}

/** All requirements must hold. The empty list selects everything. */
export type FieldSelector = readonly FieldRequirement[]

/** A field that the kind has but the object lacks counts as empty. */
export const matchesFields = (selector: FieldSelector, fields: StringMap): boolean =>
  selector.every(
    ({ field, operator, value }) => ((own(fields, field) ?? '') === value) === (operator === '='),
  )

export const fieldSelectorText = (selector: FieldSelector): string =>
  selector
    .map(
      ({ field, operator, value }) =>
        `${field}${operator}${value.replace(/[\\,=]/g, (character) => `\\${character}`)}`,
    )
    .join(',')

/** Throws BadRequest with upstream's text if the selector cannot be understood. */
export const parseFieldSelector = (text: string): FieldSelector =>
  splitTerms(text)
    .sort()
    .filter((term) => term !== '')
    .map((term) => {
      const match = /^(.*?)(!=|==|=)(.*)$/s.exec(term)
      if (match === null)
        throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`)
      return {
        field: match[1]!,
        operator: match[2] === '!=' ? '!=' : '=',
        value: unescapeValue(match[3]!),
      }
    })

/** Commas separate, but for those behind a backslash. */
const splitTerms = (text: string): string[] => {
  const terms: string[] = []
  let term = ''
  let isEscaped = false
  for (const character of text) {
    if (character === ',' && !isEscaped) {
      terms.push(term)
      term = ''
      continue
    }
    isEscaped = !isEscaped && character === '\\'
    term += character
  }
  return [...terms, term]
}

const unescapeValue = (value: string): string => {
  let result = ''
  let isEscaped = false
  for (const character of value) {
    if (isEscaped) {
      if (!'\\,='.includes(character)) throw invalidEscape(`\\${character}`)
      result += character
      isEscaped = false
    } else if (character === '\\') isEscaped = true
    else if (character === ',' || character === '=')
      throw badRequest(
        `invalid field selector: unescaped character in value: ${character.charCodeAt(0)}`,
      )
    else result += character
  }
  if (isEscaped) throw invalidEscape('\\')
  return result
}

const invalidEscape = (sequence: string): Error =>
  badRequest(`invalid field selector: invalid escape sequence: ${sequence}`)
