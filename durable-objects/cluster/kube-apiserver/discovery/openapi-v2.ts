import {
  bareDefinitions,
  type Definitions,
  described,
} from '#kube-apiserver/discovery/definitions.ts'
import { pathsV2 } from '#kube-apiserver/discovery/openapi-v2-paths.ts'
import { encodeDocumentV2 } from '#kube-apiserver/discovery/openapi-v2-protobuf.ts'
import { KUBERNETES_VERSION } from '#kube-apiserver/discovery/version.ts'
import { customDefinitions, inV2 } from '#kube-apiserver/apiextensions/openapi-definitions.ts'
import { jsonAnswer, type Answer } from '#kube-apiserver/endpoints/http.ts'
import type { GroupDiscovery, Resources } from '#kube-apiserver/resources.ts'

const PROTOBUF_V2 = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'

const ofText = (format?: string): object =>
  format === undefined ? { type: 'string' } : { type: 'string', format }

/** The older document cannot say that a value has one of two types. */
const INSTEAD: Definitions = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': ofText(),
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': ofText('int-or-string'),
}

type Made = Pick<Answer, 'body' | 'bytes'>

// what every cluster without custom resources serves is made once, as text and not as text
const known = new WeakMap<readonly GroupDiscovery[], Map<boolean, Made>>()

/** /openapi/v2, as JSON or as protobuf. kubectl prefers v3. */
export const openapiV2 = (accept: string, resources: Resources): Answer => {
  const isText = !accept.includes('com.github.proto-openapi.spec.v2')
  const make = (): Made =>
    isText
      ? { body: jsonAnswer(200, documentOf(resources)).body }
      : { body: [], bytes: encodeDocumentV2(documentOf(resources)) }
  const made = resources.custom().length === 0 ? once(resources.groups(), isText, make) : make()
  return { status: 200, contentType: isText ? 'application/json' : PROTOBUF_V2, ...made }
}

const once = (groups: readonly GroupDiscovery[], isText: boolean, make: () => Made): Made => {
  let forms = known.get(groups)
  if (forms === undefined) known.set(groups, (forms = new Map()))
  let made = forms.get(isText)
  if (made === undefined) forms.set(isText, (made = make()))
  return made
}

const documentOf = (resources: Resources) => {
  const named = Object.entries({ ...bareDefinitions(), ...INSTEAD }).map(
    ([name, definition]) => [name, withDefinitionPaths(described(name, definition))] as const,
  )
  const custom = resources
    .custom()
    .flatMap(customDefinitions)
    .map(([name, definition]) => [name, withDefinitionPaths(inV2(definition))] as const)
  const { paths, parameters } = pathsV2(resources.groups())
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: KUBERNETES_VERSION },
    paths,
    definitions: Object.fromEntries([...named, ...custom]),
    parameters,
  }
}

const withDefinitionPaths = (definition: unknown): unknown =>
  JSON.parse(JSON.stringify(definition).replaceAll('"$ref":"', '"$ref":"#/definitions/'))
