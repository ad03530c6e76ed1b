import { decodeBase64, Base64Error } from '#apimachinery/base64.ts'
import { quote } from '#apimachinery/field-error.ts'
import { setKey, type JsonValue } from '#apimachinery/object.ts'
import { decodeUtf8Loosely } from '#apimachinery/utf8.ts'
import { YamlError } from '#apimachinery/yaml/error.ts'
import { resolveScalar, TEXT, type Scalar } from '#apimachinery/yaml/scalars.ts'
import { EVENT_ID, getScalarValue, SCALAR_STYLE, type Event } from 'js-yaml'

// kubernetes: sigs.k8s.io/yaml goyaml.v2 decode.go and yaml.go convertToJSONableObject (Apache-2.0)

type ScalarEvent = Extract<Event, { type: typeof EVENT_ID.SCALAR }>
type TaggedEvent = Extract<Event, { tagStart: number }>
type AnchoredEvent = Extract<Event, { anchorStart: number }>

/** A value and how many nodes it would be with every alias written out. */
interface Node {
  readonly value: JsonValue
  readonly size: number
  readonly isMap: boolean
}

/**
 * Aliases may not make a document much larger than its text. differs: upstream counts what it decodes; a
 * few lines could still ask for hundreds of megabytes.
 */
const MAX_EXPANDED = 100_000

const YAML_TAG = 'tag:yaml.org,2002:'

