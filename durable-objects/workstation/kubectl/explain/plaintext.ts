// `kubectl explain` from an OpenAPI v3 document. kubernetes: kubectl/pkg/explain/v2/templates/plaintext.tmpl
import { equal, own, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import {
  ExplainError,
  isObject,
  listAt,
  objectAt,
  resolveRef,
  sortedEntries,
  textAt,
} from '#kubectl/explain/schema-node.ts'
import { typeName } from '#kubectl/explain/type-name.ts'
import { indent, wordWrap } from '#kubectl/explain/word-wrap.ts'

export interface GroupVersionKind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

export interface GroupVersionResource {
  readonly group: string
  readonly version: string
  readonly resource: string
}

const GROUP_VERSION_KIND = 'x-kubernetes-group-version-kind'

interface Context {
  readonly document: JsonObject
  readonly recursive: boolean
}

const wrapped = (text: string, width: number, by: number): string =>
  indent(by, wordWrap(text, width))

const externalDocs = (schema: JsonObject, headBy: number, by: number, width: number): string => {
  const docs = objectAt(schema, 'externalDocs')
  if (docs === undefined) return ''
  const description = textAt(docs, 'description')
  const url = textAt(docs, 'url')
  return `\n${indent(headBy, 'EXTERNAL DOCS:')}\n${
    description === '' ? '' : `${wrapped(description, width, by)}\n`
  }${url === '' ? '' : `${indent(by, `URL: ${url}`)}\n`}`
}

const described = (context: Context, schema: JsonObject): string => {
  const resolved = resolveRef(context.document, textAt(schema, '$ref')) ?? schema
  const description = textAt(resolved, 'description')
  let text = description === '' ? '' : `${description}\n`
  for (const part of listAt(resolved, 'allOf')) if (isObject(part)) text += described(context, part)
  for (const key of ['items', 'additionalProperties']) {
    const inner = objectAt(resolved, key)
    if (inner !== undefined) text += described(context, inner)
  }
  return text
}

const enumText = (element: JsonValue): string =>
  element === '' ? '""' : typeof element === 'string' ? element : JSON.stringify(element)

const MOST_ENUMS = 4

const shortEnum = (schema: JsonObject, by: number): string => {
  const values = listAt(schema, 'enum')
  if (values.length === 0) return ''
  const shown = values.slice(0, MOST_ENUMS).map(enumText).join(', ')
  return `\n${' '.repeat(by)}enum: ${shown}${values.length > MOST_ENUMS ? ', ....' : ''}`
}

const longEnum = (schema: JsonObject): string => {
  const values = listAt(schema, 'enum')
  return values.length === 0
    ? ''
    : `ENUM:${values.map((value) => `\n    ${enumText(value)}`).join('')}`
}

const fieldDetail = (context: Context, parent: JsonObject, name: string, level: number): string => {
  const by = level * 2
  const field = own(objectAt(parent, 'properties'), name)
  const schema = isObject(field) ? field : {}
  const required = listAt(parent, 'required').includes(name) ? ' -required-' : ''
  const head = `${indent(by, name)}\t<${typeName(context.document, schema)}>${required}${shortEnum(schema, by)}\n`
  if (context.recursive) return head
  const description = textAt(schema, 'description') || '<no description>'
  const docs = externalDocs(schema, by + 2, by + 4, 76 - by)
  return `${head}${wrapped(description, 78 - by, by + 2)}\n${docs}\n`
}

/** The fields of a schema, by name; in a recursive list a schema that is open already is not opened again. */
const fieldList = (
  context: Context,
  schema: JsonObject,
  level: number,
  open: ReadonlySet<string>,
): string => {
  const ref = textAt(schema, '$ref')
  if (ref !== '' && open.has(ref)) return ''
  const opened = ref === '' ? open : new Set([...open, ref])
  const resolved = resolveRef(context.document, ref) ?? schema
  let text = ''
  for (const [name, field] of sortedEntries(objectAt(resolved, 'properties'))) {
    text += fieldDetail(context, resolved, name, level)
    if (context.recursive && isObject(field)) text += fieldList(context, field, level + 1, opened)
  }
  for (const part of listAt(resolved, 'allOf'))
    if (isObject(part)) text += fieldList(context, part, level, opened)
  for (const key of ['items', 'additionalProperties']) {
    const inner = objectAt(resolved, key)
    if (inner !== undefined) text += fieldList(context, inner, level, opened)
  }
  return text
}

const pageOf = (context: Context, resolved: JsonObject): string => {
  const description = described(context, resolved) || '<empty>'
  const docs = externalDocs(resolved, 0, 4, 76)
  const fields = fieldList(context, resolved, 1, new Set())
  return `DESCRIPTION:\n${wrapped(description, 76, 4)}\n${docs}${
    fields === '' ? '' : `FIELDS:\n${fields}`
  }`
}

/** What is printed of the field at the end of the path; '' if there is none. */
const output = (
  context: Context,
  schema: JsonObject,
  path: readonly string[],
  seen: ReadonlySet<string>,
): string => {
  const ref = textAt(schema, '$ref')
  const resolved = resolveRef(context.document, ref) ?? schema
  const [name, ...rest] = path
  if (name === undefined) return pageOf(context, resolved)
  if (ref !== '' && seen.has(ref)) return ''
  const field = own(objectAt(resolved, 'properties'), name)
  if (isObject(field) && Object.keys(field).length > 0) {
    const head =
      rest.length > 0
        ? ''
        : `FIELD: ${name} <${typeName(context.document, field)}>\n${longEnum(field)}\n\n`
    return head + output(context, field, rest, new Set())
  }
  const next = ref === '' ? seen : new Set([...seen, ref])
  const inner = objectAt(resolved, 'items') ?? objectAt(resolved, 'additionalProperties')
  if (inner !== undefined) return output(context, inner, path, next)
  for (const part of listAt(resolved, 'allOf')) {
    const text = isObject(part) ? output(context, part, path, next) : ''
    if (text !== '') return text
  }
  return ''
}

const headOf = ({ group, version, kind }: GroupVersionKind): string =>
  `${group === '' ? '' : `GROUP:      ${group}\n`}KIND:       ${kind}\nVERSION:    ${version}\n\n`

/** The kind's page, or that of the field at the end of `path`. Throws an ExplainError. */
export const explainText = (
  document: JsonObject,
  gvk: GroupVersionKind,
  path: readonly string[],
  recursive: boolean,
): string => {
  const head = headOf(gvk)
  const components = objectAt(document, 'components') ?? {}
  for (const [, schema] of sortedEntries(objectAt(components, 'schemas'))) {
    if (!isObject(schema)) continue
    if (!listAt(schema, GROUP_VERSION_KIND).some((one) => equal(one, gvk))) continue
    const text = output({ document, recursive }, schema, path, new Set())
    if (text !== '') return `${head}${text}\n`
    throw new ExplainError(`error: field "${path.at(-1) ?? ''}" does not exist`, head)
  }
  const { group, kind, version } = gvk
  const shown = `map[group:${group} kind:${kind} version:${version}]`
  throw new ExplainError(`error: GVK ${shown} not found in OpenAPI schema`, head)
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete']

/** The kind that the document's paths say a resource has. */
export const kindOfResource = (
  document: JsonObject,
  { group, version, resource }: GroupVersionResource,
): GroupVersionKind | undefined => {
  const root = `${group === '' ? '/api' : `/apis/${group}`}/${version}`
  const paths = objectAt(document, 'paths') ?? {}
  for (const list of [`${root}/${resource}`, `${root}/namespaces/{namespace}/${resource}`])
    for (const path of [list, `${list}/{name}`]) {
      const operations = objectAt(paths, path) ?? {}
      for (const method of METHODS) {
        const operation = objectAt(operations, method) ?? {}
        const found = objectAt(operation, GROUP_VERSION_KIND)
        if (found !== undefined)
          return {
            group: textAt(found, 'group'),
            version: textAt(found, 'version'),
            kind: textAt(found, 'kind'),
          }
      }
    }
  return undefined
}

/** As `explainText`, of the resource's own kind. */
export const explainResource = (
  document: JsonObject,
  gvr: GroupVersionResource,
  path: readonly string[],
  recursive: boolean,
): string => {
  const gvk = kindOfResource(document, gvr)
  if (gvk !== undefined) return explainText(document, gvk, path, recursive)
  const { group, version, resource } = gvr
  throw new ExplainError(
    `error: GVR (${group}/${version}, Resource=${resource}) not found in OpenAPI schema`,
  )
}
