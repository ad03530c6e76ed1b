// Label selectors as text, as `kubectl get -l` sends them.
// kubernetes: apimachinery pkg/labels/selector.go Parse
import { errorText, invalidValue, type FieldError } from '#apimachinery/field-error.ts'
import type { Requirement, Selector, SelectorOperator } from '#apimachinery/labels.ts'
import { badRequest } from '#apimachinery/status-error.ts'
import { isQualifiedName, isValidLabelValue } from '#apimachinery/validation/names.ts'

type Token =
  | 'end'
  | 'identifier'
  | ')'
  | ','
  | '!'
  | '=='
  | '='
  | '>'
  | '<'
  | '!='
  | 'in'
  | 'notin'
  | '('

interface Item {
  readonly token: Token
  readonly literal: string
}

const END: Item = { token: 'end', literal: '' }
const SPECIAL: ReadonlySet<string> = new Set(['=', '!', '(', ')', ',', '>', '<'])
const BLANK: ReadonlySet<string> = new Set([' ', '\t', '\r', '\n'])

/** Throws BadRequest with upstream's text if the selector cannot be understood. Requirements come sorted by key. */
export const parseSelector = (text: string): Selector =>
  parseRequirements(text).map(({ key, operator, values }) => ({ key, operator, values }))

/** A requirement, and how it was written. */
export interface WrittenRequirement extends Requirement {
  /** `=`, `in`; undefined: the key alone. */
  readonly sign?: string
}

/** The same for those who tell `a=b` from `a in (b)`. kubernetes: labels.ParseToRequirements */
export const parseRequirements = (text: string): readonly WrittenRequirement[] => {
  const parser = new SelectorParser(scan(text))
  return parser.parse().sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
}

const scan = (text: string): readonly Item[] => {
  const items: Item[] = []
  let position = 0
  while (position < text.length) {
    const character = text[position]!
    if (character === '\0') break
    if (BLANK.has(character)) {
      position++
    } else if (SPECIAL.has(character)) {
      const two = text.slice(position, position + 2)
      const literal = two === '==' || two === '!=' ? two : character
      items.push({ token: literal as Token, literal })
      position += literal.length
    } else {
      const start = position
      while (position < text.length && !isEdge(text[position]!)) position++
      const literal = text.slice(start, position)
      items.push({
        token: literal === 'in' || literal === 'notin' ? literal : 'identifier',
        literal,
      })
    }
  }
  return [...items, END]
}

const isEdge = (character: string): boolean =>
  character === '\0' || SPECIAL.has(character) || BLANK.has(character)

const OPERATORS: Readonly<Partial<Record<Token, SelectorOperator>>> = {
  in: 'In',
  notin: 'NotIn',
  '=': 'In',
  '==': 'In',
  '!=': 'NotIn',
  '>': 'Gt',
  '<': 'Lt',
}

/** One pass over the scanned items. Fails by throwing BadRequest. */
class SelectorParser {
  readonly #items: readonly Item[]
  #position = 0

  constructor(items: readonly Item[]) {
    this.#items = items
  }

  parse(): WrittenRequirement[] {
    const requirements: WrittenRequirement[] = []
    for (;;) {
      const { token, literal } = this.#peek()
      if (token === 'end') return requirements
      if (token !== 'identifier' && token !== '!')
        throw badRequest(`found '${literal}', expected: !, identifier, or 'end of string'`)
      requirements.push(this.#requirement())
      const next = this.#take()
      if (next.token === 'end') return requirements
      if (next.token !== ',')
        throw badRequest(`found '${next.literal}', expected: ',' or 'end of string'`)
      const after = this.#peek()
      if (after.token !== 'identifier' && after.token !== '!')
        throw badRequest(`found '${after.literal}', expected: identifier after ','`)
    }
  }

  /** Keywords are values wherever a value may stand: `a in (in)`. */
  #peek(): Item {
    const item = this.#items[this.#position] ?? END
    return item.token === 'in' || item.token === 'notin' ? { ...item, token: 'identifier' } : item
  }

