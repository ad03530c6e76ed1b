// kubernetes: sigs.k8s.io/yaml goyaml.v2 sorter.go keyList.Less

const SIMPLE = /^[A-Za-z]*$/
const LETTER = /\p{L}/u
const DIGIT = /\p{Nd}/u

/** The order of keys in printed YAML: numbers inside them by value, other signs before letters. */
export const compareKeys = (left: string, right: string): number => {
  if (SIMPLE.test(left) && SIMPLE.test(right)) return left < right ? -1 : left > right ? 1 : 0
  const a = [...left]
  const b = [...right]
  for (let index = 0; index < a.length && index < b.length; index++) {
    if (a[index] !== b[index]) return compareAt(a, b, index)
  }
  return a.length - b.length
}

const compareAt = (a: readonly string[], b: readonly string[], index: number): number => {
  const order = a[index]!.codePointAt(0)! - b[index]!.codePointAt(0)!
  const letters = [LETTER.test(a[index]!), LETTER.test(b[index]!)]
  if (letters[0] && letters[1]) return order
  if (letters[0] || letters[1]) return letters[1] ? -1 : 1
  const lead = (a[index] === '0' || b[index] === '0') && followsNumber(a, index) ? 1n : 0n
  const left = numberAt(a, index, lead)
  const right = numberAt(b, index, lead)
  if (left.value !== right.value) return left.value < right.value ? -1 : 1
  return left.end === right.end ? order : left.end - right.end
}

/** Whether the digits before `index` hold one that is not 0, so that a 0 here counts. */
const followsNumber = (text: readonly string[], index: number): boolean => {
  for (let before = index - 1; before >= 0 && DIGIT.test(text[before]!); before--)
    if (text[before] !== '0') return true
  return false
}

const numberAt = (
  text: readonly string[],
  start: number,
  lead: bigint,
): { readonly value: bigint; readonly end: number } => {
  let value = lead
  let end = start
  for (; end < text.length && DIGIT.test(text[end]!); end++)
    value = BigInt.asIntN(64, value * 10n + BigInt(text[end]!.codePointAt(0)! - 48))
  return { value, end }
}
