import type { KubeObject } from '#apimachinery/object.ts'
import { utf8Length } from '#apimachinery/utf8.ts'
import type { DescribeContext } from '#kubectl/describe/context.ts'
import { describeEventsOf } from '#kubectl/describe/events.ts'
import { goValue } from '#kubectl/describe/go-format.ts'
import { describeHead } from '#kubectl/describe/metadata.ts'
import { tabbed, type PrefixWriter } from '#kubectl/output/prefix-writer.ts'

type Content = Readonly<Record<string, unknown>>

const SHOWN_ABOVE: ReadonlySet<string> = new Set([
  '.metadata.managedFields',
  '.metadata.name',
  '.metadata.namespace',
  '.metadata.labels',
  '.metadata.annotations',
])

/** Kinds without a describer of their own. kubernetes: kubectl pkg/describe genericDescriber */
export const describeGeneric = (context: DescribeContext, object: KubeObject): string =>
  tabbed((w) => {
    describeHead(w, object)
    describeContent(w, 0, object as unknown as Content, '')
    describeEventsOf(context, w, object)
  })

const isMap = (value: unknown): value is Content =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** kubernetes: kubectl pkg/describe printUnstructuredContent */
const describeContent = (w: PrefixWriter, level: number, content: Content, path: string): void => {
  for (const key of Object.keys(content).sort()) {
    const here = `${path}.${key}`
    if (SHOWN_ABOVE.has(here)) continue
    const value = content[key]
    if (isMap(value)) {
      w.write(level, `${smartLabel(key)}:\n`)
      describeContent(w, level + 1, value, here)
    } else if (Array.isArray(value)) {
      w.write(level, `${smartLabel(key)}:\n`)
      for (const item of value as readonly unknown[])
        if (isMap(item)) describeContent(w, level + 1, item, here)
        else w.write(level + 1, `${goValue(item)}\n`)
    } else w.field(level, smartLabel(key), goValue(value))
  }
}

const ACRONYMS: ReadonlySet<string> = new Set(['API', 'URL', 'UID', 'GUID'])

/** `lastTransitionTime` as `Last Transition Time`. kubernetes: kubectl pkg/describe smartLabelFor */
export const smartLabel = (field: string): string => {
  if (!/^[\p{L}-]*$/u.test(field)) return field
  return mergeCapitals(splitCamelCase(field))
    .map((word) => {
      if (ACRONYMS.has(word.toUpperCase())) return word.toUpperCase()
      return word.toLowerCase() === word ? titled(word) : word
    })
    .join(' ')
}

const titled = (word: string): string => {
  const [first = ''] = word
  const [capital = '', ...more] = first.toUpperCase()
  return capital + more.join('').toLowerCase() + word.slice(first.length)
}

/** `podCIDRs` is pod, CID, Rs to the splitter: a run of capitals is joined with the capital after it. */
const mergeCapitals = (parts: readonly string[]): readonly string[] => {
  const merged: string[] = []
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index]!
    const next = parts[index + 1]
    if (next !== undefined && isCapitals(part) && beginsWithCapital(next)) {
      merged.push(part + next)
      index += 1
    } else merged.push(part)
  }
  return merged
}

/** Upstream counts bytes. */
const isCapitals = (part: string): boolean => utf8Length(part) >= 2 && /^[\p{Lu}-]+$/u.test(part)

/** Upstream looks at the first byte as if it were a character: that of most two-byte letters is a capital. */
const beginsWithCapital = (part: string): boolean => {
  const first = part.codePointAt(0)!
  if (first < 0x80) return first >= 65 && first <= 90
  const byte = 0xc0 | (first >> 6)
  return first < 0x800 && byte !== 0xd7 && byte !== 0xdf
}

const classOf = (letter: string): 'lower' | 'upper' | 'other' =>
  /\p{Ll}/u.test(letter) ? 'lower' : /\p{Lu}/u.test(letter) ? 'upper' : 'other'

/** github.com/fatih/camelcase Split */
export const splitCamelCase = (text: string): readonly string[] => {
  const runs: string[][] = []
  let last = ''
  for (const letter of text) {
    const letterClass = classOf(letter)
    if (letterClass === last) runs.at(-1)!.push(letter)
    else runs.push([letter])
    last = letterClass
  }
  for (let index = 0; index + 1 < runs.length; index++) {
    const run = runs[index]!
    const next = runs[index + 1]!
    // the last capital begins the next word: PDFL, oader
    if (classOf(run[0]!) === 'upper' && classOf(next[0]!) === 'lower') next.unshift(run.pop()!)
  }
  return runs.filter((run) => run.length > 0).map((run) => run.join(''))
}
