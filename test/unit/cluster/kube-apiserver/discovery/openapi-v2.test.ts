import { ProtobufReader } from '#apimachinery/protobuf/reader.ts'
import { decodeUtf8 } from '#apimachinery/utf8.ts'
import { openapiV2 } from '#kube-apiserver/discovery/openapi-v2.ts'
import { describe, expect, it } from 'vitest'

const PROTOBUF = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'

/** The values of one field of a message whose fields are texts and messages. */
const fieldsOf = (bytes: Uint8Array, wanted: number): readonly Uint8Array[] => {
  const reader = new ProtobufReader(bytes)
  const found: Uint8Array[] = []
  while (!reader.done) {
    const { number, wireType } = reader.tag()
    if (wireType === 2) {
      const value = reader.bytes()
      if (number === wanted) found.push(value)
    } else if (wireType === 1) reader.double()
    else reader.integer()
  }
  return found
}

const textsOf = (bytes: Uint8Array, wanted: number): readonly string[] =>
  fieldsOf(bytes, wanted).map(decodeUtf8)

/** The pairs of a message that stands for a map. */
const entriesOf = (bytes: Uint8Array): ReadonlyMap<string, Uint8Array> =>
  new Map(fieldsOf(bytes, 1).map((pair) => [textsOf(pair, 1)[0]!, fieldsOf(pair, 2)[0]!] as const))

describe('an OpenAPI v2 document', () => {
  const { contentType, bytes = new Uint8Array() } = openapiV2(PROTOBUF, [])
  const definitions = entriesOf(fieldsOf(bytes, 9)[0]!)
  const port = definitions.get('io.k8s.api.core.v1.ServicePort')!
  const properties = entriesOf(fieldsOf(port, 25)[0]!)

  it('comes as protobuf to who asks for it', () => {
    expect(contentType).toBe('application/com.github.proto-openapi.spec.v2.v1.0+protobuf')
    expect(textsOf(bytes, 1)).toEqual(['2.0'])
    expect(textsOf(fieldsOf(bytes, 2)[0]!, 1)).toEqual(['Kubernetes'])
  })

  it('describes definitions and their fields', () => {
    expect(textsOf(port, 4)).toEqual(["ServicePort contains information on service's port."])
    expect(textsOf(port, 19)).toEqual(['port'])
    const number = properties.get('port')!
    expect(textsOf(number, 2)).toEqual(['int32'])
    expect(textsOf(fieldsOf(number, 22)[0]!, 1)).toEqual(['integer'])
    expect(textsOf(properties.get('targetPort')!, 1)).toEqual([
      '#/definitions/io.k8s.apimachinery.pkg.util.intstr.IntOrString',
    ])
  })

  it('gives defaults, values and extensions as YAML', () => {
    const protocol = properties.get('protocol')!
    expect(textsOf(fieldsOf(protocol, 5)[0]!, 2)).toEqual(['"TCP"\n'])
    expect(fieldsOf(protocol, 20).map((value) => textsOf(value, 2)[0])).toEqual([
      '"SCTP"\n',
      '"TCP"\n',
      '"UDP"\n',
    ])
    const [extension] = fieldsOf(definitions.get('io.k8s.api.apps.v1.Deployment')!, 31)
    expect(textsOf(extension!, 1)).toEqual(['x-kubernetes-group-version-kind'])
    expect(textsOf(fieldsOf(extension!, 2)[0]!, 2)).toEqual([
      '[{"group":"apps","kind":"Deployment","version":"v1"}]\n',
    ])
  })

  it('says of what has one of two types what it can', () => {
    const either = definitions.get('io.k8s.apimachinery.pkg.util.intstr.IntOrString')!
    expect(textsOf(either, 2)).toEqual(['int-or-string'])
    expect(textsOf(fieldsOf(either, 22)[0]!, 1)).toEqual(['string'])
  })

  it('holds the same as JSON', () => {
    const document = JSON.parse(openapiV2('application/json', []).body.join('')) as {
      readonly definitions: Readonly<Record<string, unknown>>
    }
    expect(Object.keys(document.definitions)).toEqual([...definitions.keys()])
  })
})
