import { JsonScanner } from '#apimachinery/json-scanner.ts'
import { quote } from '#apimachinery/field-error.ts'

/** Of a text with a great many like-named fields only these are looked at; what is not found by then comes last. */
const MAX_LOOKS = 10_000

/** As it is quoted. */
const pathOf = (problem: string): string => problem.slice(problem.indexOf('"') + 1, -1)

const lastName = (path: string): string => path.slice(path.lastIndexOf('.') + 1)

const isWithin = (path: string, outer: string): boolean =>
  path === outer ||
  (path.startsWith(outer) && (path[outer.length] === '.' || path[outer.length] === '['))

/**
 * What a strict decoder finds in a JSON text, in the order of the text: `duplicates` are those of all its objects, `unknown` the fields that
 * the kind does not have. In what nobody knows, nobody looks for duplicates.
 * kubernetes: sigs.k8s.io/json internal/golang/encoding/json/decode.go object
 */
export const inOrderOfText = (
  text: string,
  maxDepth: number,
  duplicates: readonly string[],
  unknown: readonly string[],
): readonly string[] => {
  if (duplicates.length === 0 || unknown.length === 0) return [...duplicates, ...unknown]
  const strangers = unknown.map(pathOf)
  const kept = duplicates.filter(
    (problem) => !strangers.some((path) => isWithin(pathOf(problem), path)),
  )
  const wanted = new Set([...kept, ...unknown])
  const names = new Set([...wanted].map((problem) => lastName(pathOf(problem))))
  const found = new Set<string>()
  let looks = 0
  const scanner = new JsonScanner(text, maxDepth, (key, path, isAgain) => {
    if (looks >= MAX_LOOKS || !names.has(lastName(quote(key).slice(1, -1)))) return
    looks++
    const field = quote(path())
    const problem = `unknown field ${field}`
    if (wanted.has(problem)) found.add(problem)
    else if (isAgain && wanted.has(`duplicate field ${field}`))
      found.add(`duplicate field ${field}`)
  })
  scanner.scan()
  return [...new Set([...found, ...wanted])]
}
