import type { JsonObject } from '#apimachinery/object.ts'
import { isObject, listAt, objectAt, resolveRef, textAt } from '#kubectl/explain/schema-node.ts'

const lastPart = (text: string, separator: string): string =>
  text.slice(text.lastIndexOf(separator) + 1)

/** `string`, `[]Container`, `map[string]string`, `Object`. kubernetes: kubectl/pkg/explain/v2/templates/plaintext.tmpl typeGuess */
export const typeName = (document: JsonObject, schema: JsonObject): string => {
  const items = objectAt(schema, 'items')
  if (items !== undefined) return `[]${typeName(document, items)}`
  const values = objectAt(schema, 'additionalProperties')
  if (values !== undefined) return `map[string]${typeName(document, values)}`
  const allOf = listAt(schema, 'allOf')
  const only = allOf[0]
  if (allOf.length === 1 && isObject(only) && objectAt(schema, 'properties') === undefined)
    return typeName(document, only)
  const ref = textAt(schema, '$ref')
  if (ref !== '') {
    const target = resolveRef(document, ref)
    const type = target === undefined ? '' : textAt(target, 'type')
    if (type !== '' && type !== 'object') return type
    return lastPart(lastPart(ref, '/'), '.') || 'Object'
  }
  const type = textAt(schema, 'type')
  return type === '' || type === 'object' ? 'Object' : type
}
