// What `kubectl wait --for` may ask of an object. kubernetes: kubectl pkg/cmd/wait/{wait,condition,json}.go
import type { JsonObject, JsonValue } from '#apimachinery/object.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import { sprint } from '#kubectl/output/go/format.ts'
import { isList, isMap } from '#kubectl/output/go/value.ts'
import { findResults } from '#kubectl/output/jsonpath/evaluate.ts'
import {
  JsonPathError,
  parseJsonPath,
  type JsonPathTemplate,
} from '#kubectl/output/jsonpath/parse.ts'
import { relaxedJsonPath } from '#kubectl/output/jsonpath/relaxed.ts'

/** Whether an object is as it should be. Throws what cannot be compared. */
export type Check = (object: JsonObject) => boolean

export type WaitCondition = 'create' | 'delete' | Check

/** Throws what is said of conditions that do not exist. */
export const waitConditionsOf = (given: readonly string[]): readonly WaitCondition[] => {
  if (given.length === 0) throw new KubectlFailure('unrecognized condition: []')
  return given.map(conditionOf)
}

const conditionOf = (text: string): WaitCondition => {
  const lower = text.toLowerCase()
  if (lower === 'delete' || lower === 'create') return lower
  if (text.startsWith('condition=')) return statusCheck(text.slice('condition='.length))
  if (text.startsWith('jsonpath=')) return jsonPathCheck(text.slice('jsonpath='.length))
  throw new KubectlFailure(`unrecognized condition: ${JSON.stringify(text)}`)
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** kubernetes: ConditionalWait.checkCondition */
const statusCheck = (text: string): Check => {
  const equals = text.indexOf('=')
  const name = (equals < 0 ? text : text.slice(0, equals)).toLowerCase()
  const wanted = (equals < 0 ? 'true' : text.slice(equals + 1)).toLowerCase()
  return (object) => {
    const status = object['status']
    const conditions = isObject(status) ? status['conditions'] : undefined
    if (!Array.isArray(conditions)) return false
    for (const condition of conditions as readonly JsonValue[]) {
      if (!isObject(condition)) return false
      const { type, status: value } = condition
      if (typeof type !== 'string' || type.toLowerCase() !== name) continue
      if (typeof value !== 'string') continue
      return !isOutdated(object, condition) && value.toLowerCase() === wanted
    }
    return false
  }
}

/** A controller that has not seen the object as it is now has said nothing of it. */
const isOutdated = (object: JsonObject, condition: JsonObject): boolean => {
  const [metadata, status] = [object['metadata'], object['status']]
  const generation = isObject(metadata) ? metadata['generation'] : undefined
  const observed =
    condition['observedGeneration'] ?? (isObject(status) ? status['observedGeneration'] : undefined)
  return typeof generation === 'number' && typeof observed === 'number' && observed < generation
}

/** kubernetes: JSONPathWait.checkCondition */
const jsonPathCheck = (text: string): Check => {
  const { template, wanted } = readJsonPath(text)
  return (object) => {
    const results = foundBy(template, object)
    const [first] = results
    if (first === undefined || first.length === 0) return false
    if (results.length > 1)
      throw new KubectlFailure('given jsonpath expression matches more than one list')
    if (first.length > 1)
      throw new KubectlFailure('given jsonpath expression matches more than one value')
    if (wanted === undefined) return true
    const value = first[0]!
    if (isMap(value) || isList(value))
      throw new KubectlFailure('jsonpath leads to a nested object or list which is not supported')
    return sprint(value).trim() === wanted.trim()
  }
}

const foundBy = (template: JsonPathTemplate, object: JsonObject) => {
  try {
    return findResults(template, object, { allowMissingKeys: true })
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error
    throw new KubectlFailure(error.message)
  }
}

/** `{.status.phase}=Running`; without a value any will do. */
const readJsonPath = (
  text: string,
): { readonly template: JsonPathTemplate; readonly wanted: string | undefined } => {
  const [path = '', value, ...more] = splitAtEquals(text)
  if (more.length > 0)
    throw new KubectlFailure(
      "jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'",
    )
  const expression = relaxedJsonPath(path)
  const wanted = value?.replaceAll(/^['"]+|['"]+$/g, '')
  if (wanted === '')
    throw new KubectlFailure(
      "jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3",
    )
  if (expression === '') throw new KubectlFailure('jsonpath expression cannot be empty')
  try {
    return { template: parseJsonPath(expression), wanted }
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error
    throw new KubectlFailure(error.message)
  }
}

/** A double `==` does not part. kubernetes: splitJSONPathInput */
const splitAtEquals = (text: string): readonly string[] => {
  const parts = ['']
  for (let at = 0; at < text.length; at++) {
    const isEqual = text[at] === '='
    if (isEqual && text[at + 1] === '=') {
      parts[parts.length - 1] += '=='
      at++
    } else if (isEqual) parts.push('')
    else parts[parts.length - 1] += text[at]!
  }
  return parts
}
