import { bareDefinitions, described } from '#kube-apiserver/discovery/definitions.ts'
import { KUBERNETES_VERSION } from '#kube-apiserver/discovery/version.ts'
import { customDefinitions, withoutV3 } from '#kube-apiserver/apiextensions/openapi-definitions.ts'
import { jsonAnswer, type Answer } from '#kube-apiserver/endpoints/http.ts'
import type { Resource } from '#kube-apiserver/resources.ts'

const PROTOBUF_V2 = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'

/**
 * /openapi/v2. kubectl asks for it, as protobuf, only for kinds that v3 does not describe: the document then says that there are none.
 * As JSON it holds every definition.
 */
export const openapiV2 = (accept: string, customs: readonly Resource[]): Answer => {
  const info = { title: 'Kubernetes', version: KUBERNETES_VERSION }
  if (accept.includes('com.github.proto-openapi.spec.v2'))
    return { status: 200, contentType: PROTOBUF_V2, body: [emptyDocumentV2(info)] }
  const named = Object.entries(bareDefinitions()).map(
    ([name, definition]) => [name, withDefinitionPaths(described(name, definition))] as const,
  )
  const custom = customs
    .flatMap(customDefinitions)
    .map(([name, definition]) => [name, withDefinitionPaths(withoutV3(definition))] as const)
  return jsonAnswer(200, {
    swagger: '2.0',
    info,
    paths: {},
    definitions: Object.fromEntries([...named, ...custom]),
  })
}

const withDefinitionPaths = (definition: unknown): unknown =>
  JSON.parse(JSON.stringify(definition).replaceAll('"$ref":"', '"$ref":"#/definitions/'))

/** A gnostic openapi.v2.Document with nothing but its head. All texts are ASCII and shorter than 128 bytes. */
const emptyDocumentV2 = ({
  title,
  version,
}: {
  readonly title: string
  readonly version: string
}): string => {
  const field = (number: number, text: string): string =>
    String.fromCharCode(number * 8 + 2, text.length) + text
  const [swagger, paths, schemas] = [1, 8, 9]
  return (
    field(swagger, '2.0') +
    field(2, field(1, title) + field(2, version)) +
    field(paths, '') +
    field(schemas, '')
  )
}