  #take(): Item {
    const item = this.#peek()
    this.#position++
    return item
  }

  #requirement(): WrittenRequirement {
    let item = this.#take()
    const isNegated = item.token === '!'
    if (isNegated) item = this.#take()
    if (item.token !== 'identifier')
      throw unparsable(`found '${item.literal}', expected: identifier`)
    const key = item.literal
    const keyErrors = isQualifiedName(key)
    // An empty path prints as Go prints a nil one.
    if (keyErrors.length > 0)
      throw unparsable(errorText(invalidValue('<nil>', key, keyErrors.join('; '))))
    const next = this.#peek().token
    if (isNegated) return { key, operator: 'DoesNotExist', values: [] }
    if (next === 'end' || next === ',') return { key, operator: 'Exists', values: [] }
    return this.#withValues(key)
  }

  #withValues(key: string): WrittenRequirement {
    const { token, literal } = this.#items[this.#position++] ?? END
    const operator = OPERATORS[token]
    if (operator === undefined)
      throw unparsable(`found '${literal}', expected: in, notin, =, ==, !=, gt, lt`)
    const found = token === 'in' || token === 'notin' ? this.#values() : this.#exactValue()
    const values = [...new Set(found)].sort()
    const errors = valueErrors(key, operator, values)
    if (errors.length > 0) {
      const texts = [...new Set(errors.map(errorText))]
      throw unparsable(texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`)
    }
    return { key, operator, values, sign: token }
  }

  #values(): readonly string[] {
    const open = this.#take()
    if (open.token !== '(') throw unparsable(`found '${open.literal}' expected: '('`)
    const { token, literal } = this.#peek()
    if (token === ')') {
      this.#take()
      return ['']
    }
    if (token !== 'identifier' && token !== ',')
      throw unparsable(`found '${literal}', expected: ',', ')' or identifier`)
    const values = this.#identifiers()
    if (this.#take().token !== ')') throw unparsable(`found '${literal}', expected: ')'`)
    return values
  }

  #identifiers(): readonly string[] {
    const values: string[] = []
    for (;;) {
      const { token, literal } = this.#take()
      const next = this.#peek()
      if (token === 'identifier') {
        values.push(literal)
        if (next.token === ')') return values
        if (next.token !== ',') throw unparsable(`found '${next.literal}', expected: ',' or ')'`)
      } else if (token === ',') {
        if (values.length === 0) values.push('')
        if (next.token === ')') return [...values, '']
        if (next.token === ',') values.push('')
      } else throw unparsable(`found '${literal}', expected: ',', or identifier`)
    }
  }

  #exactValue(): readonly string[] {
    const { token } = this.#peek()
    if (token === 'end' || token === ',') return ['']
    const item = this.#take()
    if (item.token !== 'identifier')
      throw unparsable(`found '${item.literal}', expected: identifier`)
    return [item.literal]
  }
}

const unparsable = (message: string): Error => badRequest(`unable to parse requirement: ${message}`)

// kubernetes: labels.NewRequirement
const valueErrors = (
  key: string,
  operator: SelectorOperator,
  values: readonly string[],
): readonly FieldError[] => {
  const errors: FieldError[] = []
  if (operator === 'Gt' || operator === 'Lt')
    for (const [index, value] of values.entries())
      if (!/^[+-]?\d+$/.test(value))
        errors.push(
          invalidValue(
            `values[${index}]`,
            value,
            "for 'Gt', 'Lt' operators, the value must be an integer",
          ),
        )
  for (const [index, value] of values.entries()) {
    const messages = isValidLabelValue(value)
    if (messages.length > 0)
      errors.push(invalidValue(`values[${index}][${key}]`, value, messages.join('; ')))
  }
  return errors
}
