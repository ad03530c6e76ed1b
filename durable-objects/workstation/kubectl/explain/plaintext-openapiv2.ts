// `kubectl explain --output plaintext-openapiv2`: the older text, from the OpenAPI v2 document. kubernetes: kubectl/pkg/explain/model_printer.go
import { equal, own, type JsonObject } from '#apimachinery/object.ts'
import type { GroupVersionKind } from '#kubectl/explain/plaintext.ts'
import {
  ExplainError,
  isObject,
  listAt,
  objectAt,
  resolveRef,
  sortedEntries,
  textAt,
} from '#kubectl/explain/schema-node.ts'
import { wrapLines } from '#kubectl/explain/wrap-lines.ts'

/** What a schema is to whoever walks through it. kube-openapi: pkg/util/proto ParseSchema */
type Shape =
  | { readonly is: 'reference' | 'array' | 'map'; readonly inner: JsonObject }
  | { readonly is: 'kind' | 'arbitrary' | 'primitive' }

const ANYTHING: JsonObject = Object.freeze({})
const WIDTH = 80

const shapeOf = (document: JsonObject, schema: JsonObject): Shape => {
  const ref = textAt(schema, '$ref')
  if (ref !== '') return { is: 'reference', inner: resolveRef(document, ref) ?? ANYTHING }
  const hasFields = objectAt(schema, 'properties') !== undefined
  const type = textAt(schema, 'type')
  if (type === '') return { is: hasFields ? 'kind' : 'arbitrary' }
  if (type === 'array') return { is: 'array', inner: objectAt(schema, 'items') ?? ANYTHING }
  if (type !== 'object') return { is: 'primitive' }
  if (hasFields) return { is: 'kind' }
  // values of any kind have the map's own description
  const any = { description: textAt(schema, 'description') }
  return { is: 'map', inner: objectAt(schema, 'additionalProperties') ?? any }
}

const typeName = (document: JsonObject, schema: JsonObject): string => {
  const shape = shapeOf(document, schema)
  switch (shape.is) {
    case 'reference':
      return typeName(document, shape.inner)
    case 'array':
      return `[]${typeName(document, shape.inner)}`
    case 'map':
      return `map[string]${typeName(document, shape.inner)}`
    case 'kind':
      return 'Object'
    case 'primitive':
      return textAt(schema, 'type')
    case 'arbitrary':
      return ''
  }
}

const fieldAt = (document: JsonObject, start: JsonObject, path: readonly string[]): JsonObject => {
  let schema = start
  let depth = 0
  while (depth < path.length) {
    const shape = shapeOf(document, schema)
    if (shape.is === 'primitive' || shape.is === 'arbitrary') return schema
    if ('inner' in shape) {
      schema = shape.inner
      continue
    }
    const name = path[depth] ?? ''
    const field = own(objectAt(schema, 'properties'), name)
    if (!isObject(field)) throw new ExplainError(`field "${name}" does not exist`)
    schema = field
    depth += 1
  }
  return schema
}

const pad = (by: number, text: string): string =>
  text === '' ? '\n' : `${' '.repeat(by)}${text}\n`

const paragraph = (by: number, text: string): string =>
  wrapLines(text, WIDTH - by)
    .map((line) => pad(by, line))
    .join('')

const regularFields = (document: JsonObject, kind: JsonObject): string =>
  sortedEntries(objectAt(kind, 'properties'))
    .map(([name, field]) => {
      const schema = isObject(field) ? field : ANYTHING
      const required = listAt(kind, 'required').includes(name) ? ' -required-' : ''
      const head = pad(3, `${name}\t<${typeName(document, schema)}>${required}`)
      return `${head}${paragraph(5, textAt(schema, 'description'))}\n`
    })
    .join('')

/** References that are open already are not opened again. */
const recursiveFields = (
  document: JsonObject,
  schema: JsonObject,
  by: number,
  open: ReadonlySet<string>,
): string => {
  const shape = shapeOf(document, schema)
  if (shape.is === 'reference') {
    const ref = textAt(schema, '$ref')
    return open.has(ref) ? '' : recursiveFields(document, shape.inner, by, new Set([...open, ref]))
  }
  if ('inner' in shape) return recursiveFields(document, shape.inner, by, open)
  return sortedEntries(shape.is === 'kind' ? objectAt(schema, 'properties') : undefined)
    .map(([name, field]) => {
      const inner = isObject(field) ? field : ANYTHING
      const head = pad(by, `${name}\t<${typeName(document, inner)}>`)
      return head + recursiveFields(document, inner, by + 3, open)
    })
    .join('')
}

const describedAs = (descriptions: readonly string[]): string => {
  let text = ''
  for (const [index, description] of descriptions.entries()) {
    if (description === '') continue
    text += `${index === 0 ? '' : '\n'}${paragraph(5, description)}`
  }
  return `DESCRIPTION:\n${text === '' ? '     <empty>\n' : text}`
}

const modelText = (
  document: JsonObject,
  field: JsonObject,
  name: string,
  recursive: boolean,
): string => {
  const descriptions: string[] = []
  let type = ''
  let schema = field
  for (;;) {
    const shape = shapeOf(document, schema)
    descriptions.push(textAt(schema, 'description'))
    if (type === '' && shape.is !== 'reference' && shape.is !== 'arbitrary')
      type = typeName(document, schema)
    if ('inner' in shape) {
      schema = shape.inner
      continue
    }
    const description = describedAs(descriptions)
    if (shape.is === 'arbitrary') return description
    if (shape.is === 'primitive') return `FIELD:    ${name} <${type}>\n\n${description}`
    const fields = recursive
      ? recursiveFields(document, schema, 3, new Set())
      : regularFields(document, schema)
    const resource = name === '' ? '' : `RESOURCE: ${name} <${type}>\n\n`
    return `${resource}${description}\nFIELDS:\n${fields}`
  }
}

/** The older text. Throws an ExplainError whose message has no `error: ` in front. */
export const explainTextV2 = (
  document: JsonObject,
  gvk: GroupVersionKind,
  path: readonly string[],
  recursive: boolean,
): string => {
  const { group, version, kind } = gvk
  const found = sortedEntries(objectAt(document, 'definitions')).find(
    ([, schema]) =>
      isObject(schema) &&
      listAt(schema, 'x-kubernetes-group-version-kind').some((one) => equal(one, gvk)),
  )?.[1]
  if (!isObject(found))
    throw new ExplainError(`couldn't find resource for "${group}/${version}, Kind=${kind}"`)
  const field = fieldAt(document, found, path)
  const groupVersion = group === '' ? version : `${group}/${version}`
  const body = modelText(document, field, path.at(-1) ?? '', recursive)
  return `KIND:     ${kind}\nVERSION:  ${groupVersion}\n\n${body}`
}
