import type { Toleration } from '#api/core/v1/pod/types.ts'
import { controllerOf, type KubeObject, type StringMap } from '#apimachinery/object.ts'
import { decodeUtf8Loosely, encodeUtf8, utf8Length } from '#apimachinery/utf8.ts'
import { goSort } from '#kubectl/describe/go-sort.ts'
import type { PrefixWriter, Printable } from '#kubectl/output/prefix-writer.ts'

const MAX_ANNOTATION = 140
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/** Title and items one below the other. Nested writers indent every piece: each is written by itself, as upstream does. */
export const multiline = (w: PrefixWriter, title: string, items: readonly string[]): void => {
  w.write(0, `${title}:\t`)
  if (items.length === 0) return w.writeLine('<none>')
  for (const [index, item] of items.entries()) {
    if (index > 0) {
      w.write(0, '')
      w.write(0, '\t')
    }
    w.write(0, `${item}\n`)
  }
}

const entries = (map: StringMap | undefined): readonly string[] =>
  Object.keys(map ?? {})
    .sort()
    .map((key) => `${key}=${map![key]!}`)

/** kubernetes: kubectl pkg/describe printLabelsMultiline */
export const describeLabels = (
  w: PrefixWriter,
  title: string,
  labels: StringMap | undefined,
): void => multiline(w, title, entries(labels))

/** Go cuts bytes, even in the middle of a character. */
export const cutBytes = (text: string, length: number): string =>
  utf8Length(text) <= length
    ? text
    : `${decodeUtf8Loosely(encodeUtf8(text).subarray(0, length))}...`

/** kubernetes: kubectl pkg/describe printAnnotationsMultiline */
export const describeAnnotations = (
  w: PrefixWriter,
  title: string,
  annotations: StringMap | undefined,
): void => {
  w.write(0, `${title}:\t`)
  const keys = Object.keys(annotations ?? {}).filter((key) => key !== LAST_APPLIED)
  if (keys.length === 0) return w.writeLine('<none>')
  for (const [index, key] of keys.sort().entries()) {
    if (index > 0) w.write(0, '\t')
    const value = annotations![key]!.replace(/\n$/, '')
    const size = utf8Length(value) + utf8Length(key) + 2
    if (size <= MAX_ANNOTATION && !value.includes('\n')) {
      w.write(0, `${key}: ${value}\n`)
      continue
    }
    w.write(0, `${key}:\n`)
    for (const line of value.split('\n')) w.write(0, `\t  ${cutBytes(line, MAX_ANNOTATION - 2)}\n`)
  }
}

/** The lines that most descriptions begin with. */
export const describeHead = (w: PrefixWriter, { metadata }: KubeObject): void => {
  w.field(0, 'Name', metadata.name)
  w.field(0, 'Namespace', metadata.namespace)
  describeLabelsAndAnnotations(w, metadata)
}

export const describeLabelsAndAnnotations = (
  w: PrefixWriter,
  metadata: KubeObject['metadata'],
): void => {
  describeLabels(w, 'Labels', metadata.labels)
  describeAnnotations(w, 'Annotations', metadata.annotations)
}

/** kubernetes: kubectl pkg/describe printController */
export const describeController = (w: PrefixWriter, object: KubeObject): void => {
  const controller = controllerOf(object)
  if (controller !== undefined) w.field(0, 'Controlled By', `${controller.kind}/${controller.name}`)
}

/** kubernetes: kubectl pkg/describe printTolerationsMultilineWithIndent */
export const describeTolerations = (
  w: PrefixWriter,
  title: string,
  tolerations: readonly Toleration[] = [],
): void => {
  const sorted = goSort(tolerations, (a, b) => (a.key ?? '') < (b.key ?? ''))
  multiline(w, title, sorted.map(tolerationText))
}

const tolerationText = (toleration: Toleration): string => {
  const { key = '', value = '', effect = '', operator, tolerationSeconds } = toleration
  const what = key + (value && `=${value}`) + (effect && `:${effect}`)
  const exists = operator === 'Exists' && value === ''
  const operation = !exists ? '' : key || effect ? ' op=Exists' : 'op=Exists'
  return what + operation + (tolerationSeconds === undefined ? '' : ` for ${tolerationSeconds}s`)
}

/** A heading, its underline and rows, as `describe` draws tables within a text. */
export const describeTable = (
  w: PrefixWriter,
  level: number,
  heads: readonly string[],
  rows: readonly (readonly Printable[])[],
): void => {
  w.write(level, `${heads.join('\t')}\n`)
  w.write(level, `${heads.map((head) => '-'.repeat(head.length)).join('\t')}\n`)
  for (const row of rows) w.write(level, `${row.map((cell) => cell ?? '').join('\t')}\n`)
}

export const yesNo = (value: boolean | undefined): string =>
  value === undefined ? '<unset>' : value ? 'True' : 'False'
