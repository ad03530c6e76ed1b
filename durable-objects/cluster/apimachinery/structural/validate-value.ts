// Whether a value fits an OpenAPI schema, in upstream's words.
// kubernetes: kube-openapi pkg/validation/validate; apiextensions pkg/apiserver/validation/{validation,ratcheting}.go
import { append } from '#apimachinery/append.ts'
import {
  invalidValue,
  quote,
  requiredValue,
  tooLong,
  tooMany,
  typeInvalid,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { equal, own, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import { goFloat } from '#apimachinery/patch/go-format.ts'
import { hasFormat, isKnownFormat } from '#apimachinery/structural/formats.ts'
import {
  additionalOf,
  isIntOrString,
  itemsOf,
  type JsonSchema,
} from '#apimachinery/structural/json-schema.ts'
import { correlatedItem } from '#apimachinery/structural/list-type.ts'
import { matchesPattern } from '#apimachinery/structural/pattern.ts'

/** How an error without a field reads. */
export const NO_FIELD = '<nil>'

interface Result {
  readonly errors: FieldError[]
  /** How many checks were made: of alternatives that all fail, the one with most counts. */
  matches: number
}

/**
 * What is wrong with a value. What is as it was in `old` is not looked at: a schema that became stricter does not stop changes elsewhere.
 * `path` stands before the names of fields; messages say less, as upstream's do.
 */
export const validateValue = (
  value: JsonValue,
  schema: JsonSchema,
  options: { readonly path?: string; readonly old?: JsonValue | undefined } = {},
): readonly FieldError[] => {
  const errors = new Validator().run(value, schema, '', options.old).errors
  const { path = '' } = options
  if (path === '') return errors
  return errors.map((error) => ({
    ...error,
    field: error.field === NO_FIELD ? path : `${path}.${error.field}`,
  }))
}

const typesOf = (schema: JsonSchema): readonly string[] => {
  if (isIntOrString(schema)) return ['integer', 'string']
  return schema.type === undefined || schema.type === '' ? [] : [schema.type]
}

/** The type of a value, and Go's name of its form. */
const typeOf = (value: JsonValue): readonly [string, string] => {
  if (Array.isArray(value)) return ['array', '']
  switch (typeof value) {
    case 'string':
      return ['string', '']
    case 'boolean':
      return ['boolean', '']
    case 'number':
      return Number.isInteger(value) ? ['integer', 'int64'] : ['number', 'double']
    default:
      return ['object', '']
  }
}

const numberText = (value: number): string =>
  Number.isInteger(value) ? String(value) : goFloat(value)

const isMap = (value: JsonValue): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const fieldOf = (path: string): string => {
  const trimmed = path.startsWith('.') ? path.slice(1) : path
  return trimmed === '' ? NO_FIELD : trimmed
}

const below = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`)

class Validator {
  run(value: JsonValue, schema: JsonSchema, path: string, old: JsonValue | undefined): Result {
    const result: Result = { errors: [], matches: 0 }
    if (old !== undefined && equal(value, old)) return result
    this.#type(value, schema, path, result)
    if (value === null) {
      this.#enum(value, schema, path, result)
      return result
    }
    this.#junctors(value, schema, path, result)
    if (typeof value === 'string') this.#string(value, schema, path, result)
    if (typeof value === 'number') this.#number(value, schema, path, result)
    if (Array.isArray(value)) this.#list(value as readonly JsonValue[], schema, path, old, result)
    this.#enum(value, schema, path, result)
    if (isMap(value)) this.#map(value, schema, path, old, result)
    return result
  }

  #type(value: JsonValue, schema: JsonSchema, path: string, result: Result): void {
    const types = typesOf(schema)
    const { format = '' } = schema
    if (types.length === 0 && format === '') return
    result.matches++
    const refuse = (expected: string, found: string): void => {
      const text = `${path} in body must be of type ${expected}: ${quote(found)}`
      result.errors.push(typeInvalid(fieldOf(path), found, text))
    }
    if (value === null) {
      if (types.length > 0 && schema.nullable !== true) refuse(types.join(','), 'null')
      return
    }
    const [type] = typeOf(value)
    const fits =
      types.includes(type) ||
      (type === 'integer' && types.includes('number')) ||
      (types.length === 0 && typeof value !== 'string')
    const isNumeric = types.includes('number') || types.includes('integer')
    const isText = typeof value === 'string' || Array.isArray(value)
    // a format decides of texts by itself
    if (!isNumeric && format !== '' && isText && isKnownFormat(format)) return
    if (!fits && types.length > 0) refuse(types.join(','), type)
  }

  #junctors(value: JsonValue, schema: JsonSchema, path: string, result: Result): void {
    result.matches++
    const complain = (text: string): void => {
      result.errors.push(invalidValue(NO_FIELD, '', `${quote(path)} ${text}`))
    }
    const { anyOf = [], oneOf = [], allOf = [], not } = schema
    if (anyOf.length > 0) {
      const best = this.#best(value, anyOf, path)
      if (best.valid === 0) complain('must validate at least one schema (anyOf)')
      if (best.valid === 0) merge(result, best.failure)
    }
    if (oneOf.length > 0) {
      const best = this.#best(value, oneOf, path)
      if (best.valid !== 1) {
        const found =
          best.valid === 0 ? 'Found none valid' : `Found ${best.valid} valid alternatives`
        complain(`must validate one and only one schema (oneOf). ${found}`)
        if (best.valid === 0) merge(result, best.failure)
      }
    }
    if (allOf.length > 0) {
      let valid = 0
      for (const one of allOf) {
        const inner = this.run(value, one, path, undefined)
        if (inner.errors.length === 0) valid++
        merge(result, inner)
      }
      if (valid === 0) complain('must validate all the schemas (allOf). None validated')
      else if (valid < allOf.length) complain('must validate all the schemas (allOf)')
    }
    if (not !== undefined && this.run(value, not, path, undefined).errors.length === 0)
      complain('must not validate the schema (not)')
  }

  #best(
    value: JsonValue,
    schemas: readonly JsonSchema[],
    path: string,
  ): { readonly valid: number; readonly failure: Result | undefined } {
    let valid = 0
    let failure: Result | undefined
    for (const schema of schemas) {
      const result = this.run(value, schema, path, undefined)
      if (result.errors.length === 0) valid++
      else if (failure === undefined || result.matches > failure.matches) failure = result
    }
    return { valid, failure }
  }

  #string(value: string, schema: JsonSchema, path: string, result: Result): void {
    result.matches++
    const { maxLength, minLength, pattern = '', format = '' } = schema
    const length = maxLength === undefined && minLength === undefined ? 0 : [...value].length
    if (maxLength !== undefined && length > maxLength)
      result.errors.push(tooLong(fieldOf(path), maxLength))
    else if (minLength !== undefined && length < minLength)
      result.errors.push(
        invalidValue(
          fieldOf(path),
          value,
          `${path} in body should be at least ${minLength} chars long`,
        ),
      )
    else if (pattern !== '' && !matchesPattern(pattern, value))
      result.errors.push(
        invalidValue(fieldOf(path), value, `${path} in body should match '${pattern}'`),
      )
    if (!isKnownFormat(format)) return
    result.matches++
    if (!hasFormat(format, value))
      result.errors.push(
        typeInvalid(
          fieldOf(path),
          value,
          `${path} in body must be of type ${format}: ${quote(value)}`,
        ),
      )
  }

  #number(value: number, schema: JsonSchema, path: string, result: Result): void {
    result.matches++
    const refuse = (what: string): void => {
      result.errors.push(invalidValue(fieldOf(path), value, `${path} in body should be ${what}`))
    }
    const { multipleOf, maximum, minimum } = schema
    if (multipleOf !== undefined && multipleOf > 0 && !Number.isInteger(value / multipleOf))
      refuse(`a multiple of ${numberText(multipleOf)}`)
    if (maximum !== undefined) {
      const isStrict = schema.exclusiveMaximum === true
      if (isStrict ? value >= maximum : value > maximum)
        refuse(`less than ${isStrict ? '' : 'or equal to '}${numberText(maximum)}`)
    }
    if (minimum !== undefined) {
      const isStrict = schema.exclusiveMinimum === true
      if (isStrict ? value <= minimum : value < minimum)
        refuse(`greater than ${isStrict ? '' : 'or equal to '}${numberText(minimum)}`)
    }
  }

  #list(
    value: readonly JsonValue[],
    schema: JsonSchema,
    path: string,
    old: JsonValue | undefined,
    result: Result,
  ): void {
    result.matches++
    const items = itemsOf(schema)
    if (items !== undefined)
      for (const [index, item] of value.entries())
        merge(result, this.run(item, items, `${path}[${index}]`, correlatedItem(schema, old, item)))
    const { minItems, maxItems } = schema
    if (minItems !== undefined && value.length < minItems)
      result.errors.push(
        invalidValue(
          fieldOf(path),
          value.length,
          `${path} in body should have at least ${minItems} items`,
        ),
      )
    if (maxItems !== undefined && value.length > maxItems)
      result.errors.push(tooMany(fieldOf(path), value.length, maxItems))
    if (schema.uniqueItems === true && hasDuplicates(value))
      result.errors.push(
        invalidValue(fieldOf(path), '', `${path} in body shouldn't contain duplicates`),
      )
  }

  #enum(value: JsonValue, schema: JsonSchema, path: string, result: Result): void {
    result.matches++
    const { enum: allowed = [] } = schema
    if (allowed.length === 0 || allowed.some((one) => equal(one, value))) return
    const texts = allowed.map((one) => quote(typeof one === 'string' ? one : JSON.stringify(one)))
    result.errors.push({
      type: 'FieldValueNotSupported',
      field: fieldOf(path),
      badValue: value,
      // in the order of the schema
      detail: `supported values: ${texts.join(', ')}`,
    })
  }

  #map(
    value: JsonObject,
    schema: JsonSchema,
    path: string,
    old: JsonValue | undefined,
    result: Result,
  ): void {
    result.matches++
    const count = Object.keys(value).length
    const { minProperties, maxProperties, properties = {} } = schema
    if (minProperties !== undefined && count < minProperties) {
      const text = `${path} in body should have at least ${minProperties} properties`
      result.errors.push(invalidValue(fieldOf(path), count, text))
      return
    }
    if (maxProperties !== undefined && count > maxProperties) {
      result.errors.push(tooMany(fieldOf(path), count, maxProperties))
      return
    }
    const before = old !== undefined && isMap(old) ? old : undefined
    const additional = additionalOf(schema)
    for (const key of Object.keys(value)) {
      const at = below(path, key)
      const property = own(properties, key)
      if (property === undefined && schema.additionalProperties === false)
        result.errors.push(invalidValue(fieldOf(at), key, `${at} in body is a forbidden property`))
      const inner = property ?? additional
      if (inner !== undefined)
        merge(result, this.run(value[key]!, inner, at, own(before ?? {}, key)))
    }
    for (const key of schema.required ?? [])
      if (!Object.hasOwn(value, key)) result.errors.push(requiredValue(fieldOf(below(path, key))))
  }
}

const merge = (into: Result, from: Result | undefined): void => {
  if (from === undefined) return
  append(into.errors, from.errors)
  into.matches += from.matches
}

const hasDuplicates = (list: readonly JsonValue[]): boolean =>
  list.some((item, index) => list.slice(0, index).some((other) => equal(item, other)))
