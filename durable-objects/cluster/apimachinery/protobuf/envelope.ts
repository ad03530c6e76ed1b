import { ProtobufError, ProtobufReader } from '#apimachinery/protobuf/reader.ts'
import { ProtobufWriter } from '#apimachinery/protobuf/writer.ts'

// kubernetes: apimachinery pkg/runtime/serializer/protobuf/protobuf.go, pkg/runtime/types.go Unknown

/** `k8s\0`, before every message on the wire. */
const MAGIC = [0x6b, 0x38, 0x73, 0x00]

/** What stands around an object: what it is, and its message. */
export interface Envelope {
  readonly apiVersion: string
  readonly kind: string
  readonly raw: Uint8Array
  /** '' for protobuf; else what `raw` is, such as `application/json`. */
  readonly contentType: string
}

export const readEnvelope = (bytes: Uint8Array): Envelope => {
  if (bytes.length === 0) throw new ProtobufError('empty data')
  if (MAGIC.some((byte, index) => bytes[index] !== byte)) {
    throw new ProtobufError(
      `provided data does not appear to be a protobuf message, expected prefix [${MAGIC.join(' ')}]`,
    )
  }
  const reader = new ProtobufReader(bytes.subarray(MAGIC.length))
  let type = { apiVersion: '', kind: '' }
  let raw = new Uint8Array()
  let contentType = ''
  while (!reader.done) {
    const { number, wireType } = reader.tag()
    if (wireType !== 2) reader.skip(wireType)
    else if (number === 1) type = readTypeMeta(reader.bytes())
    else if (number === 2) raw = reader.bytes().slice()
    else if (number === 4) contentType = reader.text()
    else reader.bytes()
  }
  return { ...type, raw, contentType }
}

const readTypeMeta = (
  bytes: Uint8Array,
): { readonly apiVersion: string; readonly kind: string } => {
  const reader = new ProtobufReader(bytes)
  let apiVersion = ''
  let kind = ''
  while (!reader.done) {
    const { number, wireType } = reader.tag()
    if (number === 1 && wireType === 2) apiVersion = reader.text()
    else if (number === 2 && wireType === 2) kind = reader.text()
    else reader.skip(wireType)
  }
  return { apiVersion, kind }
}

export const writeEnvelope = (apiVersion: string, kind: string, raw: Uint8Array): Uint8Array => {
  const type = new ProtobufWriter()
  type.text(1, apiVersion)
  type.text(2, kind)
  const unknown = new ProtobufWriter()
  unknown.bytes(1, type.finish())
  unknown.bytes(2, raw)
  unknown.text(3, '')
  unknown.text(4, '')
  const message = unknown.finish()
  const bytes = new Uint8Array(MAGIC.length + message.length)
  bytes.set(MAGIC)
  bytes.set(message, MAGIC.length)
  return bytes
}