/** The first document of a stream of events as JSON, and its repeated keys. */
export const constructDocument = (
  events: readonly Event[],
  source: string,
): { readonly value: JsonValue; readonly duplicates: readonly string[] } => {
  const constructor = new Constructor(events, source)
  const value = constructor.document()
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
  readonly #events: readonly Event[]
  readonly #source: string
  readonly #anchors = new Map<string, Node | 'open'>()
  readonly #handles = new Map<string, string>()
  #index = 0
  #nodes = 0
  /** What JSON cannot say comes to light only when all has been read. */
  #unsupported: number | undefined
  #badKey: string | undefined

  constructor(events: readonly Event[], source: string) {
    this.#events = events
    this.#source = source
  }

  document(): JsonValue {
    const start = this.#next()
    if (start === undefined || start.type !== EVENT_ID.DOCUMENT) return null
    for (const directive of start.directives)
      if (directive.kind === 'tag') this.#handles.set(directive.handle, directive.prefix)
    if (this.#peek()?.type === EVENT_ID.POP) return null
    const { value } = this.#node()
    if (this.#badKey !== undefined) throw new YamlError(this.#badKey)
    if (this.#unsupported !== undefined)
      throw new YamlError(`json: unsupported value: ${goNumber(this.#unsupported)}`)
    return value
  }

  #node(): Node {
    const event = this.#next()!
    this.#nodes += 1
    switch (event.type) {
      case EVENT_ID.ALIAS:
        return this.#alias(this.#source.slice(event.anchorStart, event.anchorEnd))
      case EVENT_ID.SEQUENCE:
        return this.#anchored(event, () => this.#sequence())
      case EVENT_ID.MAPPING:
        return this.#anchored(event, () => this.#mapping())
      case EVENT_ID.SCALAR:
        return this.#anchored(event, () => ({
          value: this.#json(this.#scalar(event)),
          size: 1,
          isMap: false,
        }))
      default:
        throw new Error('an event of YAML that begins no node')
    }
  }

  #anchored(event: AnchoredEvent, build: () => Node): Node {
    const name =
      event.anchorStart < 0 ? undefined : this.#source.slice(event.anchorStart, event.anchorEnd)
    if (name !== undefined) this.#anchors.set(name, 'open')
    const node = build()
    if (name !== undefined) this.#anchors.set(name, node)
    return node
  }

  #alias(name: string): Node {
    const node = this.#anchors.get(name)
    if (node === undefined) throw new YamlError(`yaml: unknown anchor '${name}' referenced`)
    if (node === 'open') throw new YamlError(`yaml: anchor '${name}' value contains itself`)
    return node
  }

  #sequence(): Node {
    const value: JsonValue[] = []
    let size = 1
    while (this.#peek()!.type !== EVENT_ID.POP) {
      const item = this.#node()
      value.push(item.value)
      size += item.size
    }
    this.#next()
    this.#checkSize(size)
    return { value, size, isMap: false }
  }

  #mapping(): Node {
    const value: Record<string, JsonValue> = {}
    const own = new Set<string>()
    let size = 1
    while (this.#peek()!.type !== EVENT_ID.POP) {
      if (this.#isMerge(this.#peek()!)) {
        this.#next()
        size += this.#merge(value)
        continue
      }
      const key = this.#key()
      const line = this.#peek()!
      const item = this.#node()
      if (own.has(key))
        this.repeated.push(`line ${this.#lineOf(line)}: key ${quote(key)} already set in map`)
      own.add(key)
      setKey(value, key, item.value)
      size += 1 + item.size
    }
    this.#next()
    this.#checkSize(size)
    return { value, size, isMap: true }
  }

  #isMerge(event: Event): boolean {
    return (
      event.type === EVENT_ID.SCALAR &&
      event.style === SCALAR_STYLE.PLAIN &&
      event.tagStart < 0 &&
      getScalarValue(this.#source, event) === '<<'
    )
  }

  /** Takes the place of what was set before; of a list the first item has the last word. */
  #merge(into: Record<string, JsonValue>): number {
    const isList = this.#peek()!.type === EVENT_ID.SEQUENCE
    const node = this.#node()
    const sources = isList ? [...(node.value as readonly JsonValue[])].reverse() : [node.value]
    for (const source of sources) {
      if (typeof source !== 'object' || source === null || Array.isArray(source)) {
        throw new YamlError('yaml: map merge requires map or sequence of maps as the value')
      }
      for (const [key, value] of Object.entries(source)) setKey(into, key, value as JsonValue)
    }
    return node.size
  }

  #key(): string {
    const event = this.#peek()!
    const node =
      event.type === EVENT_ID.SCALAR
        ? this.#keyScalar(this.#next() as ScalarEvent)
        : this.#node().value
    if (typeof node === 'object' && node !== null)
      throw new YamlError(`yaml: invalid map key: ${goSyntax(node)}`)
    if (typeof node === 'string' || typeof node === 'boolean') return String(node)
    if (typeof node === 'number') return keyText(node)
    this.#badKey ??= 'unsupported map key of type: %!s(<nil>), key: <nil>, value: '
    return 'null'
  }

  #keyScalar(event: ScalarEvent): Scalar {
    const value = this.#scalar(event)
    const name =
      event.anchorStart < 0 ? undefined : this.#source.slice(event.anchorStart, event.anchorEnd)
    if (name !== undefined) this.#anchors.set(name, { value, size: 1, isMap: false })
    return value
  }

  #scalar(event: ScalarEvent): Scalar {
    const text = getScalarValue(this.#source, event)
    const tag = this.#tag(event)
    if (tag === '') {
      if (event.style !== SCALAR_STYLE.PLAIN) return text
      const value = resolveScalar(text)
      return value === TEXT ? text : value
    }
    switch (tag) {
      case 'binary':
        return binary(text)
      case 'bool':
      case 'int':
      case 'float':
      case 'null':
        return tagged(text, tag)
      default:
        return text
    }
  }

  /** The short name of a tag of YAML's own, `!` for any other, '' for none. */
  #tag(event: TaggedEvent): string {
    if (event.tagStart < 0) return ''
    const raw = this.#source.slice(event.tagStart, event.tagEnd)
    const handle = /^!(?:[A-Za-z0-9-]*!)?/.exec(raw)![0]
    const full = raw.startsWith('!<')
      ? raw.slice(2, -1)
      : (this.#handles.get(handle) ?? (handle === '!!' ? YAML_TAG : '!')) + raw.slice(handle.length)
    return full.startsWith(YAML_TAG) ? full.slice(YAML_TAG.length) : '!'
  }

  #json(value: Scalar): JsonValue {
    if (typeof value === 'number' && !Number.isFinite(value)) {
      this.#unsupported ??= value
      return null
    }
    return value
  }

  #checkSize(size: number): void {
    if (size > MAX_EXPANDED && size > this.#nodes * 2)
      throw new YamlError('yaml: document contains excessive aliasing')
  }

  #lineOf(event: Event): number {
    const offset = 'valueStart' in event ? event.valueStart : 'start' in event ? event.start : 0
    return this.#source.slice(0, Math.max(offset, 0)).split('\n').length
  }

  #peek(): Event | undefined {
    return this.#events[this.#index]
  }

  #next(): Event | undefined {
    const event = this.#events[this.#index]
    this.#index += 1
    return event
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

const tagged = (text: string, tag: 'bool' | 'int' | 'float' | 'null'): Scalar => {
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
