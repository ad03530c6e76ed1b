import { queryValue, type Answer, type ApiRequest } from '#kube-apiserver/endpoints/http.ts'

const TRUE: ReadonlySet<string> = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])

/** Whether a person reads the answer. kubernetes: apiserver pkg/endpoints/handlers/negotiation/negotiate.go isPrettyPrint */
const isPretty = (request: ApiRequest): boolean => {
  const asked = queryValue(request, 'pretty') ?? ''
  return asked === '' ? /^(curl|Wget|Mozilla\/5\.0)/.test(request.userAgent) : TRUE.has(asked)
}

/** Where the string ends that begins at `start`: behind its closing quote. */
const endOfString = (text: string, start: number): number => {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0
    while (text[end - 1 - backslashes] === '\\') backslashes++
    if (backslashes % 2 === 0) return end + 1
  }
  return text.length
}

/**
 * JSON without blanks, in parts that cut no token, as Go indents it: by two blanks, empty objects and lists left as they are, and no line
 * break at the end.
 */
export const indented = (parts: readonly string[]): readonly string[] => {
  let depth = 0
  let isFresh = false
  const line = (): string => `\n${'  '.repeat(depth)}`
  return parts.map((text) => {
    let result = ''
    for (let index = 0; index < text.length;) {
      const character = text[index]!
      if (character === '}' || character === ']') {
        depth--
        result += isFresh ? character : line() + character
        isFresh = false
        index++
        continue
      }
      if (character === '\n') {
        index++
        continue
      }
      if (isFresh) result += line()
      isFresh = character === '{' || character === '['
      if (isFresh) depth++
      const end = endOfToken(text, index)
      result += text.slice(index, end)
      if (character === ',') result += line()
      if (character === ':') result += ' '
      index = end
    }
    return result
  })
}

const endOfToken = (text: string, start: number): number => {
  const character = text[start]!
  if (character === '"') return endOfString(text, start)
  if ('{[,:'.includes(character)) return start + 1
  let end = start + 1
  while (end < text.length && !'}],\n'.includes(text[end]!)) end++
  return end
}

/** The answer as it is to look to who asked. */
export const presented = (request: ApiRequest, answer: Answer): Answer =>
  answer.contentType.startsWith('application/json') && isPretty(request)
    ? { ...answer, body: indented(answer.body) }
    : answer
