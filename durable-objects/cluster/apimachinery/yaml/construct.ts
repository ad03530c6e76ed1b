import { decodeBase64, Base64Error } from '#apimachinery/base64.ts'
import { quote } from '#apimachinery/field-error.ts'
import { setKey, type JsonValue } from '#apimachinery/object.ts'
import { decodeUtf8Loosely } from '#apimachinery/utf8.ts'
import { YamlError } from '#apimachinery/yaml/error.ts'
import type { YamlNode } from '#apimachinery/yaml/nodes.ts'
import { resolveScalar, TEXT, type Scalar } from '#apimachinery/yaml/scalars.ts'

// kubernetes: sigs.k8s.io/yaml goyaml.v2 decode.go and yaml.go convertToJSONableObject (Apache-2.0)

type ScalarNode = Extract<YamlNode, { kind: 'scalar' }>
type MapNode = Extract<YamlNode, { kind: 'map' }>

/** A value and how many nodes it would be with every alias written out. */
interface Built {
  readonly value: JsonValue
  readonly size: number
}

/**
 * Aliases may not make a document much larger than its text. differs: upstream counts what it decodes; a
 * few lines could still ask for hundreds of megabytes.
 */
const MAX_EXPANDED = 100_000

/** Upstream has no limit; nobody reads further. */
const REPEATED_LIMIT = 100

const YAML_TAG = 'tag:yaml.org,2002:'

export interface Constructed {
  readonly value: JsonValue
  /** What Go's strict parser says of repeated keys; one text for them all. */
  readonly duplicates: readonly string[]
}

/** A document as JSON. Throws a YamlError. */
export const construct = (root: YamlNode): Constructed => {
  const constructor = new Constructor()
  const value = constructor.run(root)
  const { repeated } = constructor
  return {
    value,
    duplicates:
      repeated.length === 0
        ? []
        : [`yaml: unmarshal errors:\n${repeated.map((text) => `  ${text}`).join('\n')}`],
  }
}

class Constructor {
  /** `line 3: key "a" already set in map` */
  readonly repeated: string[] = []
  readonly #built = new Map<YamlNode, Built>()
  /** Nodes that are written, and nodes that aliases stand for. */
  #nodes = 0
  #expanded = 0
  /** What JSON cannot say comes to light only when all has been read. */
  #unsupported: string | undefined

  run(root: YamlNode): JsonValue {
    const { value } = this.#build(root)
    if (this.#unsupported !== undefined) throw new YamlError(this.#unsupported)
    return value
  }

  #build(node: YamlNode): Built {
    if (node.kind === 'alias') {
      const target = node.target()
      // Scalars are not kept: to read one again costs nothing.
      const built = this.#built.get(target) ?? this.#build(target)
      this.#expanded += built.size
      if (this.#expanded > MAX_EXPANDED && this.#expanded > this.#nodes * 2) {
        throw new YamlError('yaml: document contains excessive aliasing')
      }
      return built
    }
    this.#nodes += 1
    if (node.kind === 'scalar') return { value: this.#json(this.#scalar(node)), size: 1 }
    const built = node.kind === 'list' ? this.#list(node.items) : this.#map(node)
    this.#built.set(node, built)
    return built
  }

  #list(items: readonly YamlNode[]): Built {
    let size = 1
    const value = items.map((item) => {
      const built = this.#build(item)
      size += built.size
      return built.value
    })
    return { value, size }
  }

  #map({ entries }: MapNode): Built {
    const value: Record<string, JsonValue> = {}
    const own = new Set<string>()
    let size = 1
    for (const [keyNode, valueNode] of entries) {
      if (
        keyNode.kind === 'scalar' &&
        keyNode.text === '<<' &&
        (keyNode.plain || keyNode.tag === `${YAML_TAG}merge`)
      ) {
        size += this.#merge(valueNode, value)
        continue
      }
      const key = this.#key(keyNode)
      const item = this.#build(valueNode)
      size += 1 + item.size
      if (key === undefined) {
        this.#unsupported ??= `unsupported map key of type: %!s(<nil>), key: <nil>, value: ${goSyntax(item.value)}`
        continue
      }
      if (own.has(key) && this.repeated.length < REPEATED_LIMIT) {
        this.repeated.push(`line ${valueNode.line + 1}: key ${quote(key)} already set in map`)
      }
      own.add(key)
      setKey(value, key, item.value)
    }
    return { value, size }
  }

  /** Takes the place of what was set before; of a list the first item has the last word. */
  #merge(node: YamlNode, into: Record<string, JsonValue>): number {
    const { value, size } = this.#build(node)
    const sources = node.kind === 'list' ? [...(value as readonly JsonValue[])].reverse() : [value]
    for (const source of sources) {
      if (typeof source !== 'object' || source === null || Array.isArray(source)) {
        throw new YamlError('yaml: map merge requires map or sequence of maps as the value')
      }
      for (const [key, item] of Object.entries(source)) setKey(into, key, item as JsonValue)
    }
    return size
  }

  /** Nothing for null, which cannot be a key. */
  #key(node: YamlNode): string | undefined {
    const target = node.kind === 'alias' ? node.target() : node
    const key = target.kind === 'scalar' ? this.#scalar(target) : this.#build(target).value
    if (typeof key === 'object') {
      if (key === null) return undefined
      throw new YamlError(`yaml: invalid map key: ${goSyntax(key)}`)
    }
    return typeof key === 'number' ? keyText(key) : String(key)
  }

  #scalar({ text, plain, tag }: ScalarNode): Scalar {
    if (tag === '') {
      if (!plain) return text
      const value = resolveScalar(text)
      return value === TEXT ? text : value
    }
    switch (tag) {
      case `${YAML_TAG}binary`:
        return binary(text)
      case `${YAML_TAG}bool`:
      case `${YAML_TAG}int`:
      case `${YAML_TAG}float`:
      case `${YAML_TAG}null`:
        return tagged(text, tag.slice(YAML_TAG.length))
      default:
        return text
    }
  }

  #json(value: Scalar): JsonValue {
    if (typeof value !== 'number' || Number.isFinite(value)) return value
    this.#unsupported ??= `json: unsupported value: ${goNumber(value)}`
    return null
  }
}

const binary = (text: string): string => {
  try {
    return decodeUtf8Loosely(decodeBase64(text.replace(/\s/g, '')))
  } catch (error) {
    throw error instanceof Base64Error
      ? new YamlError('yaml: !!binary value contains invalid base64 data')
      : error
  }
}

const tagged = (text: string, tag: string): Scalar => {
  const value = resolveScalar(text)
  const actual =
    value === TEXT
      ? 'str'
      : value === null
        ? 'null'
        : typeof value === 'boolean'
          ? 'bool'
          : Number.isInteger(value) && !/[.eE]/.test(text)
            ? 'int'
            : 'float'
  if (value !== TEXT && (actual === tag || (tag === 'float' && actual === 'int'))) return value
  throw new YamlError(`yaml: cannot decode !!${actual} \`${text}\` as a !!${tag}`)
}

const goNumber = (value: number): string =>
  Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'

const keyText = (value: number): string => {
  if (Number.isNaN(value)) return '.nan'
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf'
  return Number.isInteger(value) ? String(BigInt(value)) : String(value)
}

/** A value in Go's own syntax, as errors about keys show it. */
const goSyntax = (value: JsonValue): string => {
  if (typeof value === 'string') return quote(value)
  if (value === null) return 'interface {}(nil)'
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  return `map[interface {}]interface {}{${Object.entries(value)
    .map(([key, item]) => `${quote(key)}:${goSyntax(item as JsonValue)}`)
    .join(', ')}}`
}
