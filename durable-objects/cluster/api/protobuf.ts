import type { JsonObject } from '#apimachinery/object.ts'
import { parseJson } from '#apimachinery/json.ts'
import { decodeMessage } from '#apimachinery/protobuf/decode.ts'
import { encodeMessage } from '#apimachinery/protobuf/encode.ts'
import { readEnvelope, writeEnvelope } from '#apimachinery/protobuf/envelope.ts'
import { compileMessages, type Message } from '#apimachinery/protobuf/messages.ts'
import { ProtobufError } from '#apimachinery/protobuf/reader.ts'
import { definitionForKind } from '#api/schemas.ts'
import { decodeUtf8 } from '#apimachinery/utf8.ts'
import facts from './facts/protobuf.json' with { type: 'json' }

const DELETE_OPTIONS = 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions'

let compiled: ReadonlyMap<string, Message> | undefined

/** The message of a built-in kind; nothing for a custom one, which protobuf cannot carry. */
export const messageForKind = (apiVersion: string, kind: string): Message | undefined => {
  compiled ??= compileMessages(facts)
  // These belong to every group: a typed client sends them in the version of what it deletes.
  if (kind === 'DeleteOptions') return compiled.get(DELETE_OPTIONS)
  const slash = apiVersion.indexOf('/')
  const definition = definitionForKind(
    slash < 0 ? '' : apiVersion.slice(0, slash),
    apiVersion.slice(slash + 1),
    kind,
  )
  return definition === undefined ? undefined : compiled.get(definition)
}

/**
 * A body of type application/vnd.kubernetes.protobuf as the JSON object it stands for, still to be
 * decoded by its schema. Throws a ProtobufError. `fallback` is used where the body names no type.
 */
export const decodeProtobuf = (
  bytes: Uint8Array,
  fallback?: { readonly apiVersion: string; readonly kind: string },
): JsonObject => {
  const envelope = readEnvelope(bytes)
  const apiVersion = envelope.apiVersion === '' ? (fallback?.apiVersion ?? '') : envelope.apiVersion
  const kind = envelope.kind === '' ? (fallback?.kind ?? '') : envelope.kind
  if (envelope.contentType === 'application/json')
    return parseJson(decodeUtf8(envelope.raw)).value as JsonObject
  const message = messageForKind(apiVersion, kind)
  if (message === undefined)
    throw new ProtobufError(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`,
    )
  return { apiVersion, kind, ...decodeMessage(envelope.raw, message) }
}

/** The body for an object of a built-in kind; nothing for a custom one. */
export const encodeProtobuf = (object: JsonObject): Uint8Array | undefined => {
  const apiVersion = String(object['apiVersion'] ?? '')
  const kind = String(object['kind'] ?? '')
  const message = messageForKind(apiVersion, kind)
  return message === undefined
    ? undefined
    : writeEnvelope(apiVersion, kind, encodeMessage(object, message))
}
