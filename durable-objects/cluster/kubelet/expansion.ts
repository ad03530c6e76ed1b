// kubernetes: third_party/forked/golang/expansion/expand.go

/** Replaces `$(NAME)`; `$$(NAME)` stays as `$(NAME)`; names that `lookUp` does not know stay as they are. */
export const expand = (text: string, lookUp: (name: string) => string | undefined): string => {
  if (!text.includes('$')) return text
  let result = ''
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== '$' || at + 1 >= text.length) {
      result += text[at]
      continue
    }
    if (text[at + 1] === '$') {
      result += '$'
      at++
      continue
    }
    const end = text[at + 1] === '(' ? text.indexOf(')', at + 2) : -1
    if (end < 0) {
      result += '$'
      continue
    }
    const name = text.slice(at + 2, end)
    result += lookUp(name) ?? `$(${name})`
    at = end
  }
  return result
}
