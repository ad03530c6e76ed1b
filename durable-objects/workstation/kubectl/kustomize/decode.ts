// Reads YAML into a shape, strictly, with the complaints of Go's decoder. Go: encoding/json DisallowUnknownFields
import { own, setKey, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import { parseYaml, YamlError } from '#apimachinery/yaml/parse.ts'
import { KustomizeError } from '#kubectl/kustomize/failure.ts'
import type { Shape } from '#kubectl/kustomize/kustomization-shape.ts'

interface Place {
  readonly struct: string
  readonly path: string
}

const jsonKind = (value: JsonValue): string =>
  Array.isArray(value)
    ? 'array'
    : typeof value === 'object'
      ? 'object'
      : typeof value === 'boolean'
        ? 'bool'
        : typeof value

const goType = (shape: Shape): string => {
  if (shape === 'merge patch') return 'types.PatchStrategicMerge'
  if (typeof shape !== 'object') return shape === 'any' ? 'interface {}' : shape
  if ('list' in shape) return `[]${goType(shape.list)}`
  if ('map' in shape) return `map[string]${goType(shape.map)}`
  return `types.${shape.name}`
}

const mismatch = (value: JsonValue, shape: Shape, place: Place): KustomizeError => {
  const at = place.path === '' ? 'value' : `struct field ${place.struct}.${place.path}`
  const type = shape === 'int' && place.struct === 'Replica' ? 'int64' : goType(shape)
  const what = shape === 'int' && typeof value === 'number' ? `number ${value}` : jsonKind(value)
  return new KustomizeError(`json: cannot unmarshal ${what} into Go ${at} of type ${type}`)
}

export const decode = (
  value: JsonValue,
  shape: Shape,
  place: Place = { struct: '', path: '' },
): JsonValue => {
  if (value === null || shape === 'any') return value
  if (typeof shape === 'string') {
    const fits =
      shape === 'string' || shape === 'merge patch'
        ? typeof value === 'string'
        : shape === 'bool'
          ? typeof value === 'boolean'
          : Number.isInteger(value)
    if (!fits) throw mismatch(value, shape, place)
    return value
  }
  if ('list' in shape) {
    if (!Array.isArray(value)) throw mismatch(value, shape, place)
    return (value as readonly JsonValue[]).map((item) => decode(item, shape.list, place))
  }
  if (typeof value !== 'object' || Array.isArray(value)) throw mismatch(value, shape, place)
  const map = value as JsonObject
  const decoded: Record<string, JsonValue> = {}
  for (const key of Object.keys(map).sort()) {
    const item = map[key] ?? null
    if ('map' in shape) setKey(decoded, key, decode(item, shape.map, place))
    else {
      const name = fieldName(shape.fields, key)
      if (name === undefined) throw new KustomizeError(`json: unknown field ${JSON.stringify(key)}`)
      const path = [place.path, own(shape.via, name) ?? '', name]
        .filter((part) => part !== '')
        .join('.')
      const inner = own(shape.fields, name)
      const result = decode(item, inner ?? 'any', { struct: shape.name, path })
      if (result !== null) decoded[name] = result
    }
  }
  return decoded
}

/** Go takes a field in any case of letters. */
const fieldName = (fields: Readonly<Record<string, Shape>>, key: string): string | undefined =>
  Object.hasOwn(fields, key)
    ? key
    : Object.keys(fields).find((name) => name.toLowerCase() === key.toLowerCase())

export const decodeText = (text: string, shape: Shape): JsonValue => {
  try {
    return decode(parseYaml(text).value, shape)
  } catch (error) {
    if (error instanceof YamlError) throw new KustomizeError(error.message)
    throw error
  }
}
