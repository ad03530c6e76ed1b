import {
  bareDefinitions,
  type Definitions,
  described,
} from '#kube-apiserver/discovery/definitions.ts'
import { encodeDocumentV2 } from '#kube-apiserver/discovery/openapi-v2-protobuf.ts'
import { KUBERNETES_VERSION } from '#kube-apiserver/discovery/version.ts'
import { customDefinitions, withoutV3 } from '#kube-apiserver/apiextensions/openapi-definitions.ts'
import { jsonAnswer, type Answer } from '#kube-apiserver/endpoints/http.ts'
import type { Resource } from '#kube-apiserver/resources.ts'

const PROTOBUF_V2 = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'

const ofText = (format?: string): object =>
  format === undefined ? { type: 'string' } : { type: 'string', format }

/** The older document cannot say that a value has one of two types. */
const INSTEAD: Definitions = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': ofText(),
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': ofText('int-or-string'),
}

/** /openapi/v2, as JSON or as protobuf: every definition, and no paths. kubectl prefers v3. */
export const openapiV2 = (accept: string, customs: readonly Resource[]): Answer => {
  const named = Object.entries({ ...bareDefinitions(), ...INSTEAD }).map(
    ([name, definition]) => [name, withDefinitionPaths(described(name, definition))] as const,
  )
  const custom = customs
    .flatMap(customDefinitions)
    .map(([name, definition]) => [name, withDefinitionPaths(withoutV3(definition))] as const)
  const document = {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: KUBERNETES_VERSION },
    paths: {},
    definitions: Object.fromEntries([...named, ...custom]),
  }
  if (!accept.includes('com.github.proto-openapi.spec.v2')) return jsonAnswer(200, document)
  return { status: 200, contentType: PROTOBUF_V2, body: [], bytes: encodeDocumentV2(document) }
}

const withDefinitionPaths = (definition: unknown): unknown =>
  JSON.parse(JSON.stringify(definition).replaceAll('"$ref":"', '"$ref":"#/definitions/'))
