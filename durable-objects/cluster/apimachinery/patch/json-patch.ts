// JSON patch (RFC 6902) with the habits of the library that the API server uses: negative indexes,
// `replace` of a missing key adds it, `test` of a missing key against null holds.
// kubernetes: vendor/gopkg.in/evanphx/json-patch.v4/patch.go
import { equal, own, setKey, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import { badRequest, requestEntityTooLarge } from '#apimachinery/status-error.ts'
import { isObject } from './merge-patch.ts'
import { cannotUnmarshal, jsonKind, unprocessable } from './patch-error.ts'

/** kubernetes: apiserver pkg/endpoints/handlers/patch.go maxJSONPatchOperations */
const MAX_OPERATIONS = 10_000
/** kubernetes: apiserver pkg/server/config.go JSONPatchMaxCopyBytes */
const MAX_COPY_BYTES = 3 * 1024 * 1024

type Mutable = Record<string, JsonValue | undefined> | JsonValue[]

/** Why an operation does not apply. The client is not told; it gets `unprocessable`. */
class NotApplicable extends Error {}

/** Checks the shape of the patch as the decoder does. kubernetes: handlers/patch.go jsonPatcher.applyJSPatch */
export const decodeJsonPatch = (patch: unknown): readonly JsonObject[] => {
  if (patch === null) return []
  if (!Array.isArray(patch))
    throw badRequest(`error decoding patch: ${cannotUnmarshal(patch, '[]handlers.jsonPatchOp')}`)
  for (const operation of patch as readonly unknown[]) {
    if (operation === null) continue
    if (!isObject(operation))
      throw badRequest(
        `error decoding patch: ${cannotUnmarshal(operation, 'handlers.jsonPatchOp')}`,
      )
    for (const name of ['op', 'path', 'from'])
      if (typeof (own(operation, name) ?? '') !== 'string')
        throw badRequest(
          `error decoding patch: json: cannot unmarshal ${jsonKind(operation[name])} into Go struct field jsonPatchOp.${name} of type string`,
        )
  }
  if (patch.length > MAX_OPERATIONS)
    throw requestEntityTooLarge(
      `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`,
    )
  return patch as readonly JsonObject[]
}

/** Fields of operations that mean nothing, as strict field validation reports them. */
export const unknownOperationFields = (patch: readonly JsonObject[]): readonly string[] =>
  patch.flatMap((operation, index) =>
    Object.keys(operation ?? {})
      .filter((key) => !['op', 'path', 'from', 'value'].includes(key))
      .map((key) => `json patch unknown field "[${index}].${key}"`),
  )

/** The document after all operations; all or nothing. Shares with `document` what they do not touch. */
export const applyJsonPatch = (document: JsonObject, patch: unknown): JsonValue => {
  const editor = new Editor(document)
  try {
    for (const operation of decodeJsonPatch(patch)) editor.apply(operation ?? {})
  } catch (error) {
    if (error instanceof NotApplicable) throw unprocessable()
    throw error
  }
  return editor.root
}

const decodeKey = (key: string): string => key.replace(/~[01]/g, (c) => (c === '~1' ? '/' : '~'))

const integer = (key: string): number => {
  if (!/^[+-]?\d+$/.test(key))
    throw new NotApplicable(`strconv.Atoi: parsing "${key}": invalid syntax`)
  return Number(key)
}

/** The place that a key means in a list of `length` items; a negative one counts from the end. */
const indexOf = (key: string, length: number): number => {
  const index = integer(key)
  if (index >= length || index < -length)
    throw new NotApplicable(`Unable to access invalid index: ${index}: invalid index referenced`)
  return index < 0 ? index + length : index
}

/** Copies each container once, when it is first written to. */
class Editor {
  root: JsonValue
  readonly #copied = new WeakSet<object>()
  #copySize = 0

  constructor(root: JsonValue) {
    this.root = root
  }

  apply(operation: JsonObject): void {
    const kind = typeof operation['op'] === 'string' ? operation['op'] : 'unknown'
    switch (kind) {
      case 'add':
        return this.#add(this.#text(operation, 'path'), own(operation, 'value') ?? null)
      case 'remove':
        return this.#remove(this.#text(operation, 'path'))
      case 'replace':
        return this.#replace(this.#text(operation, 'path'), own(operation, 'value'))
      case 'move':
        return this.#move(this.#text(operation, 'from'), this.#text(operation, 'path'))
      case 'copy':
        return this.#copy(this.#text(operation, 'from'), this.#text(operation, 'path'))
      case 'test':
        return this.#test(this.#text(operation, 'path'), own(operation, 'value') ?? null)
      default:
        throw new NotApplicable(`Unexpected kind: ${kind}`)
    }
  }

  #text(operation: JsonObject, name: string): string {
    const value = own(operation, name)
    if (typeof value !== 'string')
      throw new NotApplicable(`operation missing ${name} field: missing value`)
    return value
  }

  #parts(path: string): string[] {
    const parts = path.split('/').slice(1).map(decodeKey)
    if (parts.length === 0) throw new NotApplicable(`doc is missing path: "${path}": missing value`)
    return parts
  }

  #child(container: JsonValue, key: string): JsonValue | undefined {
    if (Array.isArray(container)) return container[indexOf(key, container.length)]
    if (!isObject(container)) throw new NotApplicable('doc is missing path: missing value')
    return own(container, key)
  }

  #get(path: string): JsonValue | undefined {
    let value: JsonValue | undefined = this.root
    for (const part of this.#parts(path)) value = this.#child(value ?? null, part)
    return value
  }

  #writable(container: JsonValue | undefined): Mutable {
    if (typeof container !== 'object' || container === null)
      throw new NotApplicable('doc is missing path: missing value')
    if (this.#copied.has(container)) return container as Mutable
    const copy: Mutable = Array.isArray(container)
      ? [...(container as readonly JsonValue[])]
      : { ...(container as JsonObject) }
    this.#copied.add(copy)
    return copy
  }

  /** The container that holds the last part of the path, ready to be written to. */
  #container(path: string): { readonly container: Mutable; readonly key: string } {
    const parts = this.#parts(path)
    const key = parts.pop()!
    let container = this.#writable(this.root)
    this.root = container as JsonValue
    for (const part of parts) {
      const next = this.#writable(this.#child(container, part))
      if (Array.isArray(container)) container[indexOf(part, container.length)] = next as JsonValue
      else setKey(container, part, next as JsonValue)
      container = next
    }
    return { container, key }
  }

  #add(path: string, value: JsonValue): void {
    const { container, key } = this.#container(path)
    if (!Array.isArray(container)) setKey(container, key, value)
    else if (key === '-') container.push(value)
    else container.splice(indexOf(key, container.length + 1), 0, value)
  }

  #remove(path: string): void {
    const { container, key } = this.#container(path)
    if (Array.isArray(container)) {
      container.splice(indexOf(key, container.length), 1)
      return
    }
    if (!Object.hasOwn(container, key))
      throw new NotApplicable(`Unable to remove nonexistent key: ${key}: missing value`)
    delete container[key]
  }

  #replace(path: string, value: JsonValue | undefined): void {
    if (path === '') {
      if (typeof value !== 'object' || value === null)
        throw new NotApplicable('replace operation value must be object or array')
      this.root = value
      return
    }
    const { container, key } = this.#container(path)
    if (Array.isArray(container)) container[indexOf(key, container.length)] = value ?? null
    else setKey(container, key, value ?? null)
  }

  #move(from: string, path: string): void {
    const value = this.#get(from)
    this.#remove(from)
    this.#add(path, value ?? null)
  }

  #copy(from: string, path: string): void {
    const text = JSON.stringify(this.#get(from) ?? null)
    this.#container(path)
    this.#copySize += text.length
    if (this.#copySize > MAX_COPY_BYTES)
      throw new NotApplicable(
        `Unable to complete the copy, the accumulated size increase of copy is ${this.#copySize}, exceeding the limit ${MAX_COPY_BYTES}`,
      )
    // A copy, not the value itself: what is written to later must not show in both places.
    this.#add(path, JSON.parse(text) as JsonValue)
  }

  #test(path: string, value: JsonValue): void {
    const actual = path === '' ? this.root : (this.#get(path) ?? null)
    if (!equal(actual, value)) throw new NotApplicable(`testing value ${path} failed: test failed`)
  }
}
