// Paths to a field of a schema: `.spec.color`, `.labels['a.b']`.
// kubernetes: apiextensions pkg/apiserver/schema/cel/validation.go ValidFieldPath
import { own } from '#apimachinery/object.ts'
import { additionalOf, type JsonSchema } from '#apimachinery/structural/json-schema.ts'

export class FieldPathError extends Error {}

interface FieldPath {
  /** The names on the way. */
  readonly names: readonly string[]
  /** As errors write it. */
  readonly text: string
  readonly schema: JsonSchema
}

const TOKEN = /'(?:\\.|[^'\\])*'|[.[\]]|[^.[\]']+|'/gs

/** Throws a FieldPathError if the schema has no such field. */
export const fieldPathOf = (path: string, root: JsonSchema, allowIndexes = true): FieldPath => {
  const tokens = path.match(TOKEN) ?? []
  const names: string[] = []
  let text = ''
  let schema = root
  const step = (name: string): void => {
    if (schema.properties !== undefined) {
      const property = own(schema.properties, name)
      if (property === undefined) throw new FieldPathError('does not refer to a valid field')
      schema = property
      text = text === '' ? name : `${text}.${name}`
    } else {
      const additional = additionalOf(schema)
      if (additional === undefined) throw new FieldPathError('does not refer to a valid field')
      schema = additional
      text = `${text}[${name}]`
    }
    names.push(name)
  }
  for (let index = 0; index < tokens.length;) {
    const token = tokens[index++]!
    if (token === '.') {
      if (index >= tokens.length) throw new FieldPathError('unexpected end of JSON path')
      step(tokens[index++]!)
    } else if (token === '[') {
      if (!allowIndexes) throw new FieldPathError('array notation is not allowed')
      const name = tokens[index++]
      if (name === undefined) throw new FieldPathError('unexpected end of JSON path')
      if (name.length < 2 || !name.startsWith("'") || !name.endsWith("'"))
        throw new FieldPathError(`expected single quoted string but got ${name}`)
      step(name.slice(1, -1).replace(/\\(.)/gs, '$1'))
      const end = tokens[index++]
      if (end === undefined) throw new FieldPathError('unexpected end of JSON path')
      if (end !== ']') throw new FieldPathError(`expected ] but got ${end}`)
    } else throw new FieldPathError(`expected [ or . but got: ${token}`)
  }
  return { names, text, schema }
}

export const isValidFieldPath = (path: string, schema: JsonSchema): boolean => {
  try {
    fieldPathOf(path, schema)
    return true
  } catch (error) {
    if (error instanceof FieldPathError) return false
    throw error
  }
}
