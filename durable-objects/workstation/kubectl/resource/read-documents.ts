// The documents of a manifest: JSON as long as it is JSON, YAML from there on. kubernetes: apimachinery pkg/util/yaml/decoder.go
import { JsonSyntaxError, parseJson } from '#apimachinery/json.ts'
import type { JsonObject, JsonValue } from '#apimachinery/object.ts'
import { utf8Length } from '#apimachinery/utf8.ts'
import { parseYaml } from '#apimachinery/yaml/parse.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Source } from '#kubectl/resource/read-files.ts'

/** The documents of a file one after the other; what is wrong with one is thrown when it is its turn. */
export function* documentsOf({ name, text }: Source): Generator<JsonObject, void, void> {
  const parsing = (message: string): KubectlFailure =>
    new KubectlFailure(`error parsing ${name}: ${message}`)
  let start = 0
  let problem: string | undefined
  if (/^\s*\{/.test(text))
    for (;;) {
      start += /^\s*/.exec(text.slice(start))![0].length
      if (start === text.length) return
      const json = firstJson(text, start)
      if (typeof json === 'string') {
        if (json === ENDS_EARLY) throw parsing(json)
        problem = json
        break
      }
      start = json.end
      if (json.value !== null) yield json.value as JsonObject
    }
  for (const chunk of yamlChunks(text.slice(start), parsing)) {
    let value: JsonValue
    try {
      value = parseYaml(chunk).value
    } catch (error) {
      throw parsing(problem ?? converting((error as Error).message))
    }
    // whoever has begun in YAML stays with it
    problem = undefined
    if (value !== null) yield value as JsonObject
  }
}

const converting = (message: string): string =>
  message.startsWith('error converting') ? message : `error converting YAML to JSON: ${message}`

const ENDS_EARLY = 'unexpected EOF'

/** The value that begins here, and where it ends. A text: why it is none. */
const firstJson = (
  text: string,
  start: number,
): { readonly value: JsonValue; readonly end: number } | string => {
  const end = endOfValue(text, start)
  try {
    return { value: parseJson(text.slice(start, end)).value, end }
  } catch (error) {
    if (!(error instanceof JsonSyntaxError) || error.index === undefined) return ENDS_EARLY
    const offset = utf8Length(text.slice(0, start + error.index)) + 1
    return `json: offset ${offset}: ${error.message}`
  }
}

/** Behind the bracket that closes the first; anything but brackets is told by the parser. */
const endOfValue = (text: string, start: number): number => {
  if (text[start] !== '{' && text[start] !== '[') {
    const scalar = /(?:true|false|null|-?\d[\d.eE+-]*|"(?:[^"\\]|\\.)*")(?=\s|$)/y
    scalar.lastIndex = start
    return scalar.test(text) ? scalar.lastIndex : text.length
  }
  const ends = /"(?:[^"\\]|\\.)*"|[[\]{}]/gs
  ends.lastIndex = start
  let depth = 0
  for (let found = ends.exec(text); found !== null; found = ends.exec(text)) {
    if (found[0] === '{' || found[0] === '[') depth++
    else if (found[0] === '}' || found[0] === ']') depth--
    if (depth === 0) return ends.lastIndex
  }
  return text.length
}

/** kubernetes: YAMLReader */
function* yamlChunks(
  text: string,
  parsing: (message: string) => KubectlFailure,
): Generator<string, void, void> {
  let lines: string[] = []
  for (const ended of text.split('\n')) {
    const line = ended.replace(/\r$/, '')
    if (line.startsWith('---')) {
      const rest = line.slice(3).trim()
      if (rest !== '' && !rest.startsWith('#'))
        throw parsing(`invalid Yaml document separator: ${rest}`)
      if (lines.length > 0) {
        yield `${lines.join('\n')}\n`
        lines = []
        continue
      }
    }
    lines.push(line)
  }
  const last = lines.join('\n')
  if (last !== '') yield last
}
