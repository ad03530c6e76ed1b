// What Go's decoder makes of a field that stands twice in an object: it decodes the second value into the first.
// kubernetes: sigs.k8s.io/json internal/golang/encoding/json/decode.go object, array, literalStore
import { own, setKey, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import type { Field, Schema } from '#apimachinery/schema.ts'

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A text that is known to be JSON as a value of the schema. What is no object of fixed fields, map or list is replaced. */
export const withRepeatedFields = (text: string, schema: Schema): JsonValue =>
  new Reader(text).value(schema, undefined, false)

const BLANK = /[ \t\r\n]*/y
const SCALAR = /"(?:[^"\\]|\\.)*"|[^\s,\]}]+/y

class Reader {
  readonly #text: string
  #index = 0

  constructor(text: string) {
    this.#text = text
  }

  /** `known` is what the field holds already; `isPointer` whether null takes it away. */
  value(schema: Schema | undefined, known: JsonValue | undefined, isPointer: boolean): JsonValue {
    this.#skip(BLANK)
    const letter = this.#text[this.#index]
    if (letter === '{') return this.#object(schema, known)
    if (letter === '[') return this.#list(schema, known)
    const scalar = JSON.parse(this.#skip(SCALAR)) as JsonValue
    const isKept =
      scalar === null && !isPointer && schema?.kind !== 'map' && schema?.kind !== 'list'
    return isKept ? (known ?? null) : scalar
  }

  #object(schema: Schema | undefined, known: JsonValue | undefined): JsonValue {
    const isFixed = schema?.kind === 'object'
    const isKept = isObject(known) && (isFixed || schema?.kind === 'map')
    const result: Record<string, JsonValue | undefined> = isKept ? { ...known } : {}
    this.#each('}', () => {
      const key = JSON.parse(this.#skip(SCALAR)) as string
      this.#skip(BLANK)
      this.#index += 1
      const field: Field | undefined = isFixed ? schema.fields?.get(key) : undefined
      // the value of a map is made anew, the field of a struct is not
      const before = field === undefined ? undefined : own(result, key)
      setKey(
        result,
        key,
        this.value(field?.schema ?? schema?.items, before, field?.pointer ?? false),
      )
    })
    return result
  }

  #list(schema: Schema | undefined, known: JsonValue | undefined): JsonValue {
    const before = Array.isArray(known) && schema?.kind === 'list' ? known : []
    const result: JsonValue[] = []
    this.#each(']', () => {
      result.push(this.value(schema?.items, before[result.length] as JsonValue | undefined, false))
    })
    return result
  }

  #each(end: string, read: () => void): void {
    do {
      this.#index += 1
      this.#skip(BLANK)
      if (this.#text[this.#index] === end) break
      read()
      this.#skip(BLANK)
    } while (this.#text[this.#index] === ',')
    this.#index += 1
  }

  #skip(pattern: RegExp): string {
    pattern.lastIndex = this.#index
    const found = pattern.exec(this.#text)?.[0] ?? ''
    this.#index += found.length
    return found
  }
}
