// Whether a value fits its schema, in the words of server-side apply.
// kubernetes: structured-merge-diff typed/validate.go
import { append } from '#apimachinery/append.ts'
import type { JsonObject, JsonValue } from '#apimachinery/object.ts'
import { goSyntax, goTypeName, goValue } from '#apimachinery/patch/go-format.ts'
import type { Schema } from '#apimachinery/schema.ts'
import { elementText, fieldElement, indexElement } from './path-element.ts'
import { isList, isMap, itemElement, itemSchemaOf, schemaAt, shapeOf } from './typed.ts'

interface Problem {
  readonly path: string
  readonly message: string
}

/** Undefined if the value fits. Lists whose items are named must name each only once. */
export const typeError = (value: JsonValue, schema: Schema): string | undefined => {
  const problems = validate(value, schema, '')
  if (problems.length === 0) return undefined
  const texts = problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
  return texts.length === 1
    ? texts[0]!
    : ['errors:', ...texts.map((text) => `  ${text}`)].join('\n')
}

const validate = (value: JsonValue, schema: Schema, path: string): readonly Problem[] => {
  if (value === null) return []
  switch (schema.kind) {
    case 'object':
    case 'map':
      return isMap(value) ? validateMap(value, schema, path) : [expected('map', value, path)]
    case 'list':
      return isList(value) ? validateList(value, schema, path) : [expected('list', value, path)]
    case 'any':
      return []
    default: {
      const message = scalarProblem(value, schema)
      return message === undefined ? [] : [{ path, message }]
    }
  }
}

const expected = (what: string, value: JsonValue, path: string): Problem => ({
  path,
  message: `expected ${what}, got &{${goValue(value)}}`,
})

const scalarProblem = (value: JsonValue, schema: Schema): string | undefined => {
  switch (schema.kind) {
    case 'string':
    case 'bytes':
      if (typeof value === 'string') return undefined
      return `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`
    case 'integer':
    case 'number':
      if (typeof value === 'number') return undefined
      return `expected numeric (int or float), got ${goTypeName(value)}`
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got &{${goValue(value)}}`
    default:
      return typeof value === 'object' ? `expected any scalar, got &{${goValue(value)}}` : undefined
  }
}

const validateMap = (value: JsonObject, schema: Schema, path: string): readonly Problem[] => {
  const problems: Problem[] = []
  const isOpen = schema.kind === 'map' || schema.preserveUnknown === true
  for (const key of Object.keys(value)) {
    const below = path + elementText(fieldElement(key))
    if (!isOpen && !(schema.fields?.has(key) ?? false)) {
      problems.push({ path: below, message: 'field not declared in schema' })
      return problems
    }
    append(problems, validate(value[key] ?? null, schemaAt(schema, key), below))
  }
  return problems
}

const validateList = (
  value: readonly JsonValue[],
  schema: Schema,
  path: string,
): readonly Problem[] => {
  const problems: Problem[] = []
  const seen = new Set<string>()
  const isAssociative = shapeOf(schema, value) === 'list'
  for (const [index, item] of value.entries()) {
    const element = isAssociative ? nameOf(schema, item) : indexElement(index)
    if (typeof element === 'string')
      return [...problems, { path, message: `element ${index}: ${element}` }]
    const text = elementText(element)
    if (isAssociative && seen.has(element.text))
      problems.push({ path, message: `duplicate entries for key ${text}` })
    seen.add(element.text)
    append(problems, validate(item, itemSchemaOf(schema), path + text))
  }
  return problems
}

/** The item's element, or why it has none. */
const nameOf = (schema: Schema, item: JsonValue): ReturnType<typeof itemElement> | string => {
  try {
    return itemElement(schema, item)
  } catch (error) {
    return (error as Error).message
  }
}
